/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_RDT_H
#define RT_RUN_RDT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/plan.h"
#include "state/state.h"

/*
 * Groups of resctrl (config-linux.md, IntelRdt; Documentation/filesystems/resctrl.rst): cache and memory bandwidth.
 * The file system is looked for at RDT_MOUNT alone, and only for a container that asks for it.
 */

#define RDT_MOUNT "/sys/fs/resctrl"

/* The mount's root, and the directory of the container's group in it (which there must be).  ERR_UNSUPPORTED: no
 * resctrl is mounted. */
int rdt_open_mount(struct err *e);
int rdt_open_group(const struct state *s, struct err *e);

/* What a create has changed, for its undo. */
struct rdt_undo {
	bool made_group;
	bool made_monitor;
	const char *schemata; /* what a group that was there before had; NULL: not written */
};

/* Fills S's record, before anything is made: which group the container is in, and which directories are to be removed
 * with it.  ERR_UNSUPPORTED: no resctrl is mounted. */
int rdt_describe(const struct plan_rdt *plan, struct state *s, struct err *e);

/* Makes the group where it is missing, compares or writes its schemata, makes the monitoring group.  What it has done
 * so far is in *RET_UNDO, on failure too. */
int rdt_make(const struct plan_rdt *plan, const struct state *s, struct arena *arena, struct rdt_undo *ret_undo,
	     struct err *e);

/* Takes back what rdt_make() did. */
int rdt_unmake(const struct rdt_undo *undo, const struct state *s, struct err *e);

/* Writes LINES to the schemata of the container's group, in order. */
int rdt_write_lines(const struct state *s, const struct plan_rdt_line *lines, unsigned n, struct err *e);

/* Puts a process into the container's groups; its children are born there.  Without a group it does nothing. */
int rdt_enter(const struct state *s, pid_t pid, struct err *e);

/* Removes what the record says that rt made.  What is gone already is success. */
int rdt_remove(const struct state *s, struct err *e);

#endif
