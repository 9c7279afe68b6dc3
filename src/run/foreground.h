/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_FOREGROUND_H
#define RT_RUN_FOREGROUND_H

#include <signal.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/process.h"

/*
 * run and exec without --detach: rt stands for the process, forwards signals to it, relays its terminal, and ends as
 * it ends.
 */
struct foreground {
	int signal_fd;
	int notify_fd;              /* owned; -EBADF: none */
	const char *notify_socket;  /* the host's */
};

#define FOREGROUND_INIT { .signal_fd = -EBADF, .notify_fd = -EBADF }

/* Before the clone: from here on signals wait for the process instead of ending rt.  init starts with none blocked.
 * Until foreground_wait(), signal_fd is readable when one of those came that ask a program to end: it is not taken. */
int foreground_begin(struct foreground *f, bool be_subreaper, struct err *e);

/* Before the program runs: its terminal has the right size and modes from the first moment.  Negative: no terminal. */
int foreground_prepare(int console_fd, struct err *e);

/* After the start: until PROCESS has ended.  CONSOLE_FD is the pty's master or negative. */
int foreground_wait(struct foreground *f, struct process *process, int console_fd, int *ret_status, struct err *e);

void foreground_release(struct foreground *f);
#define _cleanup_foreground_ __attribute__((cleanup(foreground_release)))

#endif
