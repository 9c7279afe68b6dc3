/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_LIBS_FILTER_COMPILE_H
#define RT_LIBS_FILTER_COMPILE_H

#include <linux/filter.h>

#include "base/err.h"
#include "libs/libs.h"
#include "plan/plan.h"

struct compiled_filter {
	struct sock_filter *insns;   /* malloc'ed */
	unsigned len;                /* instructions, at most BPF_MAXINSNS */
	char library[LIBS_PATH_MAX]; /* the file of the library that has compiled it; "" = not known */
};

/* Compiles the profile with libseccomp, which is opened for this and closed again.  ERR_CONFIG: the profile can not be
 * a filter.  ERR_UNSUPPORTED: there is no libseccomp, or one that is too old for it. */
int filter_compile(const struct plan_seccomp *s, struct compiled_filter *ret, struct err *e);

#endif
