/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_PIDFILE_H
#define RT_RUN_PIDFILE_H

#include <sys/types.h>

#include "base/err.h"

/* Writes PID to PATH through a temporary name and rename(2), mode 0644, without a newline: engines read it as one
 * number, and only once it is there. */
int pidfile_write(const char *path, pid_t pid, struct err *e);

/* Removes it.  Missing is success. */
int pidfile_remove(const char *path, struct err *e);

#endif
