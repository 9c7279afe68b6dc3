/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints the plan, or with "check" the findings, for a configuration, a host of golden/hosts.c and a request:
 *
 *	plan-golden plan|check HOST CONFIG [NAME=VALUE]... [-- ARG...]
 *
 * Before it prints a plan it looks for pointers that lead out of the plan's memory, where init could not follow them.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/io.h"
#include "base/num.h"
#include "golden/hosts.h"
#include "plan/build.h"
#include "plan/dump.h"

#define CONFIG_MAX ((size_t)1 << 20)
#define MEMORY_SIZE ((size_t)4 << 20)
#define LIST_MAX 16

struct golden {
	struct request req;
	const char *env[LIST_MAX];
	const char *caps[LIST_MAX];
	const char *groups[LIST_MAX];
	const char *cgroups[LIST_MAX];
	struct plan_container container;
	const char *process;
};

static int fail(const char *what)
{
	(void)fprintf(stderr, "plan-golden: %s\n", what);
	return EXIT_FAILURE;
}

static void add(struct request_list *list, const char **items, const char *value)
{
	if (list->n < LIST_MAX)
		items[list->n++] = value;
	list->items = items;
}

static int set_cgroup_manager(struct request *req, const char *value)
{
	static const char *const words[] = { "cgroupfs", "systemd", "disabled" };

	for (unsigned i = 0; i < 3; i++) {
		if (strcmp(words[i], value) == 0) {
			req->cgroup_manager = (enum request_cgroup_manager)i;
			return 0;
		}
	}
	return -1;
}

static int set_verb(struct golden *g, const char *value)
{
	static const char *const words[] = { "create", "run", "exec", "other" };

	for (unsigned i = 0; i < 4; i++) {
		if (strcmp(words[i], value) == 0) {
			g->req.verb = (enum request_verb)i;
			return 0;
		}
	}
	return -1;
}

/* Options whose value is a string of the request. */
static const char **find_string(struct request *req, const char *name)
{
	const struct {
		const char *name;
		const char **at;
	} strings[] = {
		{ "console_socket", &req->console_socket },
		{ "cwd", &req->cwd },
		{ "user", &req->user },
		{ "trace", &req->trace },
		{ "process_label", &req->process_label },
		{ "apparmor", &req->apparmor },
		{ "notify_socket", &req->notify_socket },
		{ "listen_fdnames", &req->listen_fdnames },
	};

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		if (strcmp(strings[i].name, name) == 0)
			return strings[i].at;
	}
	return NULL;
}

static int set_flag(struct request *req, const char *name)
{
	const struct {
		const char *name;
		bool *at;
	} flags[] = {
		{ "no_pivot", &req->no_pivot },
		{ "no_new_keyring", &req->no_new_keyring },
		{ "detach", &req->detach },
		{ "tty", &req->tty },
		{ "no_new_privs", &req->no_new_privs },
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (strcmp(flags[i].name, name) == 0) {
			*flags[i].at = true;
			return 0;
		}
	}
	return -1;
}

static int set_option(struct golden *g, char *text)
{
	char *value = strchr(text, '=');
	const char **string;

	if (!value)
		return set_flag(&g->req, text);
	*value++ = '\0';
	string = find_string(&g->req, text);
	if (string)
		*string = value;
	else if (strcmp(text, "verb") == 0)
		return set_verb(g, value);
	else if (strcmp(text, "cgroup_manager") == 0)
		return set_cgroup_manager(&g->req, value);
	else if (strcmp(text, "env") == 0)
		add(&g->req.env, g->env, value);
	else if (strcmp(text, "cap") == 0)
		add(&g->req.caps, g->caps, value);
	else if (strcmp(text, "gid") == 0)
		add(&g->req.additional_gids, g->groups, value);
	else if (strcmp(text, "cgroup") == 0)
		add(&g->req.cgroups, g->cgroups, value);
	else if (strcmp(text, "preserve_fds") == 0)
		return num_parse_u32(value, &g->req.preserve_fds);
	else if (strcmp(text, "listen_fds") == 0)
		return num_parse_u32(value, &g->req.listen_fds);
	else if (strcmp(text, "ns_flags") == 0)
		return num_parse_u64(value, &g->container.ns_flags);
	else if (strcmp(text, "process") == 0)
		g->process = value;
	else
		return -1;
	return 0;
}

/*
 * Every aligned word of the plan's memory that could be a pointer is looked up among the mappings of this process: one
 * that lies in another mapping than the plan's is a pointer that was not copied.
 */
__attribute__((unused)) static int check_pointers(const void *memory, size_t used)
{
	const uintptr_t *words = memory;
	char line[512];
	FILE *maps = fopen("/proc/self/maps", "re");
	int bad = 0;

	if (!maps)
		return -1;
	while (fgets(line, sizeof(line), maps)) {
		unsigned long from, to;

		if (sscanf(line, "%lx-%lx", &from, &to) != 2 ||
		    (from <= (uintptr_t)memory && (uintptr_t)memory < to))
			continue;
		for (size_t i = 0; i < used / sizeof(*words); i++) {
			if (words[i] >= from && words[i] < to) {
				(void)fprintf(stderr, "word %zu of the plan points to %s", i, line);
				bad = -1;
			}
		}
	}
	(void)fclose(maps); /* it was only read */
	return bad;
}

static int print_plan(const struct plan *plan, struct err *e)
{
	_cleanup_json_ struct json j = JSON_INIT(2);
	const char *text;
	size_t len;

	plan_dump(plan, &j);
	if (json_finish(&j, &text, &len, e) < 0)
		return -1;
	printf("%s\n", text);
	return 0;
}

static void print_finding(const struct finding *f)
{
	struct err e = ERR_INIT;

	(void)finding_to_err(f, &e); /* it returns what errors return */
	printf("%s %s: %s\n", f->severity == FINDING_ERROR ? "error" : "warning", err_kind_name(f->kind), e.msg);
	if (e.hint[0] != '\0')
		printf("\thint: %s\n", e.hint);
}

static void release(char **bytes)
{
	free(*bytes);
}

static int run(struct golden *g, bool check, const struct host *host, const char *config, struct err *e)
{
	_cleanup_arena_ struct arena documents = ARENA_INIT;
	struct findings findings = FINDINGS_INIT(&documents);
	struct plan_document *doc, *process = NULL;
	const struct plan *plan;
	struct arena memory;
	__attribute__((cleanup(release))) char *bytes = NULL;
	__attribute__((cleanup(release))) char *process_bytes = NULL;
	size_t len, process_len;
	void *base = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int r;

	if (base == MAP_FAILED)
		return err_set(e, ERR_SYSTEM, "mmap");
	arena_init_fixed(&memory, base, MEMORY_SIZE);
	if (io_read_file_at(AT_FDCWD, config, CONFIG_MAX, &bytes, &len, e) < 0)
		return -1;
	if (g->process &&
	    (io_read_file_at(AT_FDCWD, g->process, CONFIG_MAX, &process_bytes, &process_len, e) < 0 ||
	     plan_process_document_decode(process_bytes, process_len, "process.json", &documents, &process, e) <
		     0))
		return -1;
	r = plan_document_decode_all(bytes, len, "config.json", &documents, check ? &findings : NULL, &doc, e);
	if (r == 0 && check)
		r = plan_build_partial(doc, process, &g->req, host, "/bundle", &g->container, &memory, &findings,
				       &plan, e);
	else if (r == 0)
		r = plan_build(doc, process, &g->req, host, "/bundle", &g->container, &memory, &findings, &plan,
			       e);
	for (unsigned i = 0; check && i < findings.n; i++)
		print_finding(&findings.items[i]);
	if (check && findings.n > 0)
		return 0;
	if (r < 0)
		return -1;
#ifndef __SANITIZE_ADDRESS__ /* its shadow takes up so many addresses that numbers look like pointers into it */
	if (check_pointers(base, memory.used) < 0)
		return err_set(e, ERR_INTERNAL, "a pointer leads out of the plan");
#endif
	return print_plan(plan, e);
}

int main(int argc, char **argv)
{
	struct golden g = {
		.req = { .verb = REQUEST_CREATE, .root = "/run/rt", .id = "golden" },
		.container = { .cgroup_path = "/engine/golden", .ns_flags = 0 },
	};
	struct err e = ERR_INIT;
	const struct host *host;

	if (argc < 4)
		return fail("plan-golden plan|check HOST CONFIG [NAME=VALUE]... [-- ARG...]");
	host = golden_host_find(argv[2]);
	if (!host)
		return fail("no such host");
	for (int i = 4; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0) {
			g.req.argv = (const char *const *)&argv[i + 1];
			break;
		}
		if (set_option(&g, argv[i]) < 0)
			return fail(argv[i]);
	}
	if (run(&g, strcmp(argv[1], "check") == 0, host, argv[3], &e) < 0)
		return fail(e.msg);
	return EXIT_SUCCESS;
}
