/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/seccomp.h>
#include <string.h>

#include "base/kernel.h"
#include "plan/builder.h"

/*
 * Where the seccomp profile is loaded when init forks into a pid namespace that others are in already: before the fork,
 * for what is born there can be traced, and would work without the profile for who traces it.  Then the profile must
 * allow the fork and the little that comes behind it.
 */

/* What init calls from the fork on, in the order of its table of steps. */
static const char *const after_fork[] = {
	"prctl",      "pipe2",	      "clone", "read",	 "write",      "close", "sendmsg",
	"recvmsg",    "setsid",	      "ioctl", "getpid", "prlimit64",  "execve", "exit_group",
	"rt_sigaction", "rt_sigprocmask",
};

/* Before it, and answered by nobody: the agent of a listener hears when the program's process exists. */
#define BEFORE_FORK "capset"

#define TRACE_RIGHT (UINT64_C(1) << 19)  /* CAP_SYS_PTRACE */
#define FILTER_RIGHT (UINT64_C(1) << 21) /* CAP_SYS_ADMIN: seccomp(2) without no_new_privs */

#define CLONE_CALL_FLAGS (K_CLONE_PARENT | K_CLONE_PIDFD)
#if defined(__s390__)
#define CLONE_FLAGS_ARG 1
#else
#define CLONE_FLAGS_ARG 0
#endif

/* seccomp_rule_add(3) */
enum { OP_NE = 1, OP_LT, OP_LE, OP_EQ, OP_GE, OP_GT, OP_MASKED_EQ };

static bool is_true(const struct plan_seccomp_arg *arg, uint64_t value)
{
	switch (arg->op) {
	case OP_NE:
		return value != arg->value;
	case OP_LT:
		return value < arg->value;
	case OP_LE:
		return value <= arg->value;
	case OP_EQ:
		return value == arg->value;
	case OP_GE:
		return value >= arg->value;
	case OP_GT:
		return value > arg->value;
	case OP_MASKED_EQ:
		return (value & arg->value) == arg->value_two;
	default:
		return false;
	}
}

enum match { MATCH_NO, MATCH_YES, MATCH_UNKNOWN };

/* Whether RULE, which is about NAME, is about init's call of it.  Only clone's flags are known here. */
static enum match match_rule(const struct plan_seccomp_rule *rule, const char *name)
{
	for (unsigned i = 0; i < rule->n_args; i++) {
		if (strcmp(name, "clone") != 0 || rule->args[i].index != CLONE_FLAGS_ARG)
			return MATCH_UNKNOWN;
		if (!is_true(&rule->args[i], CLONE_CALL_FLAGS))
			return MATCH_NO;
	}
	return MATCH_YES;
}

static bool is_allowing(uint32_t action)
{
	const uint32_t bare = action & SECCOMP_RET_ACTION_FULL;

	return bare == SECCOMP_RET_ALLOW || bare == SECCOMP_RET_LOG;
}

static bool is_allowed(const struct plan_seccomp *s, const char *name)
{
	bool is_matched = false;

	for (unsigned i = 0; i < s->n_rules; i++) {
		const struct plan_seccomp_rule *rule = &s->rules[i];
		enum match match;

		if (strcmp(rule->name, name) != 0)
			continue;
		match = match_rule(rule, name);
		if (match == MATCH_NO)
			continue;
		if (!is_allowing(rule->action))
			return false;
		if (match == MATCH_UNKNOWN && !is_allowing(s->default_action))
			continue; /* another rule may allow it whatever the arguments are */
		is_matched = true;
	}
	return is_matched || is_allowing(s->default_action);
}

static bool can_load_before_fork(const struct plan *p)
{
	/* Hooks are not what a late filter is for; what a ready filter allows is not known here. */
	if (p->seccomp.raw_bpf || p->hooks.n[HOOK_START_CONTAINER] > 0)
		return false;
	for (size_t i = 0; i < sizeof(after_fork) / sizeof(after_fork[0]); i++) {
		if (!is_allowed(&p->seccomp, after_fork[i]))
			return false;
	}
	return !p->seccomp_early || is_allowed(&p->seccomp, BEFORE_FORK);
}

/* To load a filter after the fork, without noNewPrivileges, the process needs a right that the program may not have. */
static void warn_of_right(struct builder *b)
{
	const struct plan_process *process = &b->plan->process;

	if (!process->present || process->no_new_privileges || (process->caps.bounding & TRACE_RIGHT) == 0 ||
	    (process->caps.permitted & FILTER_RIGHT) != 0)
		return;
	builder_warn(b, NULL, "/linux/seccomp",
		     "processes of this pid namespace that have CAP_SYS_PTRACE can take CAP_SYS_ADMIN from the one "
		     "that enters it, until the filter is loaded: set noNewPrivileges, or let the profile allow "
		     "clone");
}

void build_fork(struct builder *b)
{
	struct plan *p = b->plan;

	if (!plan_ns_is_forked_late(&p->ns) || !p->seccomp.present)
		return;
	p->seccomp_before_fork = can_load_before_fork(p);
	/* What a listener wants early is so already, and nothing behind it is the agent's business. */
	if (p->seccomp_before_fork)
		p->seccomp_early = false;
	else
		warn_of_right(b);
}
