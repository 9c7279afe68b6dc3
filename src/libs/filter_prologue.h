/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_LIBS_FILTER_PROLOGUE_H
#define RT_LIBS_FILTER_PROLOGUE_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * ENOSYS for system calls that are newer than the profile.
 *
 * A profile lists what its author knew.  If a later call gets the default answer, EPERM mostly, a C library takes that
 * for a refusal instead of falling back to the older call.  Numbers grow with time, so what is above the highest number
 * of an architecture that the profile names is newer, and is answered as a kernel without it would.
 */

struct filter_highest {
	uint32_t arch;        /* AUDIT_ARCH_* as the filter sees it */
	uint32_t highest;     /* if HAS */
	uint32_t highest_x32; /* if HAS_X32; with the ABI's bit */
	bool has;             /* the profile names a call of it */
	bool has_x32;         /* x86_64: the x32 ABI shares the architecture, and has numbers of its own */
};

/* The x32 ABI's numbers have this bit; a filter sees them with the architecture x86_64. */
#define FILTER_X32_BIT 0x40000000u

/* From here on are the private calls of 32-bit ARM (set_tls, cacheflush), which are as old as it is. */
#define ARM_PRIVATE_FIRST 0x0f0000

#define FILTER_ARCHS_MAX 32u
#define FILTER_PROLOGUE_MAX (2u + FILTER_ARCHS_MAX * 10u)

/* True if DEFAULT_ACTION refuses, and not with ENOSYS itself.  What is allowed, logged or given to a tracer or an agent
 * is theirs to answer. */
bool filter_wants_prologue(uint32_t default_action);

/* Writes instructions that answer newer calls and fall through to what follows them for all others.  INSNS has room
 * for FILTER_PROLOGUE_MAX. Returns their number, which is 0 if there is nothing to check. */
size_t filter_prologue(const struct filter_highest *archs, unsigned n_archs, struct sock_filter *insns);

#endif
