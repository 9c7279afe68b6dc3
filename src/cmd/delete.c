/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/match.h"
#include "cmd/verbs.h"
#include "run/run.h"

static const struct option_row delete_rows[] = {
	{ .name = "force", .letter = 'f', .kind = OPTION_FLAG, ARGS_FIELD(force),
	  .help = "kill it if it runs; a missing container is no error" },
	{ .name = "regex", .letter = 'r', .kind = OPTION_FLAG, ARGS_FIELD(regex),
	  .help = "ID is a regular expression: all containers that it matches" },
	{ 0 },
};

const struct option_row *const delete_options[] = { delete_rows, NULL };

static int delete_one(const struct args *args, const struct request *req, struct err *e)
{
	return run_delete(req, args->force, e);
}

int cmd_delete(const struct args *args, struct err *e)
{
	return match_containers(args, delete_one, e);
}
