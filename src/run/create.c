/* SPDX-License-Identifier: Apache-2.0 */
#include "run/create.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/sys.h"
#include "base/timestamp.h"
#include "run/bundle.h"
#include "run/console.h"
#include "run/hooks.h"
#include "run/namespaces.h"
#include "run/notify.h"
#include "run/run.h"

/* undo, in the order of the pushes ------------------------------------------------------------------------------ */

/* The last to run: all is gone by then, as in delete. */
static int undo_run_poststop(void *launch, struct err *e)
{
	const struct launch *l = launch;

	(void)e; /* their failures are warnings */
	/* Without an init, no hook has seen the container. */
	if (l->process.pid > 0)
		hooks_run_all(HOOK_POSTSTOP, &l->plan->hooks, &l->state, STATUS_STOPPED);
	return 0;
}

static int undo_remove_directory(void *launch, struct err *e)
{
	const struct launch *l = launch;

	/* Not ours any more, if we never got its lock: a `delete --force` came in between. */
	if (state_check_current(l->root_fd, l->dir_fd, l->state.id, e) < 0)
		return state_is_missing(e) ? 0 : -1;
	return state_remove(l->root_fd, l->dir_fd, l->state.id, e);
}

static int undo_remove_cgroup(void *launch, struct err *e)
{
	const struct launch *l = launch;

	return cgroup_driver_get(l->state.cgroup.driver)->destroy(&l->state.cgroup, e);
}

static int undo_make_rdt(void *launch, struct err *e)
{
	const struct launch *l = launch;

	return rdt_unmake(&l->rdt, &l->state, e);
}

/* One that the driver has made around init, if it got so far. */
static int undo_remove_attached_cgroup(void *launch, struct err *e)
{
	const struct launch *l = launch;

	return l->state.cgroup.created ? undo_remove_cgroup(launch, e) : 0;
}

/* the record ---------------------------------------------------------------------------------------------------- */

/* Whether the cgroup is there before us: then neither undo nor delete may take it for ours. */
static bool has_cgroup(const struct plan_cgroup *c, struct arena *a)
{
	const char *path = arena_printf(a, "%s%s", c->mount, c->path);
	struct stat st;

	return path != NULL && fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static const char *format_annotations(const struct plan *plan, struct arena *a, struct err *e)
{
	_cleanup_json_ struct json j = JSON_INIT(0);
	const char *text;
	size_t len;
	unsigned i;

	json_begin_object(&j);
	for (i = 0; i < plan->n_annotations; i++)
		json_kv_string(&j, plan->annotations[i].key, plan->annotations[i].value);
	json_end_object(&j);
	return json_finish(&j, &text, &len, e) < 0 ? NULL : arena_strndup(a, text, len);
}

/* What is known before the first effect: enough for `delete --force`, should we die. */
static int describe(struct launch *l, struct err *e)
{
	const struct plan *plan = l->plan;
	const struct timespec now = timestamp_now();
	struct state *s = &l->state;
	char created[TIMESTAMP_SIZE];
	char boot_id[STATE_BOOT_ID_SIZE];

	s->rt_pid = getpid();
	if (state_read_boot_id(boot_id, e) < 0 || state_read_start_time(s->rt_pid, &s->rt_start_time, e) < 0)
		return -1;
	s->version = STATE_VERSION;
	s->oci_version = STATE_OCI_VERSION;
	s->id = plan->id;
	s->bundle = plan->bundle;
	s->rootfs = plan->root.path;
	s->boot_id = arena_strdup(l->arena, boot_id);
	s->created = arena_strdup(l->arena, timestamp_format_nano(&now, created));
	s->owner_uid = geteuid();
	s->ns_flags = namespaces_flags(&plan->ns);
	s->has_poststart = plan->hooks.n[HOOK_POSTSTART] > 0;
	s->has_poststop = plan->hooks.n[HOOK_POSTSTOP] > 0;
	s->has_own_pid_ns = plan->ns.mode[NS_PID] == NS_MODE_NEW;
	s->has_process = plan->process.present;
	s->cgroup.driver = plan->cgroup.driver;
	s->cgroup.mount = plan->cgroup.mount != NULL ? plan->cgroup.mount : "";
	s->cgroup.path = "";
	if (plan->cgroup.driver != CGROUP_DRIVER_NONE && plan->cgroup.path != NULL) {
		s->cgroup.path = plan->cgroup.path;
		s->cgroup.unit = plan->cgroup.unit;
		s->cgroup.user_manager = plan->cgroup.user_manager;
		s->cgroup.created = !has_cgroup(&plan->cgroup, l->arena);
	}
	if (rdt_describe(&plan->rdt, s, e) < 0)
		return -1;
	if (plan->n_annotations > 0) {
		s->annotations = format_annotations(plan, l->arena, e);
		if (s->annotations == NULL && e->kind != ERR_NONE)
			return -1;
	}
	return arena_check(l->arena, e);
}

/* effects ------------------------------------------------------------------------------------------------------- */

/* The id is ours, and it is known what else will be. */
static int make_directory(struct launch *l, const struct bundle *b, struct err *e)
{
	trace_phase(&l->trace, "state directory");
	l->root_fd = state_open_root(l->req->root, true, e);
	if (l->root_fd < 0 || describe(l, e) < 0)
		return -1;
	l->dir_fd = state_reserve(l->root_fd, l->req->id, e);
	if (l->dir_fd < 0)
		return -1;
	undo_push_record(&l->undo, "state directory", undo_remove_directory);
	/* A `delete --force` of just now may have come in between: then the lock fails. */
	if (state_lock(l->root_fd, l->dir_fd, l->req->id, e) < 0 || state_write(l->dir_fd, &l->state, e) < 0 ||
	    state_write_config(l->dir_fd, b->config, b->config_len, e) < 0)
		return -1;
	return l->plan->notify_socket != NULL ? notify_make_directory(l->dir_fd, e) : 0;
}

static int make_cgroup(struct launch *l, struct err *e)
{
	const struct plan_cgroup *c = &l->plan->cgroup;
	const struct cgroup_driver *driver = cgroup_driver_get(c->driver);
	bool created = false;

	trace_phase(&l->trace, "cgroup");
	if (driver->attach != NULL) {
		/* It is not made yet; from then on, the record says whether it was. */
		l->attach = LAUNCH_ATTACHED;
		l->state.cgroup.created = false;
		undo_push(&l->undo, "cgroup", undo_remove_attached_cgroup);
		return 0;
	}
	l->cgroup_fd = driver->prepare(c, &created, e);
	if (l->cgroup_fd == -1) {
		/* It has taken back what it made, or could not: then the record must stay. */
		l->state.cgroup.created = created;
		if (created)
			undo_push(&l->undo, "cgroup", undo_remove_cgroup);
		return err_prefix(e, "cgroup");
	}
	if (l->cgroup_fd < 0) {
		l->state.cgroup.driver = CGROUP_DRIVER_NONE; /* none was made: no right to, and nothing asked for */
		l->state.cgroup.path = "";
		return 0;
	}
	l->state.cgroup.created = created;
	if (created)
		undo_push(&l->undo, "cgroup", undo_remove_cgroup);
	return 0;
}

static int make_rdt(struct launch *l, struct err *e)
{
	if (!l->plan->rdt.present)
		return 0;
	trace_phase(&l->trace, "resctrl");
	/* Before it: it may fail half done. */
	undo_push(&l->undo, "resctrl group", undo_make_rdt);
	return rdt_make(&l->plan->rdt, &l->state, l->arena, &l->rdt, e);
}

/* READY: what only the host may set, and the complete record.  GO is the caller's. */
static int complete(struct launch *l, struct err *e)
{
	if (launch_set_limits(l, e) < 0 || rdt_enter(&l->state, l->process.pid, e) < 0 ||
	    state_identify(l->process.pidfd, l->process.pid, &l->state, e) < 0 ||
	    cgroup_identify(&l->state.cgroup, l->cgroup_fd, e) < 0)
		return -1;
	l->state.complete = true;
	if (state_write(l->dir_fd, &l->state, e) < 0)
		return -1;
	/* Before the file is there: a failure between its rename and here would leave it. */
	if (l->req->pid_file != NULL)
		undo_push(&l->undo, "pid file", launch_remove_pidfile);
	return launch_announce(l, e);
}

static int make_container(struct launch *l, const struct bundle *b, struct err *e)
{
	undo_push(&l->undo, "poststop hooks", undo_run_poststop);
	if (make_directory(l, b, e) < 0 || make_cgroup(l, e) < 0 || make_rdt(l, e) < 0)
		return -1;
	/* Before the clone: it does nothing while there is no process. */
	undo_push(&l->undo, "init", launch_kill);
	if (launch_init(l, e) < 0)
		return -1;
	return complete(l, e);
}

int create_container(struct launch *l, bool detached, struct err *e)
{
	struct plan_document *doc = NULL;
	struct bundle bundle;

	l->undo.context = l;
	trace_phase(&l->trace, "configuration");
	if (state_check_id(l->req->id, e) < 0 || bundle_read(l->req, l->arena, &bundle, e) < 0)
		return -1;
	if (plan_document_decode(bundle.config, bundle.config_len, bundle.name, l->arena, &doc, e) < 0 ||
	    launch_plan(l, doc, NULL, bundle.path, NULL, e) < 0)
		return -1;
	if (bundle_check_rootfs(l->plan->root.path, e) < 0 ||
	    console_check(l->req, l->plan->process.terminal.enabled, detached, e) < 0)
		return -1;
	if (make_container(l, &bundle, e) < 0)
		return launch_fail(l, e);
	return 0;
}

int run_create(const struct request *req, struct err *e)
{
	struct launch l = LAUNCH_INIT(req);
	int r = trace_open(&l.trace, req->trace, "create", e);

	if (r == 0)
		r = create_container(&l, true, e);
	/* The last effect: from here on init outlives us. */
	if (r == 0 && launch_go(&l, e) < 0)
		r = launch_fail(&l, e);
	trace_end_steps(&l.trace);
	launch_release(&l);
	return r;
}
