/* SPDX-License-Identifier: Apache-2.0 */
#include "run/launch.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/message.h"
#include "base/sys.h"
#include "run/explain.h"
#include "run/fault.h"
#include "run/fds.h"
#include "run/filter.h"
#include "run/pidfile.h"
#include "run/sendfd.h"
#include "run/serve.h"
#include "run/spawn.h"

#define PIDFD_SOCKET_TEXT "pidfd"

void launch_release(struct launch *l)
{
	fd_close(&l->sock);
	fd_close(&l->console_fd);
	fd_close(&l->listener_fd);
	fd_close(&l->container_pidfd);
	fd_close(&l->cgroup_fd);
	fd_close(&l->process.pidfd);
	netdevs_release(l->netdevs);
	/* Last: the lock goes with it. */
	fd_close(&l->dir_fd);
	fd_close(&l->root_fd);
	trace_close(&l->trace);
	/* The plan's memory stays: its address is taken once in a process, which ends soon after this. */
}

static void log_plan_warnings(const struct plan *plan)
{
	unsigned i;

	for (i = 0; i < plan->n_warnings; i++)
		log_warning("%s", plan->warnings[i]);
}

int launch_plan(struct launch *l, const struct plan_document *doc, const struct plan_document *process,
		const char *bundle, const struct plan_container *container, struct err *e)
{
	struct findings findings = { .arena = l->arena };
	struct host host;

	trace_phase(&l->trace, "host");
	if (host_probe(plan_needs(doc, l->req), &host, e) < 0 || plan_memory_map(&l->memory, e) < 0)
		return -1;
	trace_phase(&l->trace, "plan");
	if (plan_build(doc, process, l->req, &host, bundle, container, &l->memory.arena, &findings, &l->plan, e) < 0)
		return -1;
	/* init finds the plan by its address alone. */
	if ((const void *)l->plan != PLAN_ADDRESS)
		return err_set(e, ERR_INTERNAL, "the plan is not at the begin of its memory");
	log_plan_warnings(l->plan);
	return plan_memory_protect(&l->memory, e);
}

/* The memfds and the descriptors of the plan, queued on SOCK. */
static int hand_over(struct launch *l, int sock, struct err *e)
{
	struct message_hello hello;
	struct filter filter = FILTER_INIT;
	_cleanup_fd_ int plan_fd = -EBADF;
	struct fds fds = { .n = 0 };
	int r = -1;

	if (l->plan->seccomp.present) {
		trace_phase(&l->trace, "filter");
		if (filter_get(&l->plan->seccomp, l->root_fd, &filter, e) < 0)
			return err_prefix(e, "seccomp");
	}
	trace_phase(&l->trace, "hand over");
	plan_fd = handover_make_plan(&l->memory, filter.insns, filter.len, &hello, e);
	filter_release(&filter);
	if (plan_fd < 0 || fault_arm_init(&hello, e) < 0)
		return -1;
	if (fds_open(l, &fds, e) == 0)
		r = handover_send(sock, &hello, plan_fd, fds.items, fds.n, e);
	/* What is queued holds them; our copies would keep detached mounts alive. */
	fds_release(&fds);
	return r;
}

/* While the child waits: into a cgroup that can not be made, or entered, without it. */
static int attach(struct launch *l, struct err *e)
{
	const struct cgroup_driver *driver = cgroup_driver_get(l->state.cgroup.driver);

	switch (l->attach) {
	case LAUNCH_BORN:
		return 0;
	case LAUNCH_ATTACHED:
		if (driver->attach(&l->plan->cgroup, l->process.pid, l->arena, &l->state.cgroup, e) == 0)
			return 0;
		break;
	case LAUNCH_ADOPTED:
		if (driver->adopt(&l->state.cgroup, l->process.pid, e) == 0)
			return 0;
		break;
	}
	return err_prefix(e, "cgroup");
}

static int spawn(struct launch *l, int init_fd, int init_sock, struct err *e)
{
	_cleanup_spawn_ struct spawn s = {
		.plan = l->plan,
		.cgroup_fd = l->cgroup_fd,
		.init_fd = init_fd,
		.init_sock = init_sock,
		.is_held = l->attach != LAUNCH_BORN,
		.may_freeze = l->req->ignore_paused,
		.go_fd = -EBADF,
	};

	if (spawn_init(&s, &l->process, e) < 0 || attach(l, e) < 0)
		return -1;
	return spawn_release(&s, &l->process, e);
}

int launch_init(struct launch *l, struct err *e)
{
	_cleanup_fd_ int init_fd = -EBADF;
	_cleanup_fd_ int init_sock = -EBADF;
	int pair[2];

	if (sys_socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_errno(e, errno, "make a socket pair");
	l->sock = pair[0];
	init_sock = pair[1];
	if (hand_over(l, l->sock, e) < 0)
		return -1;
	trace_phase(&l->trace, "init image");
	init_fd = handover_open_init(e);
	if (init_fd < 0)
		return -1;
	trace_phase(&l->trace, "clone");
	if (spawn(l, init_fd, init_sock, e) < 0)
		return -1;
	/* Our copy of init's end: with it there would be no end-of-file. */
	fd_close(&init_sock);
	fd_close(&init_fd);
	l->trace.init = l->process.pid;
	trace_phase(&l->trace, "wait for init");
	if (serve_until_ready(l, e) == 0) {
		l->trace.init = l->process.pid; /* another, where it has forked */
		trace_phase(&l->trace, "record");
		return 0;
	}
	explain_init(l->plan, e);
	return -1;
}

static int set_rlimits(const struct launch *l, struct err *e)
{
	const struct plan_process *p = &l->plan->process;
	unsigned i;

	for (i = 0; i < p->n_rlimits; i++) {
		const struct plan_rlimit *r = &p->rlimits[i];
		const struct rlimit limit = { .rlim_cur = r->soft, .rlim_max = r->hard };
		struct rlimit own;

		/* Lowering takes no right and is init's own step.  Raising is ours. */
		if (getrlimit(r->resource, &own) == 0 && !plan_rlimit_is_for_rt(l->plan, r, own.rlim_max))
			continue;
		if (sys_prlimit(l->process.pid, r->resource, &limit, NULL) == 0)
			continue;
		(void)err_errno(e, errno, "process.rlimits[%u] (%s): set soft %llu, hard %llu", i, r->name,
				(unsigned long long)r->soft, (unsigned long long)r->hard);
		if (e->errnum == EPERM)
			return err_hint(e, "raising a hard limit needs CAP_SYS_RESOURCE");
		return -1;
	}
	return 0;
}

/* By rt and not by init: some policies are not inherited by a child, and init may have become one that has no right to
 * them. */
static int set_scheduler(const struct launch *l, struct err *e)
{
	const struct plan_sched *s = &l->plan->process.sched;
	const struct k_sched_attr attr = {
		.size = sizeof(attr),
		.sched_policy = s->policy,
		.sched_flags = s->flags,
		.sched_nice = s->nice,
		.sched_priority = s->priority,
		.sched_runtime = s->runtime,
		.sched_deadline = s->deadline,
		.sched_period = s->period,
	};

	if (s->set && sys_sched_setattr(l->process.pid, &attr, 0) < 0)
		return err_errno(e, errno, "set process.scheduler");
	return 0;
}

int launch_set_limits(const struct launch *l, struct err *e)
{
	return set_scheduler(l, e) < 0 ? -1 : set_rlimits(l, e);
}

int launch_announce(const struct launch *l, struct err *e)
{
	const struct request *req = l->req;
	const char *pidfd_socket = req->pidfd_socket != NULL ? req->pidfd_socket : l->plan->pidfd_receiver;

	if (req->pid_file != NULL && pidfile_write(req->pid_file, l->process.pid, e) < 0)
		return -1;
	if (pidfd_socket != NULL && sendfd_to_path(pidfd_socket, l->process.pidfd, PIDFD_SOCKET_TEXT,
						   sizeof(PIDFD_SOCKET_TEXT) - 1, e) < 0)
		return err_prefix(e, "pidfd socket");
	return 0;
}

int launch_go(struct launch *l, struct err *e)
{
	trace_phase(&l->trace, "go");
	return message_send(l->sock, MESSAGE_GO, NULL, 0, NULL, 0, e);
}

int launch_wait_exec(struct launch *l, struct err *e)
{
	int r;

	trace_phase(&l->trace, "exec");
	r = serve_until_exec(l, e);
	trace_end_steps(&l->trace);
	return r;
}

int launch_kill(void *launch, struct err *e)
{
	struct launch *l = launch;

	return process_kill(&l->process, e);
}

int launch_remove_pidfile(void *launch, struct err *e)
{
	const struct launch *l = launch;

	return pidfile_remove(l->req->pid_file, e);
}

void launch_settle(struct launch *l)
{
	undo_disarm(&l->undo);
	netdevs_release(l->netdevs);
}

int launch_fail(struct launch *l, struct err *e)
{
	struct err undo_error = ERR_INIT;

	if (undo_run(&l->undo, &undo_error) < 0) {
		log_warning("%s", undo_error.msg);
		(void)err_hint(e, "%.80s; `delete --force %.80s` removes what is left", undo_error.msg, l->req->id);
	}
	return -1;
}
