/* SPDX-License-Identifier: Apache-2.0 */
#include "run/undo.h"

#include <stddef.h>

static void push(struct undo *u, const struct undo_step *step)
{
	/* The number of pushes is a property of the code, not of its input: a test holds it below the bound. */
	if (u->n < UNDO_MAX)
		u->steps[u->n++] = *step;
}

void undo_push(struct undo *u, const char *what, int (*function)(void *context, struct err *e))
{
	push(u, &(struct undo_step){ .what = what, .function = function });
}

void undo_push_record(struct undo *u, const char *what, int (*function)(void *context, struct err *e))
{
	push(u, &(struct undo_step){ .what = what, .function = function, .is_record = true });
}

int undo_run(struct undo *u, struct err *e)
{
	int result = 0;

	while (u->n > 0) {
		const struct undo_step *step = &u->steps[--u->n];
		struct err failure = ERR_INIT;

		if (step->is_record && result < 0)
			continue;
		if (step->function(u->context, &failure) == 0)
			continue;
		(void)err_prefix(&failure, "undo %s", step->what);
		if (result == 0)
			*e = failure;
		result = -1;
	}
	return result;
}

void undo_disarm(struct undo *u)
{
	u->n = 0;
}
