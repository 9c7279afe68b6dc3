/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/process.h"
#include "base/sys.h"
#include "run/hooks.h"
#include "run/notify.h"
#include "run/run.h"
#include "run/serve.h"
#include "run/target.h"

static int check_status(const struct state *s, enum state_status status, struct err *e)
{
	switch (status) {
	case STATUS_CREATED:
		break;
	case STATUS_STOPPED:
		return err_set(e, ERR_STATE, "cannot start a container that has stopped");
	case STATUS_RUNNING:
		return err_set(e, ERR_STATE, "cannot start an already running container");
	case STATUS_CREATING:
	case STATUS_PAUSED:
		return err_set(e, ERR_STATE, "cannot start a container in the %s state", state_status_name(status));
	}
	if (!s->has_process)
		return err_set(e, ERR_CONFIG, "cannot start container \"%s\": its config.json has no process", s->id);
	return 0;
}

/* Lets init go on. */
static int send_start(int dir_fd, struct err *e)
{
	/* O_NONBLOCK: without a reader, a dead init, ENXIO instead of waiting. */
	_cleanup_fd_ int fd = sys_openat(dir_fd, STATE_START_FIFO, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC, 0);

	if (fd < 0)
		return errno == ENXIO ? err_set(e, ERR_STATE, "cannot start a container that has stopped") :
					err_errno(e, errno, "open the FIFO \"%s\"", STATE_START_FIFO);
	if (sys_write(fd, "", 1) != 1)
		return err_errno(e, errno, "write to the FIFO \"%s\"", STATE_START_FIFO);
	/* From here on it is not "created" any more. */
	if (sys_unlinkat(dir_fd, STATE_START_FIFO, 0) < 0)
		return err_errno(e, errno, "remove the FIFO \"%s\"", STATE_START_FIFO);
	return 0;
}

/* The error record that init wrote instead of an exec, or end-of-file. */
static int read_result(int result_fd, struct err *e)
{
	struct err record;
	ssize_t n = sys_read(result_fd, &record, sizeof(record));

	if (n < 0)
		return err_errno(e, errno, "read the FIFO \"%s\"", STATE_RESULT_FIFO);
	if (n == 0)
		return 0;
	serve_take_error(e, &record, (size_t)n);
	return -1;
}

/* 0 once the program was executed. */
static int wait_for_exec(int result_fd, int pidfd, const char *id, struct err *e)
{
	struct pollfd p[] = {
		{ .fd = result_fd, .events = POLLIN },
		{ .fd = pidfd, .events = POLLIN },
	};

	while (poll(p, 2, -1) < 0) {
		if (errno != EINTR)
			return err_errno(e, errno, "wait for the exec");
	}
	/* First: init closes its end by the exec and by its death; a record is there before that. */
	if (p[0].revents != 0)
		return read_result(result_fd, e);
	return err_set(e, ERR_SYSTEM, "init of \"%s\" died before it executed the program", id);
}

/* A hook failed: the container is stopped and the lifecycle goes on at its end, with the poststop hooks. */
static int stop_after_hook(struct target *t, int pidfd, struct err *e)
{
	struct err destroy_error = ERR_INIT;

	if (target_destroy(t->root_fd, t->dir_fd, &t->state, NULL, pidfd, &destroy_error) < 0) {
		log_warning("%s", destroy_error.msg);
		(void)err_hint(e, "%s", destroy_error.hint);
	}
	return -1;
}

static int run_poststart(struct target *t, int pidfd, struct err *e)
{
	struct plan_hooks hooks = { .stdout_path = NULL };

	if (!t->state.has_poststart)
		return 0;
	if (hooks_load(t->dir_fd, HOOK_POSTSTART, t->arena, &hooks, e) < 0 ||
	    hooks_run(HOOK_POSTSTART, &hooks, &t->state, STATUS_RUNNING, e) < 0)
		return stop_after_hook(t, pidfd, e);
	return 0;
}

int run_start(const struct request *req, struct err *e)
{
	_cleanup_target_ struct target t = TARGET_INIT(req);
	_cleanup_fd_ int pidfd = -EBADF;
	_cleanup_fd_ int result_fd = -EBADF;
	_cleanup_fd_ int notify_fd = -EBADF;
	enum state_status status;

	/* Two starts: the second waits here, and then finds it running. */
	if (target_open(&t, req, e) < 0 || target_lock_and_read(&t, req, e) < 0 ||
	    state_get_status(t.dir_fd, &t.state, &status, &pidfd, e) < 0 || check_status(&t.state, status, e) < 0)
		return -1;
	/* Before init goes on: an end-of-file is seen only by who had it open while there was a writer. */
	result_fd = sys_openat(t.dir_fd, STATE_RESULT_FIFO, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC, 0);
	if (result_fd < 0)
		return err_errno(e, errno, "open the FIFO \"%s\"", STATE_RESULT_FIFO);
	if (req->notify_socket != NULL) {
		/* Before the program runs, which may use it at once. */
		notify_fd = notify_bind(t.dir_fd, e);
		if (notify_fd < 0 && e->kind != ERR_NONE)
			return -1;
	}
	if (send_start(t.dir_fd, e) < 0)
		return -1;
	/* Of a failed exec the container stays, stopped: deleting it is the caller's. */
	if (wait_for_exec(result_fd, pidfd, req->id, e) < 0)
		return e->kind == ERR_HOOK ? stop_after_hook(&t, pidfd, e) : -1;
	if (run_poststart(&t, pidfd, e) < 0)
		return -1;
	if (notify_fd < 0)
		return 0;
	return notify_wait(notify_fd, req->notify_socket, t.state.pid, pidfd, e);
}
