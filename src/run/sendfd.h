/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_SENDFD_H
#define RT_RUN_SENDFD_H

#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#include "base/err.h"

/* Connects to the AF_UNIX stream socket at PATH, sends TEXT (not empty) with descriptor FD as SCM_RIGHTS, closes.
 * --console-socket, --pidfd-socket, seccomp listeners.  A receiver that does not take it within seconds is an error. */
int sendfd_to_path(const char *path, int fd, const char *text, size_t len, struct err *e);

/* Fills the address of a socket at PATH.  A path that is too long for it goes through /proc/self/fd and *RET_DIR_FD,
 * which must stay open until the address was used. */
int sendfd_make_address(const char *path, struct sockaddr_un *ret, int *ret_dir_fd, struct err *e);

/* From here on connecting SOCK and sending over it end within seconds, with EAGAIN.  -1 with errno. */
int sendfd_limit_time(int sock);

/* Sends TEXT (not empty) with FD over SOCK, which is connected.  Returns how much of TEXT went, or -1 with errno. */
ssize_t sendfd_send(int sock, int fd, const char *text, size_t len);

#endif
