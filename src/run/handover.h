/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_HANDOVER_H
#define RT_RUN_HANDOVER_H

#include <linux/filter.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/plan.h"

/*
 * What init gets: the plan and the seccomp filter in one sealed memfd, descriptors, and its own program in another.
 */

/* The mapping at PLAN_ADDRESS that the plan is built in. */
struct plan_memory {
	void *base;           /* NULL until plan_memory_map() */
	struct arena arena;
};

int plan_memory_map(struct plan_memory *m, struct err *e);

/* The plan is const from here on, and the kernel sees to it. */
int plan_memory_protect(const struct plan_memory *m, struct err *e);

/* The memfd of plan and filter (FILTER_LEN instructions, may be 0); fills HELLO but for the faults and n_fds. */
int handover_make_plan(const struct plan_memory *m, const struct sock_filter *filter, unsigned filter_len,
		       struct message_hello *ret_hello, struct err *e);

/* A descriptor of init's program for execveat(2). */
int handover_open_init(struct err *e);

/* Queues HELLO, and FDS messages where it can not carry all.  FDS are the rows of plan->fds in order. */
int handover_send(int sock, const struct message_hello *hello, int plan_fd, const int *fds, unsigned n_fds,
		  struct err *e);

#endif
