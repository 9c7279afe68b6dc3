/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_STEPS_H
#define RT_INIT_STEPS_H

#include <stdbool.h>

#include "init/inside.h"

/*
 * The table of steps in init.c.  Exported, so that a test can hold its order against the constraints that the rows
 * speak of.
 */

#define STEP_CREATE 1u /* plan kind PLAN_CREATE: create, run */
#define STEP_EXEC 2u   /* PLAN_EXEC */
#define STEP_BOTH (STEP_CREATE | STEP_EXEC)

struct init_step {
	const char *name;                               /* in front of the step's errors */
	int (*run)(struct inside *in, struct err *e);   /* 0, -1, or INSIDE_DONE */
	unsigned kinds;                                 /* STEP_* */
	bool (*is_needed)(const struct inside *in);     /* NULL: always */
};

/* Ends with a row whose name is NULL. */
extern const struct init_step init_steps[];

/* Runs the steps that the plan needs, in order.  0, INSIDE_DONE, or -1 with the step's name in front of the error. */
int init_run_steps(struct inside *in, struct err *e);

#endif
