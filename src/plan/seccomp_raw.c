/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>

#include "plan/annotations.h"
#include "plan/builder.h"

/*
 * A filter that the caller has compiled, by annotation, in base64 (RFC 4648): it takes the place of the profile.
 */

/* The value of a digit, or -1. */
static int digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Whole groups of four, with padding in the last alone.  The number of bytes, or -1. */
static long decode(const char *text, size_t len, uint8_t *out)
{
	long n = 0;

	if (len % 4 != 0)
		return -1;
	for (size_t i = 0; i < len; i += 4) {
		const unsigned pad = i + 4 == len ? (unsigned)(text[i + 3] == '=') + (text[i + 2] == '=') : 0;
		uint32_t group = 0;

		for (size_t k = 0; k < 4; k++) {
			int value = k < 4 - pad ? digit(text[i + k]) : 0;

			if (value < 0)
				return -1;
			group = group << 6 | (uint32_t)value;
		}
		for (unsigned k = 0; k < 3 - pad; k++)
			out[n++] = (uint8_t)(group >> (16 - 8 * k));
	}
	return n;
}

static bool may_notify(const struct sock_filter *insns, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (insns[i].code == (BPF_RET | BPF_K) &&
		    (insns[i].k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_USER_NOTIF)
			return true;
	}
	return false;
}

bool build_seccomp_raw(struct builder *b, bool *ret_notify)
{
	const char *text = builder_annotation(b, ANNOTATION_SECCOMP_RAW);
	const char *at = builder_at_key(b, "/annotations", ANNOTATION_SECCOMP_RAW);
	struct plan_seccomp *out = &b->plan->seccomp;
	struct sock_filter *insns;
	size_t len;
	long n;

	if (!text)
		return false;
	len = strlen(text);
	if (len > BPF_MAXINSNS * sizeof(*insns) * 4 / 3 + 4) {
		builder_error(b, NULL, at, "a filter has at most %d instructions", BPF_MAXINSNS);
		return true;
	}
	insns = arena_new_array(b->arena, struct sock_filter, len / sizeof(*insns) + 1);
	if (!insns)
		return true;
	n = decode(text, len, (uint8_t *)insns);
	if (n <= 0 || (size_t)n % sizeof(*insns) != 0 || (size_t)n / sizeof(*insns) > BPF_MAXINSNS) {
		builder_error(b, NULL, at, "this is not base64 of 1 to %d instructions", BPF_MAXINSNS);
		return true;
	}
	out->present = true;
	out->raw_bpf = (const uint8_t *)insns;
	out->raw_bpf_len = (unsigned)((size_t)n / sizeof(*insns));
	*ret_notify = may_notify(insns, out->raw_bpf_len);
	return true;
}
