/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/path.h"
#include "run/console.h"
#include "run/foreground.h"
#include "run/launch.h"
#include "run/run.h"
#include "run/serve.h"
#include "run/target.h"

#define PROCESS_FILE_MAX STATE_CONFIG_MAX

static int check_status(const struct request *req, enum state_status status, struct err *e)
{
	switch (status) {
	case STATUS_CREATED:
	case STATUS_RUNNING:
		return 0;
	case STATUS_PAUSED:
		if (req->ignore_paused)
			return 0;
		return err_set(e, ERR_STATE, "cannot exec in a paused container (use --ignore-paused to override)");
	case STATUS_STOPPED:
		return err_set(e, ERR_STATE, "cannot exec in a stopped container: container not running");
	case STATUS_CREATING:
		break;
	}
	return err_set(e, ERR_STATE, "cannot exec in a container that is being created");
}

/* No lock: nothing of the container changes, and execs run side by side. */
static int find_container(struct launch *l, struct err *e)
{
	struct target t = TARGET_INIT(l->req);
	enum state_status status;
	int r = target_open(&t, l->req, e);

	l->root_fd = fd_take(&t.root_fd);
	l->dir_fd = fd_take(&t.dir_fd);
	if (r < 0 || state_read(l->dir_fd, l->req->id, l->arena, &l->state, e) < 0 ||
	    state_get_status(l->dir_fd, &l->state, &status, &l->container_pidfd, e) < 0)
		return -1;
	return check_status(l->req, status, e);
}

static int make_plan(struct launch *l, struct err *e)
{
	const struct plan_container container = {
		.cgroup_path = l->state.cgroup.path,
		.ns_flags = l->state.ns_flags,
	};
	struct plan_document *doc = NULL;
	struct plan_document *process = NULL;
	const char *bytes;
	size_t len;

	trace_phase(&l->trace, "configuration");
	if (state_read_config(l->dir_fd, l->arena, &bytes, &len, e) < 0)
		return -1;
	if (plan_document_decode(bytes, len, STATE_CONFIG_FILE, l->arena, &doc, e) < 0)
		return err_prefix(e, "the container's config");
	if (l->req->process_file != NULL &&
	    (io_read_document_at(AT_FDCWD, l->req->process_file, PROCESS_FILE_MAX, l->arena, &bytes, &len, e) < 0 ||
	     plan_process_document_decode(bytes, len, "process.json", l->arena, &process, e) < 0))
		return -1;
	return launch_plan(l, doc, process, l->state.bundle, &container, e);
}

/* Where init is now, which must lie below the container's own cgroup: a container may not lead us elsewhere. */
static int open_present_cgroup(struct launch *l, struct err *e)
{
	const struct cgroup_record *rec = &l->state.cgroup;
	struct cgroup_record present = *rec;
	char path[PATH_MAX];

	if (cgroup_read_path_of(l->state.pid, path, sizeof(path), e) < 0)
		return -1;
	present.path = path;
	if (!path_is_below(path, rec->path) || path_has_dotdot(path))
		return err_set(e, ERR_STATE, "init's present cgroup is not below the container's");
	return cgroup_driver_get(rec->driver)->open(&present, e);
}

static int open_cgroup(struct launch *l, struct err *e)
{
	struct cgroup_record rec = l->state.cgroup;

	/* --cgroup: the plan has it checked to lie below the container's. */
	if (l->plan->cgroup.path != NULL)
		rec.path = l->plan->cgroup.path;
	if (l->state.cgroup.path[0] == '\0')
		return 0;
	l->cgroup_fd = cgroup_driver_get(rec.driver)->open(&rec, e);
	return l->cgroup_fd == -1 ? err_prefix(e, "cgroup") : 0;
}

/* From outside of the subtree that is this user's, nobody may clone into it: its manager moves the process there. */
static int launch_adopted(struct launch *l, struct err *e)
{
	err_clear(e);
	fd_close(&l->cgroup_fd);
	fd_close(&l->sock);
	if (l->plan->cgroup.path != NULL)
		l->state.cgroup.path = l->plan->cgroup.path;
	l->attach = LAUNCH_ADOPTED;
	return launch_init(l, e);
}

/* A cgroup that has given its controllers to cgroups below takes no processes itself: cgroups(7). */
static int launch_into_cgroup(struct launch *l, struct err *e)
{
	const struct cgroup_driver *driver = cgroup_driver_get(l->state.cgroup.driver);
	int r = launch_init(l, e);

	if (r == 0 || l->process.pid > 0 || l->cgroup_fd < 0)
		return r;
	if ((e->errnum == EACCES || e->errnum == EPERM) && driver->adopt != NULL)
		return launch_adopted(l, e);
	if (e->errnum != EBUSY || l->req->cgroups.n > 0)
		return r;
	err_clear(e);
	fd_close(&l->cgroup_fd);
	fd_close(&l->sock);
	l->cgroup_fd = open_present_cgroup(l, e);
	if (l->cgroup_fd == -1)
		return err_prefix(e, "cgroup");
	return launch_init(l, e);
}

static int start(struct launch *l, struct err *e)
{
	if (launch_into_cgroup(l, e) < 0 || launch_set_limits(l, e) < 0 ||
	    rdt_enter(&l->state, l->process.pid, e) < 0)
		return -1;
	if (l->req->pid_file != NULL)
		undo_push(&l->undo, "pid file", launch_remove_pidfile);
	if (launch_announce(l, e) < 0 || foreground_prepare(l->console_fd, e) < 0 || launch_go(l, e) < 0)
		return -1;
	return launch_wait_exec(l, e);
}

static int exec_launch(struct launch *l, struct foreground *f, int *ret_status, struct err *e)
{
	const bool detach = l->req->detach;

	l->undo.context = l;
	trace_phase(&l->trace, "state");
	if (find_container(l, e) < 0 || make_plan(l, e) < 0 ||
	    console_check(l->req, l->plan->process.terminal.enabled, detach, e) < 0 || open_cgroup(l, e) < 0)
		return -1;
	/* Before the clone: a signal that comes meanwhile waits for the process. */
	if (!detach && foreground_begin(f, false, e) < 0)
		return -1;
	l->signal_fd = f->signal_fd;
	undo_push(&l->undo, "process", launch_kill);
	if (start(l, e) < 0)
		return launch_fail(l, e);
	undo_disarm(&l->undo);
	trace_phase(&l->trace, "process");
	return detach ? 0 : foreground_wait(f, &l->process, l->console_fd, ret_status, e);
}

int run_exec(const struct request *req, int *ret_status, struct err *e)
{
	_cleanup_foreground_ struct foreground f = FOREGROUND_INIT;
	struct launch l = LAUNCH_INIT(req);
	int r = trace_open(&l.trace, req->trace, "exec", e);

	if (r == 0)
		r = exec_launch(&l, &f, ret_status, e);
	launch_release(&l);
	return r;
}
