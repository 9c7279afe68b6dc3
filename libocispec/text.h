/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCISPEC_TEXT_H
#define OCISPEC_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/*
 * The JSON text itself, below the events: what yajl does not check and what it does not say.
 */

struct oci_input {
	const char *buf;
	size_t len;
};

/* The offset of the first byte from AT on that is no white space. */
size_t oci_text_skip_space(const struct oci_input *in, size_t at);

/* The same, commas and colons skipped too: from the end of one token to the start of the next. */
size_t oci_text_skip_gap(const struct oci_input *in, size_t at);

/*
 * What is wrong with the LEN bytes between the quotes of a string, or NULL; RET_AT is the offset in S.  The first looks
 * for UTF-8 that RFC 3629 forbids, the second for an escaped NUL and a surrogate without its other half, in escapes
 * that are well formed otherwise: yajl has seen to that.
 */
const char *oci_text_problem(const char *s, size_t len, size_t *ret_at);
const char *oci_text_escape_problem(const char *s, size_t len, size_t *ret_at);

/* What the parser had seen when it gave up. */
enum oci_syntax_after {
	OCI_AFTER_NOTHING,
	OCI_AFTER_OPEN,  /* '{' or '[' */
	OCI_AFTER_NAME,  /* a property's name */
	OCI_AFTER_VALUE, /* a value, or the end of an object or array */
};

enum oci_syntax_in {
	OCI_IN_NOTHING,
	OCI_IN_OBJECT,
	OCI_IN_ARRAY,
};

/* Why the text from AT on (the end of the last good token) is not JSON; NULL if the arena is exhausted.  RET_AT is
 * where it goes wrong. */
const char *oci_syntax_problem(const struct oci_input *in, size_t at, enum oci_syntax_after after,
			       enum oci_syntax_in inside, struct arena *a, size_t *ret_at);

/* A position in the text that moves forward only, so that many lookups in order cost one pass. */
struct oci_cursor {
	size_t offset;
	unsigned line;
	unsigned column;
};
#define OCI_CURSOR_INIT { .line = 1, .column = 1 }

void oci_cursor_advance(struct oci_cursor *c, const struct oci_input *in, size_t offset);

#endif
