/* SPDX-License-Identifier: Apache-2.0 */
#include "init/limits.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/sys.h"

#define WHO_PROCESS 1 /* IOPRIO_WHO_PROCESS, ioprio_set(2) */

static int set_affinity(const unsigned long *mask, unsigned words, struct err *e)
{
	if (syscall(SYS_sched_setaffinity, 0, words * sizeof(*mask), mask) < 0)
		return err_errno(e, errno, "set the CPU affinity");
	return 0;
}

int limits_set_initial_affinity(struct inside *in, struct err *e)
{
	return set_affinity(in->plan->process.affinity_initial, in->plan->process.affinity_words, e);
}

int limits_set(struct inside *in, struct err *e)
{
	const struct plan_process *p = &in->plan->process;

	if (p->affinity_final != NULL && set_affinity(p->affinity_final, p->affinity_words, e) < 0)
		return -1;
	if (p->ioprio_set && sys_ioprio_set(WHO_PROCESS, 0, p->ioprio) < 0)
		return err_errno(e, errno, "set process.ioPriority");
	if (p->mempolicy_set && sys_set_mempolicy(p->mempolicy_mode, p->mempolicy_nodes, p->mempolicy_max_node) < 0)
		return err_errno(e, errno, "set linux.memoryPolicy");
	if (p->personality_set && sys_personality(p->personality) < 0)
		return err_errno(e, errno, "set linux.personality");
	(void)umask(p->user.umask); /* never fails; returns the old one */
	return 0;
}

int limits_set_rlimits(struct inside *in, struct err *e)
{
	const struct plan_process *p = &in->plan->process;
	unsigned i;

	for (i = 0; i < p->n_rlimits; i++) {
		const struct rlimit limit = { .rlim_cur = p->rlimits[i].soft, .rlim_max = p->rlimits[i].hard };
		struct rlimit own;

		/* READY comes later: there rt sets these as a whole. */
		if (in->plan->seccomp_early && sys_prlimit(0, p->rlimits[i].resource, NULL, &own) == 0 &&
		    plan_rlimit_is_for_rt(in->plan, &p->rlimits[i], own.rlim_max))
			continue;
		if (sys_prlimit(0, p->rlimits[i].resource, &limit, NULL) < 0)
			return err_errno(e, errno, "process.rlimits[%u] (%s)", i, p->rlimits[i].name);
	}
	return 0;
}
