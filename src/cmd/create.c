/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/container_options.h"
#include "cmd/verbs.h"
#include "run/run.h"

/* A created container is always detached: engines say so all the same. */
static const struct option_row create_rows[] = {
	{ .name = "detach", .letter = 'd', .kind = OPTION_FLAG, ARGS_FIELD(ignored), .hidden = true },
	{ 0 },
};

const struct option_row *const create_options[] = { bundle_rows, stdio_rows, container_rows, create_rows, trace_rows,
						   NULL };

int cmd_create(const struct args *args, struct err *e)
{
	return run_create(&args->req, e);
}
