/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_UNDO_H
#define RT_RUN_UNDO_H

#include <stdbool.h>

#include "base/err.h"

/*
 * What is taken back when a command fails.  Each effect that the kernel sees pushes its undo, right before or right
 * after it is made; a failure runs them last-in first-out; success disarms them.
 *
 * An undo may fail.  Then the ones that were pushed as a *record* (the state directory) are kept, because
 * `delete --force` removes the rest by them.
 */

#define UNDO_MAX 12

struct undo_step {
	const char *what;                            /* "cgroup": for messages */
	int (*function)(void *context, struct err *e);
	bool is_record;
};

struct undo {
	struct undo_step steps[UNDO_MAX];
	unsigned n;
	void *context; /* given to every function */
};

void undo_push(struct undo *u, const char *what, int (*function)(void *context, struct err *e));
void undo_push_record(struct undo *u, const char *what, int (*function)(void *context, struct err *e));

/* Runs all of them.  0, or -1 with the first failure in E; the rest ran all the same. */
int undo_run(struct undo *u, struct err *e);

/* Success: nothing is to be undone any more. */
void undo_disarm(struct undo *u);

#endif
