/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BASE_SIGNALS_H
#define RT_BASE_SIGNALS_H

#include "base/err.h"

/* A signal as `kill` takes it: a number, or a name with or without SIG in any case, RTMIN+n and RTMAX-n included.
 * ERR_USAGE for anything else. */
int signal_parse(const char *text, int *ret_sig, struct err *e);

/* "SIGTERM", or NULL for a number without a name of its own (real-time signals, 0). */
const char *signal_name(int sig);

#endif
