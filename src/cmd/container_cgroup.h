/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CMD_CONTAINER_CGROUP_H
#define RT_CMD_CONTAINER_CGROUP_H

#include <stdbool.h>

#include "cmd/container.h"

/* The cgroup of a container, whatever made it, for the verbs that read its files. */

bool container_has_cgroup(const struct container *c);

/* Its directory.  ERR_UNSUPPORTED: it has none of its own; ERR_STATE: it is gone. */
int container_open_cgroup(const struct container *c, struct err *e);

/* Created, running or paused: there are processes to look at. */
bool container_is_live(const struct container *c);

/* ERR_STATE, "container not running", if it is not. */
int container_check_live(const struct container *c, struct err *e);

#endif
