/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BASE_LOG_H
#define RT_BASE_LOG_H

#include <stdbool.h>

#include "base/err.h"

/*
 * The log of the host side: the only global state of rt.  init does not log; it sends messages and rt logs them.
 *
 * An error goes to the log and to standard error (containerd reads the last line of the log with level "error",
 * conmon reads standard error).  Warnings go to the log, or to standard error when there is no log file.
 * A full disk or a closed pipe on the log never fails a command.
 */

enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };
enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* TARGET is NULL or "" (standard error), a path (appended to; made with mode 0644 less the umask), or "file:PATH". */
int log_open(const char *target, enum log_format format, enum log_level level, struct err *e);

bool log_is_enabled(enum log_level level);

/* The one error line of a command: {"level":"error","msg":...,"time":...,"code":...,"hint":...} */
void log_error(const struct err *e);

void log_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
