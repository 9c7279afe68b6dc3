/* SPDX-License-Identifier: Apache-2.0 */
#include "run/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/process.h"
#include "base/sys.h"

#define OUTPUT_KEPT 160 /* bytes of each stream that an error message has room for */

/* One end of a pipe that we serve. */
struct output {
	int fd;
	size_t len;
	char text[OUTPUT_KEPT + 1];
};

struct running {
	const struct command *command;
	struct process process;
	int in;           /* our ends; -EBADF once done */
	int exec_error;   /* an errno comes out of it, or end-of-file at exec */
	struct output out;
	struct output err;
	size_t written;
	int64_t deadline; /* ms, monotonic; 0 = none */
	int exec_errno;
};

/* The ends of the pipes that the child gets. */
struct child_ends {
	int in, out, err, exec_error;
};

/* What rt ignores, and what its caller did. */
static void reset_signals(void)
{
	/* The kernel's struct sigaction, all zero: SIG_DFL.  sigaction(3) refuses 32 and 33, which some callers leave
	 * ignored. */
	static const uint64_t by_default[8];
	sigset_t none;
	int sig;

	for (sig = 1; sig <= 64; sig++)
		(void)syscall(SYS_rt_sigaction, sig, by_default, NULL, 8); /* KILL and STOP: never ignored */
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL); /* valid arguments */
}

static _Noreturn void become(const struct command *c, const struct child_ends *ends)
{
	int error;

	/* So that a timeout ends what it has started, too. */
	if (setpgid(0, 0) < 0 || sys_dup3(ends->in, 0, 0) < 0 ||
	    sys_dup3(c->out_fd > 0 ? c->out_fd : ends->out, 1, 0) < 0 ||
	    sys_dup3(c->err_fd > 0 ? c->err_fd : ends->err, 2, 0) < 0 ||
	    sys_close_range(3, ~0U, K_CLOSE_RANGE_CLOEXEC) < 0)
		goto fail;
	reset_signals();
	(void)umask(022); /* what it makes is for others too; that of rt is for its state.  Can not fail */
	if (c->directory != NULL)
		(void)sys_chdir(c->directory); /* a bundle may be gone when poststop hooks run */
	if (c->search_path)
		(void)execvpe(c->program, c->argv, c->envp); /* returns only with an error */
	else
		(void)execve(c->program, c->argv, c->envp); /* returns only with an error */
fail:
	error = errno;
	(void)sys_write(ends->exec_error, &error, sizeof(error)); /* the parent sees the status too */
	_exit(127);
}

static int make_pipe(int *ret_ours, int *ret_theirs, bool we_write)
{
	int fds[2];

	if (sys_pipe2(fds, O_CLOEXEC) < 0)
		return -1;
	*ret_ours = fds[we_write ? 1 : 0];
	*ret_theirs = fds[we_write ? 0 : 1];
	/* The child's end stays blocking, as programs expect it. */
	return sys_fcntl(*ret_ours, F_SETFL, O_NONBLOCK);
}

static int start(struct running *r, struct err *e)
{
	struct child_ends ends = { -EBADF, -EBADF, -EBADF, -EBADF };
	const struct k_clone_args args = {
		.flags = K_CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&r->process.pidfd,
		.exit_signal = SIGCHLD,
	};
	int result = 0;

	if (make_pipe(&r->in, &ends.in, true) < 0 || make_pipe(&r->out.fd, &ends.out, false) < 0 ||
	    make_pipe(&r->err.fd, &ends.err, false) < 0 || make_pipe(&r->exec_error, &ends.exec_error, false) < 0) {
		result = err_errno(e, errno, "make pipes for %s", r->command->program);
	} else {
		r->process.pid = sys_clone3(&args);
		if (r->process.pid == 0)
			become(r->command, &ends);
		if (r->process.pid < 0)
			result = err_errno(e, errno, "clone to run %s", r->command->program);
	}
	fd_close(&ends.in);
	fd_close(&ends.out);
	fd_close(&ends.err);
	fd_close(&ends.exec_error);
	return result;
}

/* Takes what is there; what there is no room for is read and dropped, so that the program never waits for us. */
static void collect(struct output *o)
{
	char spare[512];

	while (o->fd >= 0) {
		size_t room = OUTPUT_KEPT - o->len;
		ssize_t n = sys_read(o->fd, room > 0 ? o->text + o->len : spare, room > 0 ? room : sizeof(spare));

		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0)
			fd_close(&o->fd);
		else if (room > 0)
			o->len += (size_t)n;
	}
}

static void feed(struct running *r)
{
	const struct command *c = r->command;

	while (r->written < c->input_len) {
		ssize_t n = sys_write(r->in, c->input + r->written, c->input_len - r->written);

		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0)
			break; /* EPIPE: it does not want the rest */
		r->written += (size_t)n;
	}
	fd_close(&r->in);
}

static void take_exec_error(struct running *r)
{
	int error;

	if (sys_read(r->exec_error, &error, sizeof(error)) == (ssize_t)sizeof(error))
		r->exec_errno = error;
	fd_close(&r->exec_error);
}

/* Serves the pipes until the process is gone: 1; 0 when its time is over; -1. */
static int serve(struct running *r, struct err *e)
{
	enum { IN, OUT, ERR, EXEC, PROCESS, COUNT };

	for (;;) {
		struct pollfd p[COUNT] = {
			[IN] = { .fd = r->in, .events = POLLOUT },
			[OUT] = { .fd = r->out.fd, .events = POLLIN },
			[ERR] = { .fd = r->err.fd, .events = POLLIN },
			[EXEC] = { .fd = r->exec_error, .events = POLLIN },
			[PROCESS] = { .fd = r->process.pidfd, .events = POLLIN },
		};
		int64_t left = r->deadline - clock_now_ms();

		if (r->deadline != 0 && left <= 0)
			return 0;
		/* Negative descriptors are skipped by poll(2). */
		if (poll(p, COUNT, r->deadline != 0 ? (int)left : -1) < 0 && errno != EINTR)
			return err_errno(e, errno, "wait for %s", r->command->program);
		if (p[IN].revents != 0)
			feed(r);
		if (p[OUT].revents != 0)
			collect(&r->out);
		if (p[ERR].revents != 0)
			collect(&r->err);
		if (p[EXEC].revents != 0)
			take_exec_error(r);
		if (p[PROCESS].revents != 0)
			break;
	}
	/* What it wrote last.  Not until end-of-file: a child of its own may keep the pipes for ever. */
	collect(&r->out);
	collect(&r->err);
	if (r->exec_error >= 0)
		take_exec_error(r);
	return 1;
}

/* One line of text: messages have no line breaks. */
static const char *flatten(struct output *o)
{
	size_t i;

	while (o->len > 0 && o->text[o->len - 1] == '\n')
		o->len--;
	o->text[o->len] = '\0';
	for (i = 0; i < o->len; i++) {
		if ((unsigned char)o->text[i] < 0x20)
			o->text[i] = ' ';
	}
	return o->text;
}

static int judge(struct running *r, const struct process_end *end, bool timed_out, struct err *e)
{
	const char *out = flatten(&r->out);
	const char *err = flatten(&r->err);
	char how[64];

	if (timed_out)
		return err_set(e, ERR_SYSTEM, "ran past its timeout of %d s, stdout: %s, stderr: %s",
			       r->command->timeout, out, err);
	if (r->exec_errno != 0)
		return err_errno(e, r->exec_errno, "exec %s", r->command->program);
	if (process_exit_status(end) == 0)
		return 0;
	return err_set(e, ERR_SYSTEM, "%s, stdout: %s, stderr: %s", process_describe_end(end, how, sizeof(how)), out,
		       err);
}

/* It is not reaped yet, so that its number is still that of its group, if it has come to make one. */
static void kill_group(struct running *r, int served, struct err *kill_error, struct err *e)
{
	(void)sys_kill(-r->process.pid, SIGKILL); /* ESRCH: no group yet, then it has started nothing */
	if (process_kill(&r->process, kill_error) < 0 && served == 0)
		*e = *kill_error;
}

int command_run(const struct command *c, struct err *e)
{
	struct running r = {
		.command = c,
		.process = PROCESS_INIT,
		.in = -EBADF,
		.exec_error = -EBADF,
		.out = { .fd = -EBADF },
		.err = { .fd = -EBADF },
		.deadline = c->timeout > 0 ? clock_now_ms() + (int64_t)c->timeout * 1000 : 0,
	};
	struct process_end end = { .code = 0 };
	struct err kill_error = ERR_INIT;
	int result = start(&r, e);

	if (result == 0) {
		int served = serve(&r, e);

		if (served > 0)
			result = process_reap(&r.process, -1, &end, e);
		else
			kill_group(&r, served, &kill_error, e);
		if (served < 0 || kill_error.kind != ERR_NONE)
			result = -1;
		else if (result == 0)
			result = judge(&r, &end, served == 0, e);
	}
	fd_close(&r.in);
	fd_close(&r.exec_error);
	fd_close(&r.out.fd);
	fd_close(&r.err.fd);
	fd_close(&r.process.pidfd);
	return result;
}
