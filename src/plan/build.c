/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/build.h"

#include <string.h>

#include "base/num.h"
#include "base/span.h"
#include "plan/builder.h"
#include "plan/features.h"

#define VERSION_MINOR 3 /* of FEATURES_OCI_VERSION */

/* One of the numbers of "1.2.3"; *P is moved behind it and the dot.  No leading zeros (SemVer 2.0.0, 2). */
static int parse_number(const char **p, char end, uint32_t *ret)
{
	const char *stop = *p + span_of(*p, "0123456789");
	char digits[12];
	size_t len = (size_t)(stop - *p);

	if (len == 0 || len >= sizeof(digits) || (len > 1 && **p == '0'))
		return -1;
	if (end ? *stop != end : *stop != '\0' && *stop != '-' && *stop != '+')
		return -1;
	memcpy(digits, *p, len);
	digits[len] = '\0';
	*p = end ? stop + 1 : stop;
	return num_parse_u32(digits, ret);
}

/* Behind the numbers: "-rc.1", "+dev", both: dot-separated, never empty (SemVer 2.0.0, 9 and 10). */
static bool is_suffix(const char *p)
{
	size_t len;

	for (; *p == '-' || *p == '+' || *p == '.'; p += len) {
		p++;
		len = span_of(p, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-");
		if (len == 0)
			return false;
	}
	return *p == '\0';
}

void build_version(struct builder *b)
{
	const char *section = "config.md#specification-version";
	const char *text = b->config->oci_version;
	const char *p = text;
	uint32_t major, minor, patch;

	if (parse_number(&p, '.', &major) < 0 || parse_number(&p, '.', &minor) < 0 ||
	    parse_number(&p, '\0', &patch) < 0 || !is_suffix(p))
		builder_error(b, section, "/ociVersion", "\"%s\" is no version (MAJOR.MINOR.PATCH)", text);
	else if (major != 1)
		builder_unsupported(b, section, "/ociVersion",
				    "version %s of the specification is not in %s .. %s", text,
				    FEATURES_OCI_VERSION_MIN, FEATURES_OCI_VERSION);
	else if (minor > VERSION_MINOR) /* engines write the newest that they know, and seldom use what is new */
		builder_warn(b, section, "/ociVersion",
			     "version %s of the specification is newer than %s: what is new in it is not known", text,
			     FEATURES_OCI_VERSION);
}

static void build_create_plan(struct builder *b)
{
	build_version(b);
	build_namespaces(b);
	if (builder_has_mountns(b) && b->req->root) /* without a mount namespace there is no way to show it */
		b->plan->notify_socket = builder_keep(b, b->req->notify_socket);
	build_root(b);
	build_cgroup(b); /* before the mounts: one of type cgroup wants its path */
	build_mounts(b);
	build_devices(b); /* after them: a /dev of the host needs none */
	build_paths(b);
	build_uts(b);
	build_sysctl(b);
	build_process(b);
	build_hooks(b); /* after the process: startContainer hooks inherit its environment */
	build_seccomp(b); /* after the process: noNewPrivileges decides its place */
	build_netdevs(b);
	build_rdt(b);
	build_annotations(b);
	build_fork(b);
}

static void build_exec_plan(struct builder *b, const struct plan_document *process,
			    const struct plan_document *config)
{
	build_exec(b);
	build_exec_process(b, process);
	build_process(b);
	b->doc = config;
	build_seccomp(b);
	build_fork(b);
}

/* With its place in the document; options of exec are in none. */
static const char *keep_warning(struct builder *b, const struct finding *item)
{
	if (item->file && item->line > 0)
		return arena_printf(b->arena, "%s:%u:%u: %s: %s", item->file, item->line, item->column, item->pointer,
				    item->text);
	if (item->file)
		return arena_printf(b->arena, "%s: %s", item->file, item->text);
	return arena_strdup(b->arena, item->text);
}

static void keep_warnings(struct builder *b)
{
	const struct findings *f = b->findings;
	const char **warnings = arena_new_array(b->arena, const char *, f->n);
	unsigned n = 0;

	if (!warnings)
		return;
	for (unsigned i = 0; i < f->n; i++) {
		const struct finding *item = &f->items[i];

		if (item->severity != FINDING_WARNING)
			continue;
		warnings[n++] = keep_warning(b, item);
	}
	b->plan->warnings = warnings;
	b->plan->n_warnings = n;
}

static void start_plan(struct builder *b)
{
	struct plan *p = b->plan;

	p->version = PLAN_VERSION;
	p->kind = b->req->verb == REQUEST_EXEC ? PLAN_EXEC : PLAN_CREATE;
	p->id = builder_keep(b, b->req->id ? b->req->id : "");
	p->bundle = builder_keep(b, b->bundle);
	p->wait_for_start = b->req->verb == REQUEST_CREATE || b->req->verb == REQUEST_OTHER;
	p->legacy_mount_api = !b->host->has_mount_api || !b->host->has_mount_setattr;
}

int plan_build_partial(const struct plan_document *doc, const struct plan_document *process,
		       const struct request *req, const struct host *host, const char *bundle,
		       const struct plan_container *container, struct arena *arena, struct findings *findings,
		       const struct plan **ret_plan, struct err *e)
{
	struct builder b = {
		.doc = doc,
		.config = doc->config,
		.process = doc->config->process,
		.process_at = "/process",
		.req = req,
		.host = host,
		.bundle = bundle,
		.container = container,
		.arena = arena,
		.findings = findings,
		.plan = arena_new(arena, struct plan),
	};

	if (!b.plan) {
		(void)arena_check(arena, e); /* it says that there is no memory */
		return -1;
	}
	start_plan(&b);
	if (b.plan->kind == PLAN_EXEC)
		build_exec_plan(&b, process, doc);
	else
		build_create_plan(&b);
	build_fds(&b);
	build_stops(&b);
	keep_warnings(&b);
	if (arena_check(arena, e) < 0 || arena_check(findings->arena, e) < 0)
		return -1;
	*ret_plan = b.plan;
	return 0;
}

int plan_build(const struct plan_document *doc, const struct plan_document *process, const struct request *req,
	       const struct host *host, const char *bundle, const struct plan_container *container,
	       struct arena *arena, struct findings *findings, const struct plan **ret_plan, struct err *e)
{
	const struct finding *first;
	const struct plan *plan;

	if (plan_build_partial(doc, process, req, host, bundle, container, arena, findings, &plan, e) < 0)
		return -1;
	first = findings_first_error(findings);
	if (first)
		return finding_to_err(first, e);
	*ret_plan = plan;
	return 0;
}
