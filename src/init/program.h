/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_PROGRAM_H
#define RT_INIT_PROGRAM_H

#include "init/inside.h"

/* Step: the path of process.args[0], by the container's PATH, as the program's user. */
int program_find(struct inside *in, struct err *e);

/* Step: all signals at their defaults, none blocked.  (None comes at the parent's death: clone(2) has seen to that.) */
int program_reset_signals(struct inside *in, struct err *e);

/* In a child that becomes a hook: signals (bit N - 1: N) at their defaults, none blocked.  -1 with errno. */
int program_default_signals(uint64_t which);

/* Step, the last: execve.  Returns only if it fails, with the reason. */
int program_execute(struct inside *in, struct err *e);

#endif
