/* SPDX-License-Identifier: Apache-2.0 */
#include "run/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/message.h"
#include "base/sys.h"
#include "run/console.h"
#include "run/hooks.h"
#include "run/idmap.h"
#include "run/listener.h"
#include "run/namespaces.h"
#include "run/netdev.h"

/* init is gone or about to be when its socket ends. */
#define DEATH_TIMEOUT_MS 2000

#define PTMX_MAJOR 5
#define PTMX_MINOR 2

/* To the agent: about the process that will be the program. */
static int announce_listener(struct launch *l, struct err *e)
{
	_cleanup_fd_ int fd = fd_take(&l->listener_fd);

	/* A process of exec is not the container's init, whose state this is. */
	if (l->plan->kind == PLAN_EXEC)
		return listener_send(&l->plan->seccomp, fd, l->process.pid, &l->state, STATUS_RUNNING, e);
	l->state.pid = l->process.pid;
	return listener_send(&l->plan->seccomp, fd, l->process.pid, &l->state, STATUS_CREATING, e);
}

static int serve_child(struct launch *l, struct message *m, struct err *e)
{
	struct process next = { .pidfd = fd_take(&m->fds[0]) };
	struct process_end end;

	/* The pid in the message is what init believes; the descriptor can not be wrong. */
	if (process_pid_of(next.pidfd, &next.pid, e) < 0) {
		fd_close(&next.pidfd);
		return err_prefix(e, "the process that goes on");
	}
	if (process_reap(&l->process, DEATH_TIMEOUT_MS, &end, e) < 0) {
		fd_close(&next.pidfd);
		return err_prefix(e, "the process that handed over");
	}
	l->process = next;
	return l->listener_fd >= 0 ? announce_listener(l, e) : 0;
}

static int serve_maps(struct launch *l, struct message *m, struct err *e)
{
	(void)m;
	if (l->plan->ns.mode[NS_USER] == NS_MODE_JOIN)
		return namespace_compare_maps(&l->plan->ns, l->process.pid, e);
	/* A user namespace that came with the clone has its maps: spawn.c, before the exec. */
	if ((l->plan->ns.steps[0].flags & K_CLONE_NEWUSER) != 0)
		return 0;
	return idmap_write(&l->plan->ns, l->process.pid, e);
}

static int undo_move_netdevs(void *launch, struct err *e)
{
	const struct launch *l = launch;

	return netdevs_move_back(l->netdevs, e);
}

static int serve_netdev(struct launch *l, struct message *m, struct err *e)
{
	l->netdevs = netdevs_prepare(l->plan, m->fds[0], l->arena, e);
	if (l->netdevs == NULL)
		return -1;
	/* Before the first is moved: a move may fail with the device on the other side. */
	undo_push(&l->undo, "network devices", undo_move_netdevs);
	return netdevs_move(l->netdevs, e);
}

static int serve_hooks(struct launch *l, struct message *m, struct err *e)
{
	const struct plan_hooks *h = &l->plan->hooks;

	(void)m;
	l->state.pid = l->process.pid;
	/* The environment is made (runtime.md, Lifecycle, step 2), which is what "created" says: as crun, and as the
	 * validation suite of the specification wants it. */
	if (hooks_run(HOOK_PRESTART, h, &l->state, STATUS_CREATED, e) < 0)
		return -1;
	return hooks_run(HOOK_CREATE_RUNTIME, h, &l->state, STATUS_CREATED, e);
}

static int serve_console(struct launch *l, struct message *m, struct err *e)
{
	struct stat st;

	/* Whatever gets this descriptor next, a user's terminal or an engine, takes it for a pty's master. */
	if (fstat(m->fds[0], &st) < 0)
		return err_errno(e, errno, "stat the terminal");
	if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(PTMX_MAJOR, PTMX_MINOR))
		return err_set(e, ERR_INTERNAL, "what init sent is no pty's master");
	if (l->req->console_socket != NULL)
		return console_send(l->req->console_socket, m->fds[0], e);
	l->console_fd = fd_take(&m->fds[0]);
	return 0;
}

/* What goes to the agent must be what its protocol says, whichever number init has sent. */
static int check_listener(int fd, struct err *e)
{
	static const char expected[] = "anon_inode:seccomp notify";
	char path[sizeof("/proc/self/fd/") + 11];
	char target[sizeof(expected) + 1]; /* room to see that it is longer */
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd); /* fits by construction */
	n = readlink(path, target, sizeof(target));
	if (n < 0)
		return err_errno(e, errno, "look at the seccomp listener");
	if ((size_t)n != sizeof(expected) - 1 || memcmp(target, expected, sizeof(expected) - 1) != 0)
		return err_set(e, ERR_INTERNAL, "what init has named is no seccomp listener");
	return 0;
}

static int serve_notify(struct launch *l, struct message *m, struct err *e)
{
	uint32_t number;

	memcpy(&number, m->payload, sizeof(number));
	/* Fetched, not sent: the filter may refuse sendmsg(2) already. */
	l->listener_fd = sys_pidfd_getfd(l->process.pidfd, (int)number, 0);
	if (l->listener_fd < 0)
		return err_errno(e, errno, "fetch the seccomp listener");
	if (check_listener(l->listener_fd, e) < 0)
		return -1;
	/* Before the fork this process is not the one that goes on. */
	return l->plan->seccomp_before_fork ? 0 : announce_listener(l, e);
}

static int serve_ready(struct launch *l, struct message *m, struct err *e)
{
	(void)l; /* the answer is GO, the caller's */
	(void)m;
	(void)e;
	return 0;
}

/* What a message must carry, what is done, and whether init waits for CONTINUE. */
static const struct stop {
	unsigned n_fds;
	size_t len;
	bool is_answered;
	int (*serve)(struct launch *l, struct message *m, struct err *e);
} stops[MESSAGE_TYPE_COUNT] = {
	[MESSAGE_CHILD] = { 1, sizeof(int64_t), false, serve_child },
	[MESSAGE_MAPS] = { 0, 0, true, serve_maps },
	[MESSAGE_NETDEV] = { 1, 0, true, serve_netdev },
	[MESSAGE_HOOKS] = { 0, 0, true, serve_hooks },
	[MESSAGE_CONSOLE] = { 1, 0, false, serve_console },
	[MESSAGE_NOTIFY] = { 0, sizeof(uint32_t), true, serve_notify },
	[MESSAGE_READY] = { 0, 0, false, serve_ready },
};

/* Text from inside, for the log: one line, printable. */
static void make_printable(char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = ' ';
	}
}

void serve_take_error(struct err *ret, const void *payload, size_t len)
{
	if (len != sizeof(*ret)) {
		(void)err_set(ret, ERR_INTERNAL, "init sent an error of a wrong size");
		return;
	}
	memcpy(ret, payload, sizeof(*ret));
	ret->msg[sizeof(ret->msg) - 1] = '\0';
	ret->hint[sizeof(ret->hint) - 1] = '\0';
	make_printable(ret->msg);
	make_printable(ret->hint);
	if ((unsigned)ret->kind <= ERR_NONE || (unsigned)ret->kind >= ERR_KIND_COUNT)
		ret->kind = ERR_INTERNAL;
}

static int take_warning(struct message *m, unsigned *n_warnings, struct err *e)
{
	char text[MESSAGE_PAYLOAD_MAX + 1];

	if (++*n_warnings > MESSAGE_WARNINGS_MAX)
		return err_set(e, ERR_INTERNAL, "init sends warnings without end");
	memcpy(text, m->payload, m->len);
	text[m->len] = '\0';
	make_printable(text);
	log_warning("%s", text);
	return 0;
}

/* The socket ended: say how init died.  IS_SILENT: it had not said anything. */
static int explain_death(struct launch *l, bool is_silent, struct err *e)
{
	const struct cgroup_driver *driver = cgroup_driver_get(l->state.cgroup.driver);
	struct process_end end;
	char text[200];

	if (process_reap(&l->process, DEATH_TIMEOUT_MS, &end, e) < 0)
		return err_prefix(e, "init closed its socket");
	if (driver->was_out_of_memory(&l->state.cgroup, text, sizeof(text)))
		return err_set(e, ERR_SYSTEM, "container init was OOM-killed (memory limit too low?): %s", text);
	(void)err_set(e, ERR_SYSTEM, "container init died before it was ready: %s",
		      process_describe_end(&end, text, sizeof(text)));
	/* At the clone it notes how often the cgroup of rt was killed, at its end it looks at the one of init. */
	if (is_silent && l->cgroup_fd >= 0 && end.code == CLD_KILLED && end.status == SIGKILL)
		return err_hint(e, "Linux 6.18 kills what is cloned into a cgroup, if that one or rt's own was "
				   "killed by cgroup.kill before: use new ones");
	return -1;
}

/*
 * What init, or its child before the exec, has said of itself.  A child that has rt's memory until then is nothing that
 * the OOM killer would take: it is refused memory instead.  In the words for the other, which engines and people know.
 */
static int explain_error(struct launch *l, const struct message *m, struct err *e)
{
	const struct cgroup_driver *driver = cgroup_driver_get(l->state.cgroup.driver);
	struct err said = ERR_INIT;
	char text[200];

	serve_take_error(&said, m->payload, m->len);
	if (said.errnum == ENOMEM && driver->was_out_of_memory(&l->state.cgroup, text, sizeof(text)))
		return err_set(e, ERR_SYSTEM, "container init was OOM-killed (memory limit too low?): %s: %s", said.msg,
			       text);
	*e = said;
	return -1;
}

static int serve_stop(struct launch *l, struct message *m, enum message_type expected, struct err *e)
{
	const struct stop *s = &stops[m->type];
	struct err send_error = ERR_INIT;

	if (m->type != expected || s->serve == NULL)
		return err_set(e, ERR_INTERNAL, "init sent \"%s\" where \"%s\" was expected",
			       message_type_name(m->type), message_type_name(expected));
	if (m->n_fds != s->n_fds || m->len != s->len)
		return err_set(e, ERR_INTERNAL, "init's \"%s\" has %u descriptors and %zu bytes",
			       message_type_name(m->type), m->n_fds, m->len);
	if (s->serve(l, m, e) < 0)
		return -1;
	if (!s->is_answered || message_send(l->sock, MESSAGE_CONTINUE, NULL, 0, NULL, 0, &send_error) == 0)
		return 0;
	/* A dead init: its end explains more than our broken pipe. */
	return send_error.errnum == EPIPE ? explain_death(l, false, e) : (*e = send_error, -1);
}

/* message_recv() of what an init that has ended may have said last: the kernel tells first, and once, that it ended
 * with a message of ours unread, then hands out what it had sent before (unix_release_sock()). */
static int receive_last(int sock, struct message *m, struct err *e)
{
	int r = message_recv(sock, m, e);

	if (r >= 0 || e->errnum != ECONNRESET)
		return r;
	err_clear(e);
	return message_recv(sock, m, e);
}

/* An init that stands still (stopped from inside, born in a frozen cgroup) must not keep rt from ending. */
static int wait_for_message(const struct launch *l, struct err *e)
{
	enum { INIT, SIGNALS, COUNT };
	struct pollfd p[COUNT] = {
		[INIT] = { .fd = l->sock, .events = POLLIN },
		[SIGNALS] = { .fd = l->signal_fd, .events = POLLIN },
	};

	while (poll(p, COUNT, -1) < 0) {
		if (errno != EINTR)
			return err_errno(e, errno, "wait for init");
	}
	/* A signal that has come after the last message is the program's. */
	if (p[INIT].revents == 0)
		return err_set(e, ERR_SYSTEM, "ended by a signal before the container's process was ready");
	return 0;
}

/* One message from init after N_SERVED others, errors and warnings handled: 1, 0 for a warning, -1. */
static int receive(struct launch *l, struct message *m, unsigned n_served, unsigned *n_warnings, struct err *e)
{
	int r;

	if (l->signal_fd >= 0 && wait_for_message(l, e) < 0)
		return -1;
	r = receive_last(l->sock, m, e);
	if (r == 0 || (r < 0 && e->errnum == ECONNRESET))
		return explain_death(l, n_served == 0 && *n_warnings == 0, e);
	if (r < 0)
		return -1;
	if (m->type == MESSAGE_ERROR)
		return explain_error(l, m, e);
	if (m->type == MESSAGE_WARNING)
		return take_warning(m, n_warnings, e);
	return 1;
}

int serve_until_ready(struct launch *l, struct err *e)
{
	unsigned n_warnings = 0;
	unsigned i = 0;

	while (i < l->plan->n_stops) {
		_cleanup_message_ struct message m;
		int r;

		m.n_fds = 0; /* the rest is filled by what is received */
		r = receive(l, &m, i, &n_warnings, e);
		if (r < 0)
			return -1;
		if (r == 0)
			continue;
		if (serve_stop(l, &m, l->plan->stops[i], e) < 0)
			return -1;
		i++;
	}
	return 0;
}

int serve_until_exec(struct launch *l, struct err *e)
{
	_cleanup_message_ struct message m;
	int r;

	m.n_fds = 0; /* the rest is filled by what is received */
	r = receive_last(l->sock, &m, e);
	if (r < 0 && e->errnum != ECONNRESET)
		return -1;
	err_clear(e);
	if (r <= 0)
		return 0; /* closed by the exec; an init that died instead shows in its exit status */
	if (m.type != MESSAGE_ERROR)
		return err_set(e, ERR_INTERNAL, "init sent \"%s\" after GO", message_type_name(m.type));
	serve_take_error(e, m.payload, m.len);
	return -1;
}
