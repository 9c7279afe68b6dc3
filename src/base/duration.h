/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BASE_DURATION_H
#define RT_BASE_DURATION_H

#include <stdint.h>

/*
 * Durations as Go's time.ParseDuration takes them, without signs: numbers with a unit each, "1m30s", "1.5h", "100ms";
 * the units are ns, us, ms, s, m, h (and the micro sign for us).  "0" alone needs no unit.
 *
 * 0 and nanoseconds in *RET, or -1 with errno EINVAL or ERANGE (more than 2^63 - 1 ns, some 292 years, or more than 18
 * digits).
 */
int duration_parse(const char *text, uint64_t *ret);

#endif
