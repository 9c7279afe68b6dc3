/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/log.h"
#include "cgroup/present.h"
#include "plan/build.h"
#include "plan/update.h"
#include "run/rdt.h"
#include "run/run.h"
#include "run/target.h"

#define RESOURCES_MAX ((size_t)1 << 20) /* bytes; a container has some kilobytes of resources */

struct updating {
	struct target t;
	struct arena plan_arena;
	struct plan_update update;
};

static int read_stdin(struct arena *a, const char **ret, size_t *ret_len, struct err *e)
{
	char *buf = arena_alloc(a, RESOURCES_MAX, 1);
	ssize_t n;

	if (buf == NULL)
		return arena_check(a, e);
	n = io_read_all(STDIN_FILENO, buf, RESOURCES_MAX, "standard input", e);
	if (n < 0)
		return -1;
	*ret = buf;
	*ret_len = (size_t)n;
	return 0;
}

static int read_resources(struct updating *u, struct err *e)
{
	const char *path = u->update.options->resources;

	if (path == NULL)
		return 0;
	if (strcmp(path, "-") == 0) {
		u->update.name = "standard input";
		return read_stdin(u->t.arena, &u->update.bytes, &u->update.len, e);
	}
	u->update.name = path;
	return io_read_document_at(AT_FDCWD, path, RESOURCES_MAX, u->t.arena, &u->update.bytes, &u->update.len, e);
}

static int check_status(const struct target *t, struct err *e)
{
	enum state_status status;

	if (state_get_status(t->dir_fd, &t->state, &status, NULL, e) < 0)
		return -1;
	if (status == STATUS_RUNNING || status == STATUS_CREATED || status == STATUS_PAUSED)
		return 0;
	return err_set(e, ERR_STATE, "container \"%s\": container not running (%s)", t->state.id,
		       state_status_name(status));
}

/* The cgroup, and what it has now. */
static int look_at_cgroup(struct updating *u, struct err *e)
{
	const struct cgroup_record *rec = &u->t.state.cgroup;
	_cleanup_fd_ int fd = -EBADF;

	u->update.driver = rec->path[0] == '\0' ? CGROUP_DRIVER_NONE : rec->driver;
	u->update.mount = rec->mount;
	u->update.path = rec->path;
	u->update.unit = rec->unit;
	fd = cgroup_driver_get(u->update.driver)->open(rec, e);
	if (fd == -1)
		return -1;
	if (fd >= 0)
		cgroup_read_present(fd, &u->update.present);
	return 0;
}

static void log_warnings(const struct findings *findings)
{
	for (unsigned i = 0; i < findings->n; i++) {
		struct err e = ERR_INIT;

		if (findings->items[i].severity != FINDING_WARNING)
			continue;
		(void)finding_to_err(&findings->items[i], &e); /* it returns what errors return */
		log_warning("%s", e.msg);
	}
}

/* What is to be written, or NULL. */
static const struct plan_cgroup *make_plan(struct updating *u, const struct request *req, struct err *e)
{
	const struct plan_cgroup *plan = NULL;
	struct findings findings = FINDINGS_INIT(u->t.arena);
	struct plan_document *config;
	const char *bytes;
	struct host host;
	size_t len;

	if (state_read_config(u->t.dir_fd, u->t.arena, &bytes, &len, e) < 0)
		return NULL;
	if (plan_document_decode(bytes, len, STATE_CONFIG_FILE, u->t.arena, &config, e) < 0) {
		(void)err_prefix(e, "the container's config"); /* gives -1 */
		return NULL;
	}
	if (host_probe(plan_update_needs(), &host, e) < 0 ||
	    plan_build_update(config, &u->update, req, &host, &u->plan_arena, &findings, &plan, e) < 0)
		return NULL;
	log_warnings(&findings);
	return plan;
}

/* The lines that are asked for, into LINES.  Nothing is written yet. */
static int read_rdt(const struct updating *u, struct plan_rdt_line lines[static 2], unsigned *ret_n, struct err *e)
{
	const char *const l3 = u->update.options->l3_cache_schema;
	const char *const mb = u->update.options->mem_bw_schema;
	unsigned n = 0;

	if (l3 != NULL)
		lines[n++] = (struct plan_rdt_line){ .text = l3, .pointer = "--l3-cache-schema" };
	if (mb != NULL)
		lines[n++] = (struct plan_rdt_line){ .text = mb, .pointer = "--mem-bw-schema" };
	if (l3 != NULL && strncmp(l3, "L3:", 3) != 0)
		return err_set(e, ERR_USAGE, "update: --l3-cache-schema: \"%s\" does not start with \"L3:\"", l3);
	if (mb != NULL && (strncmp(mb, "MB:", 3) != 0 || strchr(mb, '\n') != NULL))
		return err_set(e, ERR_USAGE, "update: --mem-bw-schema: \"%s\" is not one line that starts with \"MB:\"",
			       mb);
	if (n > 0 && u->t.state.rdt_group == NULL)
		return err_set(e, ERR_UNSUPPORTED,
			       "updating a non-existent Intel RDT configuration is not supported");
	*ret_n = n;
	return 0;
}

static int update(struct updating *u, const struct request *req, struct err *e)
{
	const struct plan_cgroup *plan;
	struct plan_rdt_line lines[2];
	unsigned n_lines = 0;

	/* Standard input first: the lock is not held while somebody types. */
	if (read_resources(u, e) < 0 || target_open(&u->t, req, e) < 0 || target_lock_and_read(&u->t, req, e) < 0 ||
	    check_status(&u->t, e) < 0 || look_at_cgroup(u, e) < 0)
		return -1;
	plan = make_plan(u, req, e);
	if (plan == NULL || read_rdt(u, lines, &n_lines, e) < 0)
		return -1;
	if ((plan->n_writes > 0 || plan->device_filter) &&
	    cgroup_driver_get(plan->driver)->update(&u->t.state.cgroup, plan, e) < 0)
		return -1;
	return n_lines > 0 ? rdt_write_lines(&u->t.state, lines, n_lines, e) : 0;
}

int run_update(const struct request *req, const struct update_options *options, struct err *e)
{
	struct updating u = { .t = TARGET_INIT(req), .plan_arena = ARENA_INIT, .update = { .options = options } };
	int r = update(&u, req, e);

	arena_release(&u.plan_arena);
	target_release(&u.t);
	return r;
}
