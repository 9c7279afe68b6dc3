/* SPDX-License-Identifier: Apache-2.0 */
#include "run/filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "run/filter_cache.h"
#include "run/filter_check.h"
#include "run/filter_compile.h"

void filter_release(struct filter *f)
{
	free(f->insns);
	f->insns = NULL;
	f->len = 0;
}

/* A filter that somebody else has compiled: the kernel would refuse a bad one too, but later and without a reason. */
static int copy_raw(const struct plan_seccomp *s, struct filter *ret, struct err *e)
{
	size_t size = s->raw_bpf_len * sizeof(struct sock_filter);
	struct sock_filter *insns;

	if (s->raw_bpf_len == 0 || s->raw_bpf_len > BPF_MAXINSNS)
		return err_set(e, ERR_CONFIG, "seccomp: raw filter of %u instructions: from 1 to %d are possible",
			       s->raw_bpf_len, BPF_MAXINSNS);
	insns = malloc(size);
	if (insns == NULL)
		return err_errno(e, ENOMEM, "seccomp: raw filter");
	memcpy(insns, s->raw_bpf, size);
	if (filter_check(insns, s->raw_bpf_len, e) < 0) {
		free(insns);
		return err_prefix(e, "seccomp: raw filter");
	}
	*ret = (struct filter){ .insns = insns, .len = s->raw_bpf_len };
	return 0;
}

int filter_get(const struct plan_seccomp *s, int root_fd, struct filter *ret_filter, struct err *e)
{
	struct filter_library library = { .path = "" };
	struct filter f = FILTER_INIT;

	if (s->raw_bpf != NULL)
		return copy_raw(s, ret_filter, e);
	if (filter_cache_read(root_fd, s->digest, ret_filter) == 0)
		return 0;
	if (filter_compile(s, &f, &library, e) < 0)
		return -1;
	filter_cache_write(root_fd, s->digest, &library, &f);
	*ret_filter = f;
	return 0;
}
