/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BASE_TRACE_H
#define RT_BASE_TRACE_H

#include <stdint.h>
#include <time.h>

/*
 * What rt and init share under --trace: one page, in a memfd, to which init writes when each of its steps began and
 * ended.  No message carries it, so that it costs nothing where it is not asked for, and what is measured little; rt
 * reads it once, after the last step, and trusts nothing in it.
 */
#define TRACE_NAME_SIZE 24
#define TRACE_STEPS_MAX 100

struct trace_step {
	char name[TRACE_NAME_SIZE]; /* NUL-terminated, cut to fit */
	uint64_t begin_ns;
	uint64_t end_ns; /* 0: it had not ended when init could write for the last time */
};

struct trace_page {
	uint32_t n; /* steps begun */
	uint32_t reserved;
	struct trace_step steps[TRACE_STEPS_MAX];
};

_Static_assert(sizeof(struct trace_page) <= 4096, "the steps of init are one page");

/* Nanoseconds of the wall clock: the one clock that a time namespace does not shift.  By the vDSO, no system call. */
static inline uint64_t trace_now(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_REALTIME, &t); /* a valid clock */
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

#endif
