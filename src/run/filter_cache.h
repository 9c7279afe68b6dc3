/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_FILTER_CACHE_H
#define RT_RUN_FILTER_CACHE_H

#include <stdint.h>

#include "run/filter.h"

/* The file of the library that compiled a filter: another one may compile the same profile to something better. */
struct filter_library {
	char path[256]; /* absolute; "" = not known, then nothing is cached */
	uint64_t dev;
	uint64_t ino;
	uint64_t size;
	uint64_t mtime_sec;
	uint64_t mtime_nsec;
};

/* Fills all but PATH from what PATH is now.  -1 with errno. */
int filter_library_stat(struct filter_library *library);

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
