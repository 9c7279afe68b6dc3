/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_TARGET_H
#define RT_RUN_TARGET_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/request.h"
#include "state/state.h"

/* The existing container that a verb is about. */
struct target {
	struct arena *arena; /* the request's */
	int root_fd;
	int dir_fd;
	struct state state;
};

#define TARGET_INIT(request) { .arena = (request)->arena, .root_fd = -EBADF, .dir_fd = -EBADF }

void target_release(struct target *t);
#define _cleanup_target_ __attribute__((cleanup(target_release)))

/* Finds the directory of req->id.  ERR_STATE, "does not exist", also where there is no state root at all. */
int target_open(struct target *t, const struct request *req, struct err *e);

/* Locks it, and reads the state. */
int target_lock_and_read(struct target *t, const struct request *req, struct err *e);

/*
 * Ends a container whose directory is locked: SIGKILL to init if PIDFD is not negative, the cgroup and what is in it,
 * poststop hooks.  The directory goes last but for the hooks; a failure before leaves it, so that it can be tried
 * again.  BOOT_ID: what state_read_boot_id() gave, or NULL where nobody has read it.
 */
int target_destroy(int root_fd, int dir_fd, const struct state *s, const char *boot_id, int pidfd, struct err *e);

/* SIGKILL to init behind PIDFD, and to all of its cgroup where init's death would not take them along; waits for
 * init's end. */
int target_kill(const struct state *s, int pidfd, struct err *e);

#endif
