/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_CONSOLE_H
#define RT_RUN_CONSOLE_H

#include <stdbool.h>

#include "base/err.h"
#include "plan/request.h"

/* A terminal that nobody would serve, or a socket for a terminal that is not there: said before anything is made.
 * DETACHED: rt returns while the container runs. */
int console_check(const struct request *req, bool terminal, bool detached, struct err *e);

/* Sends the pty's master to --console-socket. */
int console_send(const char *path, int master_fd, struct err *e);

#endif
