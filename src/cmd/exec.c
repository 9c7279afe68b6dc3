/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>

#include "cmd/container_options.h"
#include "cmd/verbs.h"
#include "run/run.h"

static const struct option_row exec_rows[] = {
	{ .name = "process", .letter = 'p', .kind = OPTION_STRING, ARGS_FIELD(req.process_file), .arg = "FILE",
	  .help = "the process as JSON, instead of COMMAND and most options" },
	{ .name = "detach", .letter = 'd', .kind = OPTION_FLAG, ARGS_FIELD(req.detach),
	  .help = "return once the program runs" },
	{ .name = "tty", .letter = 't', .kind = OPTION_FLAG, ARGS_FIELD(req.tty),
	  .help = "give the process a terminal" },
	{ .name = "cwd", .kind = OPTION_STRING, ARGS_FIELD(req.cwd), .arg = "PATH",
	  .help = "working directory in the container" },
	{ .name = "env", .letter = 'e', .kind = OPTION_LIST, ARGS_FIELD(req.env), .arg = "NAME=VALUE",
	  .help = "add to the environment (repeatable)" },
	{ .name = "user", .letter = 'u', .kind = OPTION_STRING, ARGS_FIELD(req.user), .arg = "UID[:GID]",
	  .help = "user and group, as numbers" },
	{ .name = "additional-gids", .letter = 'g', .kind = OPTION_LIST, ARGS_FIELD(req.additional_gids), .arg = "GID",
	  .help = "add a supplementary group (repeatable)" },
	{ .name = "cap", .letter = 'c', .kind = OPTION_LIST, ARGS_FIELD(req.caps), .arg = "CAPABILITY",
	  .help = "add a capability to those of the container (repeatable)" },
	{ .name = "no-new-privs", .kind = OPTION_FLAG, ARGS_FIELD(req.no_new_privs),
	  .help = "no privileges by set-user-ID programs" },
	{ .name = "process-label", .kind = OPTION_STRING, ARGS_FIELD(req.process_label), .arg = "LABEL",
	  .help = "SELinux label" },
	{ .name = "apparmor", .kind = OPTION_STRING, ARGS_FIELD(req.apparmor), .arg = "PROFILE",
	  .help = "AppArmor profile" },
	{ .name = "cgroup", .kind = OPTION_LIST, ARGS_FIELD(req.cgroups), .arg = "[CONTROLLER,...:]PATH",
	  .help = "run in this cgroup below the container's (repeatable)" },
	{ .name = "ignore-paused", .kind = OPTION_FLAG, ARGS_FIELD(req.ignore_paused),
	  .help = "allow it in a paused container" },
	{ .name = "no-subreaper", .kind = OPTION_FLAG, ARGS_FIELD(req.no_subreaper), .hidden = true },
	{ 0 },
};

const struct option_row *const exec_options[] = { exec_rows, stdio_rows, trace_rows, NULL };

int cmd_exec(const struct args *args, int *ret_status, struct err *e)
{
	struct request req = args->req;

	if (req.process_file == NULL && args->n_operands < 2)
		return err_set(e, ERR_USAGE, "exec: neither a command nor --process is given");
	if (args->n_operands > 1)
		req.argv = args->operands + 1;
	return run_exec(&req, ret_status, e);
}
