/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_RELAY_H
#define RT_RUN_RELAY_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "base/err.h"

/*
 * The user's terminal in the foreground: bytes between descriptors 0 and 1 and the pty's master.  Our own terminal is
 * raw meanwhile, but for output processing, which the pty leaves to it.
 */

#define RELAY_BUFFER 8192
#define RELAY_POLLFDS 3

struct relay_flow {
	int from;      /* -EBADF once at its end */
	int to;
	size_t start;  /* what is read and not yet written: [start, end) */
	size_t end;
	char data[RELAY_BUFFER];
};

struct relay {
	int master;    /* not owned; non-blocking */
	int output;    /* owned where it is not 1: a description of our own, so that O_NONBLOCK is ours alone */
	bool is_raw;
	struct termios saved;
	struct relay_flow in;
	struct relay_flow out;
};

/* Gives the pty the size of our terminal, and leaves "\n" alone there: our own terminal makes "\r\n" of it. */
int relay_prepare(int master, struct err *e);

/* Takes over our terminal.  MASTER is prepared.  Must be followed by relay_stop(), on failure too. */
int relay_start(struct relay *r, int master, struct err *e);

/* Gives it back as it was. */
void relay_stop(struct relay *r);

/* The size of our terminal becomes the pty's. */
void relay_resize(int master);

/* Fills the RELAY_POLLFDS entries at P for poll(2), and serves them afterwards. */
void relay_prepare_poll(const struct relay *r, struct pollfd *p);
void relay_serve_poll(struct relay *r, const struct pollfd *p);

/* Passes on what the program wrote last; bounded in time. */
void relay_drain(struct relay *r);

#endif
