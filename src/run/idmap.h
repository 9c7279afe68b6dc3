/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_IDMAP_H
#define RT_RUN_IDMAP_H

#include <sys/types.h>

#include "base/err.h"
#include "plan/plan.h"

/* Writes the id maps of the user namespace that process PID, a child of ours, has just made: user_namespaces(7).
 * By newuidmap(1) and newgidmap(1) where the plan says so. */
int idmap_write(const struct plan_ns *ns, pid_t pid, struct err *e);

#endif
