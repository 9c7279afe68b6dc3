/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_HOST_MOUNTS_H
#define RT_INIT_HOST_MOUNTS_H

#include "init/inside.h"

/* Unmounts, or covers, every procfs and sysfs of the host that is not below the container's root.  Without
 * pivot_root the host's mounts stay in the namespace, below the new root. */
int host_mounts_hide(struct inside *in, struct err *e);

#endif
