/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup/device_program.h"

#include <stdint.h>
#include <string.h>

/*
 * Registers: r1 context, r2 type, r3 what of the request is not granted yet, r4 major, r5 minor.
 * Rules are looked at from the last to the first, so the first that speaks of something is the one that counts.
 */
enum {
	REG_RESULT = BPF_REG_0,
	REG_CTX = BPF_REG_1,
	REG_TYPE = BPF_REG_2,
	REG_ASKED = BPF_REG_3,
	REG_MAJOR = BPF_REG_4,
	REG_MINOR = BPF_REG_5
};

#define ACCESS_ALL (BPF_DEVCG_ACC_MKNOD | BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE)

struct program {
	struct bpf_insn *insns;
	size_t n;
};

static void emit(struct program *p, unsigned code, unsigned dst, unsigned src, int16_t off, uint32_t imm)
{
	p->insns[p->n++] = (struct bpf_insn){
		.code = (uint8_t)code,
		.dst_reg = dst & 0xf,
		.src_reg = src & 0xf,
		.off = off,
		.imm = (int32_t)imm,
	};
}

static void emit_load(struct program *p, unsigned dst, size_t offset)
{
	emit(p, BPF_LDX | BPF_MEM | BPF_W, dst, REG_CTX, (int16_t)offset, 0);
}

static void emit_return(struct program *p, uint32_t result)
{
	emit(p, BPF_ALU64 | BPF_MOV | BPF_K, REG_RESULT, 0, 0, result);
	emit(p, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

static void emit_prologue(struct program *p)
{
	emit_load(p, REG_TYPE, offsetof(struct bpf_cgroup_dev_ctx, access_type));
	emit(p, BPF_ALU | BPF_MOV | BPF_X, REG_ASKED, REG_TYPE, 0, 0);
	emit(p, BPF_ALU | BPF_RSH | BPF_K, REG_ASKED, 0, 0, 16);
	emit(p, BPF_ALU | BPF_AND | BPF_K, REG_TYPE, 0, 0, 0xffff);
	emit_load(p, REG_MAJOR, offsetof(struct bpf_cgroup_dev_ctx, major));
	emit_load(p, REG_MINOR, offsetof(struct bpf_cgroup_dev_ctx, minor));
}

static uint32_t access_of(const struct plan_cgroup_device *rule)
{
	return (rule->read ? BPF_DEVCG_ACC_READ : 0u) | (rule->write ? BPF_DEVCG_ACC_WRITE : 0u) |
	       (rule->mknod ? BPF_DEVCG_ACC_MKNOD : 0u);
}

/* False for a rule that no device can meet. */
static bool can_match(const struct plan_cgroup_device *rule)
{
	return access_of(rule) != 0 && rule->major <= UINT32_MAX && rule->minor <= UINT32_MAX;
}

/* True if nothing that is left to decide gets past this rule. */
static bool is_final(const struct plan_cgroup_device *rule)
{
	return rule->type == 'a' && rule->major < 0 && rule->minor < 0 && access_of(rule) == ACCESS_ALL;
}

/* What happens to a request for a device that the rule is about. */
static void emit_verdict(struct program *p, const struct plan_cgroup_device *rule)
{
	uint32_t access = access_of(rule);

	if (access == ACCESS_ALL) {
		emit_return(p, rule->allow ? 1 : 0);
	} else if (rule->allow) {
		emit(p, BPF_ALU | BPF_AND | BPF_K, REG_ASKED, 0, 0, ACCESS_ALL & ~access);
		emit(p, BPF_JMP32 | BPF_JNE | BPF_K, REG_ASKED, 0, 2, 0);
		emit_return(p, 1);
	} else {
		emit(p, BPF_JMP32 | BPF_JSET | BPF_K, REG_ASKED, 0, 1, access);
		emit(p, BPF_JMP | BPF_JA, 0, 0, 2, 0);
		emit_return(p, 0);
	}
}

static void emit_rule(struct program *p, const struct plan_cgroup_device *rule)
{
	size_t first = p->n;
	size_t n_conditions;

	/* The jumps lead behind the rule, whose length is known only at its end. */
	if (rule->type != 'a')
		emit(p, BPF_JMP32 | BPF_JNE | BPF_K, REG_TYPE, 0, 0,
		     rule->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
	if (rule->major >= 0)
		emit(p, BPF_JMP32 | BPF_JNE | BPF_K, REG_MAJOR, 0, 0, (uint32_t)rule->major);
	if (rule->minor >= 0)
		emit(p, BPF_JMP32 | BPF_JNE | BPF_K, REG_MINOR, 0, 0, (uint32_t)rule->minor);
	n_conditions = p->n - first;
	emit_verdict(p, rule);
	for (size_t i = first; i < first + n_conditions; i++)
		p->insns[i].off = (int16_t)(p->n - i - 1);
}

int device_program_generate(const struct plan_cgroup_device *rules, unsigned n_rules, struct bpf_insn *insns,
			    size_t *ret_n, struct err *e)
{
	struct program p = { .insns = insns };

	if (n_rules > DEVICE_RULES_MAX)
		return err_set(e, ERR_CONFIG, "linux.resources.devices: %u rules, more than %u", n_rules,
			       DEVICE_RULES_MAX);
	emit_prologue(&p);
	for (unsigned i = n_rules; i-- > 0;) {
		if (!can_match(&rules[i]))
			continue;
		emit_rule(&p, &rules[i]);
		if (is_final(&rules[i])) { /* the verifier refuses instructions that can not be reached */
			*ret_n = p.n;
			return 0;
		}
	}
	emit_return(&p, 0);
	*ret_n = p.n;
	return 0;
}
