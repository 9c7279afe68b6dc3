/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_SPAWN_H
#define RT_RUN_SPAWN_H

#include <stdbool.h>

#include "base/err.h"
#include "base/process.h"
#include "plan/plan.h"

/*
 * The first step of the schedule: clone3 into the new namespaces and the cgroup, id maps, exec of init.
 *
 * CGROUP_FD < 0: the child stays in our cgroup.  INIT_FD: init's program.  INIT_SOCK: init's end of the socket, on
 * which HELLO waits; the child reports there what fails before the exec.
 *
 * With IS_HELD the child waits before the exec, with our ids and in our cgroup, until spawn_release(): so a manager can
 * take it for what it is, a process of this user.  A child that needs id maps waits in any case.
 *
 * With MAY_FREEZE the cgroup may be a frozen one: the child gets no further then, and we must see signals meanwhile.
 */
struct spawn {
	const struct plan *plan;
	int cgroup_fd;
	int init_fd;
	int init_sock;
	bool is_held;
	bool may_freeze;
	int go_fd; /* what the child waits for; -EBADF before and after */
};

/* The clone.  *RET_PROCESS is set as soon as there is a process: the caller's undo ends it. */
int spawn_init(struct spawn *s, struct process *ret_process, struct err *e);

/* Writes the id maps and lets the child go on.  Nothing to do is success. */
int spawn_release(struct spawn *s, const struct process *process, struct err *e);

/* Closes GO_FD: a child that still waits ends. */
void spawn_close(struct spawn *s);
#define _cleanup_spawn_ __attribute__((cleanup(spawn_close)))

#endif
