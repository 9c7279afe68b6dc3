/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_STARTUP_H
#define RT_RUN_STARTUP_H

#include "base/err.h"

/*
 * What the process sets right before it does anything else, in this order:
 * startup_process() first thing in main(), startup_check_fds() once the command line is read, before the first
 * descriptor of our own is opened (the log).
 */

/* Opens /dev/null on descriptors 0-2 that are closed, ignores SIGPIPE; in fault-injection builds reads
 * RT_FAULT=NUMBER[:ERRNO]. */
int startup_process(struct err *e);

/* All of 3 .. 3 + N - 1 must be open: what --preserve-fds and LISTEN_FDS promise to the container. */
int startup_check_fds(unsigned n, struct err *e);

#endif
