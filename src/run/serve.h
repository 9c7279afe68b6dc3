/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_SERVE_H
#define RT_RUN_SERVE_H

#include "run/launch.h"

/* Serves init's messages in the order of the plan's stops, up to and with READY.  Anything else is an error, and the
 * caller ends the container. */
int serve_until_ready(struct launch *l, struct err *e);

/* After GO, where init does not wait for `start`: 0 once the program was executed. */
int serve_until_exec(struct launch *l, struct err *e);

/* Copies an error that came from init, which is trusted with nothing: kind, lengths, control characters. */
void serve_take_error(struct err *ret, const void *payload, size_t len);

#endif
