/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_HOME_H
#define RT_INIT_HOME_H

#include "init/inside.h"

/* Step: IN->envp: the plan's environment, with HOME from the container's /etc/passwd where the config has none. */
int home_make_environment(struct inside *in, struct err *e);

/* Step: LISTEN_PID (sd_listen_fds(3)): the process that executes the program. */
int home_set_listen_pid(struct inside *in, struct err *e);

/* Reads a passwd(5) file from FD, at most 1 MiB of it, and copies the home directory of UID to RET (SIZE bytes).  Lines
 * that are not exactly what passwd(5) says are passed over.  1 if found, 0 if not, -1 with errno. */
int home_search_passwd(int fd, uint32_t uid, char *ret, size_t size);

#endif
