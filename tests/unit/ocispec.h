/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_TESTS_UNIT_OCISPEC_H
#define RT_TESTS_UNIT_OCISPEC_H

/* What the tests of libocispec share. */
#include "test.h"

#include <stdlib.h>

#include "libocispec/codec.h"
#include "libocispec/decode.h"
#include "libocispec/table.h"

/* JSON is written with single quotes here, which read better in C. */
static inline char *json_text(const char *text)
{
	char *copy = strdup(text);

	assert_non_null(copy);
	for (char *p = copy; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	return copy;
}

/* A copy that ends with its last byte, so that a sanitizer sees a read behind it. */
static inline char *exact_copy(const char *text, size_t len)
{
	char *copy = malloc(len + (len == 0));

	assert_non_null(copy);
	memcpy(copy, text, len);
	return copy;
}

/* Decodes TEXT, in which ' stands for ", into a document of TABLE; the file is called c. */
static inline int decode_text(const struct oci_table *table, const char *text, struct arena *a,
			      struct oci_report *report, const void **ret, struct err *e)
{
	char *quoted = json_text(text);
	size_t len = strlen(quoted);
	char *exact = exact_copy(quoted, len);
	int r;

	r = oci_decode(table, &(struct oci_input){ exact, len }, "c", a, report, ret, e);
	free(exact);
	free(quoted);
	return r;
}

#endif
