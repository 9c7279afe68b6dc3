/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>

#include "base/signals.h"
#include "cmd/match.h"
#include "cmd/verbs.h"
#include "run/run.h"

static const struct option_row kill_rows[] = {
	{ .name = "all", .letter = 'a', .kind = OPTION_FLAG, ARGS_FIELD(all),
	  .help = "send the signal to all processes of the container" },
	{ .name = "regex", .letter = 'r', .kind = OPTION_FLAG, ARGS_FIELD(regex),
	  .help = "ID is a regular expression: all containers that it matches" },
	{ 0 },
};

const struct option_row *const kill_options[] = { kill_rows, NULL };

static int kill_one(const struct args *args, const struct request *req, struct err *e)
{
	int sig = SIGTERM;

	if (args->n_operands > 1 && signal_parse(args->operands[1], &sig, e) < 0)
		return -1;
	return run_kill(req, sig, args->all, e);
}

int cmd_kill(const struct args *args, struct err *e)
{
	return match_containers(args, kill_one, e);
}
