/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schedule of namespaces, over all combinations of {host, new, joined} for eight namespaces and five facts: each
 * schedule is played against the kernel's rules.
 */
#include "test.h"

#include <stdlib.h>

#include "base/kernel.h"
#include "plan/build.h"
#include "plan/builder.h"

#define N_COMBINATIONS 6561 /* 3^8 */
#define N_FACTS 32

/* What a process that follows the schedule is in. */
struct player {
	const enum ns_mode *modes;
	const struct plan_ns_facts *facts;
	const struct plan_ns *ns;
	enum ns_mode user;	 /* the user namespace that it is in by now */
	unsigned made[NS_COUNT]; /* times that the namespace was made, or joined */
	bool mount_joined;
	unsigned at;
};

static void describe(const struct player *p, const char *what)
{
	static const char *const words[] = { "host", "new", "join" };
	char text[512];
	size_t len = 0;

	for (unsigned kind = 0; kind < NS_COUNT; kind++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s=%s ",
					plan_word_name(plan_namespace_words, kind), words[p->modes[kind]]);
	(void)snprintf(text + len, sizeof(text) - len, "privileged=%d late=%d offsets=%d apart=%d maps=%d",
		       p->facts->privileged, p->facts->joined_pid_late, p->facts->time_offsets,
		       p->facts->cgroup_apart, p->facts->joined_maps);
	fail_msg("%s: at step %u: %s", text, p->at, what);
}

static void expect(const struct player *p, bool holds, const char *what)
{
	if (!holds)
		describe(p, what);
}

static const struct ns_step *step_after(const struct player *p)
{
	return p->at + 1 < p->ns->n_steps ? &p->ns->steps[p->at + 1] : NULL;
}

static bool is_next(const struct player *p, enum ns_step_op op)
{
	return step_after(p) && step_after(p)->op == op;
}

/* The namespaces in FLAGS come into being: the user namespace is the first of one call. */
static void make(struct player *p, uint64_t flags)
{
	for (unsigned kind = 0; kind < NS_COUNT; kind++) {
		if (flags & plan_namespace_flags[kind]) {
			expect(p, p->modes[kind] == NS_MODE_NEW, "made, but not asked for");
			p->made[kind]++;
		}
	}
	if (flags & K_CLONE_NEWUSER) {
		expect(p, p->user == NS_MODE_HOST, "a second user namespace");
		p->user = NS_MODE_NEW;
		expect(p, is_next(p, NS_STEP_MAPS), "a user namespace without maps");
	}
	if (flags & ~(uint64_t)K_CLONE_NEWUSER)
		expect(p, p->user == p->modes[NS_USER], "made in a user namespace that is not the container's");
}

static void join(struct player *p, enum ns_kind kind)
{
	expect(p, p->modes[kind] == NS_MODE_JOIN, "joined, but not asked for");
	p->made[kind]++;
	if (kind == NS_USER) {
		p->user = NS_MODE_JOIN;
		expect(p, is_next(p, p->facts->joined_maps ? NS_STEP_MAPS : NS_STEP_ROOT),
		       "in a joined user namespace, but not its root");
		return;
	}
	/* With rights on the host: before they are given up. Without: with those of the joined user namespace. */
	if (p->facts->privileged)
		expect(p, p->user == NS_MODE_HOST, "joined without the host's rights");
	else
		expect(p, p->user == p->modes[NS_USER], "joined before the container's user namespace gives the right");
	expect(p, !p->mount_joined, "joined after the mount namespace");
	p->mount_joined = kind == NS_MOUNT;
	if (kind == NS_PID && !p->facts->joined_pid_late)
		expect(p, is_next(p, NS_STEP_FORK), "a joined pid namespace without a fork");
}

static bool is_ahead(const struct player *p, enum ns_step_op op)
{
	for (unsigned i = p->at + 1; i < p->ns->n_steps; i++) {
		if (p->ns->steps[i].op == op)
			return true;
	}
	return false;
}

static bool came_by_joining(const struct player *p)
{
	const struct ns_step *before = &p->ns->steps[p->at - 1];

	return before->op == NS_STEP_JOIN && before->kind == NS_PID;
}

static void play_step(struct player *p, const struct ns_step *s)
{
	switch (s->op) {
	case NS_STEP_CLONE:
		expect(p, p->at == 0, "a clone that is not the first step");
		make(p, s->flags);
		break;
	case NS_STEP_JOIN:
		join(p, s->kind);
		break;
	case NS_STEP_UNSHARE:
		expect(p, (s->flags & (K_CLONE_NEWPID | K_CLONE_NEWTIME)) == 0, "unshare(2) of these is for children");
		expect(p, s->flags != 0, "an unshare of nothing");
		make(p, s->flags);
		break;
	case NS_STEP_FORK:
		/* The file of offsets is opened by each process, as who it is on the host. */
		expect(p, !is_ahead(p, NS_STEP_TIME) || p->user == NS_MODE_HOST, "offsets behind a fork");
		expect(p, came_by_joining(p) || (s->flags & K_CLONE_NEWPID), "a fork for nothing");
		make(p, s->flags);
		break;
	case NS_STEP_MAPS:
		expect(p, p->user == NS_MODE_NEW || (p->user == NS_MODE_JOIN && p->facts->joined_maps),
		       "maps of no user namespace");
		expect(p, is_next(p, NS_STEP_ROOT), "maps, but not root behind them");
		break;
	case NS_STEP_ROOT:
		expect(p, p->user != NS_MODE_HOST, "root on the host");
		break;
	case NS_STEP_TIME:
		expect(p, p->user == p->modes[NS_USER], "made in a user namespace that is not the container's");
		expect(p, p->modes[NS_TIME] == NS_MODE_NEW, "made, but not asked for");
		p->made[NS_TIME]++;
		break;
	case NS_STEP_FORK_LATE:
		expect(p, p->at + 1 == p->ns->n_steps, "late, but not the last");
		expect(p, p->facts->joined_pid_late, "late, but asked to be early");
		expect(p, p->modes[NS_PID] == NS_MODE_JOIN && p->made[NS_PID] == 1, "a fork for nothing");
		break;
	case NS_STEP_JOIN_ALL:
		describe(p, "a step of exec");
		break;
	}
}

/* Not only right, but as asked: late where it is possible, and one clone where nothing is joined. */
static void check_choice(const struct player *p)
{
	const struct plan_ns *ns = p->ns;
	bool joined = false;

	for (unsigned kind = 0; kind < NS_COUNT; kind++)
		joined |= p->modes[kind] == NS_MODE_JOIN;
	if (p->modes[NS_PID] == NS_MODE_JOIN)
		expect(p, plan_ns_is_forked_late(ns) == p->facts->joined_pid_late, "late or not");
	if (!joined)
		expect(p,
		       ns->n_steps == 1U + (p->modes[NS_USER] == NS_MODE_NEW ? 2 : 0) +
					      (p->modes[NS_TIME] == NS_MODE_NEW && p->facts->time_offsets) +
					      (p->modes[NS_CGROUP] == NS_MODE_NEW && p->facts->cgroup_apart),
		       "more steps than a clone needs");
}

static void play(const enum ns_mode modes[NS_COUNT], const struct plan_ns_facts *facts)
{
	struct plan_ns ns = { .n_steps = 0 };
	struct player p = { .modes = modes, .facts = facts, .ns = &ns, .user = NS_MODE_HOST };
	bool at_clone;

	plan_ns_schedule(modes, facts, ns.steps, &ns.n_steps);
	expect(&p, ns.n_steps >= 1 && ns.n_steps <= NS_STEPS_MAX, "number of steps");
	expect(&p, ns.steps[0].op == NS_STEP_CLONE, "the first step is no clone");
	for (p.at = 0; p.at < ns.n_steps; p.at++)
		play_step(&p, &ns.steps[p.at]);
	for (unsigned kind = 0; kind < NS_COUNT; kind++)
		expect(&p, p.made[kind] == (modes[kind] == NS_MODE_HOST ? 0 : 1),
		       "a namespace is missing, or made twice");
	expect(&p, p.user == modes[NS_USER], "not in the container's user namespace");
	/* Offsets can not be written after a clone. */
	if (facts->time_offsets)
		expect(&p, (ns.steps[0].flags & K_CLONE_NEWTIME) == 0, "a time namespace by clone, with offsets");
	if (facts->cgroup_apart)
		expect(&p, (ns.steps[0].flags & K_CLONE_NEWCGROUP) == 0, "a cgroup namespace of the wrong cgroup");
	at_clone = (ns.steps[0].flags & K_CLONE_NEWUSER) != 0;
	check_choice(&p);
	expect(&p, plan_ns_first_inside_step(&ns) == (at_clone ? 3 : 1), "where init begins");
}

static void test_all_combinations(void **state)
{
	(void)state;
	for (unsigned c = 0; c < N_COMBINATIONS; c++) {
		enum ns_mode modes[NS_COUNT];
		unsigned rest = c;

		for (unsigned kind = 0; kind < NS_COUNT; kind++, rest /= 3)
			modes[kind] = (enum ns_mode)(rest % 3);
		for (unsigned f = 0; f < N_FACTS; f++) {
			const struct plan_ns_facts facts = { (f & 1) != 0, (f & 2) != 0, (f & 4) != 0,
							     (f & 8) != 0, (f & 16) != 0 };

			play(modes, &facts);
		}
	}
}

/* What nearly every container has is one clone. */
static void test_common_case(void **state)
{
	const enum ns_mode modes[NS_COUNT] = {
		[NS_MOUNT] = NS_MODE_NEW, [NS_PID] = NS_MODE_NEW, [NS_NET] = NS_MODE_NEW,
		[NS_IPC] = NS_MODE_NEW,	  [NS_UTS] = NS_MODE_NEW, [NS_CGROUP] = NS_MODE_NEW,
	};
	const struct plan_ns_facts facts = { .privileged = true };
	struct ns_step steps[NS_STEPS_MAX];
	unsigned n;

	(void)state;
	plan_ns_schedule(modes, &facts, steps, &n);
	assert_int_equal(n, 1);
	assert_int_equal(steps[0].op, NS_STEP_CLONE);
	assert_int_equal(steps[0].flags, K_CLONE_NEWNS | K_CLONE_NEWPID | K_CLONE_NEWNET | K_CLONE_NEWIPC |
						 K_CLONE_NEWUTS | K_CLONE_NEWCGROUP);
}

static void test_exec(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 1U << NS_COUNT; c++) {
		struct ns_step steps[NS_STEPS_MAX];
		uint64_t flags = 0;
		unsigned n, i = 0;

		for (unsigned kind = 0; kind < NS_COUNT; kind++)
			flags |= c & (1U << kind) ? plan_namespace_flags[kind] : 0;
		plan_ns_schedule_exec(flags, steps, &n);
		assert_int_equal(steps[i].op, NS_STEP_CLONE);
		assert_int_equal(steps[i++].flags, 0);
		if (flags) {
			assert_int_equal(steps[i].op, NS_STEP_JOIN_ALL);
			assert_int_equal(steps[i++].flags, flags);
		}
		if (flags & K_CLONE_NEWUSER)
			assert_int_equal(steps[i++].op, NS_STEP_ROOT);
		if (flags & K_CLONE_NEWPID)
			assert_int_equal(steps[i++].op, NS_STEP_FORK_LATE);
		assert_int_equal(n, i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_combinations),
		cmocka_unit_test(test_common_case),
		cmocka_unit_test(test_exec),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
