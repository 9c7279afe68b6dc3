/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_LIMITS_H
#define RT_INIT_LIMITS_H

#include "init/inside.h"

/* Step, exec: process.execCPUAffinity.initial. */
int limits_set_initial_affinity(struct inside *in, struct err *e);

/* Step: io priority, memory policy, personality, final affinity, umask. */
int limits_set(struct inside *in, struct err *e);

/* Step: process.rlimits.  Right before exec, or before an early filter those that are not for rt. */
int limits_set_rlimits(struct inside *in, struct err *e);

#endif
