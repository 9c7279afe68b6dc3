/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_LIBS_FILTER_COMPILE_H
#define RT_LIBS_FILTER_COMPILE_H

#include <linux/filter.h>
#include <stdbool.h>

#include "base/err.h"
#include "libs/libs.h"
#include "plan/plan.h"

struct compiled_filter {
	struct sock_filter *insns;   /* malloc'ed */
	unsigned len;                /* instructions, at most BPF_MAXINSNS */
	bool is_libseccomps;         /* its program, not ours */
	char library[LIBS_PATH_MAX]; /* the file of the library whose numbers it has; "" = not known */
};

/*
 * Compiles the profile with the numbers of libseccomp, which is opened for this: to a search over ranges where that is
 * certain to give libseccomp's answers (filter_ranges.h), which is made and loaded in a fraction of the time, otherwise
 * to libseccomp's own program.  ERR_CONFIG: the profile can not be a filter.  ERR_UNSUPPORTED: there is no libseccomp,
 * or one that is too old for it.
 */
int filter_compile(const struct plan_seccomp *s, struct compiled_filter *ret, struct err *e);

/* By libseccomp in any case: what the other one is compared with. */
int filter_compile_by_libseccomp(const struct plan_seccomp *s, struct compiled_filter *ret, struct err *e);

#endif
