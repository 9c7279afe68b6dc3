/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_LIBS_FILTER_RESOLVE_H
#define RT_LIBS_FILTER_RESOLVE_H

#include <stdint.h>

#include "base/err.h"
#include "libs/filter_library.h"
#include "libs/filter_prologue.h"
#include "libs/filter_ranges.h"
#include "plan/plan.h"

/* A profile with the numbers that libseccomp has for its names.  It has no table of its own. */
struct filter_resolved {
	uint32_t tokens[FILTER_ARCHS_MAX]; /* libseccomp's, for the ABIs; the native one first */
	struct filter_abi abis[FILTER_ARCHS_MAX];
	unsigned n;
	const int *numbers; /* of each rule, native: what libseccomp knows it by; __NR_SCMP_ERROR: not at all */
	void *memory;
};

#define FILTER_RESOLVED_INIT { .n = 0 }

void filter_resolved_release(struct filter_resolved *r);

/* Architectures and names that libseccomp does not know are reported and passed over, unless the profile forbids that:
 * ERR_CONFIG.  RET is for filter_resolved_release() in any case. */
int filter_resolve(const struct libseccomp *lib, const struct plan_seccomp *s, struct filter_resolved *ret,
		   struct err *e);

#endif
