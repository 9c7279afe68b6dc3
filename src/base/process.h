/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BASE_PROCESS_H
#define RT_BASE_PROCESS_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

/* A child of ours, by pidfd.  The pid is for files of procfs and for people. */
struct process {
	pid_t pid;
	int pidfd; /* owned */
};

#define PROCESS_INIT { .pid = 0, .pidfd = -EBADF }

/* How it ended. */
struct process_end {
	int code;   /* CLD_EXITED, CLD_KILLED, CLD_DUMPED */
	int status; /* exit status or signal */
};

/* Waits until it has terminated, reaps it and closes the pidfd.  TIMEOUT_MS -1 waits without end; when it is over:
 * ERR_SYSTEM, ETIMEDOUT, and nothing is reaped. */
int process_reap(struct process *p, int timeout_ms, struct process_end *ret, struct err *e);

/* SIGKILL, and reaps it.  Nothing to do is success. */
int process_kill(struct process *p, struct err *e);

/* Waits until the process behind PIDFD, any one, has terminated.  1, 0 when the time is over, -1. */
int process_poll(int pidfd, int timeout_ms, struct err *e);

/* The pid behind a pidfd as this pid namespace sees it, from /proc/self/fdinfo. */
int process_pid_of(int pidfd, pid_t *ret, struct err *e);

/* What a shell would say: the status, or 128 + signal. */
int process_exit_status(const struct process_end *end);

/* "exit status 1", "signal: SIGKILL" into BUF, which is given back. */
const char *process_describe_end(const struct process_end *end, char *buf, size_t size);

#endif
