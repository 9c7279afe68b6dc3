/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_TESTS_UNIT_BPF_H
#define RT_TESTS_UNIT_BPF_H

/* A machine for classic BPF, as far as seccomp filters use it. */
#include "test.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>

static inline uint32_t bpf_calculate(unsigned op, uint32_t a, uint32_t b)
{
	switch (op) {
	case BPF_AND:
		return a & b;
	case BPF_OR:
		return a | b;
	case BPF_ADD:
		return a + b;
	case BPF_SUB:
		return a - b;
	case BPF_RSH:
		return a >> b;
	default:
		fail_msg("operation %#x is not known", op);
	}
	return 0;
}

static inline bool bpf_is_taken(unsigned op, uint32_t a, uint32_t b)
{
	switch (op) {
	case BPF_JEQ:
		return a == b;
	case BPF_JGT:
		return a > b;
	case BPF_JGE:
		return a >= b;
	case BPF_JSET:
		return (a & b) != 0;
	default:
		fail_msg("jump %#x is not known", op);
	}
	return false;
}

/* What the program returns for DATA.  The test fails if it does what a filter may not. */
static inline uint32_t bpf_run(const struct sock_filter *insns, unsigned len, const struct seccomp_data *data)
{
	uint32_t mem[BPF_MEMWORDS] = { 0 };
	uint32_t a = 0;
	uint32_t x = 0;

	for (unsigned pc = 0; pc < len; pc++) {
		const struct sock_filter *i = &insns[pc];
		uint32_t b = BPF_SRC(i->code) == BPF_X ? x : i->k;

		switch (BPF_CLASS(i->code)) {
		case BPF_LD:
			if (BPF_MODE(i->code) == BPF_ABS)
				memcpy(&a, (const char *)data + i->k, sizeof(a));
			else
				a = BPF_MODE(i->code) == BPF_MEM ? mem[i->k] : i->k;
			break;
		case BPF_LDX:
			x = BPF_MODE(i->code) == BPF_MEM ? mem[i->k] : i->k;
			break;
		case BPF_ST:
			mem[i->k] = a;
			break;
		case BPF_STX:
			mem[i->k] = x;
			break;
		case BPF_ALU:
			a = bpf_calculate(BPF_OP(i->code), a, b);
			break;
		case BPF_MISC:
			if (i->code == (BPF_MISC | BPF_TAX))
				x = a;
			else
				a = x;
			break;
		case BPF_JMP:
			if (BPF_OP(i->code) == BPF_JA)
				pc += i->k;
			else
				pc += bpf_is_taken(BPF_OP(i->code), a, b) ? i->jt : i->jf;
			break;
		case BPF_RET:
			return i->k;
		default:
			fail_msg("instruction %#x is not known", i->code);
		}
	}
	fail_msg("the filter ran out of its end");
	return 0;
}

#endif
