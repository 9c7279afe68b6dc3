/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCISPEC_NAMES_H
#define OCISPEC_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The names seen so far in the objects that are open, to find duplicates: a stack, on which the names of an object lie
 * above those of the objects around it.  Properties that a table knows are not here; they have a bit each.
 */

struct oci_name {
	const char *text;
	uint32_t len;
	uint32_t gap; /* the end of the token before it in the document: OCI_SIZE_MAX fits */
};

struct oci_names {
	struct oci_name *items;
	size_t n;
	size_t size;
	struct oci_name first[32]; /* enough for most documents */
};

/* 0, or -1 for want of memory.  TEXT is kept by reference. */
int oci_names_push(struct oci_names *names, const char *text, size_t len, size_t gap);

/* Orders the names from FIRST on so that equal ones are neighbours, the earlier in the document first. */
void oci_names_sort(struct oci_names *names, size_t first);

bool oci_name_equals(const struct oci_name *a, const struct oci_name *b);

void oci_names_release(struct oci_names *names);

#endif
