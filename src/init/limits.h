/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_LIMITS_H
#define RT_INIT_LIMITS_H

#include "init/inside.h"

/* Step, exec: process.execCPUAffinity.initial. */
int limits_set_initial_affinity(struct inside *in, struct err *e);

/* Step: scheduler, io priority, memory policy, personality, final affinity, umask. */
int limits_set(struct inside *in, struct err *e);

/* Step, right before the filter and exec: process.rlimits. */
int limits_set_rlimits(struct inside *in, struct err *e);

#endif
