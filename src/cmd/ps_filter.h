/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CMD_PS_FILTER_H
#define RT_CMD_PS_FILTER_H

#include <stdio.h>
#include <sys/types.h>

#include "base/err.h"

struct pid_set {
	pid_t *items;
	size_t n;
};

/* Copies the table that ps(1) wrote: its title line, and of the others those whose PID column names one of PIDS. */
int ps_filter(FILE *in, FILE *out, const struct pid_set *pids, struct err *e);

#endif
