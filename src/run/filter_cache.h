/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_FILTER_CACHE_H
#define RT_RUN_FILTER_CACHE_H

#include "run/filter.h"
#include "run/filter_compile.h"

/*
 * ROOT/.cache/seccomp/DIGEST: compiled filters.  An entry counts only if it is a regular file of our own with mode
 * 0600, complete, with the right checksum, made by this version of the compiler from the profile with that digest, and
 * the libseccomp that made it is still the same file.  Whatever else is there is passed over, and replaced.
 */

#define FILTER_CACHE_ENTRIES_MAX 64u /* the oldest go */

/* 0, or -1 if there is no good entry; a miss has no error. */
int filter_cache_read(int root_fd, const char *digest, struct filter *ret_filter);

/* Keeps a filter, if that is possible. */
void filter_cache_write(int root_fd, const char *digest, const struct filter_library *library,
			const struct filter *f);

#endif
