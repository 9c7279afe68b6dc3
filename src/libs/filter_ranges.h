/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_LIBS_FILTER_RANGES_H
#define RT_LIBS_FILTER_RANGES_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/plan.h"

/*
 * A seccomp program as a binary search over ranges of system call numbers with the same answer.
 *
 * It answers each call as the program does that libseccomp makes of the same rules, with the prologue
 * (filter_prologue.h) in front, and has half the instructions or less, which is what the kernel's time to load it
 * goes by.
 */

/* What a rule says about one number. */
struct filter_call {
	uint32_t number; /* as a filter sees it */
	unsigned order;  /* the rule's place in the profile */
	uint32_t action;
	const struct plan_seccomp_arg *args;
	unsigned n_args;
	uint32_t multiplexed; /* socketcall, ipc: which of their calls, by their first argument; otherwise 0 */
};

/* One ABI, which is what libseccomp calls an architecture. */
struct filter_abi {
	uint32_t arch; /* AUDIT_ARCH_*, as a filter sees it */
	bool is_x32;   /* x86_64 with numbers of its own */
	bool has;      /* the profile names a call of it */
	uint32_t highest; /* if HAS: of all that it names, also where a rule says nothing */
	struct filter_call *calls; /* without those whose action is the default; sorted by number, then order */
	unsigned n_calls;
};

struct filter_rules {
	uint32_t default_action;
	uint32_t bad_arch_action; /* for ABIs that are not listed */
	bool newer_is_enosys;     /* filter_wants_prologue() */
	const struct filter_abi *abis; /* each once; the first is the one that most calls are of */
	unsigned n_abis;
};

/* Writes the program, at most BPF_MAXINSNS instructions.  Their number; 0: it is left to libseccomp. */
size_t filter_ranges(const struct filter_rules *rules, struct sock_filter *insns);

#endif
