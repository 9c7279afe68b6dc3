/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CMD_OPTIONS_H
#define RT_CMD_OPTIONS_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

/*
 * The command line, read by tables.  One row per option: usage texts and shell completions are printed from the same
 * rows, so that there is one place where an option is described.
 *
 * Accepted are `--name value`, `--name=value`, `-name value` and `-name=value` (engines written in Go pass long names
 * with one dash), `-o value`, `-o=value`, `-ovalue`, clusters of one-letter flags, and `--` as the end of the options.
 * A flag takes `=true` and `=false`, in the spellings of Go's strconv.ParseBool.
 */

enum option_kind {
	OPTION_FLAG,   /* bool */
	OPTION_STRING, /* const char * */
	OPTION_U32,    /* unsigned */
	OPTION_LIST,   /* struct request_list; may be repeated */
	OPTION_WORD,   /* int (or an enum): one of WORDS */
	OPTION_SET,    /* a flag that sets an int (or an enum) to VALUE; `=false` leaves it */
};

struct option_word {
	const char *name; /* NULL ends a table; words after the first with the same value are synonyms */
	int value;
};

struct option_row {
	const char *name; /* without dashes; NULL ends a table */
	char letter;      /* 0: none */
	enum option_kind kind;
	size_t offset;    /* of the member that is set */
	const struct option_word *words;
	int value;
	bool hidden;      /* accepted for other runtimes' sake, not shown */
	const char *arg;  /* name of the value in the usage text, "DIR"; FILE and DIR are completed as such */
	const char *help; /* one line, no full stop */
};

struct option_set {
	const struct option_row *const *tables; /* ended by NULL */
	const struct option_row *const *global; /* those that stand before the command, for messages; or NULL */
	unsigned rest_after; /* everything behind that many operands is an operand; OPTIONS_ANYWHERE: options go on */
};

#define OPTIONS_ANYWHERE (~0u)

/* Whether ROW takes a value of its own. */
bool option_takes_value(const struct option_row *row);

/*
 * Reads ARGV[0..ARGC) into the struct at TARGET.  The operands are moved together, in order, to the front of
 * *RET_OPERANDS (memory of ARENA, NULL-terminated).  With rest_after == 0 reading ends before the first operand, which
 * *RET_OPERANDS begins with.  ERR_USAGE for an unknown option, naming the nearest one, and for a bad or missing value.
 */
int options_parse(const struct option_set *set, int argc, char *const argv[], void *target, struct arena *arena,
		  const char *const **ret_operands, unsigned *ret_n, struct err *e);

/* The row whose name is NAME (LEN bytes), or NULL. */
const struct option_row *options_find(const struct option_row *const *tables, const char *name, size_t len);

/* Edit distance of A (LEN bytes) and B; SIZE_MAX when either is too long to be a name. */
size_t options_distance(const char *a, size_t len, const char *b);

/* True if a word at that DISTANCE from one of LEN bytes is likely a misspelling of it. */
bool options_is_near(size_t distance, size_t len);

#endif
