/* SPDX-License-Identifier: Apache-2.0 */
#include "libs/filter_prologue.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>

#define RETURN_ENOSYS ((uint32_t)SECCOMP_RET_ERRNO | ENOSYS)

bool filter_wants_prologue(uint32_t default_action)
{
	switch (default_action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_KILL_PROCESS:
	case SECCOMP_RET_KILL_THREAD:
	case SECCOMP_RET_TRAP:
		return true;
	case SECCOMP_RET_ERRNO:
		return (default_action & SECCOMP_RET_DATA) != ENOSYS;
	default:
		return false;
	}
}

struct program {
	struct sock_filter *insns;
	size_t n;
};

static void emit(struct program *p, unsigned code, uint32_t k, uint8_t jt, uint8_t jf)
{
	p->insns[p->n++] = (struct sock_filter){ .code = (uint16_t)code, .jt = jt, .jf = jf, .k = k };
}

static void emit_load(struct program *p, size_t offset)
{
	emit(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* To the end of the prologue; where that is is filled in when it is known. */
static void emit_leave(struct program *p)
{
	emit(p, BPF_JMP | BPF_JA, 0, 0, 0);
}

/* The number is in the accumulator: three instructions, none goes on behind them. */
static void emit_compare(struct program *p, bool has, uint32_t highest)
{
	emit(p, BPF_JMP | BPF_JGT | BPF_K, has ? highest : UINT32_MAX, 0, 1);
	emit(p, BPF_RET | BPF_K, RETURN_ENOSYS, 0, 0);
	emit_leave(p);
}

static void emit_arch(struct program *p, const struct filter_highest *a)
{
	size_t test = p->n;

	emit(p, BPF_JMP | BPF_JEQ | BPF_K, a->arch, 0, 0);
	emit_load(p, offsetof(struct seccomp_data, nr));
	if (a->arch == AUDIT_ARCH_X86_64) {
		emit(p, BPF_JMP | BPF_JGE | BPF_K, FILTER_X32_BIT, 3, 0);
		emit_compare(p, a->has, a->highest);
		/* Without the ABI in the profile its calls are of a wrong architecture, not new; -1 is nobody's. */
		emit_compare(p, true, a->has_x32 ? a->highest_x32 : UINT32_MAX - 1);
	} else if (a->arch == AUDIT_ARCH_ARM) {
		emit(p, BPF_JMP | BPF_JGE | BPF_K, ARM_PRIVATE_FIRST, 2, 0);
		emit_compare(p, a->has, a->highest);
	} else {
		emit_compare(p, a->has, a->highest);
	}
	p->insns[test].jf = (uint8_t)(p->n - test - 1); /* another architecture: behind this one's part */
}

size_t filter_prologue(const struct filter_highest *archs, unsigned n_archs, struct sock_filter *insns)
{
	struct program p = { .insns = insns };

	emit_load(&p, offsetof(struct seccomp_data, arch));
	for (unsigned i = 0; i < n_archs; i++)
		if (archs[i].has || archs[i].has_x32)
			emit_arch(&p, &archs[i]);
	if (p.n == 1)
		return 0;
	for (size_t i = 0; i < p.n; i++)
		if (p.insns[i].code == (BPF_JMP | BPF_JA))
			p.insns[i].k = (uint32_t)(p.n - i - 1);
	return p.n;
}
