/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_FILTER_COMPILE_H
#define RT_RUN_FILTER_COMPILE_H

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

/* Compiles the profile with libseccomp, which is opened for this and closed again. Errors as filter_get(). */
int filter_compile(const struct plan_seccomp *s, struct filter *ret_filter, struct filter_library *ret_library,
		   struct err *e);

/* Fills all but PATH from what PATH is now.  -1 with errno. */
int filter_library_stat(struct filter_library *library);

#endif
