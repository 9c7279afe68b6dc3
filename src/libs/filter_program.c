/* SPDX-License-Identifier: Apache-2.0 */
#include "libs/filter_program.h"

/* A conditional jump, less what may come in between for its two ways. */
#define REACH (UINT8_MAX - 2u)

static struct sock_filter *insn_at(const struct filter_program *p, filter_label label)
{
	return &p->insns[BPF_MAXINSNS - label];
}

static filter_label emit(struct filter_program *p, unsigned code, uint32_t k)
{
	if (p->n == BPF_MAXINSNS) {
		p->is_full = true;
		return p->n;
	}
	p->n++;
	*insn_at(p, p->n) = (struct sock_filter){ .code = (uint16_t)code, .k = k };
	return p->n;
}

filter_label filter_program_return(struct filter_program *p, uint32_t action)
{
	filter_label at;

	for (unsigned i = 0; i < p->n_returns; i++)
		if (p->returns[i].action == action)
			return p->returns[i].at;
	at = emit(p, BPF_RET | BPF_K, action);
	if (p->n_returns < FILTER_PROGRAM_SHARED) {
		p->returns[p->n_returns].action = action;
		p->returns[p->n_returns++].at = at;
	}
	return at;
}

/* TARGET, or what does the same and is near enough for the jump that is written next. */
static filter_label reach(struct filter_program *p, filter_label target)
{
	const struct sock_filter *insn = insn_at(p, target);
	filter_label at;

	if (p->n - target <= REACH)
		return target;
	for (unsigned i = 0; i < FILTER_PROGRAM_SHARED && i < p->n_copies; i++)
		if (p->copies[i].target == target && p->n - p->copies[i].at <= REACH)
			return p->copies[i].at;
	at = insn->code == (BPF_RET | BPF_K) ? emit(p, insn->code, insn->k)
					     : emit(p, BPF_JMP | BPF_JA, p->n - target);
	p->copies[p->n_copies % FILTER_PROGRAM_SHARED].target = target;
	p->copies[p->n_copies++ % FILTER_PROGRAM_SHARED].at = at;
	return at;
}

filter_label filter_program_jump(struct filter_program *p, unsigned op, uint32_t k, filter_label yes, filter_label no)
{
	/* What comes in between is behind the jump and in front of all else: only jumps lead to either. */
	const filter_label near_yes = reach(p, yes);
	const filter_label near_no = reach(p, no);
	const unsigned n = p->n;
	const filter_label at = emit(p, BPF_JMP | op | BPF_K, k);

	if (!p->is_full) {
		insn_at(p, at)->jt = (uint8_t)(n - near_yes);
		insn_at(p, at)->jf = (uint8_t)(n - near_no);
	}
	return at;
}

filter_label filter_program_load(struct filter_program *p, unsigned offset, uint32_t mask)
{
	if (mask != UINT32_MAX)
		(void)emit(p, BPF_ALU | BPF_AND | BPF_K, mask); /* the load is its begin */
	return emit(p, BPF_LD | BPF_W | BPF_ABS, offset);
}
