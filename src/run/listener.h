/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_LISTENER_H
#define RT_RUN_LISTENER_H

#include "base/err.h"
#include "plan/plan.h"
#include "state/state.h"

/* Sends the seccomp notify descriptor of process PID (as rt sees it) with the container process state to the profile's
 * listenerPath, over a connection of its own: config-linux.md#containerprocessstate. */
int listener_send(const struct plan_seccomp *seccomp, int notify_fd, pid_t pid, const struct state *s,
		  enum state_status status, struct err *e);

#endif
