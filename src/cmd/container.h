/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CMD_CONTAINER_H
#define RT_CMD_CONTAINER_H

#include "base/arena.h"
#include "base/err.h"
#include "state/state.h"

/* What the verbs that only look need of a container: its record, and its status as it is now.  No lock is taken. */
struct container {
	struct state state;
	enum state_status status;
};

/* Reads the container of that id below ROOT (a path).  Strings are in A.  ERR_STATE "does not exist" for a missing one,
 * and for a root that nobody has made yet. */
int container_load(const char *root, const char *id, struct arena *a, struct container *ret, struct err *e);

/* The same below an open root.  BOOT_ID: see state_get_status_of_boot(); NULL: read when it is needed. */
int container_load_at(int root_fd, const char *id, const char *boot_id, struct arena *a, struct container *ret,
		      struct err *e);

#endif
