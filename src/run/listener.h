/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_LISTENER_H
#define RT_RUN_LISTENER_H

#include "base/err.h"
#include "plan/plan.h"
#include "state/state.h"

/* Sends the seccomp notify descriptor with the container process state to the profile's listenerPath:
 * config-linux.md#containerprocessstate. */
int listener_send(const struct plan_seccomp *seccomp, int notify_fd, const struct state *s, struct err *e);

#endif
