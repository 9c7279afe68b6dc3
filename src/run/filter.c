/* SPDX-License-Identifier: Apache-2.0 */
#include "run/filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "embed/call.h"
#include "libs/libs.h"
#include "run/filter_cache.h"
#include "run/filter_check.h"

/* Profiles take milliseconds. */
#define COMPILE_TIMEOUT_MS 30000

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

#ifndef HAVE_SECCOMP

static int compile(const struct plan_seccomp *s, struct filter *ret_filter, struct filter_library *ret_library,
		   struct err *e)
{
	(void)s;
	(void)ret_filter;
	(void)ret_library;
	(void)err_set(e, ERR_UNSUPPORTED, "linux.seccomp: this rt was built without seccomp");
	return err_hint(e, "build it with libseccomp's header, or remove linux.seccomp from config.json");
}

#else

/* What it says is rt's own program, and still looked at: a bad filter would be refused by the kernel alone. */
static int take_answer(struct answer *answer, struct filter *ret_filter, struct filter_library *ret_library,
		       struct err *e)
{
	if (answer->n_insns == 0)
		return err_set(e, ERR_INTERNAL, "seccomp: rt-libs gave no filter");
	if (filter_check(answer->insns, answer->n_insns, e) < 0)
		return err_prefix(e, "seccomp: the filter of rt-libs");
	_Static_assert(sizeof(ret_library->path) == sizeof(answer->library), "one bound");
	memcpy(ret_library->path, answer->library, sizeof(ret_library->path));
	if (ret_library->path[0] != '\0' && filter_library_stat(ret_library) < 0)
		ret_library->path[0] = '\0';
	*ret_filter = (struct filter){ .insns = answer->insns, .len = answer->n_insns };
	answer->insns = NULL;
	return 0;
}

static int compile(const struct plan_seccomp *s, struct filter *ret_filter, struct filter_library *ret_library,
		   struct err *e)
{
	const struct libs_request request = { .operation = LIBS_COMPILE_FILTER, .profile = s };
	struct answer answer;
	int r = libs_call(&request, COMPILE_TIMEOUT_MS, &answer, e);

	if (r == 0)
		r = take_answer(&answer, ret_filter, ret_library, e);
	answer_release(&answer);
	return r;
}

#endif

int filter_get(const struct plan_seccomp *s, int root_fd, struct filter *ret_filter, struct err *e)
{
	struct filter_library library = { .path = "" };
	struct filter f = FILTER_INIT;

	if (s->raw_bpf != NULL)
		return copy_raw(s, ret_filter, e);
	if (filter_cache_read(root_fd, s->digest, ret_filter) == 0)
		return 0;
	if (compile(s, &f, &library, e) < 0)
		return -1;
	filter_cache_write(root_fd, s->digest, &library, &f);
	*ret_filter = f;
	return 0;
}
