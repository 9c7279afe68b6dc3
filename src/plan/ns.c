/* SPDX-License-Identifier: Apache-2.0 */
#include "base/kernel.h"
#include "plan/builder.h"

/*
 * The schedule of namespaces.  What decides the order:
 *
 *   - A namespace belongs to the user namespace in which it was made.  The container's root has power over its own
 *     only if they are made after, or together with, the container's user namespace.
 *   - setns(2) into somebody's namespace needs CAP_SYS_ADMIN in the user namespace that owns it.  A caller who has it
 *     on the host joins before he gives it up; one who has it nowhere else joins after he got it in the joined one.
 *   - setns(2) and unshare(2) of a pid namespace are for children only: a fork follows.  What is forked into a joined
 *     pid namespace can be seen from there, and traced by who has CAP_SYS_PTRACE: it is forked when it has no more
 *     rights than the program, and nothing of the host in its hands (NS_STEP_FORK_LATE).  Only a procfs that can not
 *     be told which pid namespace to show needs the fork before the mounts.
 *   - unshare(2) of a time namespace is for children too, and its offsets can be written only while it is empty:
 *     NS_STEP_TIME makes it and moves the caller with setns(2).  clone3(2) without offsets is simpler.
 *   - A new user namespace has no capabilities in it before its maps are written, or after an exec before that.
 */

struct schedule {
	const enum ns_mode *modes;
	const struct plan_ns_facts *facts;
	struct ns_step *steps;
	unsigned n;
	bool time_is_apart; /* a time namespace is still to be made, by NS_STEP_TIME */
};

static void add(struct schedule *s, enum ns_step_op op, enum ns_kind kind, uint64_t flags)
{
	s->steps[s->n++] = (struct ns_step){ .op = op, .kind = kind, .flags = flags };
}

static bool is_new(const struct schedule *s, enum ns_kind kind)
{
	return s->modes[kind] == NS_MODE_NEW;
}

static bool is_joined(const struct schedule *s, enum ns_kind kind)
{
	return s->modes[kind] == NS_MODE_JOIN;
}

/* The clone flags of all new namespaces but the user namespace and those in EXCEPT. */
static uint64_t new_flags(const struct schedule *s, uint64_t except)
{
	uint64_t flags = 0;

	for (unsigned kind = 0; kind < NS_COUNT; kind++) {
		if (kind != NS_USER && is_new(s, (enum ns_kind)kind))
			flags |= plan_namespace_flags[kind];
	}
	return flags & ~except;
}

/* A time namespace that the clone can not make. */
static uint64_t time_apart(const struct schedule *s)
{
	return s->facts->time_offsets ? K_CLONE_NEWTIME : 0;
}

/* A cgroup namespace has as its root the cgroup that the process is in when it is made. */
static uint64_t cgroup_apart(const struct schedule *s)
{
	return s->facts->cgroup_apart ? K_CLONE_NEWCGROUP : 0;
}

/* Joins everything but the user namespace.  An early fork comes before the mount namespace is joined: what the joined
 * mount namespace's processes can see of init should be as late as possible. */
static void join_others(struct schedule *s)
{
	static const enum ns_kind order[] = { NS_IPC, NS_UTS, NS_NET, NS_CGROUP, NS_TIME };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (is_joined(s, order[i]))
			add(s, NS_STEP_JOIN, order[i], 0);
	}
	if (is_joined(s, NS_PID))
		add(s, NS_STEP_JOIN, NS_PID, 0);
	if (is_joined(s, NS_PID) && !s->facts->joined_pid_late)
		add(s, NS_STEP_FORK, NS_PID, 0);
	if (is_joined(s, NS_MOUNT))
		add(s, NS_STEP_JOIN, NS_MOUNT, 0);
}

static bool joins_others(const struct schedule *s)
{
	for (unsigned kind = 0; kind < NS_COUNT; kind++) {
		if (kind != NS_USER && is_joined(s, (enum ns_kind)kind))
			return true;
	}
	return false;
}

static void add_root(struct schedule *s)
{
	add(s, NS_STEP_MAPS, NS_USER, 0);
	add(s, NS_STEP_ROOT, NS_USER, 0);
}

/* Once: the time namespace that no other call makes.  After ROOT, and before any fork behind ROOT: init opens its file
 * of offsets as who it is before it becomes root of the user namespace, and a child has another file. */
static void add_time(struct schedule *s)
{
	if (s->time_is_apart)
		add(s, NS_STEP_TIME, NS_TIME, 0);
	s->time_is_apart = false;
}

/* Makes the new namespaces from inside: by a fork where one of them is a pid namespace, else by unshare.  MORE is 0 or
 * CLONE_NEWUSER, which is made first of those in one call (clone(2)). */
static void make_inside(struct schedule *s, uint64_t more)
{
	const uint64_t flags = new_flags(s, is_new(s, NS_PID) ? time_apart(s) : K_CLONE_NEWTIME);

	if (more && s->time_is_apart) {
		add(s, NS_STEP_UNSHARE, NS_USER, more);
		add_root(s);
		more = 0;
	}
	add_time(s);
	if (is_new(s, NS_PID))
		add(s, NS_STEP_FORK, NS_PID, flags | more);
	else if (flags | more)
		add(s, NS_STEP_UNSHARE, NS_USER, flags | more);
	if (more)
		add_root(s);
}

static void user_joined(struct schedule *s)
{
	s->time_is_apart = is_new(s, NS_TIME) && (s->facts->time_offsets || !is_new(s, NS_PID));
	add(s, NS_STEP_CLONE, NS_USER, 0);
	if (s->facts->privileged)
		join_others(s);
	add(s, NS_STEP_JOIN, NS_USER, 0);
	if (s->facts->joined_maps)
		add(s, NS_STEP_MAPS, NS_USER, 0);
	add(s, NS_STEP_ROOT, NS_USER, 0);
	add_time(s);
	if (!s->facts->privileged)
		join_others(s);
	make_inside(s, 0);
}

/* The others are joined with the rights that a new user namespace takes away. */
static void user_made_last(struct schedule *s)
{
	s->time_is_apart = is_new(s, NS_TIME) && (s->facts->time_offsets || !is_new(s, NS_PID));
	add(s, NS_STEP_CLONE, NS_USER, 0);
	join_others(s);
	make_inside(s, K_CLONE_NEWUSER);
}

/* rt's clone3 makes the new ones. */
static void made_at_clone(struct schedule *s)
{
	const uint64_t user = is_new(s, NS_USER) ? K_CLONE_NEWUSER : 0;

	s->time_is_apart = is_new(s, NS_TIME) && s->facts->time_offsets;
	add(s, NS_STEP_CLONE, NS_USER, new_flags(s, time_apart(s) | cgroup_apart(s)) | user);
	if (user)
		add_root(s);
	add_time(s);
	if (cgroup_apart(s) && is_new(s, NS_CGROUP))
		add(s, NS_STEP_UNSHARE, NS_CGROUP, K_CLONE_NEWCGROUP);
	join_others(s);
}

void plan_ns_schedule(const enum ns_mode modes[NS_COUNT], const struct plan_ns_facts *facts, struct ns_step *ret_steps,
		      unsigned *ret_n)
{
	struct schedule s = { .modes = modes, .facts = facts, .steps = ret_steps };

	if (is_joined(&s, NS_USER))
		user_joined(&s);
	else if (is_new(&s, NS_USER) && joins_others(&s) && facts->privileged)
		user_made_last(&s);
	else
		made_at_clone(&s);
	if (is_joined(&s, NS_PID) && facts->joined_pid_late)
		add(&s, NS_STEP_FORK_LATE, NS_PID, 0);
	*ret_n = s.n;
}

void plan_ns_schedule_exec(uint64_t flags, struct ns_step *ret_steps, unsigned *ret_n)
{
	struct schedule s = { .steps = ret_steps };

	add(&s, NS_STEP_CLONE, NS_USER, 0);
	if (flags) /* one call: all of them or none (setns(2), Linux 5.8) */
		add(&s, NS_STEP_JOIN_ALL, NS_USER, flags);
	if (flags & K_CLONE_NEWUSER)
		add(&s, NS_STEP_ROOT, NS_USER, 0);
	if (flags & K_CLONE_NEWPID)
		add(&s, NS_STEP_FORK_LATE, NS_PID, 0);
	*ret_n = s.n;
}
