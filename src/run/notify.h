/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_NOTIFY_H
#define RT_RUN_NOTIFY_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * sd_notify(3) from inside: the container has a socket of its own, in a directory of the state directory that the plan
 * mounts (NOTIFY_DIRECTORY), and rt forwards what it says to the host's NOTIFY_SOCKET: that it is ready, and which
 * process it is.
 */
#define NOTIFY_DIRECTORY "notify"
#define NOTIFY_NAME "notify.sock"

/* Makes the directory, before the container mounts it. */
int notify_make_directory(int dir_fd, struct err *e);

/* Binds the socket in there, before the program starts.  -1 with ERR_NONE: the container has no such directory. */
int notify_bind(int dir_fd, struct err *e);

/* Waits on SOCK until the container says READY=1, tells HOST_SOCKET so, with MAINPID=PID, and returns; or until the
 * process behind PIDFD is gone.  Failing to tell is a warning: the service runs. */
int notify_wait(int sock, const char *host_socket, pid_t pid, int pidfd, struct err *e);

/* One datagram from SOCK: true once it was READY=1 and HOST_SOCKET was told. */
bool notify_take(int sock, const char *host_socket, pid_t pid);

#endif
