/* SPDX-License-Identifier: Apache-2.0 */
#include "run/run.h"

#include "cmd/container_options.h"
#include "cmd/verbs.h"

static const struct option_row run_rows[] = {
	{ .name = "detach", .letter = 'd', .kind = OPTION_FLAG, ARGS_FIELD(req.detach),
	  .help = "return once the program runs" },
	{ .name = "keep", .kind = OPTION_FLAG, ARGS_FIELD(req.keep),
	  .help = "do not delete the container after it has stopped" },
	{ 0 },
};

const struct option_row *const run_options[] = { bundle_rows, run_rows, stdio_rows, container_rows, trace_rows, NULL };

int cmd_run(const struct args *args, int *ret_status, struct err *e)
{
	return run_run(&args->req, ret_status, e);
}
