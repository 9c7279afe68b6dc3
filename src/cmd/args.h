/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CMD_ARGS_H
#define RT_CMD_ARGS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "cmd/options.h"
#include "plan/request.h"
#include "plan/update.h"

/*
 * The whole command line.  What concerns a container is in the request; the rest is for rt itself and for single
 * verbs.
 */

enum args_format { FORMAT_TABLE, FORMAT_JSON, FORMAT_OPENMETRICS };

struct args {
	struct request req;

	/* global */
	const char *log;
	enum log_format log_format;
	enum log_level log_level;
	bool help;
	bool version;

	/* single verbs */
	bool all;                /* kill */
	bool force;              /* delete */
	bool regex;              /* kill, delete: the operand is a pattern over ids */
	bool quiet;              /* list */
	bool rootless_config;    /* spec */
	enum args_format format; /* list, ps, check, stats */
	bool stats;              /* events */
	bool watch;              /* stats */
	const char *interval;    /* events, stats: a duration */
	struct update_options update;
	bool ignored;            /* what other runtimes take and rt needs not */

	const char *const *operands; /* NULL-terminated */
	unsigned n_operands;
};

/* For option rows: where the value goes. */
#define ARGS_FIELD(member) .offset = offsetof(struct args, member)

struct verb {
	const char *name;
	const char *operands;  /* for the usage text: "ID [SIGNAL]" */
	unsigned min_operands;
	unsigned max_operands;
	unsigned rest_after;   /* see struct option_set */
	bool takes_id;         /* the first operand is the container's id */
	bool hidden;
	enum request_verb request;
	int failure_status;    /* exit status after an error; 0 = EXIT_FAILURE */
	const struct option_row *const *options;
	/* One of the two.  RUN_STATUS is for the verbs whose success has an exit status of its own. */
	int (*run)(const struct args *args, struct err *e);
	int (*run_status)(const struct args *args, int *ret_status, struct err *e);
	const char *summary;   /* one line, no full stop */
};

/* All verbs, in the order of the usage text; ended by a row without a name. */
extern const struct verb verbs[];
const struct verb *verb_find(const char *name);

/* The error for a verb that does not exist, naming the nearest one.  Returns -1. */
int args_refuse_verb(const char *name, struct err *e);

/* The options before the verb, and those of every verb. */
extern const struct option_row *const global_options[];

/* No limit for max_operands. */
#define OPERANDS_ANY (~0u)

/*
 * Reads argv into ARGS, which is zeroed, and finds the verb: NULL for `rt --help` and `rt --version`.  On failure ARGS
 * holds what was understood, so that the error can go to the log that was asked for.
 */
int args_read(int argc, char *const argv[], struct arena *arena, struct args *args, const struct verb **ret_verb,
	      struct err *e);

#endif
