/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "cmd/args.h"
#include "cmd/request.h"
#include "cmd/usage.h"
#include "cmd/verbs.h"
#include "run/startup.h"

#define ARENA_ROOM (64 << 10)

/* Reads the command line and the environment.  *RET_VERB is set as soon as it is known. */
static int prepare(int argc, char *argv[], struct arena *arena, struct args *args, const struct verb **ret_verb,
		   struct err *e)
{
	if (args_read(argc, argv, arena, args, ret_verb, e) < 0)
		return -1;
	if (args->help || args->version)
		return 0;
	if (request_complete(&args->req, arena, e) < 0)
		return -1;
	/* Before the first descriptor of our own, which could get a number that was promised to the container. */
	return startup_check_fds(args->req.listen_fds + args->req.preserve_fds, e);
}

static int run_verb(const struct args *args, const struct verb *verb, int *ret_status, struct err *e)
{
	if (args->version)
		version_print();
	else if (args->help && verb == NULL)
		usage_print(stdout);
	else if (args->help)
		usage_print_verb(verb, stdout);
	else if (verb->run_status != NULL)
		return verb->run_status(args, ret_status, e);
	else
		return verb->run(args, e);
	return 0;
}

/* A mistake in the command line is 1 for every verb. */
static int get_failure_status(const struct verb *verb, const struct err *e)
{
	if (verb == NULL || verb->failure_status == 0 || e->kind == ERR_USAGE)
		return EXIT_FAILURE;
	return verb->failure_status;
}

int main(int argc, char *argv[])
{
	/* What most commands need: memory that is there without a call, one page after the other. */
	static _Alignas(16) char room[ARENA_ROOM];
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct args args = { .req = { .arena = &arena } };
	const struct verb *verb = NULL;
	struct err e = ERR_INIT;
	struct err log_e = ERR_INIT;
	int status = EXIT_SUCCESS;
	int r;

	arena_init_room(&arena, room, sizeof(room));
	r = startup_process(&e);
	if (r == 0)
		r = prepare(argc, argv, &arena, &args, &verb, &e);
	/* After a mistake in the command line too: engines look for it in the log. */
	if (log_open(args.log, args.log_format, args.log_level, r == 0 ? &e : &log_e) < 0)
		r = -1;
	/* Not before: the log is a file of the caller's, with its umask.  What follows is rt's.  Can not fail. */
	(void)umask(077);
	if (r == 0)
		r = run_verb(&args, verb, &status, &e);
	if (fflush(stdout) != 0 && r == 0)
		r = err_errno(&e, errno, "write standard output");
	if (r < 0) {
		log_error(&e);
		status = get_failure_status(verb, &e);
	}
	return status;
}
