/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CMD_REQUEST_H
#define RT_CMD_REQUEST_H

#include "base/arena.h"
#include "base/err.h"
#include "plan/request.h"

/*
 * Completes what the command line has said: the default state root, absolute paths, and the environment, of which
 * nothing else in rt reads more than this (XDG_RUNTIME_DIR, USER, NOTIFY_SOCKET, LISTEN_FDS, LISTEN_PID,
 * LISTEN_FDNAMES).  ERR_USAGE for a root that can not be meant and for numbers that are none.
 */
int request_complete(struct request *req, struct arena *arena, struct err *e);

#endif
