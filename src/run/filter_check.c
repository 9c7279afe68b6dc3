/* SPDX-License-Identifier: Apache-2.0 */
#include "run/filter_check.h"

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What else must hold of an instruction with this code. */
enum demand { ANY, DATA_OFFSET, SCRATCH_INDEX, NOT_ZERO, SHIFT, JUMP, BRANCH };

/* Seccomp's part of classic BPF: words of struct seccomp_data, no packets. */
/* NOLINTBEGIN(misc-redundant-expression): several of the codes are zero */
static const struct {
	uint16_t code;
	enum demand demand;
} known[] = {
	{ BPF_LD | BPF_W | BPF_ABS, DATA_OFFSET },
	{ BPF_LD | BPF_W | BPF_LEN, ANY },
	{ BPF_LDX | BPF_W | BPF_LEN, ANY },
	{ BPF_LD | BPF_IMM, ANY },
	{ BPF_LDX | BPF_IMM, ANY },
	{ BPF_LD | BPF_MEM, SCRATCH_INDEX },
	{ BPF_LDX | BPF_MEM, SCRATCH_INDEX },
	{ BPF_ST, SCRATCH_INDEX },
	{ BPF_STX, SCRATCH_INDEX },
	{ BPF_RET | BPF_K, ANY },
	{ BPF_RET | BPF_A, ANY },
	{ BPF_ALU | BPF_ADD | BPF_K, ANY },
	{ BPF_ALU | BPF_ADD | BPF_X, ANY },
	{ BPF_ALU | BPF_SUB | BPF_K, ANY },
	{ BPF_ALU | BPF_SUB | BPF_X, ANY },
	{ BPF_ALU | BPF_MUL | BPF_K, ANY },
	{ BPF_ALU | BPF_MUL | BPF_X, ANY },
	{ BPF_ALU | BPF_DIV | BPF_K, NOT_ZERO },
	{ BPF_ALU | BPF_DIV | BPF_X, ANY },
	{ BPF_ALU | BPF_AND | BPF_K, ANY },
	{ BPF_ALU | BPF_AND | BPF_X, ANY },
	{ BPF_ALU | BPF_OR | BPF_K, ANY },
	{ BPF_ALU | BPF_OR | BPF_X, ANY },
	{ BPF_ALU | BPF_XOR | BPF_K, ANY },
	{ BPF_ALU | BPF_XOR | BPF_X, ANY },
	{ BPF_ALU | BPF_LSH | BPF_K, SHIFT },
	{ BPF_ALU | BPF_LSH | BPF_X, ANY },
	{ BPF_ALU | BPF_RSH | BPF_K, SHIFT },
	{ BPF_ALU | BPF_RSH | BPF_X, ANY },
	{ BPF_ALU | BPF_NEG, ANY },
	{ BPF_MISC | BPF_TAX, ANY },
	{ BPF_MISC | BPF_TXA, ANY },
	{ BPF_JMP | BPF_JA, JUMP },
	{ BPF_JMP | BPF_JEQ | BPF_K, BRANCH },
	{ BPF_JMP | BPF_JEQ | BPF_X, BRANCH },
	{ BPF_JMP | BPF_JGE | BPF_K, BRANCH },
	{ BPF_JMP | BPF_JGE | BPF_X, BRANCH },
	{ BPF_JMP | BPF_JGT | BPF_K, BRANCH },
	{ BPF_JMP | BPF_JGT | BPF_X, BRANCH },
	{ BPF_JMP | BPF_JSET | BPF_K, BRANCH },
	{ BPF_JMP | BPF_JSET | BPF_X, BRANCH },
};
/* NOLINTEND(misc-redundant-expression) */

/* LEFT is the number of instructions behind this one. */
static const char *refuse(const struct sock_filter *insn, enum demand demand, unsigned left)
{
	switch (demand) {
	case ANY:
		return NULL;
	case DATA_OFFSET:
		return insn->k % 4 != 0 || insn->k >= sizeof(struct seccomp_data)
			       ? "loads from outside of the call"
			       : NULL;
	case SCRATCH_INDEX:
		return insn->k >= BPF_MEMWORDS ? "uses memory that does not exist" : NULL;
	case NOT_ZERO:
		return insn->k == 0 ? "divides by zero" : NULL;
	case SHIFT:
		return insn->k >= 32 ? "shifts by more than a word has" : NULL;
	case JUMP:
		return insn->k >= left ? "jumps out of the program" : NULL;
	case BRANCH:
		return insn->jt >= left || insn->jf >= left ? "jumps out of the program" : NULL;
	}
	return NULL;
}

static const char *refuse_insn(const struct sock_filter *insn, unsigned left)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].code == insn->code)
			return refuse(insn, known[i].demand, left);
	return "is not one that seccomp knows";
}

/* The kernel keeps memory that was never written from being read, along every path; so do we. */
static const char *refuse_scratch(const struct sock_filter *insns, unsigned len, unsigned *ret_at)
{
	uint16_t written[BPF_MAXINSNS];
	uint16_t now = 0;

	for (unsigned i = 0; i < len; i++)
		written[i] = UINT16_MAX;
	for (unsigned i = 0; i < len; i++) {
		const struct sock_filter *f = &insns[i];

		now &= written[i];
		*ret_at = i;
		switch (f->code) {
		case BPF_ST:
		case BPF_STX:
			now |= (uint16_t)(1u << f->k);
			break;
		case BPF_LD | BPF_MEM:
		case BPF_LDX | BPF_MEM:
			if ((now & (1u << f->k)) == 0)
				return "reads memory that was not written";
			break;
		case BPF_JMP | BPF_JA:
			written[i + 1 + f->k] &= now;
			now = UINT16_MAX; /* whoever comes here comes by a jump */
			break;
		default:
			if (BPF_CLASS(f->code) != BPF_JMP)
				break;
			written[i + 1 + f->jt] &= now;
			written[i + 1 + f->jf] &= now;
			now = UINT16_MAX;
			break;
		}
	}
	return NULL;
}

int filter_check(const struct sock_filter *insns, unsigned len, struct err *e)
{
	const char *reason = NULL;
	unsigned at = 0;

	if (len == 0 || len > BPF_MAXINSNS)
		return err_set(e, ERR_CONFIG, "%u instructions: from 1 to %d are possible", len, BPF_MAXINSNS);
	for (; at < len; at++) {
		reason = refuse_insn(&insns[at], len - at - 1);
		if (reason != NULL)
			return err_set(e, ERR_CONFIG, "instruction %u %s", at, reason);
	}
	reason = refuse_scratch(insns, len, &at);
	if (reason != NULL)
		return err_set(e, ERR_CONFIG, "instruction %u %s", at, reason);
	if (BPF_CLASS(insns[len - 1].code) != BPF_RET)
		return err_set(e, ERR_CONFIG, "the last instruction does not return");
	return 0;
}
