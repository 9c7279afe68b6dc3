/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CGROUP_V2_FORMER_H
#define RT_CGROUP_V2_FORMER_H

#include "base/arena.h"
#include "base/err.h"
#include "plan/plan.h"

/*
 * Taking back an update.  v2_former_read() makes of what the cgroup CGROUP_FD has now a row for each one of PLAN, in
 * arena A; one without value for a file that can not be read.  v2_former_write() writes the first N of them, the last
 * one first; what can not be taken back is a warning.
 */
int v2_former_read(const struct plan_cgroup *plan, int cgroup_fd, struct arena *a, struct plan_cgroup_write **ret,
		   struct err *e);
void v2_former_write(const struct plan_cgroup_write *rows, unsigned n, int cgroup_fd);

#endif
