/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_SPAWN_H
#define RT_RUN_SPAWN_H

#include "base/err.h"
#include "plan/plan.h"
#include "run/process.h"

/*
 * The first step of the schedule: clone3 into the new namespaces and the cgroup, id maps, exec of init.
 *
 * CGROUP_FD < 0: the child stays in our cgroup.  INIT_FD: init's program.  INIT_SOCK: init's end of the socket, on
 * which HELLO waits; the child reports there what fails before the exec.  *RET_PROCESS is set as soon as there is a
 * process, also when a later step fails: the caller's undo ends it.
 */
int spawn_init(const struct plan *plan, int cgroup_fd, int init_fd, int init_sock, struct process *ret_process,
	       struct err *e);

#endif
