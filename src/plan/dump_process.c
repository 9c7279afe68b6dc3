/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <linux/ioprio.h>
#include <linux/seccomp.h>
#include <stdio.h>

#include "plan/builder.h"
#include "plan/dump_parts.h"

static void dump_capset(struct json *j, const char *key, uint64_t set)
{
	char name[64];

	json_key(j, key);
	json_begin_array(j);
	for (int cap = 0; cap < 64; cap++) {
		if (set & (1ULL << cap))
			json_string(j, plan_cap_name(cap, name));
	}
	json_end_array(j);
}

static void dump_caps(struct json *j, const struct plan_caps *caps)
{
	if (!caps->set)
		return;
	json_key(j, "capabilities");
	json_begin_object(j);
	dump_capset(j, "bounding", caps->bounding);
	dump_capset(j, "effective", caps->effective);
	dump_capset(j, "inheritable", caps->inheritable);
	dump_capset(j, "permitted", caps->permitted);
	dump_capset(j, "ambient", caps->ambient);
	json_end_object(j);
}

static void dump_user(struct json *j, const struct plan_user *u)
{
	char umask[16];

	(void)snprintf(umask, sizeof(umask), "%04o", (unsigned)u->umask);
	json_key(j, "user");
	json_begin_object(j);
	json_kv_u64(j, "uid", u->uid);
	json_kv_u64(j, "gid", u->gid);
	json_kv_string(j, "umask", umask);
	json_kv_bool(j, "set_groups", u->set_groups);
	if (u->n_groups > 0) {
		json_key(j, "groups");
		json_begin_array(j);
		for (unsigned i = 0; i < u->n_groups; i++)
			json_u64(j, u->groups[i]);
		json_end_array(j);
	}
	json_end_object(j);
}

static void dump_env(struct json *j, const struct plan_process *p)
{
	json_key(j, "env");
	json_begin_array(j);
	for (unsigned i = 0; i < p->n_env; i++) {
		if ((int)i == p->home_slot)
			json_string(j, "HOME=(from the container's passwd)");
		else if ((int)i == p->listen_pid_slot)
			json_string(j, "LISTEN_PID=(the process)");
		else
			json_string(j, p->envp[i]);
	}
	json_end_array(j);
}

static void dump_rlimits(struct json *j, const struct plan_process *p)
{
	char text[64];

	if (p->n_rlimits == 0)
		return;
	json_key(j, "rlimits");
	json_begin_object(j);
	for (unsigned i = 0; i < p->n_rlimits; i++) {
		(void)snprintf(text, sizeof(text), "%llu:%llu", (unsigned long long)p->rlimits[i].soft,
			       (unsigned long long)p->rlimits[i].hard);
		json_kv_string(j, p->rlimits[i].name, text);
	}
	json_end_object(j);
}

static void dump_words(struct json *j, const char *key, uint64_t flags, const struct plan_word *words)
{
	json_key(j, key);
	json_begin_array(j);
	for (; words->name; words++) {
		if (flags & words->value)
			json_string(j, words->name);
	}
	json_end_array(j);
}

static void dump_sched(struct json *j, const struct plan_sched *s)
{
	if (!s->set)
		return;
	json_key(j, "scheduler");
	json_begin_object(j);
	json_kv_string(j, "policy", plan_word_name(plan_sched_policy_words, s->policy));
	if (s->flags)
		dump_words(j, "flags", s->flags, plan_sched_flag_words);
	dump_i64_if(j, "nice", s->nice);
	dump_u64_if(j, "priority", s->priority);
	dump_u64_if(j, "runtime", s->runtime);
	dump_u64_if(j, "deadline", s->deadline);
	dump_u64_if(j, "period", s->period);
	json_end_object(j);
}

static void dump_bits(struct json *j, const char *key, const unsigned long *mask, unsigned words)
{
	const unsigned word_bits = CHAR_BIT * sizeof(unsigned long);

	if (!mask)
		return;
	json_key(j, key);
	json_begin_array(j);
	for (unsigned i = 0; i < words * word_bits; i++) {
		if (mask[i / word_bits] & (1UL << (i % word_bits)))
			json_u64(j, i);
	}
	json_end_array(j);
}

static void dump_scheduling(struct json *j, const struct plan_process *p)
{
	const uint64_t mode_flags = 7UL << 13;
	const unsigned word_bits = CHAR_BIT * sizeof(unsigned long);

	dump_sched(j, &p->sched);
	if (p->ioprio_set) {
		json_key(j, "io_priority");
		json_begin_array(j);
		json_string(j, plan_word_name(plan_ioprio_words, (uint64_t)p->ioprio >> IOPRIO_CLASS_SHIFT));
		json_u64(j, (uint64_t)p->ioprio & ((1U << IOPRIO_CLASS_SHIFT) - 1));
		json_end_array(j);
	}
	if (p->personality_set)
		json_kv_u64(j, "personality", p->personality);
	if (p->mempolicy_set) {
		json_key(j, "memory_policy");
		json_begin_object(j);
		json_kv_string(
			j, "mode",
			plan_word_name(plan_mempolicy_mode_words, (uint64_t)p->mempolicy_mode & ~mode_flags));
		dump_words(j, "flags", (uint64_t)p->mempolicy_mode & mode_flags, plan_mempolicy_flag_words);
		dump_bits(j, "nodes", p->mempolicy_nodes, (unsigned)(p->mempolicy_max_node / word_bits));
		json_end_object(j);
	}
	dump_bits(j, "affinity_initial", p->affinity_initial, p->affinity_words);
	dump_bits(j, "affinity_final", p->affinity_final, p->affinity_words);
}

static void dump_terminal(struct json *j, const struct plan_terminal *t)
{
	if (!t->enabled)
		return;
	json_key(j, "terminal");
	json_begin_object(j);
	dump_u64_if(j, "width", t->width);
	dump_u64_if(j, "height", t->height);
	json_end_object(j);
}

void dump_process(struct json *j, const struct plan_process *p)
{
	json_key(j, "process");
	if (!p->present) {
		json_null(j);
		return;
	}
	json_begin_object(j);
	json_kv_string(j, "cwd", p->cwd);
	dump_vector(j, "args", p->argv);
	dump_env(j, p);
	dump_user(j, &p->user);
	dump_caps(j, &p->caps);
	json_kv_bool(j, "no_new_privileges", p->no_new_privileges);
	dump_terminal(j, &p->terminal);
	dump_rlimits(j, p);
	if (p->oom_score_adj_set)
		json_kv_i64(j, "oom_score_adj", p->oom_score_adj);
	dump_scheduling(j, p);
	dump_string_if(j, "apparmor_profile", p->apparmor_profile);
	dump_string_if(j, "selinux_label", p->selinux_label);
	dump_u64_if(j, "preserve_fds", p->preserve_fds);
	json_end_object(j);
}

static void dump_hook(struct json *j, const struct plan_hook *h)
{
	json_begin_object(j);
	json_kv_string(j, "path", h->path);
	dump_vector(j, "args", (const char *const *)h->argv);
	if (h->envp)
		dump_vector(j, "env", (const char *const *)h->envp);
	dump_i64_if(j, "timeout", h->timeout);
	json_end_object(j);
}

void dump_hooks(struct json *j, const struct plan_hooks *h)
{
	unsigned n = 0;

	for (unsigned kind = 0; kind < HOOK_KIND_COUNT; kind++)
		n += h->n[kind];
	if (n == 0)
		return;
	json_key(j, "hooks");
	json_begin_object(j);
	for (unsigned kind = 0; kind < HOOK_KIND_COUNT; kind++) {
		if (h->n[kind] == 0)
			continue;
		json_key(j, plan_word_name(plan_hook_words, kind));
		json_begin_array(j);
		for (unsigned i = 0; i < h->n[kind]; i++)
			dump_hook(j, &h->hooks[kind][i]);
		json_end_array(j);
	}
	dump_string_if(j, "state_prefix", h->state_prefix);
	dump_string_if(j, "state_middle", h->state_middle);
	dump_string_if(j, "state_suffix", h->state_suffix);
	dump_string_if(j, "stdout", h->stdout_path);
	dump_string_if(j, "stderr", h->stderr_path);
	json_end_object(j);
}

/* "SCMP_ACT_ERRNO 1" */
static const char *action_text(uint32_t action, char *buf, size_t size)
{
	const uint32_t kind = action & SECCOMP_RET_ACTION_FULL;
	const char *name = plan_word_name(plan_seccomp_action_words, kind);

	if (kind == SECCOMP_RET_ERRNO || kind == SECCOMP_RET_TRACE)
		(void)snprintf(buf, size, "%s %u", name ? name : "?", action & SECCOMP_RET_DATA);
	else
		(void)snprintf(buf, size, "%s", name ? name : "?");
	return buf;
}

static void dump_rule_args(struct json *j, const struct plan_seccomp_rule *rule)
{
	char text[96];

	for (unsigned i = 0; i < rule->n_args; i++) {
		const struct plan_seccomp_arg *a = &rule->args[i];

		(void)snprintf(text, sizeof(text), "%u %s %llu %llu", a->index,
			       plan_word_name(plan_seccomp_op_words, a->op), (unsigned long long)a->value,
			       (unsigned long long)a->value_two);
		json_string(j, text);
	}
}

/* Rules in order; system calls of one action that follow each other without conditions share a line. */
static void dump_rules(struct json *j, const struct plan_seccomp *s)
{
	char action[64];

	json_key(j, "rules");
	json_begin_array(j);
	for (unsigned i = 0; i < s->n_rules;) {
		const struct plan_seccomp_rule *first = &s->rules[i];

		json_begin_object(j);
		json_kv_string(j, "action", action_text(first->action, action, sizeof(action)));
		json_key(j, "syscalls");
		json_begin_array(j);
		do
			json_string(j, s->rules[i++].name);
		while (i < s->n_rules && first->n_args == 0 && s->rules[i].n_args == 0 &&
		       s->rules[i].action == first->action);
		json_end_array(j);
		if (first->n_args > 0) {
			json_key(j, "args");
			json_begin_array(j);
			dump_rule_args(j, first);
			json_end_array(j);
		}
		json_end_object(j);
	}
	json_end_array(j);
}

void dump_seccomp(struct json *j, const struct plan *p)
{
	const struct plan_seccomp *s = &p->seccomp;
	char action[64];

	if (!s->present)
		return;
	json_key(j, "seccomp");
	json_begin_object(j);
	json_kv_string(j, "loaded", p->seccomp_before_fork ? "before_fork" :
				       p->seccomp_early	      ? "before_ready" :
								"before_exec");
	if (s->raw_bpf) {
		json_kv_u64(j, "raw_instructions", s->raw_bpf_len);
		dump_string_if(j, "listener_path", s->listener_path);
		json_end_object(j);
		return;
	}
	json_kv_string(j, "digest", s->digest);
	json_kv_string(j, "default_action", action_text(s->default_action, action, sizeof(action)));
	dump_vector(j, "architectures", s->archs);
	dump_words(j, "flags", s->flags, plan_seccomp_flag_words);
	dump_string_if(j, "listener_path", s->listener_path);
	dump_string_if(j, "listener_metadata", s->listener_metadata);
	dump_true_if(j, "fail_unknown_names", s->fail_unknown_names);
	dump_rules(j, s);
	json_end_object(j);
}
