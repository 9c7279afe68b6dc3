/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCISPEC_FINDINGS_H
#define OCISPEC_FINDINGS_H

#include <stdarg.h>

#include "libocispec/codec.h"
#include "libocispec/text.h"

/* A JSON pointer under construction; a long one is cut, so that what comes after it still fits into struct err. */
struct oci_pointer {
	size_t len;
	bool cut;
	char text[320];
};

void oci_pointer_add_name(struct oci_pointer *p, const char *name, size_t len);
void oci_pointer_add_index(struct oci_pointer *p, size_t index);

/* Findings in the order in which they were made. */
struct oci_findings {
	struct arena *arena;
	struct oci_finding *items;
	size_t n;
	size_t size;
	size_t n_of[2]; /* of each severity */
	size_t n_dropped;
};

/* True if one more is kept; else it is counted.  Asked first: an input may hold millions, and a pointer takes time. */
bool oci_findings_take(struct oci_findings *f, enum oci_severity severity);

/* Adds one that was taken.  If the arena can not hold it, the arena remembers. */
void oci_findings_add(struct oci_findings *f, enum oci_severity severity, size_t offset,
		      const struct oci_pointer *pointer, const char *fmt, va_list ap)
	__attribute__((format(printf, 5, 0)));

/* Sorts by place in the text and fills lines and columns. */
void oci_findings_locate(struct oci_findings *f, const struct oci_input *in);

/* -1 with the first error in E, 0 if there is none. */
int oci_findings_check(const struct oci_findings *f, const char *name, struct err *e);

#endif
