/* SPDX-License-Identifier: Apache-2.0 */
#include "libs/filter_ranges.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "libs/filter_arguments.h"
#include "libs/filter_program.h"
#include "libs/filter_prologue.h"

/* So many single numbers among others with one answer are asked for one by one: fewer instructions than a search. */
#define ISLANDS_MAX 3u

/* An answer: the action if one of the conditions holds, else the default; without conditions always the action. */
struct answer {
	uint32_t action;
	const struct filter_condition *conditions;
	unsigned n;
	bool is_64bit;
	filter_label at; /* 0: not written yet */
};

/* From FIRST to that of the next one, or to the last number. */
struct range {
	uint32_t first;
	unsigned answer; /* index of it */
};

struct maker {
	const struct filter_rules *rules;
	struct filter_condition *conditions; /* of all calls */
	unsigned n_conditions;
	struct answer *answers;
	unsigned n_answers;
	struct range *ranges; /* of the architecture that is written */
	unsigned n_ranges;
	struct filter_program program;
};

static bool is_64bit(const struct filter_abi *abi)
{
	return (abi->arch & __AUDIT_ARCH_64BIT) != 0 && !abi->is_x32;
}

/* ---- what is done here ------------------------------------------------------------------------------------------ */

static bool is_known(uint32_t arch)
{
	return arch == AUDIT_ARCH_X86_64 || arch == AUDIT_ARCH_I386 || arch == AUDIT_ARCH_AARCH64 ||
	       arch == AUDIT_ARCH_ARM || arch == AUDIT_ARCH_RISCV64;
}

/* How many of the calls from INDEX on are of one number. */
static unsigned count_same(const struct filter_abi *abi, unsigned index)
{
	unsigned n = 1;

	while (index + n < abi->n_calls && abi->calls[index + n].number == abi->calls[index].number)
		n++;
	return n;
}

static struct filter_condition condition_of(const struct filter_abi *abi, const struct filter_call *call)
{
	return filter_arguments_normalize(call->args, call->n_args, call->multiplexed, is_64bit(abi));
}

/* The first rule without a condition counts, before and behind others.  Those with conditions, as far as they come
 * before it, have one action, and if they are several, they are a list of values of one argument. */
static bool is_clear(const struct filter_abi *abi, const struct filter_call *calls, unsigned n)
{
	struct filter_condition first = { .n = 0 };
	bool is_list = true;

	for (unsigned i = 0; i < n; i++) {
		const struct filter_condition c = condition_of(abi, &calls[i]);

		if (c.n == 0)
			return true;
		if (calls[i].action != calls[0].action)
			return false;
		if (i == 0)
			first = c;
		is_list = is_list && filter_arguments_are_list(&first, &c, is_64bit(abi));
	}
	return n == 1 || is_list;
}

/*
 * Is it certain that what is made here does what libseccomp's program would?  It is not
 * - for other architectures: calls that share a number on some of them, and the byte order;
 * - for rules that libseccomp refuses, which it shall say itself;
 * - where rules for one number have conditions and different actions: which of them counts depends on how libseccomp
 *   merges them, and it refuses some;
 * - where there are several for a number, other than values of one argument: in what libseccomp 2.5 makes of them, one
 *   may look at the word that another has loaded.
 */
static bool can_make(const struct filter_rules *rules)
{
	for (unsigned i = 0; i < rules->n_abis; i++) {
		const struct filter_abi *abi = &rules->abis[i];

		if (!is_known(abi->arch))
			return false;
		for (unsigned k = 0; k < abi->n_calls; k++)
			if (!filter_arguments_can_be(abi->calls[k].args, abi->calls[k].n_args))
				return false;
		for (unsigned k = 0; k < abi->n_calls; k += count_same(abi, k))
			if (!is_clear(abi, &abi->calls[k], count_same(abi, k)))
				return false;
	}
	return true;
}

/* ---- answers ---------------------------------------------------------------------------------------------------- */

static bool is_same(const struct answer *a, const struct answer *b)
{
	if (a->action != b->action || a->n != b->n || (a->n > 0 && a->is_64bit != b->is_64bit))
		return false;
	for (unsigned i = 0; i < a->n; i++)
		if (filter_arguments_compare(&a->conditions[i], &b->conditions[i]) != 0)
			return false;
	return true;
}

static unsigned add_answer(struct maker *m, const struct answer *answer)
{
	unsigned i = 0;

	while (i < m->n_answers && !is_same(&m->answers[i], answer))
		i++;
	if (i == m->n_answers)
		m->answers[m->n_answers++] = *answer;
	return i;
}

static unsigned add_action(struct maker *m, uint32_t action)
{
	const struct answer answer = { .action = action };

	return add_answer(m, &answer);
}

/* N calls of one number: rules for the same call, or several calls that share it. */
static unsigned add_calls(struct maker *m, const struct filter_abi *abi, const struct filter_call *calls, unsigned n)
{
	struct filter_condition *conditions = &m->conditions[m->n_conditions];
	struct answer answer = { .action = calls->action, .conditions = conditions, .is_64bit = is_64bit(abi) };

	for (unsigned i = 0; i < n; i++) {
		conditions[i] = condition_of(abi, &calls[i]);
		if (conditions[i].n == 0)
			return add_action(m, calls[i].action);
	}
	answer.n = filter_arguments_sort(conditions, n);
	m->n_conditions += answer.n;
	return add_answer(m, &answer);
}

static filter_label write_answer(struct maker *m, unsigned index)
{
	struct answer *a = &m->answers[index];

	if (a->at != 0)
		return a->at;
	a->at = filter_program_return(&m->program, a->action);
	if (a->n > 0)
		a->at = filter_arguments_emit(&m->program, a->conditions, a->n, a->is_64bit, a->at,
					      filter_program_return(&m->program, m->rules->default_action));
	return a->at;
}

/* ---- ranges ----------------------------------------------------------------------------------------------------- */

/* From FIRST on, in the place of what was said about it: ranges are added in order. */
static void add_range(struct maker *m, uint32_t first, unsigned answer)
{
	if (m->n_ranges > 0 && m->ranges[m->n_ranges - 1].first == first)
		m->n_ranges--;
	if (m->n_ranges > 0 && m->ranges[m->n_ranges - 1].answer == answer)
		return;
	m->ranges[m->n_ranges++] = (struct range){ .first = first, .answer = answer };
}

static void add_newer(struct maker *m, const struct filter_abi *abi)
{
	add_range(m, abi->highest + 1, add_action(m, (uint32_t)SECCOMP_RET_ERRNO | ENOSYS));
	if (abi->arch == AUDIT_ARCH_ARM)
		add_range(m, ARM_PRIVATE_FIRST, add_action(m, m->rules->default_action));
}

/* The numbers of an ABI, which begin with FIRST. */
static void add_abi(struct maker *m, const struct filter_abi *abi, uint32_t first)
{
	const unsigned otherwise = add_action(m, m->rules->default_action);
	bool newer = m->rules->newer_is_enosys && abi->has;
	unsigned n;

	add_range(m, first, otherwise);
	for (unsigned i = 0; i < abi->n_calls; i += n) {
		const struct filter_call *calls = &abi->calls[i];

		n = count_same(abi, i);
		if (newer && calls->number > abi->highest) { /* a private one of ARM */
			add_newer(m, abi);
			newer = false;
		}
		add_range(m, calls->number, add_calls(m, abi, calls, n));
		add_range(m, calls->number + 1, otherwise);
	}
	if (newer)
		add_newer(m, abi);
}

/* Two ABIs share the architecture, and each may be missing.  A tracer skips a call by -1, which is nobody's: with a
 * filter that is asked again then. */
static void add_x86_64(struct maker *m, const struct filter_abi *abi, const struct filter_abi *x32)
{
	const unsigned bad = add_action(m, m->rules->bad_arch_action);
	const unsigned otherwise = add_action(m, m->rules->default_action);
	const bool has = (abi != NULL && abi->has) || (x32 != NULL && x32->has);

	if (abi != NULL)
		add_abi(m, abi, 0);
	else
		add_range(m, 0, bad);
	if (x32 != NULL)
		add_abi(m, x32, FILTER_X32_BIT);
	else
		add_range(m, FILTER_X32_BIT, bad);
	if (m->rules->newer_is_enosys && has)
		add_range(m, UINT32_MAX, add_action(m, (uint32_t)SECCOMP_RET_ERRNO | ENOSYS));
	else
		add_range(m, UINT32_MAX, otherwise);
}

/* ---- the search ------------------------------------------------------------------------------------------------- */

/* Is all but single numbers of the N ranges from FIRST on, of which the next one follows, answered as ANSWER says? */
static bool are_islands(const struct maker *m, unsigned first, unsigned n, unsigned answer)
{
	unsigned islands = 0;

	for (unsigned i = first; i < first + n; i++) {
		if (m->ranges[i].answer == answer)
			continue;
		/* The one behind the last number is 0. */
		if ((i + 1 < m->n_ranges ? m->ranges[i + 1].first : 0) != m->ranges[i].first + 1)
			return false;
		islands++;
	}
	return islands <= ISLANDS_MAX;
}

static filter_label write_islands(struct maker *m, unsigned first, unsigned n, unsigned answer)
{
	filter_label at = write_answer(m, answer);

	for (unsigned i = first + n; i > first; i--) {
		const struct range *r = &m->ranges[i - 1];

		if (r->answer != answer)
			at = filter_program_jump(&m->program, BPF_JEQ, r->first, write_answer(m, r->answer), at);
	}
	return at;
}

/* Behind a load of the number.  With one range it is not looked at. */
static filter_label write_search(struct maker *m, unsigned first, unsigned n)
{
	const unsigned middle = first + n / 2;
	filter_label below;
	filter_label above;

	if (n == 1)
		return write_answer(m, m->ranges[first].answer);
	for (unsigned i = first; i < first + 2; i++)
		if (are_islands(m, first, n, m->ranges[i].answer))
			return write_islands(m, first, n, m->ranges[i].answer);
	above = write_search(m, middle, first + n - middle);
	below = write_search(m, first, middle - first);
	return filter_program_jump(&m->program, BPF_JGE, m->ranges[middle].first, above, below);
}

/* All numbers of one architecture. */
static filter_label write_arch(struct maker *m, uint32_t arch)
{
	const struct filter_abi *abi = NULL;
	const struct filter_abi *x32 = NULL;
	filter_label at;

	for (unsigned i = 0; i < m->rules->n_abis; i++)
		if (m->rules->abis[i].arch == arch)
			*(m->rules->abis[i].is_x32 ? &x32 : &abi) = &m->rules->abis[i];
	m->n_ranges = 0;
	if (arch == AUDIT_ARCH_X86_64)
		add_x86_64(m, abi, x32);
	else if (abi != NULL) /* ARCH is that of one */
		add_abi(m, abi, 0);
	/* Answers first: the search stays together, and its jumps short. */
	for (unsigned i = 0; i < m->n_ranges; i++)
		(void)write_answer(m, m->ranges[i].answer);
	at = write_search(m, 0, m->n_ranges);
	return m->n_ranges == 1 ? at : filter_program_load(&m->program, offsetof(struct seccomp_data, nr), UINT32_MAX);
}

static bool is_first_of_arch(const struct filter_rules *rules, unsigned index)
{
	for (unsigned i = 0; i < index; i++)
		if (rules->abis[i].arch == rules->abis[index].arch)
			return false;
	return true;
}

static void write_program(struct maker *m)
{
	const struct filter_rules *rules = m->rules;
	filter_label at[FILTER_ARCHS_MAX] = { 0 };
	filter_label next;

	/* The first one last, which is nearest to the begin. */
	for (unsigned i = rules->n_abis; i > 0; i--)
		if (is_first_of_arch(rules, i - 1))
			at[i - 1] = write_arch(m, rules->abis[i - 1].arch);
	next = filter_program_return(&m->program, rules->bad_arch_action);
	for (unsigned i = rules->n_abis; i > 0; i--)
		if (at[i - 1] != 0)
			next = filter_program_jump(&m->program, BPF_JEQ, rules->abis[i - 1].arch, at[i - 1], next);
	(void)filter_program_load(&m->program, offsetof(struct seccomp_data, arch), UINT32_MAX);
}

size_t filter_ranges(const struct filter_rules *rules, struct sock_filter *insns)
{
	struct maker m = { .rules = rules };
	size_t n_calls = 0;
	size_t n = 0;

	if (rules->n_abis == 0 || rules->n_abis > FILTER_ARCHS_MAX || !can_make(rules))
		return 0;
	for (unsigned i = 0; i < rules->n_abis; i++)
		n_calls += rules->abis[i].n_calls;
	/* A call is two ranges at most; the rest is what else an architecture may have. */
	m.program.insns = calloc(BPF_MAXINSNS, sizeof(*m.program.insns));
	m.conditions = calloc(n_calls + 1, sizeof(*m.conditions));
	m.answers = calloc(n_calls + 3, sizeof(*m.answers));
	m.ranges = calloc(2 * n_calls + 8, sizeof(*m.ranges));
	if (m.program.insns != NULL && m.conditions != NULL && m.answers != NULL && m.ranges != NULL)
		write_program(&m);
	if (!m.program.is_full)
		n = m.program.n;
	if (n > 0)
		memcpy(insns, &m.program.insns[BPF_MAXINSNS - n], n * sizeof(*insns));
	free(m.ranges);
	free(m.answers);
	free(m.conditions);
	free(m.program.insns);
	return n;
}
