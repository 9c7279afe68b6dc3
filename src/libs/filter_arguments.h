/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_LIBS_FILTER_ARGUMENTS_H
#define RT_LIBS_FILTER_ARGUMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "libs/filter_program.h"
#include "plan/plan.h"

/*
 * Rules about the arguments of a system call, as instructions.
 *
 * As libseccomp has it, a mask that leaves nothing of an argument is no condition, bits of the value that the mask
 * leaves out do not count, and of a 32-bit ABI's arguments and values only the low half does.
 */

#define FILTER_ARGUMENTS_MAX 6u

/* The operators of plan_seccomp_arg, enum scmp_compare's. */
enum filter_operator {
	FILTER_NE = 1,
	FILTER_LT,
	FILTER_LE,
	FILTER_EQ,
	FILTER_GE,
	FILTER_GT,
	FILTER_MASKED_EQ,
};

/* One argument, normalised. */
struct filter_test {
	uint64_t mask;   /* of EQ; otherwise all */
	uint64_t value;  /* nothing outside of MASK */
	uint32_t index;
	uint16_t op;     /* FILTER_EQ, FILTER_GE, FILTER_GT */
	uint16_t negate;
};

/* The tests of one rule, all of which must hold, in the order of the arguments. */
struct filter_condition {
	struct filter_test tests[FILTER_ARGUMENTS_MAX];
	unsigned n; /* 0: it always holds */
};

/* An operator and an argument that exist, and none of them twice. */
bool filter_arguments_can_be(const struct plan_seccomp_arg *args, unsigned n);

/* MULTIPLEXED, unless 0: the rule is for one of the calls that share a number, and that the first argument tells. */
struct filter_condition filter_arguments_normalize(const struct plan_seccomp_arg *args, unsigned n,
						   uint32_t multiplexed, bool is_64bit);

/* Sorts conditions, and leaves each but once.  How many are left. */
unsigned filter_arguments_sort(struct filter_condition *conditions, unsigned n);

/* 0 if they are the same. */
int filter_arguments_compare(const struct filter_condition *a, const struct filter_condition *b);

/* Is each of the two one value of the same argument, with the same high word? */
bool filter_arguments_are_list(const struct filter_condition *a, const struct filter_condition *b, bool is_64bit);

/* To YES if one of the N conditions, sorted, each with tests, holds, else to NO. */
filter_label filter_arguments_emit(struct filter_program *p, const struct filter_condition *conditions, unsigned n,
				   bool is_64bit, filter_label yes, filter_label no);

#endif
