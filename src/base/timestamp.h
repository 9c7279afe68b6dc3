/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BASE_TIMESTAMP_H
#define RT_BASE_TIMESTAMP_H

#include <time.h>

/*
 * Times as the JSON of the field has them: RFC 3339 in UTC.  Our own arithmetic, because the C library's reads the
 * time zone's files even for UTC.
 */

#define TIMESTAMP_SIZE 40

/* T without its fraction: "2026-11-22T17:00:00Z". Returns BUF. */
const char *timestamp_format(const struct timespec *t, char buf[static TIMESTAMP_SIZE]);

/* T with nanoseconds, trailing zeros left out as other runtimes do: "2026-11-22T17:00:00.12Z". Returns BUF. */
const char *timestamp_format_nano(const struct timespec *t, char buf[static TIMESTAMP_SIZE]);

/* The wall clock. */
struct timespec timestamp_now(void);

#endif
