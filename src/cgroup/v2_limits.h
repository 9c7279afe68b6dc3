/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CGROUP_V2_LIMITS_H
#define RT_CGROUP_V2_LIMITS_H

#include "base/err.h"
#include "plan/plan.h"

/* Below a threaded cgroup only threaded ones can hold processes, and the kernel wants to be told (cgroup-v2.rst,
 * Threads): makes CGROUP_FD one if it is of the type "domain invalid". */
int v2_join_threaded(const struct plan_cgroup *plan, int cgroup_fd, struct err *e);

/*
 * Enables what counts the use of memory, CPU, I/O and processes in the parents of PLAN's cgroup CGROUP_FD, from the
 * mount MOUNT_FD down, so that a container without limits has statistics.  Only where these parents have no processes
 * of their own: for them a controller could make the subtree threaded.  Nobody asked for it, so that nothing is an
 * error.
 */
void v2_enable_accounting(const struct plan_cgroup *plan, int mount_fd, int cgroup_fd);

/*
 * Enables the controllers of PLAN in every parent of its cgroup, from the mount MOUNT_FD down, and writes its rows, in
 * their order, into the cgroup CGROUP_FD.  A controller that can not be enabled is an error only if a row then has no
 * file: ERR_UNSUPPORTED with ENOENT, which says why.  What the kernel refuses is the error of that row; those before
 * it are in force.
 */
int v2_apply_limits(const struct plan_cgroup *plan, int mount_fd, int cgroup_fd, struct err *e);

#endif
