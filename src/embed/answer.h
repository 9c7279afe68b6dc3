/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_EMBED_ANSWER_H
#define RT_EMBED_ANSWER_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "libs/libs.h"

/* What rt-libs has found out, once it was looked at: rt takes no length from it. */
struct answer {
	struct err err;             /* ERR_NONE: success */
	bool unit_may_be_ours;
	char library[LIBS_PATH_MAX];
	struct sock_filter *insns;  /* malloc'ed, for the caller; NULL = none */
	unsigned n_insns;           /* at most BPF_MAXINSNS */
};

/* Frees the instructions. */
void answer_release(struct answer *a);

#define ANSWER_LOGS_MAX 1000 /* further lines are left out */

/* Receives records until the last one, for TIMEOUT_MS at most, and logs what is for the log.  1; 0 at end-of-file
 * before it; -1, ERR_INTERNAL for what is no record, ETIMEDOUT ("no answer in N.N s"). */
int answer_receive(int sock, unsigned timeout_ms, struct answer *ret, struct err *e);

#endif
