/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_TRACE_H
#define RT_RUN_TRACE_H

#include <errno.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * --trace FILE: how long each phase of rt took, and each step of init, as trace events of the kind that Chrome's viewer
 * and Perfetto read: a JSON array of complete events ("ph": "X"), "ts" and "dur" in microseconds since rt began.
 *
 * Phases follow each other, so that each is known by its begin.  Without --trace all of this does nothing, and no
 * clock is read.
 */
#define TRACE_PHASES_MAX 48

struct trace_phase {
	const char *name; /* a literal */
	uint64_t begin_ns;
};

struct trace {
	const char *path; /* as given */
	const char *verb;
	int fd;           /* the file; negative: no trace */
	int page_fd;      /* the memfd that init writes to; negative: none */
	pid_t init;       /* the process whose steps they are; 0: not made yet */
	uint64_t steps_end_ns; /* of the step that init could not end; 0: the trace's end */
	unsigned n;
	struct trace_phase phases[TRACE_PHASES_MAX];
};

#define TRACE_INIT { .fd = -EBADF, .page_fd = -EBADF }

/* Opens PATH, emptied, for the phases of VERB; with NULL there is no trace.  Before the first effect: a file that can
 * not be opened is an error before there is a container. */
int trace_open(struct trace *t, const char *path, const char *verb, struct err *e);

/* The phase before has ended, NAME begins; those beyond TRACE_PHASES_MAX count as part of the last. */
void trace_phase(struct trace *t, const char *name);

/* A descriptor of the page for init, the caller's: base/trace.h. */
int trace_share(struct trace *t, struct err *e);

/* init executes the program, or waits for `start`: the step that it was in ends here. */
void trace_end_steps(struct trace *t);

/* Ends the last phase, and writes what there is, after a failure too: it shows where.  A file that can not be written
 * is a warning: what was asked for is done. */
void trace_close(struct trace *t);

#endif
