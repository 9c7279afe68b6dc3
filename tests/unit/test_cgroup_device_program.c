/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <stdlib.h>

#include "cgroup/device_program.h"

#define CHAR BPF_DEVCG_DEV_CHAR
#define BLOCK BPF_DEVCG_DEV_BLOCK
#define ACCESS_ALL 7u

/* ---- what the rules mean, written down once more --------------------------------------------------------------- */

static bool is_about(const struct plan_cgroup_device *r, unsigned type, uint32_t major, uint32_t minor)
{
	return (r->type == 'a' || r->type == (type == CHAR ? 'c' : 'b')) && (r->major < 0 || r->major == major) &&
	       (r->minor < 0 || r->minor == minor);
}

static bool speaks_of(const struct plan_cgroup_device *r, unsigned bit)
{
	return (bit == BPF_DEVCG_ACC_MKNOD && r->mknod) || (bit == BPF_DEVCG_ACC_READ && r->read) ||
	       (bit == BPF_DEVCG_ACC_WRITE && r->write);
}

static bool is_granted(const struct plan_cgroup_device *rules, unsigned n, unsigned type, unsigned access,
		       uint32_t major, uint32_t minor)
{
	for (unsigned bit = 1; bit <= 4; bit <<= 1) {
		bool allowed = false;

		if ((access & bit) == 0)
			continue;
		for (unsigned i = 0; i < n; i++)
			if (is_about(&rules[i], type, major, minor) && speaks_of(&rules[i], bit))
				allowed = rules[i].allow;
		if (!allowed)
			return false;
	}
	return true;
}

/* ---- a machine for the instructions that the generator uses ----------------------------------------------------- */

static uint64_t operand(const struct bpf_insn *insn, const uint64_t *reg)
{
	return (insn->code & BPF_X) != 0 ? reg[insn->src_reg] : (uint64_t)(int64_t)insn->imm;
}

static bool is_jump_taken(const struct bpf_insn *insn, const uint64_t *reg)
{
	uint32_t a = (uint32_t)reg[insn->dst_reg];
	uint32_t b = (uint32_t)operand(insn, reg);

	switch (BPF_OP(insn->code)) {
	case BPF_JNE:
		return a != b;
	case BPF_JSET:
		return (a & b) != 0;
	default:
		fail_msg("jump %#x is not known", insn->code);
	}
	return false;
}

static void calculate(const struct bpf_insn *insn, uint64_t *reg)
{
	uint64_t value = operand(insn, reg);

	switch (BPF_OP(insn->code)) {
	case BPF_MOV:
		reg[insn->dst_reg] = value;
		break;
	case BPF_AND:
		reg[insn->dst_reg] &= value;
		break;
	case BPF_RSH:
		reg[insn->dst_reg] = (uint32_t)reg[insn->dst_reg] >> value;
		break;
	default:
		fail_msg("operation %#x is not known", insn->code);
	}
	if (BPF_CLASS(insn->code) == BPF_ALU)
		reg[insn->dst_reg] = (uint32_t)reg[insn->dst_reg];
}

static bool run(const struct bpf_insn *insns, size_t n, unsigned type, unsigned access, uint32_t major,
		uint32_t minor)
{
	const struct bpf_cgroup_dev_ctx ctx = { .access_type = access << 16 | type,
						.major = major,
						.minor = minor };
	uint64_t reg[11] = { 0 };

	for (size_t pc = 0; pc < n; pc++) {
		const struct bpf_insn *insn = &insns[pc];
		uint32_t word;

		switch (BPF_CLASS(insn->code)) {
		case BPF_LDX:
			assert_int_equal(insn->code, BPF_LDX | BPF_MEM | BPF_W);
			assert_int_equal(insn->src_reg, BPF_REG_1);
			assert_true(insn->off >= 0 && (size_t)insn->off + sizeof(word) <= sizeof(ctx));
			memcpy(&word, (const char *)&ctx + insn->off, sizeof(word));
			reg[insn->dst_reg] = word;
			break;
		case BPF_ALU:
		case BPF_ALU64:
			calculate(insn, reg);
			break;
		case BPF_JMP32:
			pc += is_jump_taken(insn, reg) ? (size_t)insn->off : 0;
			break;
		case BPF_JMP:
			if (insn->code == (BPF_JMP | BPF_EXIT))
				return reg[0] != 0;
			assert_int_equal(insn->code, BPF_JMP | BPF_JA);
			pc += (size_t)insn->off;
			break;
		default:
			fail_msg("class of %#x is not known", insn->code);
		}
	}
	fail_msg("the program ran out of its end");
	return false;
}

/* The verifier's first demands: jumps go forward and stay inside, every instruction can be reached. */
static void check_shape(const struct bpf_insn *insns, size_t n)
{
	bool *reached = calloc(n + 1, sizeof(*reached));

	assert_non_null(reached);
	reached[0] = true;
	for (size_t pc = 0; pc < n; pc++) {
		unsigned class = BPF_CLASS(insns[pc].code);
		bool is_exit = insns[pc].code == (BPF_JMP | BPF_EXIT);
		bool is_always = insns[pc].code == (BPF_JMP | BPF_JA);

		assert_true(reached[pc]);
		if ((class == BPF_JMP || class == BPF_JMP32) && !is_exit) {
			assert_true(insns[pc].off >= 0 && pc + (size_t)insns[pc].off + 1 < n);
			reached[pc + (size_t)insns[pc].off + 1] = true;
		}
		if (!is_exit && !is_always)
			reached[pc + 1] = true;
	}
	assert_false(reached[n]); /* nothing falls out of the end */
	free(reached);
}

/* ---- tests ------------------------------------------------------------------------------------------------------ */

static size_t generate(const struct plan_cgroup_device *rules, unsigned n_rules, struct bpf_insn **ret)
{
	struct err e = ERR_INIT;
	size_t n = 0;

	*ret = calloc(DEVICE_PROGRAM_INSNS_MAX, sizeof(**ret));
	assert_non_null(*ret);
	assert_succeeds(device_program_generate(rules, n_rules, *ret, &n, &e), &e);
	assert_true(n > 0 && n <= DEVICE_PROGRAM_INSNS_MAX);
	check_shape(*ret, n);
	return n;
}

static void check_all(const struct plan_cgroup_device *rules, unsigned n_rules)
{
	static const uint32_t numbers[] = { 0, 1, 2, 3, 5, 136, 4095, 0x7fffffff, 0x80000000u, 0xffffffffu };
	struct bpf_insn *insns;
	size_t n = generate(rules, n_rules, &insns);

	for (unsigned type = BLOCK; type <= CHAR; type++)
		for (unsigned access = 1; access <= ACCESS_ALL; access++)
			for (size_t i = 0; i < N_OF(numbers); i++)
				for (size_t j = 0; j < N_OF(numbers); j++)
					assert_int_equal(
						run(insns, n, type, access, numbers[i], numbers[j]),
						is_granted(rules, n_rules, type, access, numbers[i], numbers[j]));
	free(insns);
}

static void no_rule_denies(void **state)
{
	(void)state;
	check_all(NULL, 0);
}

/* What engines send: deny all, then the default devices. */
static void usual_rules(void **state)
{
	static const struct plan_cgroup_device rules[] = {
		{ .type = 'a', .major = -1, .minor = -1, .read = true, .write = true, .mknod = true },
		{ .allow = true, .type = 'c', .major = -1, .minor = -1, .mknod = true },
		{ .allow = true, .type = 'b', .major = -1, .minor = -1, .mknod = true },
		{ .allow = true, .type = 'c', .major = 1, .minor = 3, .read = true, .write = true, .mknod = true },
		{ .allow = true,
		  .type = 'c',
		  .major = 136,
		  .minor = -1,
		  .read = true,
		  .write = true,
		  .mknod = true },
		{ .type = 'c', .major = 1, .minor = 3, .write = true },
	};
	struct bpf_insn *insns;
	size_t n;

	(void)state;
	check_all(rules, N_OF(rules));
	n = generate(rules, N_OF(rules), &insns);
	assert_true(run(insns, n, CHAR, BPF_DEVCG_ACC_READ, 1, 3));
	assert_false(run(insns, n, CHAR, BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE, 1, 3));
	assert_true(run(insns, n, CHAR, ACCESS_ALL, 136, 77));
	assert_true(run(insns, n, BLOCK, BPF_DEVCG_ACC_MKNOD, 8, 0));
	assert_false(run(insns, n, BLOCK, BPF_DEVCG_ACC_READ, 8, 0));
	free(insns);
}

/* Rules before a catch-all can not matter, and the verifier would refuse them as dead. */
static void catch_all_ends_the_program(void **state)
{
	static const struct plan_cgroup_device rules[] = {
		{ .allow = false, .type = 'c', .major = 1, .minor = 3, .read = true },
		{ .allow = true,
		  .type = 'a',
		  .major = -1,
		  .minor = -1,
		  .read = true,
		  .write = true,
		  .mknod = true },
		{ .allow = true, .type = 'c', .major = (int64_t)1 << 32, .minor = 0, .read = true },
	};
	struct bpf_insn *insns;
	size_t n = generate(rules, N_OF(rules), &insns);

	(void)state;
	assert_int_equal(n, 8); /* prologue of six, and a verdict */
	free(insns);
	check_all(rules, N_OF(rules));
}

static int64_t random_number(void)
{
	static const int64_t numbers[] = { -1, -1, 0, 1, 3, 5, 136, 0x80000000, 0xffffffff, 0x100000000 };

	return numbers[(size_t)rand() % N_OF(numbers)];
}

static void random_rules(void **state)
{
	(void)state;
	srand(1);
	for (unsigned round = 0; round < 300; round++) {
		struct plan_cgroup_device rules[24];
		unsigned n = (unsigned)rand() % (unsigned)(N_OF(rules) + 1);

		for (unsigned i = 0; i < n; i++) {
			unsigned access = (unsigned)rand() % 8;

			rules[i] = (struct plan_cgroup_device){
				.allow = rand() % 2 == 0,
				.type = "abc"[rand() % 3],
				.read = (access & 1) != 0,
				.write = (access & 2) != 0,
				.mknod = (access & 4) != 0,
				.major = random_number(),
				.minor = random_number(),
			};
		}
		check_all(rules, n);
	}
}

static void too_many_rules(void **state)
{
	struct bpf_insn insns[1];
	struct err e = ERR_INIT;
	size_t n = 77;

	(void)state;
	assert_fails_with(device_program_generate(NULL, DEVICE_RULES_MAX + 1, insns, &n, &e), &e, ERR_CONFIG,
			  "513 rules");
	assert_int_equal(n, 77);
}

/* The longest program that rules can ask for fits the array that callers are told to have. */
static void longest_program(void **state)
{
	struct plan_cgroup_device *rules = calloc(DEVICE_RULES_MAX, sizeof(*rules));
	struct bpf_insn *insns;

	(void)state;
	assert_non_null(rules);
	for (unsigned i = 0; i < DEVICE_RULES_MAX; i++)
		rules[i] = (struct plan_cgroup_device){ .allow = i % 2 == 0,
							.type = 'c',
							.major = 1 + i % 7,
							.minor = i,
							.read = true,
							.write = i % 3 == 0 };
	(void)generate(rules, DEVICE_RULES_MAX, &insns);
	free(insns);
	free(rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_rule_denies),
		cmocka_unit_test(usual_rules),
		cmocka_unit_test(catch_all_ends_the_program),
		cmocka_unit_test(random_rules),
		cmocka_unit_test(too_many_rules),
		cmocka_unit_test(longest_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
