/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/builder.h"

#define SECTION "config.md#posix-process"

void build_rlimits(struct builder *b)
{
	const struct oci_rlimits *list = &b->process->rlimits;
	struct plan_rlimit *rlimits = arena_new_array(b->arena, struct plan_rlimit, list->n);
	uint64_t seen = 0;
	unsigned n = 0;

	if (!rlimits)
		return;
	for (size_t i = 0; i < list->n; i++) {
		const struct oci_rlimit *in = &list->items[i];
		const struct plan_word *word = plan_word_find(plan_rlimit_words, in->type);

		if (!word) {
			builder_error(b, SECTION, builder_at(b, "%s/rlimits/%zu/type", b->process_at, i),
				      "there is no resource limit \"%s\"", in->type);
			continue;
		}
		if (seen & (1ULL << word->value)) {
			builder_error(b, SECTION, builder_at(b, "%s/rlimits/%zu/type", b->process_at, i),
				      "%s is listed twice", in->type);
			continue;
		}
		seen |= 1ULL << word->value;
		if (in->soft > in->hard)
			builder_error(b, SECTION, builder_at(b, "%s/rlimits/%zu", b->process_at, i),
				      "the soft limit of %s is above the hard limit", in->type);
		rlimits[n++] = (struct plan_rlimit){ (int)word->value, in->soft, in->hard, builder_keep(b, in->type) };
	}
	b->plan->process.rlimits = rlimits;
	b->plan->process.n_rlimits = n;
}
