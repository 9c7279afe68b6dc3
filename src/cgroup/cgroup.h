/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CGROUP_CGROUP_H
#define RT_CGROUP_CGROUP_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
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
	bool user_manager;  /* systemd driver: of the user's manager */
	bool created;       /* rt made it: delete removes it */
	uint64_t inode;     /* of its directory, unique until the next boot; 0 = not known */
};

/*
 * What prepare and open give where the container has no cgroup of its own: negative, so that it is no descriptor, but
 * not -1, so that it is no error.  The process is then cloned without CLONE_INTO_CGROUP.
 */
#define CGROUP_NO_FD (-EBADF)

struct cgroup_driver {
	const char *name;

	/* Makes the cgroup, writes its limits, attaches its device program.  Returns an O_DIRECTORY descriptor of it
	 * for clone3, CGROUP_NO_FD, or -1. *RET_CREATED (always set) tells whether rt made it: on success that delete
	 * must remove it; on failure that it could not be removed again. Where PLAN is not required, a missing
	 * permission gives CGROUP_NO_FD. */
	int (*prepare)(const struct plan_cgroup *plan, bool *ret_created, struct err *e);

	/* For drivers whose cgroup cannot be made before there is a process to put into it: makes it around PID, which
	 * waits in rt's own cgroup meanwhile, and fills REC (strings in ARENA).  NULL: the process is born in what
	 * prepare has made. */
	int (*attach)(const struct plan_cgroup *plan, pid_t pid, struct arena *arena, struct cgroup_record *rec,
		      struct err *e);

	/* Moves the process PID, which waits, into an existing one: for exec where this process may not clone into it.
	 * NULL: nobody else could do so either. */
	int (*adopt)(const struct cgroup_record *rec, pid_t pid, struct err *e);

	/* Opens an existing one for exec: a descriptor, CGROUP_NO_FD, or -1; ERR_STATE when it is gone. */
	int (*open)(const struct cgroup_record *rec, struct err *e);

	/* Sends SIG to everything in it and below it.  SIGKILL: by cgroup.kill (Linux 5.14) where there is one, and
	 * what is forked meanwhile dies too; it does not wait for the deaths.  Gone or empty already is success. */
	int (*kill)(const struct cgroup_record *rec, int sig, struct err *e);

	/* The pids in it and below it, ascending, as this pid namespace sees them.  *RET is malloc'ed. */
	int (*pids)(const struct cgroup_record *rec, pid_t **ret, size_t *ret_n, struct err *e);

	/* 1 frozen, 0 not (or gone), -1. */
	int (*is_frozen)(const struct cgroup_record *rec, struct err *e);

	/* Writes PLAN's rows into the existing cgroup and, if PLAN has a device filter, puts its program in the place
	 * of the one that is attached.  ERR_STATE when the cgroup is gone. */
	int (*update)(const struct cgroup_record *rec, const struct plan_cgroup *plan, struct err *e);

	/* Freezes or thaws it, and waits for a bounded time until cgroup.events says so; what could not be frozen in
	 * time is thawed again.  ERR_STATE when the cgroup is gone; ERR_UNSUPPORTED where there is none. */
	int (*freeze)(const struct cgroup_record *rec, bool frozen, struct err *e);

	/* Kills what is left in it, removes what is below it, and it if REC says that rt made it; retries for a bounded
	 * time while processes exit.  Gone already is success.  Parents stay: others may count on them by now. */
	int (*destroy)(const struct cgroup_record *rec, struct err *e);

	/* True if memory.events knows that it ran out of memory, whether or not something was there that the kernel
	 * would kill; TEXT (SIZE bytes) is then a sentence for the user. */
	bool (*was_out_of_memory)(const struct cgroup_record *rec, char *text, size_t size);
};

/* Notes in REC, whose cgroup is there, which directory it is: FD's, or where that is negative the one of its path. */
int cgroup_identify(struct cgroup_record *rec, int fd, struct err *e);

/* Whether the path of REC is another cgroup's by now: its own was removed, and somebody has made one of that name. */
bool cgroup_is_of_others(const struct cgroup_record *rec);

/* The cgroup2 path of process PID, as this cgroup namespace sees it, into BUF: cgroups(7), /proc/PID/cgroup. */
int cgroup_read_path_of(pid_t pid, char *buf, size_t size, struct err *e);

/* Never NULL. */
const struct cgroup_driver *cgroup_driver_get(enum cgroup_driver_kind kind);

#endif
