/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CMD_INTERVAL_H
#define RT_CMD_INTERVAL_H

#include <stdint.h>

#include "base/err.h"

/* The value of --interval in nanoseconds: a duration above 0, or TEXT is NULL and it is the verb's own. */
int interval_parse(const char *text, uint64_t preset, uint64_t *ret, struct err *e);

/* Waits that long. */
void interval_sleep(uint64_t nanoseconds);

/* Milliseconds until DEADLINE (clock_now_ns()) for poll(2): rounded up, and cut where that is shorter than the wait. */
int interval_poll_timeout(uint64_t deadline);

#endif
