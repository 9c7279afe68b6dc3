/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_SIGNALS_H
#define RT_RUN_SIGNALS_H

#include <stdint.h>

/* The signals that rt ignores, since whoever called it did: init is born with them, and the program gets them as
 * default.  Bit N - 1: signal N; all bits where procfs does not say. */
uint64_t signals_read_ignored(void);

#endif
