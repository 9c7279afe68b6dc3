/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/ioprio.h>
#include <string.h>
#include <sys/personality.h>

#include "plan/builder.h"

#define SECTION "config.md#linux-process"
#define SECTION_POLICY "config-linux.md#memory-policy"
#define SECTION_PERSONALITY "config-linux.md#personality"

#define NODES_MAX 1024 /* MAX_NUMNODES at its largest */
#define CPUS_MAX 8192  /* NR_CPUS at its largest */
#define WORD_BITS (CHAR_BIT * sizeof(unsigned long))

/* Which values go with which policy: sched_setattr(2). */
static void check_scheduler(struct builder *b, const struct oci_scheduler *in)
{
	const bool fair = strcmp(in->policy, "SCHED_OTHER") == 0 || strcmp(in->policy, "SCHED_BATCH") == 0;
	const bool realtime = strcmp(in->policy, "SCHED_FIFO") == 0 || strcmp(in->policy, "SCHED_RR") == 0;
	const bool deadline = strcmp(in->policy, "SCHED_DEADLINE") == 0;
	const char *at = builder_at(b, "%s/scheduler", b->process_at);

	if (in->nice.value < -20 || in->nice.value > 19)
		builder_error(b, SECTION, builder_at(b, "%s/nice", at), "%d is not in -20..19", in->nice.value);
	else if (in->nice.value != 0 && !fair)
		builder_error(b, SECTION, builder_at(b, "%s/nice", at), "%s takes no nice value", in->policy);
	if (in->priority.value != 0 && !realtime)
		builder_error(b, SECTION, builder_at(b, "%s/priority", at), "%s takes no priority", in->policy);
	else if (realtime && (in->priority.value < 1 || in->priority.value > 99))
		builder_error(b, SECTION, builder_at(b, "%s/priority", at), "%d is not in 1..99",
			      in->priority.value);
	if ((in->runtime.value || in->deadline.value || in->period.value) && !deadline)
		builder_error(b, SECTION, at, "%s takes no runtime, deadline or period", in->policy);
}

static void build_scheduler(struct builder *b)
{
	const struct oci_scheduler *in = b->process->scheduler;
	struct plan_sched *out = &b->plan->process.sched;
	const struct plan_word *policy;

	if (!in)
		return;
	policy = plan_word_find(plan_sched_policy_words, in->policy);
	if (!policy) {
		if (strcmp(in->policy, "SCHED_ISO") == 0)
			builder_unsupported(b, SECTION, builder_at(b, "%s/scheduler/policy", b->process_at),
					    "no Linux kernel has SCHED_ISO");
		else
			builder_error(b, SECTION, builder_at(b, "%s/scheduler/policy", b->process_at),
				      "there is no scheduling policy \"%s\"", in->policy);
		return;
	}
	check_scheduler(b, in);
	*out = (struct plan_sched){
		.set = true,
		.policy = (uint32_t)policy->value,
		.nice = in->nice.value,
		.priority = (uint32_t)in->priority.value,
		.runtime = in->runtime.value,
		.deadline = in->deadline.value,
		.period = in->period.value,
	};
	for (size_t i = 0; i < in->flags.n; i++) {
		const struct plan_word *flag = plan_word_find(plan_sched_flag_words, in->flags.items[i]);

		if (flag)
			out->flags |= flag->value;
		else
			builder_error(b, SECTION, builder_at(b, "%s/scheduler/flags/%zu", b->process_at, i),
				      "there is no scheduling flag \"%s\"", in->flags.items[i]);
	}
}

static void build_ioprio(struct builder *b)
{
	const struct oci_io_priority *in = b->process->io_priority;
	const struct plan_word *word;

	if (!in)
		return;
	word = plan_word_find(plan_ioprio_words, in->class);
	if (!word) {
		builder_error(b, SECTION, builder_at(b, "%s/ioPriority/class", b->process_at),
			      "there is no io class \"%s\"", in->class);
		return;
	}
	if (in->priority.value < 0 || in->priority.value > 7) {
		builder_error(b, SECTION, builder_at(b, "%s/ioPriority/priority", b->process_at),
			      "%d is not in 0..7", in->priority.value);
		return;
	}
	b->plan->process.ioprio_set = true;
	b->plan->process.ioprio = (int)((word->value << IOPRIO_CLASS_SHIFT) | (uint64_t)in->priority.value);
}

static void build_personality(struct builder *b)
{
	const struct oci_personality *in = builder_linux(b)->personality;

	if (!in)
		return;
	if (strcmp(in->domain, "LINUX") == 0) {
		b->plan->process.personality = PER_LINUX;
	} else if (strcmp(in->domain, "LINUX32") == 0) {
		b->plan->process.personality = PER_LINUX32;
	} else {
		builder_error(b, SECTION_PERSONALITY, "/linux/personality/domain",
			      "there is no execution domain \"%s\" (LINUX, LINUX32)", in->domain);
		return;
	}
	if (in->flags.n > 0)
		builder_error(b, SECTION_PERSONALITY, "/linux/personality/flags", "no flags are supported");
	b->plan->process.personality_set = true;
}

/* set_mempolicy(2): which modes want nodes, and which must not have any. */
static void check_nodes(struct builder *b, const struct oci_memory_policy *in, bool has_nodes)
{
	const bool none = strcmp(in->mode, "MPOL_DEFAULT") == 0 || strcmp(in->mode, "MPOL_LOCAL") == 0;
	const bool optional = strcmp(in->mode, "MPOL_PREFERRED") == 0;

	if (has_nodes && none)
		builder_error(b, SECTION_POLICY, "/linux/memoryPolicy/nodes", "%s takes no nodes", in->mode);
	if (!has_nodes && !none && !optional)
		builder_error(b, SECTION_POLICY, "/linux/memoryPolicy", "%s needs nodes", in->mode);
}

static uint64_t read_policy_flags(struct builder *b, const struct oci_memory_policy *in)
{
	uint64_t flags = 0;

	for (size_t i = 0; i < in->flags.n; i++) {
		const struct plan_word *flag = plan_word_find(plan_mempolicy_flag_words, in->flags.items[i]);

		if (flag)
			flags |= flag->value;
		else
			builder_error(b, SECTION_POLICY, builder_at(b, "/linux/memoryPolicy/flags/%zu", i),
				      "there is no memory policy flag \"%s\"", in->flags.items[i]);
	}
	return flags;
}

static void build_mempolicy(struct builder *b)
{
	const struct oci_memory_policy *in = builder_linux(b)->memory_policy;
	struct plan_process *out = &b->plan->process;
	const struct plan_word *mode;
	unsigned long *nodes;
	bool has_nodes;

	if (!in)
		return;
	mode = plan_word_find(plan_mempolicy_mode_words, in->mode);
	if (!mode) {
		builder_error(b, SECTION_POLICY, "/linux/memoryPolicy/mode", "there is no memory policy \"%s\"",
			      in->mode);
		return;
	}
	has_nodes = in->nodes && in->nodes[0] != '\0';
	check_nodes(b, in, has_nodes);
	out->mempolicy_set = true;
	out->mempolicy_mode = (int)(mode->value | read_policy_flags(b, in));
	if (!has_nodes)
		return;
	nodes = arena_new_array(b->arena, unsigned long, NODES_MAX / WORD_BITS);
	if (nodes && builder_parse_list(in->nodes, nodes, NODES_MAX) < 0)
		builder_error(b, SECTION_POLICY, "/linux/memoryPolicy/nodes",
			      "\"%s\" is no list of nodes, such as \"0-3,7\"", in->nodes);
	out->mempolicy_nodes = nodes;
	out->mempolicy_max_node = NODES_MAX + 1; /* the kernel takes one off */
}

static const unsigned long *build_cpus(struct builder *b, const char *list, const char *name)
{
	unsigned long *mask;

	if (!list || list[0] == '\0')
		return NULL;
	mask = arena_new_array(b->arena, unsigned long, CPUS_MAX / WORD_BITS);
	if (mask && builder_parse_list(list, mask, CPUS_MAX) < 0)
		builder_error(b, SECTION, builder_at(b, "%s/execCPUAffinity/%s", b->process_at, name),
			      "\"%s\" is no list of CPUs, such as \"0-3,7\"", list);
	return mask;
}

static void build_affinity(struct builder *b)
{
	const struct oci_cpu_affinity *in = b->process->exec_cpu_affinity;
	struct plan_process *out = &b->plan->process;

	if (!in)
		return;
	out->affinity_initial = build_cpus(b, in->initial, "initial");
	out->affinity_final = build_cpus(b, in->final, "final");
	out->affinity_words = CPUS_MAX / WORD_BITS;
	if (b->plan->kind != PLAN_EXEC) {
		/* It is for exec, not for the container's first process; a mistake in it is one all the same. */
		out->affinity_initial = NULL;
		out->affinity_final = NULL;
		out->affinity_words = 0;
	}
}

void build_scheduling(struct builder *b)
{
	build_scheduler(b);
	build_ioprio(b);
	build_personality(b);
	build_mempolicy(b);
	build_affinity(b);
}
