/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_NAMESPACES_H
#define RT_INIT_NAMESPACES_H

#include "init/inside.h"

/* Step: the schedule plan->ns.steps up to NS_STEP_JOIN_PID_LATE; ends non-dumpable. */
int namespaces_enter(struct inside *in, struct err *e);

/* Step: the rest of it, once the root is in place. */
int namespaces_enter_late(struct inside *in, struct err *e);

bool namespaces_is_late_left(const struct inside *in);

#endif
