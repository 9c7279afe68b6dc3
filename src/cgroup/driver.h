/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CGROUP_DRIVER_H
#define RT_CGROUP_DRIVER_H

#include "cgroup/cgroup.h"

/* One instance in each file; cgroup_driver_get() picks. */

extern const struct cgroup_driver cgroup_driver_v2;
extern const struct cgroup_driver cgroup_driver_systemd;
extern const struct cgroup_driver cgroup_driver_none;

#endif
