/* SPDX-License-Identifier: Apache-2.0 */
#include "run/run.h"

#include <errno.h>

#include "base/fd.h"
#include "base/log.h"
#include "run/create.h"
#include "run/foreground.h"
#include "run/hooks.h"
#include "run/notify.h"
#include "run/serve.h"
#include "run/target.h"

/* GO, the exec, poststart.  A container whose start fails is taken back like one whose create fails. */
static int start(struct launch *l, struct foreground *f, struct err *e)
{
	if (l->plan->notify_socket != NULL) {
		f->notify_socket = l->plan->notify_socket;
		f->notify_fd = notify_bind(l->dir_fd, e);
		if (f->notify_fd < 0 && e->kind != ERR_NONE)
			return -1;
	}
	if (foreground_prepare(l->console_fd, e) < 0 || launch_go(l, e) < 0 || launch_wait_exec(l, e) < 0)
		return -1;
	if (l->plan->hooks.n[HOOK_POSTSTART] > 0)
		trace_phase(&l->trace, "poststart hooks");
	return hooks_run(HOOK_POSTSTART, &l->plan->hooks, &l->state, STATUS_RUNNING, e);
}

static int wait_detached(struct launch *l, struct foreground *f, struct err *e)
{
	if (f->notify_fd < 0)
		return 0;
	return notify_wait(f->notify_fd, f->notify_socket, l->state.pid, l->process.pidfd, e);
}

/* The process has ended: the container goes with it. */
static int delete_after_run(struct launch *l, struct err *e)
{
	if (l->req->keep)
		return 0;
	trace_phase(&l->trace, "delete");
	/* The record is of this process, so of this boot. */
	if (state_lock(l->root_fd, l->dir_fd, l->req->id, e) == 0 &&
	    target_destroy(l->root_fd, l->dir_fd, &l->state, l->state.boot_id, -EBADF, e) == 0)
		return 0;
	if (!state_is_missing(e))
		return err_hint(e, "`delete --force %.80s` removes what is left", l->req->id);
	err_clear(e); /* somebody has deleted it: that is what was to be done */
	return 0;
}

static int wait_and_delete(struct launch *l, struct foreground *f, int *ret_status, struct err *e)
{
	struct err delete_error = ERR_INIT;
	int status;

	trace_phase(&l->trace, "container");
	/* Others may use it while it runs. */
	state_unlock(l->dir_fd);
	if (foreground_wait(f, &l->process, l->console_fd, &status, e) == 0) {
		if (delete_after_run(l, e) < 0)
			return -1;
		*ret_status = status;
		return 0;
	}
	/* Nobody would forward signals to it any more. */
	if (launch_kill(l, &delete_error) < 0 || delete_after_run(l, &delete_error) < 0) {
		log_warning("%s", delete_error.msg);
		return err_hint(e, "`delete --force %.80s` removes what is left", l->req->id);
	}
	return -1;
}

static int run_launch(struct launch *l, struct foreground *f, int *ret_status, struct err *e)
{
	const bool detach = l->req->detach;

	/* Before the clone: a signal that comes meanwhile waits for the container. */
	if (!detach && foreground_begin(f, !l->req->no_subreaper, e) < 0)
		return -1;
	l->signal_fd = f->signal_fd;
	if (create_container(l, detach, e) < 0)
		return -1;
	if (start(l, f, e) < 0)
		return launch_fail(l, e);
	launch_settle(l);
	return detach ? wait_detached(l, f, e) : wait_and_delete(l, f, ret_status, e);
}

int run_run(const struct request *req, int *ret_status, struct err *e)
{
	_cleanup_foreground_ struct foreground f = FOREGROUND_INIT;
	struct launch l = LAUNCH_INIT(req);
	int r = trace_open(&l.trace, req->trace, "run", e);

	if (r == 0)
		r = run_launch(&l, &f, ret_status, e);
	launch_release(&l);
	return r;
}
