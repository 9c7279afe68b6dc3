/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup/driver.h"

const struct cgroup_driver *cgroup_driver_get(enum cgroup_driver_kind kind)
{
	switch (kind) {
	case CGROUP_DRIVER_V2:
		return &cgroup_driver_v2;
	case CGROUP_DRIVER_SYSTEMD:
		return &cgroup_driver_systemd;
	case CGROUP_DRIVER_NONE:
		break;
	}
	return &cgroup_driver_none;
}
