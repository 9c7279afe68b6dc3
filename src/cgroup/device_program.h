/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CGROUP_DEVICE_PROGRAM_H
#define RT_CGROUP_DEVICE_PROGRAM_H

#include <linux/bpf.h>
#include <stddef.h>

#include "base/err.h"
#include "plan/plan.h"

/*
 * Device rules as an eBPF program of type BPF_PROG_TYPE_CGROUP_DEVICE on the cgroup (Linux 4.15).
 *
 * A request asks for some of {read, write, mknod} on one device.  Each of the three is decided by the last rule that
 * speaks of it and of that device; without one it is denied.  The request is granted if all that it asks for is.
 * Source: config-linux.md "Allowed Device List", cgroup-v2.rst "Device controller".
 */

/* The kernel's verifier needs time that grows with the square of them, and gives up at a million steps. */
#define DEVICE_RULES_MAX 512u
#define DEVICE_RULE_INSNS_MAX 8u  /* of one rule */
#define DEVICE_PROGRAM_INSNS_MAX (8u + DEVICE_RULES_MAX * DEVICE_RULE_INSNS_MAX)

/* Writes the program for the rules into INSNS (room for DEVICE_PROGRAM_INSNS_MAX) and gives its length; no system
 * call.  More than DEVICE_RULES_MAX rules: ERR_CONFIG. */
int device_program_generate(const struct plan_cgroup_device *rules, unsigned n_rules, struct bpf_insn *insns,
			    size_t *ret_n, struct err *e);

/* What may be attached to the cgroup already. */
enum device_program_place {
	DEVICE_PROGRAM_NEW,    /* nothing: the cgroup was just made */
	DEVICE_PROGRAM_USED,   /* perhaps rt's, of a container before, whose place is taken; others stay beside it */
	DEVICE_PROGRAM_UPDATE, /* rt's, of this container; where somebody else's is instead: see below */
};

/*
 * Generates the program for PLAN's rules, loads it and attaches it to the cgroup, beside those of parents
 * (BPF_F_ALLOW_MULTI: all must grant a request).  The cgroup holds the program from then on.  What the kernel's
 * verifier says is in the error.
 *
 * rt's program that is attached already gives its place to the new one in one step (BPF_F_REPLACE, Linux 5.6), so that
 * there is no moment without rules; the same program stays.  DEVICE_PROGRAM_UPDATE: a GPU tool puts its own program,
 * with our rules and more, in the place of rt's.  Then other rules are refused (ERR_STATE); those that PLAN calls the
 * ones of create leave that program as it is.
 */
int device_program_apply(const struct plan_cgroup *plan, int cgroup_fd, enum device_program_place place,
			 struct err *e);

#endif
