/* SPDX-License-Identifier: Apache-2.0 */
#include "init/hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/sys.h"
#include "init/program.h"

/* Reads after the hook has ended: what it left running may write without end. */
#define LAST_READS_MAX 64

/* What of a hook's output is kept for the error text; the rest is read and forgotten. */
#define OUTPUT_MAX 130

struct output {
	int fd; /* read end; -EBADF at end of file */
	size_t len;
	char text[OUTPUT_MAX + 1];
};

/* The state document as three or five pieces, written as far as the hook reads. */
#define PIECES 5
struct input {
	int fd; /* write end, non-blocking; -EBADF when done */
	unsigned next;
	size_t at;
	const char *piece[PIECES];
	char pid[24];
};

struct hook_run {
	int pidfd;
	pid_t pid;
	struct input in;
	struct output out;
	struct output err;
};

static void run_release(struct hook_run *r)
{
	fd_close(&r->pidfd);
	fd_close(&r->in.fd);
	fd_close(&r->out.fd);
	fd_close(&r->err.fd);
}

/* In the child.  What fails here goes to the hook's standard error, which is in the error text. */
static void exec_hook(const struct inside *in, const struct plan_hook *h, const int stdio[3])
{
	char text[128];
	int fd;
	int n;

	if (setpgid(0, 0) < 0) /* so that a timeout ends what it has started, too */
		return;
	for (fd = 0; fd <= 2; fd++)
		if (sys_dup3(stdio[fd], fd, 0) < 0)
			return;
	/* Descriptors that are preserved for the program are not the hook's. */
	if (in->plan->process.preserve_fds > 0)
		(void)sys_close_range(3, UINT_MAX, K_CLOSE_RANGE_CLOEXEC); /* Linux 5.10: they stay, harmless */
	(void)program_default_signals(in->ignored_signals); /* a filter may refuse; the hook can do that itself */
	(void)umask(022);
	(void)sys_execveat(AT_FDCWD, h->path, h->argv, h->envp, 0);
	n = snprintf(text, sizeof(text), "exec %.80s: %s", h->path, err_errno_text(errno, (char[24]){ "" }));
	if (n > 0)
		(void)sys_write(2, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

static int start(const struct inside *in, const struct plan_hook *h, struct hook_run *r, struct err *e)
{
	int pipes[3][2] = { { -EBADF, -EBADF }, { -EBADF, -EBADF }, { -EBADF, -EBADF } };
	struct k_clone_args args = {
		.flags = K_CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&r->pidfd,
		.exit_signal = SIGCHLD,
	};
	const int out_fd = inside_find_fd(in, PLAN_FD_HOOKS_OUTPUT, STDOUT_FILENO);
	const int err_fd = inside_find_fd(in, PLAN_FD_HOOKS_OUTPUT, STDERR_FILENO);
	pid_t pid = -1;
	int i;

	for (i = 0; i < 3; i++)
		if (sys_pipe2(pipes[i], O_CLOEXEC) < 0)
			goto out;
	/* The pipes are told from 0-2 by number: those are open already, so no pipe can be one of them. */
	pid = sys_clone3(&args);
	if (pid == 0) {
		exec_hook(in, h, (const int[3]){ pipes[0][0], out_fd >= 0 ? out_fd : pipes[1][1],
						 err_fd >= 0 ? err_fd : pipes[2][1] });
		_exit(127);
	}
out:
	if (pid < 0) {
		(void)err_errno(e, errno, "start %s", h->path);
		r->pidfd = -EBADF;
	}
	fd_close(&pipes[0][0]);
	fd_close(&pipes[1][1]);
	fd_close(&pipes[2][1]);
	r->pid = pid;
	r->in.fd = pipes[0][1];
	r->out.fd = pipes[1][0];
	r->err.fd = pipes[2][0];
	return pid < 0 ? -1 : 0;
}

static void feed(struct input *in)
{
	while (in->next < PIECES) {
		const char *piece = in->piece[in->next] + in->at;
		size_t len = strlen(piece);
		ssize_t n = len > 0 ? sys_write(in->fd, piece, len) : 0;

		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0) /* EPIPE: a hook need not read it */
			break;
		if ((size_t)n < len) {
			in->at += (size_t)n;
			continue;
		}
		in->next++;
		in->at = 0;
	}
	fd_close(&in->fd);
}

static void drain(struct output *o)
{
	char scratch[512];
	ssize_t n = sys_read(o->fd, scratch, sizeof(scratch));

	if (n <= 0) {
		fd_close(&o->fd);
		return;
	}
	if ((size_t)n > OUTPUT_MAX - o->len)
		n = (ssize_t)(OUTPUT_MAX - o->len);
	memcpy(o->text + o->len, scratch, (size_t)n);
	o->len += (size_t)n;
	o->text[o->len] = '\0';
}

enum outcome { HOOK_ENDED, HOOK_TIMED_OUT, HOOK_ORPHANED };

/* Serves the pipes until the process has ended: what it left running behind may hold them open.  RT_FD ends with rt. */
static enum outcome serve(struct hook_run *r, int timeout_s, int rt_fd)
{
	/* The offset of a time namespace changes nothing about differences. */
	int64_t deadline = clock_now_ms() + (int64_t)timeout_s * 1000;
	unsigned last_reads = 0;

	for (;;) {
		struct pollfd fds[5] = {
			{ .fd = r->pidfd, .events = POLLIN },
			{ .fd = r->in.fd, .events = POLLOUT },
			{ .fd = r->out.fd, .events = POLLIN },
			{ .fd = r->err.fd, .events = POLLIN },
			{ .fd = rt_fd }, /* POLLHUP needs no asking for */
		};
		int64_t left = timeout_s > 0 ? deadline - clock_now_ms() : -1;
		int n;

		if (timeout_s > 0 && left <= 0)
			return HOOK_TIMED_OUT;
		n = poll(fds, 5, left > INT_MAX ? INT_MAX : (int)left);
		if (n < 0 && errno != EINTR)
			return HOOK_TIMED_OUT; /* nothing sensible is left to do with it but to end it */
		if (n <= 0)
			continue;
		if (fds[1].revents != 0)
			feed(&r->in);
		if (fds[2].revents != 0)
			drain(&r->out);
		if (fds[3].revents != 0)
			drain(&r->err);
		/* Last, and only once its output is read: both may be ready at once. */
		if (fds[0].revents != 0 && ((fds[2].revents | fds[3].revents) == 0 || ++last_reads == LAST_READS_MAX))
			return HOOK_ENDED;
		if (fds[4].revents != 0)
			return HOOK_ORPHANED;
	}
}

static int finish(const struct plan_hook *h, struct hook_run *r, enum outcome outcome, struct err *e)
{
	siginfo_t info;
	char how[48];

	memset(&info, 0, sizeof(info));
	if (outcome != HOOK_ENDED) {
		(void)sys_kill(-r->pid, SIGKILL); /* not reaped: still its group, if it has come to make one */
		(void)sys_pidfd_send_signal(r->pidfd, SIGKILL, NULL, 0); /* it may have ended by now */
	}
	if (sys_waitid(K_P_PIDFD, r->pidfd, &info, WEXITED | __WALL) < 0)
		return err_errno(e, errno, "wait for %s", h->path);
	if (outcome == HOOK_ORPHANED)
		return err_set(e, ERR_STATE, "rt has gone away");
	if (outcome == HOOK_ENDED && info.si_code == CLD_EXITED && info.si_status == 0)
		return 0;
	if (outcome == HOOK_TIMED_OUT)
		(void)snprintf(how, sizeof(how), "timeout of %d s", h->timeout);
	else if (info.si_code == CLD_EXITED)
		(void)snprintf(how, sizeof(how), "exit status %d", info.si_status);
	else
		(void)snprintf(how, sizeof(how), "killed by signal %d", info.si_status);
	return err_set(e, ERR_SYSTEM, "%s, stdout: %s, stderr: %s", how, r->out.text, r->err.text);
}

static int run_hook(const struct inside *in, const struct plan_hook *h, const char *status, struct err *e)
{
	__attribute__((cleanup(run_release))) struct hook_run r = {
		.pidfd = -EBADF,
		.in = { .fd = -EBADF },
		.out = { .fd = -EBADF },
		.err = { .fd = -EBADF },
	};

	r.in.piece[0] = in->plan->hooks.state_prefix;
	r.in.piece[1] = status;
	r.in.piece[2] = in->plan->hooks.state_middle;
	(void)snprintf(r.in.pid, sizeof(r.in.pid), "%d", (int)getpid()); /* fits every int */
	r.in.piece[3] = r.in.pid;
	r.in.piece[4] = in->plan->hooks.state_suffix;
	if (start(in, h, &r, e) < 0)
		return -1;
	if (sys_fcntl(r.in.fd, F_SETFL, O_NONBLOCK) < 0) {
		(void)err_errno(e, errno, "make the pipe to %s non-blocking", h->path);
		(void)sys_pidfd_send_signal(r.pidfd, SIGKILL, NULL, 0); /* gone already, or gone now */
		return -1;
	}
	/* Until GO its end is ours: no container lives that is not recorded. */
	return finish(h, &r, serve(&r, h->timeout, in->is_released ? -1 : in->sock), e);
}

static int run_all(const struct inside *in, enum hook_kind kind, const char *name, const char *status, struct err *e)
{
	const struct sigaction action = { .sa_handler = SIG_DFL };
	unsigned i;

	(void)sigaction(SIGCHLD, &action, NULL); /* ignored by a caller, it would take their exit statuses away */
	for (i = 0; i < in->plan->hooks.n[kind]; i++)
		if (run_hook(in, &in->plan->hooks.hooks[kind][i], status, e) < 0) {
			e->kind = ERR_HOOK;
			return err_prefix(e, "error running %s hook #%u", name, in->plan->hooks.hooks[kind][i].index);
		}
	return 0;
}

int hooks_run_create_container(struct inside *in, struct err *e)
{
	/* A place that the hook can count on: the root file system, as other runtimes have it. */
	if (sys_fchdir(in->root_fd) < 0)
		return err_errno(e, errno, "enter the root file system");
	return run_all(in, HOOK_CREATE_CONTAINER, "createContainer", "created", e);
}

int hooks_run_start_container(struct inside *in, struct err *e)
{
	return run_all(in, HOOK_START_CONTAINER, "startContainer", "created", e);
}
