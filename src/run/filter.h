/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_FILTER_H
#define RT_RUN_FILTER_H

#include <linux/filter.h>

#include "base/err.h"
#include "plan/plan.h"

/*
 * The bytes of the container's seccomp filter.  Compiling a profile costs more than all the rest of a start, so it is
 * done once: the result is kept below the state root, in .cache/seccomp, under the profile's digest.  On a hit no
 * library is loaded.  Without the cache (full disk, read-only root, no permission) everything works, slower.
 */
struct filter {
	struct sock_filter *insns; /* malloc'ed */
	unsigned len;              /* instructions, at most BPF_MAXINSNS; 0 = no filter */
};

#define FILTER_INIT { .insns = NULL }

void filter_release(struct filter *f);
#define _cleanup_filter_ __attribute__((cleanup(filter_release)))

/* The filter for a profile that is present: the plan's own raw one, from the cache below ROOT_FD (a negative one: no
 * cache), or compiled.  ERR_CONFIG: the profile can not be a filter.  ERR_UNSUPPORTED: this build or host has no
 * libseccomp, or one that is too old for it. */
int filter_get(const struct plan_seccomp *s, int root_fd, struct filter *ret_filter, struct err *e);

#endif
