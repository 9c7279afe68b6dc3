/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_PLAN_FINDINGS_H
#define RT_PLAN_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

/*
 * What is wrong with a configuration.  The builders report here and go on, so that `rt check` prints every finding;
 * create and run take the first error.  There is no second set of checks.
 */

enum finding_severity { FINDING_WARNING, FINDING_ERROR };

struct finding {
	enum finding_severity severity;
	enum err_kind kind;     /* ERR_CONFIG, or ERR_UNSUPPORTED: valid, but not on this host */
	const char *file;       /* name of the document, "config.json"; NULL where it is about none */
	const char *pointer;    /* JSON pointer, "/mounts/3/destination" */
	const char *text;
	const char *section;    /* of the specification, "config.md#mounts"; NULL where it is about the host */
	const char *hint;       /* or NULL */
	unsigned line;          /* 1-based; 0 = not located */
	unsigned column;
};

#define FINDINGS_MAX 1000   /* more are counted, not kept */

struct findings {
	struct arena *arena;
	struct finding *items;
	unsigned n;
	unsigned size;
	unsigned n_errors;
	unsigned n_dropped;
};

#define FINDINGS_INIT(arena_) { .arena = (arena_) }

/* Adds one finding, without a place: plan/builder.h knows the document.  SECTION is static; POINTER lives as long as
 * the arena. */
void findings_add(struct findings *f, enum finding_severity severity, enum err_kind kind, const char *section,
		  const char *pointer, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* Gives the finding that was added last a hint. */
void findings_hint(struct findings *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The first error, or NULL. */
const struct finding *findings_first_error(const struct findings *f);

/* "config.json:3:5: /mounts/0: text (config.md#mounts)", without what is not known; E's kind and hint are FINDING's.
 * Returns -1. */
int finding_to_err(const struct finding *finding, struct err *e);

#endif
