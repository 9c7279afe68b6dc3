/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BASE_MESSAGE_H
#define RT_BASE_MESSAGE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * The protocol between rt (on the host) and init (inside), over one SOCK_SEQPACKET pair.
 *
 * A message is one datagram: the header, then LEN bytes of payload, with N_FDS descriptors as SCM_RIGHTS.  init
 * drives, rt serves; the sequence that rt expects is computed from the plan (plan.h: stops) and anything else ends
 * the container.  rt trusts no length, path or number from init.  Received descriptors are O_CLOEXEC; a truncated
 * datagram or truncated control data is an error; descriptors that nobody took are closed by message_release().
 */
enum message_type {
	/* rt -> init */
	MESSAGE_HELLO,    /* struct message_hello + descriptors: the plan, then the rows of plan->fds in order */
	MESSAGE_FDS,      /* further descriptors, where one datagram can not carry all */
	MESSAGE_CONTINUE, /* the answer to a stop: it is done */
	MESSAGE_GO,       /* the answer to READY: the container is recorded; from here on it outlives rt */

	/* init -> rt */
	MESSAGE_CHILD,   /* 1 fd: pidfd of the process that goes on in this one's place; int64: its pid as rt sees it */
	MESSAGE_MAPS,    /* stop: write, or compare, the user namespace's id maps, then CONTINUE */
	MESSAGE_NETDEV,  /* 1 fd: any socket of the network namespace; stop: move the devices in, then CONTINUE */
	MESSAGE_HOOKS,   /* stop: run prestart and createRuntime hooks, then CONTINUE */
	MESSAGE_CONSOLE, /* 1 fd: the pty's master; no answer */
	MESSAGE_NOTIFY,  /* uint32: number of the seccomp notify descriptor, fetched by pidfd_getfd; CONTINUE */
	MESSAGE_READY,   /* everything is in place; GO follows */
	MESSAGE_WARNING, /* payload: text; allowed anywhere before READY; no answer */
	MESSAGE_ERROR,   /* payload: struct err; allowed anywhere; init exits */
	MESSAGE_TYPE_COUNT
};

const char *message_type_name(enum message_type type);

#define MESSAGE_PAYLOAD_MAX 1024
#define MESSAGE_FDS_MAX 250 /* the kernel's SCM_MAX_FD is 253 */
#define MESSAGE_WARNINGS_MAX 64

/* What init learns before it has a plan. */
struct message_hello {
	uint32_t plan_version; /* PLAN_VERSION of both sides: they are one build */
	uint32_t n_fds;        /* rows of plan->fds that follow, in this datagram and in MESSAGE_FDS ones */
	uint64_t plan_size;    /* bytes of plan and filter, in that order */
	uint64_t filter_offset;/* seccomp filter: struct sock_filter array behind the arena, inside the mapping */
	uint64_t ignored_signals; /* bit N - 1: signal N was ignored by whoever called rt, and is in init */
	uint32_t filter_len;   /* in instructions; 0 = none */
	uint32_t fault;        /* fault-injection builds: number of the wrapped call that fails; 0 = none */
	int32_t fault_errno;
	uint32_t reserved;
};

struct message {
	enum message_type type;
	size_t len;
	unsigned n_fds;
	int fds[MESSAGE_FDS_MAX];
	_Alignas(8) char payload[MESSAGE_PAYLOAD_MAX];
};

/* Closes the descriptors that were not taken (fd_take). */
void message_release(struct message *m);
#define _cleanup_message_ __attribute__((cleanup(message_release)))

/* Sends one datagram: write(2) when there are no descriptors (all that a seccomp filter must allow), else
 * sendmsg(2).  SIGPIPE is the caller's business (ignored on both sides). */
int message_send(int sock, enum message_type type, const void *payload, size_t len, const int *fds, unsigned n_fds,
		 struct err *e);

/* Receives one datagram into M, which must be released.  1, 0 at end-of-file, -1 on error or malformed message. */
int message_recv(int sock, struct message *m, struct err *e);

/* Receives a datagram that carries nothing but its type, with read(2).  1, 0 at end-of-file, -1. */
int message_recv_plain(int sock, enum message_type *ret_type, struct err *e);

#endif
