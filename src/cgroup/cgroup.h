/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CGROUP_CGROUP_H
#define RT_CGROUP_CGROUP_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "plan/plan.h"

/*
 * Where the container's processes are accounted and limited.  One driver is chosen by the plan; this is the only
 * table of functions in rt.  The init process is born in its cgroup (CLONE_INTO_CGROUP, Linux 5.7), never moved there.
 */

/* What the state file remembers: all that later verbs and delete need. */
struct cgroup_record {
	enum cgroup_driver_kind driver;
	const char *mount;  /* "/sys/fs/cgroup" */
	const char *path;   /* below the mount; "" = none was made */
	const char *unit;   /* systemd driver */
	bool created;       /* rt made it: delete removes it */
};

struct cgroup_driver {
	const char *name;

	/* Makes the cgroup, writes its limits and device program.  Returns an O_DIRECTORY descriptor of it for clone3,
	 * or -1; *RET_CREATED tells whether there is something to undo even on failure. */
	int (*prepare)(const struct plan_cgroup *plan, bool *ret_created, struct err *e);

	/* Opens an existing one for exec.  -1 with ERR_STATE when it is gone. */
	int (*open)(const struct cgroup_record *rec, struct err *e);

	/* Kills everything in it (cgroup.kill, Linux 5.14; else freeze, signal, thaw). */
	int (*kill)(const struct cgroup_record *rec, int sig, struct err *e);

	/* The pids in it and below it.  *RET is malloc'ed. */
	int (*pids)(const struct cgroup_record *rec, pid_t **ret, size_t *ret_n, struct err *e);

	/* 1 frozen, 0 not, -1. */
	int (*is_frozen)(const struct cgroup_record *rec, struct err *e);

	/* Removes it with what is below; retries for a bounded time while processes exit.  Gone already is success. */
	int (*destroy)(const struct cgroup_record *rec, struct err *e);

	/* Text for an OOM kill at start, from memory.events; true if there was one. */
	bool (*was_oom_killed)(const struct cgroup_record *rec, char *text, size_t size);
};

const struct cgroup_driver *cgroup_driver_get(enum cgroup_driver_kind kind);

#endif
