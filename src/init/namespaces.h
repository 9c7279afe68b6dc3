/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_NAMESPACES_H
#define RT_INIT_NAMESPACES_H

#include "init/inside.h"

/* Step: the schedule plan->ns.steps up to NS_STEP_FORK_LATE; ends non-dumpable. */
int namespaces_enter(struct inside *in, struct err *e);

/*
 * Step: NS_STEP_FORK_LATE.  The child is in the joined pid namespace, where a process with CAP_SYS_PTRACE may trace it
 * and take its descriptors: so it has the rights of the program and no others, and no descriptor of the host but the
 * socket to rt, which trusts nothing that comes out of it, and the FIFOs of `start`.
 */
int namespaces_fork_late(struct inside *in, struct err *e);

/* The joined pid namespace is that of children; none is there yet. */
bool namespaces_is_late_left(const struct inside *in);

#endif
