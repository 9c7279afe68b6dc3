/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any datagrams in the place of init's: what rt reads from inside a container.  They go through a real socket pair with
 * real descriptors, so that the kernel's part (truncation, SCM_RIGHTS) is in it.
 *
 * Input: one byte of mode, one that says how many stops the plan has, those, then datagrams {kinds of descriptors:
 * byte with their number in the low and the kind in the high half; length: two bytes; bytes}.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/message.h"
#include "base/sys.h"
#include "run/serve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum mode { MODE_READY, MODE_EXEC, MODE_PLAIN, MODE_RECORD, MODE_COUNT };

static void require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

struct input {
	const uint8_t *at;
	size_t left;
};

static uint8_t take_byte(struct input *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->at++;
}

/* Kinds of descriptors that a hostile init could send.  Made once. */
#define KINDS 4
struct world {
	int fds[KINDS];
	pid_t dead_pid;
	int dead_pidfd; /* what rt takes for init: a child that has ended, so that nothing is waited for */
};

static const struct world *get_world(void)
{
	static struct world w;
	struct err e = ERR_INIT;

	if (w.dead_pid != 0)
		return &w;
	require(log_open("/dev/null", LOG_FORMAT_TEXT, LOG_WARNING, &e) == 0, "the log can be put away");
	w.dead_pid = fork();
	if (w.dead_pid == 0)
		_exit(0);
	w.dead_pidfd = sys_pidfd_open(w.dead_pid, 0);
	w.fds[0] = open("/dev/null", O_RDWR | O_CLOEXEC);
	w.fds[1] = w.dead_pidfd;
	w.fds[2] = sys_pidfd_open(getpid(), 0);
	w.fds[3] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	for (unsigned i = 0; i < KINDS; i++)
		require(w.fds[i] >= 0, "descriptors to send");
	return &w;
}

/* Only those that act on nothing outside of this process. */
static void make_plan(struct input *in, struct plan *plan)
{
	static const enum message_type types[] = {
		MESSAGE_CHILD, MESSAGE_MAPS, MESSAGE_HOOKS, MESSAGE_CONSOLE, MESSAGE_NOTIFY, MESSAGE_READY,
	};
	const unsigned n = 1 + take_byte(in) % (PLAN_STOPS_MAX - 1);

	*plan = (struct plan){ .version = PLAN_VERSION, .kind = PLAN_CREATE, .n_stops = n };
	/* MAPS behind such a clone writes nothing: spawn.c has. */
	plan->ns.steps[0].flags = K_CLONE_NEWUSER;
	for (unsigned i = 0; i < n; i++)
		plan->stops[i] = types[take_byte(in) % (sizeof(types) / sizeof(types[0]))];
}

static void send_datagram(int sock, const struct world *w, const void *bytes, size_t len, unsigned n_fds, unsigned kind)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int) * 16)];
	} control;
	struct iovec iov = { .iov_base = (void *)(uintptr_t)bytes, .iov_len = len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;

	memset(&control, 0, sizeof(control));
	if (n_fds > 0) {
		msg.msg_control = control.space;
		msg.msg_controllen = CMSG_SPACE(sizeof(int) * n_fds);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * n_fds);
		for (unsigned i = 0; i < n_fds; i++)
			memcpy(CMSG_DATA(c) + i * sizeof(int), &w->fds[kind % KINDS], sizeof(int));
	}
	(void)sendmsg(sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL); /* a full socket ends the conversation */
}

static void send_all(struct input *in, int sock, const struct world *w)
{
	while (in->left > 3) {
		const unsigned fds = take_byte(in);
		size_t len = take_byte(in);

		len |= (size_t)take_byte(in) << 8;
		len = len < in->left ? len : in->left;
		send_datagram(sock, w, in->at, len, fds & 15, fds >> 4);
		in->at += len;
		in->left -= len;
	}
}

static void check_error(const struct err *e)
{
	require(e->kind > ERR_NONE && e->kind < ERR_KIND_COUNT, "an error has a kind");
	require(memchr(e->msg, '\0', sizeof(e->msg)) != NULL && memchr(e->hint, '\0', sizeof(e->hint)) != NULL,
		"texts end");
	require(strpbrk(e->msg, "\n\033") == NULL && strpbrk(e->hint, "\n\033") == NULL,
		"what comes from inside is one printable line");
}

static void serve(enum mode mode, struct input *in, const struct world *w)
{
	static const struct request req;
	struct launch l = LAUNCH_INIT(&req);
	struct plan plan;
	struct err e = ERR_INIT;
	int pair[2];
	int r;

	make_plan(in, &plan);
	require(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0, "a socket pair");
	send_all(in, pair[1], w);
	/* Answers of rt have somewhere to go, questions for more get an end-of-file. */
	(void)shutdown(pair[1], SHUT_WR);
	l.plan = &plan;
	l.sock = pair[0];
	l.process.pid = w->dead_pid;
	l.process.pidfd = fcntl(w->dead_pidfd, F_DUPFD_CLOEXEC, 3);
	l.state.cgroup = (struct cgroup_record){ .driver = CGROUP_DRIVER_NONE, .mount = "", .path = "" };
	if (mode == MODE_READY) {
		r = serve_until_ready(&l, &e);
	} else if (mode == MODE_EXEC) {
		r = serve_until_exec(&l, &e);
	} else {
		enum message_type type;

		r = message_recv_plain(l.sock, &type, &e);
		require(r <= 0 || (unsigned)type < MESSAGE_TYPE_COUNT, "a type that there is");
	}
	if (r < 0)
		check_error(&e);
	close(pair[1]);
	launch_release(&l);
}

/* The FIFO "result". */
static void take_record(const struct input *in)
{
	struct err e = ERR_INIT;

	serve_take_error(&e, in->at, in->left);
	check_error(&e);
}

static int lowest_free_fd(void)
{
	int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);

	close(fd);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct world *w = get_world();
	struct input in = { .at = data, .left = size };
	const enum mode mode = take_byte(&in) % MODE_COUNT;
	const int before = lowest_free_fd();

	if (mode == MODE_RECORD)
		take_record(&in);
	else
		serve(mode, &in, w);
	require(lowest_free_fd() == before, "every descriptor that came is closed");
	return 0;
}
