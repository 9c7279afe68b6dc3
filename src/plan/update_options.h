/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_PLAN_UPDATE_OPTIONS_H
#define RT_PLAN_UPDATE_OPTIONS_H

#include "libocispec/oci.h"
#include "plan/update.h"

/* The resources object that the options of `update` stand for, in A.  ERR_USAGE for what is no number, or excludes
 * each other. */
int update_options_read(const struct update_options *o, struct arena *a, const struct oci_resources **ret,
			struct err *e);

/* "512m" is bytes: a number with one of k, m, g, t, p, perhaps with "b" or "ib" behind it, of base 1024, in either
 * case; or "-1".  0, or -1 and *RET untouched. */
int update_parse_size(const char *text, int64_t *ret);

#endif
