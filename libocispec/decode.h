/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCISPEC_DECODE_H
#define OCISPEC_DECODE_H

#include "libocispec/codec.h"
#include "libocispec/table.h"
#include "libocispec/text.h"

/* Decodes IN into a struct of TABLE, whose address is stored in *RET (a `const struct x **`).  As codec.h says. */
int oci_decode(const struct oci_table *table, const struct oci_input *in, const char *name, struct arena *a,
	       struct oci_report *report, void *ret, struct err *e);

/* Writes the object at BASE, a struct of TABLE. */
void oci_encode(const struct oci_table *table, const void *base, struct json *j);

#endif
