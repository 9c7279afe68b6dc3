/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_LAUNCH_H
#define RT_RUN_LAUNCH_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/process.h"
#include "cgroup/cgroup.h"
#include "plan/build.h"
#include "plan/plan.h"
#include "plan/request.h"
#include "run/handover.h"
#include "run/netdev.h"
#include "run/rdt.h"
#include "run/trace.h"
#include "run/undo.h"
#include "state/state.h"

/* How the process comes into its cgroup. */
enum launch_attach {
	LAUNCH_BORN,     /* it is born there, or in ours where there is none */
	LAUNCH_ATTACHED, /* create: the driver makes the cgroup around it */
	LAUNCH_ADOPTED,  /* exec: the driver moves it there */
};

/*
 * One launch of a process into a container: what create, run and exec have in common, from the plan to the moment
 * when init says READY.  Released as a whole by launch_release().
 */
struct launch {
	const struct request *req;
	struct arena *arena;            /* the request's: documents, strings of the state */
	struct plan_memory memory;      /* holds the plan */
	const struct plan *plan;

	int root_fd;                    /* the state root */
	int dir_fd;                     /* the container's directory, locked while it is changed */
	struct state state;

	int cgroup_fd;                  /* where the process is born; negative: in our cgroup */
	enum launch_attach attach;
	int container_pidfd;            /* exec: the container's init */

	int sock;                       /* our end of the socket */
	int signal_fd;                  /* the foreground's: readable when a signal wants rt to end; or negative */
	struct process process;         /* init, or the process that took its place */
	int console_fd;                 /* the pty's master that stays with us: foreground */
	int listener_fd;                /* of seccomp, until the process that the agent is told of exists */

	struct rdt_undo rdt;
	struct netdevs *netdevs;        /* moved into the container, for the undo; NULL = none */

	struct trace trace;
	struct undo undo;
};

#define LAUNCH_INIT(request)                                                                                      \
	{                                                                                                         \
		.req = (request), .arena = (request)->arena, .root_fd = -EBADF, .dir_fd = -EBADF,                 \
		.cgroup_fd = -EBADF, .container_pidfd = -EBADF, .sock = -EBADF, .signal_fd = -EBADF,              \
		.process = PROCESS_INIT, .console_fd = -EBADF, .listener_fd = -EBADF, .trace = TRACE_INIT         \
	}

/* Also writes the trace, where one was asked for. */
void launch_release(struct launch *l);

/* Builds the plan of DOC and PROCESS (see plan_build()), logs its warnings and seals it. */
int launch_plan(struct launch *l, const struct plan_document *doc, const struct plan_document *process,
		const char *bundle, const struct plan_container *container, struct err *e);

/* Opens what the plan lists, hands it over, clones init and serves it up to READY.  The caller has pushed the undo of
 * the process before: launch_kill(). */
int launch_init(struct launch *l, struct err *e);

/* After READY, before GO: sets the scheduler, and raises the limits that init could not raise itself; it lowers the
 * others as its last step. */
int launch_set_limits(const struct launch *l, struct err *e);

/* --pid-file and --pidfd-socket. */
int launch_announce(const struct launch *l, struct err *e);

/* Says GO. */
int launch_go(struct launch *l, struct err *e);

/* Serves init until the exec of the program, for which it does not wait in create. */
int launch_wait_exec(struct launch *l, struct err *e);

/* Undo: SIGKILL to init, and reap it. */
int launch_kill(void *launch, struct err *e);

/* Undo: the pid file. */
int launch_remove_pidfile(void *launch, struct err *e);

/* The container is made: nothing is taken back any more, and its network namespace is not held. */
void launch_settle(struct launch *l);

/* Runs the undo stack after failure E and says what could not be undone.  Returns -1. */
int launch_fail(struct launch *l, struct err *e);

#endif
