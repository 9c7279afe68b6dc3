/* SPDX-License-Identifier: Apache-2.0 */
#include "run/foreground.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "base/sys.h"
#include "run/notify.h"
#include "run/relay.h"

/* Never blocked, never forwarded: they are about a fault of rt itself. */
static const int fault_signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT };

/* Who sends one of these before the process is there wants rt to end. */
static const int end_signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

static sigset_t all_signals(void)
{
	sigset_t set;
	unsigned i;

	/* Not sigfillset(): it leaves out what the C library keeps for itself, musl also the SIGRTMIN of glibc. */
	memset(&set, 0xff, sizeof(set));
	for (i = 0; i < sizeof(fault_signals) / sizeof(fault_signals[0]); i++)
		(void)sigdelset(&set, fault_signals[i]); /* valid arguments */
	return set;
}

int foreground_begin(struct foreground *f, bool be_subreaper, struct err *e)
{
	const sigset_t all = all_signals();
	sigset_t set;
	unsigned i;

	if (sigprocmask(SIG_BLOCK, &all, NULL) < 0)
		return err_errno(e, errno, "block signals");
	(void)sigemptyset(&set); /* valid arguments, here and below */
	for (i = 0; i < sizeof(end_signals) / sizeof(end_signals[0]); i++)
		(void)sigaddset(&set, end_signals[i]);
	f->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (f->signal_fd < 0)
		return err_errno(e, errno, "signalfd");
	/* Without a pid namespace of its own, what the container leaves behind comes to us, not to the host's init. */
	if (be_subreaper && sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return err_errno(e, errno, "become a subreaper");
	return 0;
}

int foreground_prepare(int console_fd, struct err *e)
{
	return console_fd >= 0 ? relay_prepare(console_fd, e) : 0;
}

void foreground_release(struct foreground *f)
{
	fd_close(&f->signal_fd);
	fd_close(&f->notify_fd);
}

/* Reaps what came to us as the subreaper, and never PROCESS: its status is asked for by its pidfd. */
static void reap_others(pid_t process)
{
	for (;;) {
		siginfo_t info;

		memset(&info, 0, sizeof(info));
		if (sys_waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) < 0 || info.si_pid == 0 ||
		    info.si_pid == process)
			return;
		if (sys_waitid(P_PID, info.si_pid, &info, WEXITED | WNOHANG | __WALL) < 0)
			return;
	}
}

static void take_signals(const struct foreground *f, const struct process *process, const struct relay *relay)
{
	struct signalfd_siginfo info;

	while (sys_read(f->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		const int sig = (int)info.ssi_signo;

		if (sig == SIGCHLD)
			reap_others(process->pid);
		else if (sig == SIGWINCH && relay != NULL)
			relay_resize(relay->master); /* the kernel tells the program, by the pty */
		else if (sig != SIGPIPE)
			(void)sys_pidfd_send_signal(process->pidfd, sig, NULL, 0); /* it may be gone: seen next */
	}
}

static int serve(struct foreground *f, const struct process *process, struct relay *relay, struct err *e)
{
	enum { SIGNALS, PROCESS, NOTIFY, RELAY, COUNT = RELAY + RELAY_POLLFDS };

	for (;;) {
		struct pollfd p[COUNT] = {
			[SIGNALS] = { .fd = f->signal_fd, .events = POLLIN },
			[PROCESS] = { .fd = process->pidfd, .events = POLLIN },
			[NOTIFY] = { .fd = f->notify_fd, .events = POLLIN },
		};
		nfds_t n = RELAY;

		if (relay != NULL) {
			relay_prepare_poll(relay, p + RELAY);
			n = COUNT;
		}
		if (poll(p, n, -1) < 0 && errno != EINTR)
			return err_errno(e, errno, "wait for the container");
		if (p[SIGNALS].revents != 0)
			take_signals(f, process, relay);
		if (p[NOTIFY].revents != 0 && notify_take(f->notify_fd, f->notify_socket, process->pid))
			fd_close(&f->notify_fd);
		if (relay != NULL)
			relay_serve_poll(relay, p + RELAY);
		if (p[PROCESS].revents != 0)
			return 0;
	}
}

/* A function of its own: the relay's buffers are pages of stack, which a container without a terminal does not
 * touch. */
static int serve_terminal(struct foreground *f, const struct process *process, int console_fd, struct err *e)
{
	struct relay relay;
	int r = relay_start(&relay, console_fd, e);

	if (r == 0)
		r = serve(f, process, &relay, e);
	if (r == 0)
		relay_drain(&relay);
	/* Whatever happened, the user gets the terminal back. */
	relay_stop(&relay);
	return r;
}

int foreground_wait(struct foreground *f, struct process *process, int console_fd, int *ret_status, struct err *e)
{
	const sigset_t all = all_signals();
	struct process_end end;
	int r;

	/* From here on each of them is for the process; those that came before are still there. */
	if (signalfd(f->signal_fd, &all, 0) < 0)
		return err_errno(e, errno, "signalfd");
	r = console_fd >= 0 ? serve_terminal(f, process, console_fd, e) : serve(f, process, NULL, e);

	if (r < 0 || process_reap(process, -1, &end, e) < 0)
		return -1;
	*ret_status = process_exit_status(&end);
	return 0;
}
