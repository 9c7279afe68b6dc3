/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CGROUP_PRESENT_H
#define RT_CGROUP_PRESENT_H

#include "plan/update.h"

/* What plan_build_update() wants to know of a cgroup2 directory.  What it has no file for stays zero: no error, for
 * then there is no such limit either. */
void cgroup_read_present(int cgroup_fd, struct plan_cgroup_present *ret);

#endif
