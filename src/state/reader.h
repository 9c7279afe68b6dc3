/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_STATE_READER_H
#define RT_STATE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

/*
 * Reads the one JSON document that rt writes for itself: an object of scalars, and objects of strings one level down.
 * Strict and small, because every `state`, `start` and `kill` runs it: no tree, no library.  The text is not changed.
 */

enum reader_kind { READER_STRING, READER_NUMBER, READER_BOOL, READER_OBJECT };

struct reader_value {
	enum reader_kind kind;
	const char *string;    /* READER_STRING: unescaped, in the arena; READER_OBJECT: its text, in the arena */
	bool is_negative;      /* READER_NUMBER */
	uint64_t magnitude;
	bool truth;            /* READER_BOOL */
};

struct reader {
	const char *p;
	const char *end;
	struct arena *arena;
	bool at_first;         /* no member was read yet */
};

/* Begins the document.  -1: it is no object. */
int reader_begin(struct reader *r, const char *text, size_t len, struct arena *a, struct err *e);

/*
 * The next member: 1 with key and value, 0 at the end of the document, -1.  EXPECTED is the key that probably comes:
 * if it does, the key is this very pointer, else it is in the arena.
 */
int reader_next(struct reader *r, const char *expected, const char **ret_key, struct reader_value *ret, struct err *e);

#endif
