/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_LIBS_FILTER_PROGRAM_H
#define RT_LIBS_FILTER_PROGRAM_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * A seccomp program in the making, written from its end to its begin.
 *
 * Classic BPF jumps forward alone.  So whatever an instruction leads to is there when it is written, at a known
 * distance, and no jump has to be corrected later.  A conditional jump has 8 bits for each of its two ways; where that
 * is too short, a copy of the return or a long jump is put in between.
 */

/* An instruction, by its number from the end; 1 is the last one of the program. */
typedef unsigned filter_label;

#define FILTER_PROGRAM_SHARED 64u

struct filter_program {
	struct sock_filter *insns; /* BPF_MAXINSNS of them, the last N are written */
	unsigned n;
	bool is_full;              /* something did not fit: the program is of no use */

	/* What is used again; more than fit are written again. */
	struct {
		uint32_t action;
		filter_label at;
	} returns[FILTER_PROGRAM_SHARED];
	unsigned n_returns;
	struct {
		filter_label target;
		filter_label at;
	} copies[FILTER_PROGRAM_SHARED];
	unsigned n_copies; /* of all times: the oldest goes */
};

/* Where the program ends with ACTION. */
filter_label filter_program_return(struct filter_program *p, uint32_t action);

/* In front of all that is there: if A OP K goes to YES, else to NO.  OP is BPF_JEQ, BPF_JGT or BPF_JGE. */
filter_label filter_program_jump(struct filter_program *p, unsigned op, uint32_t k, filter_label yes, filter_label no);

/* In front of all that is there, and going on to it: A = a word of struct seccomp_data, of which the bits of MASK. */
filter_label filter_program_load(struct filter_program *p, unsigned offset, uint32_t mask);

#endif
