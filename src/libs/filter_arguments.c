/* SPDX-License-Identifier: Apache-2.0 */
#include "libs/filter_arguments.h"

#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>

/* ---- rules ------------------------------------------------------------------------------------------------------ */

bool filter_arguments_can_be(const struct plan_seccomp_arg *args, unsigned n)
{
	unsigned seen = 0;

	for (unsigned i = 0; i < n; i++) {
		if (args[i].index >= FILTER_ARGUMENTS_MAX || (seen & 1u << args[i].index) != 0 ||
		    args[i].op < FILTER_NE || args[i].op > FILTER_MASKED_EQ)
			return false;
		seen |= 1u << args[i].index;
	}
	return true;
}

static struct filter_test normalize(const struct plan_seccomp_arg *arg, uint64_t all)
{
	struct filter_test t = { .mask = all, .value = arg->value, .index = arg->index, .op = FILTER_EQ };

	switch ((enum filter_operator)arg->op) {
	case FILTER_NE:
		t.negate = 1;
		break;
	case FILTER_LT: /* not GE */
		t.negate = 1;
		t.op = FILTER_GE;
		break;
	case FILTER_LE: /* not GT */
		t.negate = 1;
		t.op = FILTER_GT;
		break;
	case FILTER_EQ:
		break;
	case FILTER_GE:
	case FILTER_GT:
		t.op = (uint16_t)arg->op;
		break;
	case FILTER_MASKED_EQ:
		t.mask = arg->value & all;
		t.value = arg->value_two;
		break;
	}
	t.value &= t.mask;
	return t;
}

struct filter_condition filter_arguments_normalize(const struct plan_seccomp_arg *args, unsigned n,
						   uint32_t multiplexed, bool is_64bit)
{
	const struct plan_seccomp_arg which = { .op = FILTER_EQ, .value = multiplexed };
	struct filter_condition c = { .n = 0 };

	for (unsigned index = 0; index < FILTER_ARGUMENTS_MAX; index++) {
		const struct plan_seccomp_arg *arg = index == 0 && multiplexed != 0 ? &which : NULL;

		for (unsigned i = 0; i < n && arg == NULL; i++)
			if (args[i].index == index)
				arg = &args[i];
		if (arg == NULL)
			continue;
		c.tests[c.n] = normalize(arg, is_64bit ? UINT64_MAX : UINT32_MAX);
		if (c.tests[c.n].mask != 0)
			c.n++;
	}
	return c;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_tests(const struct filter_test *a, const struct filter_test *b)
{
	int r = compare_numbers(a->index, b->index);

	if (r == 0)
		r = compare_numbers((unsigned)a->op << 1 | a->negate, (unsigned)b->op << 1 | b->negate);
	if (r == 0)
		r = compare_numbers(a->mask, b->mask);
	return r != 0 ? r : compare_numbers(a->value, b->value);
}

int filter_arguments_compare(const struct filter_condition *a, const struct filter_condition *b)
{
	int r = compare_numbers(a->n, b->n);

	for (unsigned i = 0; i < a->n && r == 0; i++)
		r = compare_tests(&a->tests[i], &b->tests[i]);
	return r;
}

static int compare_conditions(const void *a, const void *b)
{
	return filter_arguments_compare(a, b);
}

unsigned filter_arguments_sort(struct filter_condition *conditions, unsigned n)
{
	unsigned left = 0;

	qsort(conditions, n, sizeof(*conditions), compare_conditions);
	for (unsigned i = 0; i < n; i++)
		if (left == 0 || filter_arguments_compare(&conditions[left - 1], &conditions[i]) != 0)
			conditions[left++] = conditions[i];
	return left;
}

/* ---- instructions ----------------------------------------------------------------------------------------------- */

/* All architectures that come here are little-endian. */
static unsigned low_word(const struct filter_test *t)
{
	return (unsigned)(offsetof(struct seccomp_data, args) + t->index * sizeof(uint64_t));
}

static unsigned high_word(const struct filter_test *t)
{
	return low_word(t) + (unsigned)sizeof(uint32_t);
}

static uint32_t high(uint64_t v)
{
	return (uint32_t)(v >> 32);
}

/* The words that the mask has something of; one at least. */
static filter_label emit_equal(struct filter_program *p, const struct filter_test *t, filter_label yes,
			       filter_label no)
{
	filter_label at = yes;

	if ((uint32_t)t->mask != 0) {
		(void)filter_program_jump(p, BPF_JEQ, (uint32_t)t->value, at, no); /* the load is its begin */
		at = filter_program_load(p, low_word(t), (uint32_t)t->mask);
	}
	if (high(t->mask) != 0) {
		(void)filter_program_jump(p, BPF_JEQ, high(t->value), at, no);
		at = filter_program_load(p, high_word(t), high(t->mask));
	}
	return at;
}

/* The low words count where the high ones are the same. */
static filter_label emit_order(struct filter_program *p, const struct filter_test *t, bool is_64bit,
			       filter_label yes, filter_label no)
{
	filter_label at;

	(void)filter_program_jump(p, t->op == FILTER_GT ? BPF_JGT : BPF_JGE, (uint32_t)t->value, yes, no);
	at = filter_program_load(p, low_word(t), UINT32_MAX);
	if (!is_64bit)
		return at;
	at = filter_program_jump(p, BPF_JEQ, high(t->value), at, no);
	(void)filter_program_jump(p, BPF_JGT, high(t->value), yes, at);
	return filter_program_load(p, high_word(t), UINT32_MAX);
}

static filter_label emit_condition(struct filter_program *p, const struct filter_condition *c, bool is_64bit,
				   filter_label yes, filter_label no)
{
	filter_label at = yes;

	for (unsigned i = c->n; i > 0; i--) {
		const struct filter_test *t = &c->tests[i - 1];
		const filter_label if_so = t->negate != 0 ? no : at;
		const filter_label if_not = t->negate != 0 ? at : no;

		at = t->op == FILTER_EQ ? emit_equal(p, t, if_so, if_not)
					: emit_order(p, t, is_64bit, if_so, if_not);
	}
	return at;
}

/* One value of one argument, which can be looked up in a list of such. */
static bool is_value(const struct filter_condition *c, bool is_64bit)
{
	const struct filter_test *t = &c->tests[0];

	return c->n == 1 && t->op == FILTER_EQ && t->negate == 0 && t->mask == (is_64bit ? UINT64_MAX : UINT32_MAX);
}

bool filter_arguments_are_list(const struct filter_condition *a, const struct filter_condition *b, bool is_64bit)
{
	return is_value(a, is_64bit) && is_value(b, is_64bit) && a->tests[0].index == b->tests[0].index &&
	       high(a->tests[0].value) == high(b->tests[0].value);
}

/* The low word is loaded once for a list of values with the same high one. */
static filter_label emit_values(struct filter_program *p, const struct filter_condition *c, unsigned n, bool is_64bit,
				filter_label yes, filter_label no)
{
	const struct filter_test *t = &c[0].tests[0];
	filter_label at = no;

	for (unsigned i = n; i > 0; i--)
		at = filter_program_jump(p, BPF_JEQ, (uint32_t)c[i - 1].tests[0].value, yes, at);
	at = filter_program_load(p, low_word(t), UINT32_MAX);
	if (!is_64bit)
		return at;
	(void)filter_program_jump(p, BPF_JEQ, high(t->value), at, no);
	return filter_program_load(p, high_word(t), UINT32_MAX);
}

filter_label filter_arguments_emit(struct filter_program *p, const struct filter_condition *conditions, unsigned n,
				   bool is_64bit, filter_label yes, filter_label no)
{
	filter_label at = no;

	while (n > 0) {
		const struct filter_condition *c = &conditions[n - 1];
		unsigned first = n - 1;

		if (!is_value(c, is_64bit)) {
			at = emit_condition(p, c, is_64bit, yes, at);
			n--;
			continue;
		}
		while (first > 0 && filter_arguments_are_list(&conditions[first - 1], c, is_64bit))
			first--;
		at = emit_values(p, &conditions[first], n - first, is_64bit, yes, at);
		n = first;
	}
	return at;
}
