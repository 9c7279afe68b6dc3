/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_FDS_H
#define RT_RUN_FDS_H

#include "run/launch.h"

/* The descriptors that the plan lists for init, opened with the host's rights, in the plan's order. */
struct fds {
	int *items; /* memory of the launch */
	unsigned n;
};

/* Must be released, on failure too. */
int fds_open(struct launch *l, struct fds *ret, struct err *e);

void fds_release(struct fds *f);

#endif
