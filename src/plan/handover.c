/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "plan/builder.h"

/*
 * What passes between rt and init: the descriptors that rt opens, and the messages that it expects.
 */

static void add_fd(struct plan_fd *fds, unsigned *n, enum plan_fd_role role, unsigned index, const char *path)
{
	fds[(*n)++] = (struct plan_fd){ .role = role, .index = index, .path = path };
}

void build_fds(struct builder *b)
{
	struct plan *p = b->plan;
	/* start, result, container, the trace, the hooks' output, the namespaces */
	struct plan_fd *fds = arena_new_array(b->arena, struct plan_fd, 6 + NS_COUNT + p->n_mounts + p->n_devices);
	unsigned n = 0;

	if (!fds)
		return;
	if (p->wait_for_start) {
		add_fd(fds, &n, PLAN_FD_START, 0, NULL);
		add_fd(fds, &n, PLAN_FD_RESULT, 0, NULL);
	}
	if (p->kind == PLAN_EXEC) {
		add_fd(fds, &n, PLAN_FD_CONTAINER, 0, NULL);
	} else {
		for (unsigned kind = 0; kind < NS_COUNT; kind++) {
			if (p->ns.mode[kind] == NS_MODE_JOIN)
				add_fd(fds, &n, PLAN_FD_NS, kind, p->ns.path[kind]);
		}
	}
	for (unsigned i = 0; i < p->n_mounts; i++) {
		if (p->mounts[i].source_by_rt)
			add_fd(fds, &n, PLAN_FD_SOURCE, i, p->mounts[i].source);
	}
	/* Without rights on the host rt can clone no mount: init, who has them in its namespaces, binds by path. */
	for (unsigned i = 0; i < p->n_devices && builder_can_clone_mounts(b); i++) {
		if (p->devices[i].bind)
			add_fd(fds, &n, PLAN_FD_DEVICE, i, p->devices[i].path);
	}
	if (p->hooks.n[HOOK_CREATE_CONTAINER] > 0 || p->hooks.n[HOOK_START_CONTAINER] > 0) {
		if (p->hooks.stdout_path)
			add_fd(fds, &n, PLAN_FD_HOOKS_OUTPUT, STDOUT_FILENO, p->hooks.stdout_path);
		if (p->hooks.stderr_path)
			add_fd(fds, &n, PLAN_FD_HOOKS_OUTPUT, STDERR_FILENO, p->hooks.stderr_path);
	}
	if (b->req->trace)
		add_fd(fds, &n, PLAN_FD_TRACE, 0, NULL);
	p->fds = fds;
	p->n_fds = n;
}

/* There is room: each type is added once at most, but for CHILD, which may come early and late. */
static void add_stop(struct plan *p, enum message_type type)
{
	p->stops[p->n_stops++] = type;
}

static void add_namespace_stops(struct plan *p)
{
	for (unsigned i = plan_ns_first_inside_step(&p->ns); i < p->ns.n_steps; i++) {
		if (p->ns.steps[i].op == NS_STEP_FORK)
			add_stop(p, MESSAGE_CHILD);
		else if (p->ns.steps[i].op == NS_STEP_MAPS)
			add_stop(p, MESSAGE_MAPS);
	}
}

/* In the order of init's table of steps (src/init/init.c). */
void build_stops(struct builder *b)
{
	struct plan *p = b->plan;

	add_namespace_stops(p);
	if (p->n_netdevs > 0)
		add_stop(p, MESSAGE_NETDEV);
	if (p->hooks.n[HOOK_PRESTART] > 0 || p->hooks.n[HOOK_CREATE_RUNTIME] > 0)
		add_stop(p, MESSAGE_HOOKS);
	if (p->process.terminal.enabled)
		add_stop(p, MESSAGE_CONSOLE);
	if (p->seccomp.listener_path && p->seccomp_before_fork)
		add_stop(p, MESSAGE_NOTIFY);
	if (plan_ns_is_forked_late(&p->ns))
		add_stop(p, MESSAGE_CHILD);
	if (p->seccomp.listener_path && !p->seccomp_before_fork)
		add_stop(p, MESSAGE_NOTIFY);
	add_stop(p, MESSAGE_READY);
}
