/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_SECCOMP
#include "libs/filter_resolve.h"

#include <errno.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>

#include "libs/report.h"

/* libseccomp's numbers for calls that an architecture has not; some of them are calls that share a number there. */
#define PSEUDO_MAX 256
/* So many numbers in a row without a name are the end of the table: larger than any hole in it. */
#define HOLE_MAX 32
#define NUMBERS_MAX 4096

void filter_resolved_release(struct filter_resolved *r)
{
	for (unsigned i = 0; i < r->n; i++)
		free(r->abis[i].calls);
	free(r->memory);
	*r = (struct filter_resolved)FILTER_RESOLVED_INIT;
}

/* ---- architectures ---------------------------------------------------------------------------------------------- */

static bool is_listed(const struct filter_resolved *r, uint32_t token)
{
	for (unsigned i = 0; i < r->n; i++)
		if (r->tokens[i] == token)
			return true;
	return false;
}

static void add_abi(struct filter_resolved *r, uint32_t token)
{
	const bool is_x32 = token == SCMP_ARCH_X32;

	r->tokens[r->n] = token;
	/* All other tokens are AUDIT_ARCH_* themselves. */
	r->abis[r->n++] = (struct filter_abi){ .arch = is_x32 ? SCMP_ARCH_X86_64 : token, .is_x32 = is_x32 };
}

static int resolve_archs(const struct libseccomp *lib, const struct plan_seccomp *s, struct filter_resolved *r,
			 struct err *e)
{
	const uint32_t native = lib->arch_native();

	add_abi(r, native);
	for (const char *const *name = s->archs; name != NULL && *name != NULL; name++) {
		const uint32_t token = lib->arch_resolve_name(*name);

		if (token == 0) { /* newer than it: nothing weaker, for calls of such a program end it */
			report_warning("linux.seccomp.architectures: this libseccomp does not know %s, whose system "
				       "calls end the process",
				       *name);
			continue;
		}
		/* Other byte order: no program of it can run here, and libseccomp does not take it. */
		if (((token ^ native) & __AUDIT_ARCH_LE) != 0 || is_listed(r, token))
			continue;
		if (r->n == FILTER_ARCHS_MAX)
			return err_set(e, ERR_CONFIG, "linux.seccomp.architectures: more than %u",
				       FILTER_ARCHS_MAX);
		add_abi(r, token);
	}
	return 0;
}

/* ---- names ------------------------------------------------------------------------------------------------------ */

static int resolve_native(const struct libseccomp *lib, const struct plan_seccomp *s, int *numbers, struct err *e)
{
	for (unsigned i = 0; i < s->n_rules; i++) {
		numbers[i] = lib->resolve_name_arch(lib->arch_native(), s->rules[i].name);
		if (numbers[i] != __NR_SCMP_ERROR)
			continue;
		if (s->fail_unknown_names)
			return err_set(e, ERR_CONFIG, "linux.seccomp.syscalls: libseccomp knows no system call %s",
				       s->rules[i].name);
		report_debug("seccomp: system call %s is not known to libseccomp, skipped", s->rules[i].name);
	}
	return 0;
}

/*
 * 32-bit x86 has most of the calls that share the number of socketcall or ipc under a number of their own as well, and
 * a rule is for both.  libseccomp gives the pseudo number for the name, and names the others: they are asked for, a
 * millisecond, if the profile needs them.
 */
static void find_direct(const struct libseccomp *lib, uint32_t token, int direct[static PSEUDO_MAX])
{
	int hole = 0;

	memset(direct, 0, PSEUDO_MAX * sizeof(*direct));
	for (int number = 1; number < NUMBERS_MAX && hole < HOLE_MAX; number++) {
		char *name = lib->resolve_num_arch(token, number);
		const int pseudo = name == NULL ? 0 : lib->resolve_name_arch(token, name);

		hole = name == NULL ? hole + 1 : 0;
		if (pseudo < 0 && pseudo > -PSEUDO_MAX)
			direct[-pseudo] = number;
		free(name);
	}
}

/* One ABI in the making. */
struct resolver {
	const struct libseccomp *lib;
	uint32_t token;
	struct filter_abi *abi;
	int direct[PSEUDO_MAX]; /* by pseudo number, without its sign; [0] < 0: not asked yet */
};

/* RULE is about NUMBER; the one that IS_SILENT only names it. */
static void add_call(struct filter_abi *abi, const struct plan_seccomp_rule *rule, bool is_silent, int number,
		     int multiplexed)
{
	/* Private calls of ARM are as old as it is. */
	if (abi->arch != AUDIT_ARCH_ARM || number < ARM_PRIVATE_FIRST) {
		abi->has = true;
		if ((uint32_t)number > abi->highest)
			abi->highest = (uint32_t)number;
	}
	if (is_silent)
		return;
	abi->calls[abi->n_calls] = (struct filter_call){
		.number = (uint32_t)number,
		.order = abi->n_calls,
		.action = rule->action,
		.args = rule->args,
		.n_args = rule->n_args,
		.multiplexed = (uint32_t)multiplexed,
	};
	abi->n_calls++;
}

static void add_rule(struct resolver *r, const struct plan_seccomp_rule *rule, bool is_silent)
{
	const int number = r->lib->resolve_name_arch(r->token, rule->name);
	int shared;

	if (number >= 0) {
		add_call(r->abi, rule, is_silent, number, 0);
		return;
	}
	if (number == __NR_SCMP_ERROR || number <= -PSEUDO_MAX)
		return;
	shared = r->lib->resolve_name_rewrite(r->token, rule->name);
	if (shared < 0) /* no call of this architecture */
		return;
	if (r->direct[0] < 0)
		find_direct(r->lib, r->token, r->direct);
	/* Pseudo numbers are 100 + n for socketcall, 200 + n for ipc. */
	add_call(r->abi, rule, is_silent, shared, -number % 100);
	if (r->direct[-number] > 0)
		add_call(r->abi, rule, is_silent, r->direct[-number], 0);
}

static int compare_calls(const void *a, const void *b)
{
	const struct filter_call *x = a;
	const struct filter_call *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static int resolve_calls(const struct libseccomp *lib, const struct plan_seccomp *s, const int *native,
			 uint32_t token, struct filter_abi *abi, struct err *e)
{
	struct resolver r = { .lib = lib, .token = token, .abi = abi, .direct = { -1 } };

	/* A rule is about two numbers at most. */
	abi->calls = calloc(2 * (size_t)s->n_rules + 1, sizeof(*abi->calls));
	if (abi->calls == NULL)
		return err_errno(e, ENOMEM, "seccomp: rules");
	for (unsigned i = 0; i < s->n_rules; i++) {
		/* What libseccomp does not know here is no rule anywhere; the default's action says nothing. */
		const bool is_silent = native[i] == __NR_SCMP_ERROR || s->rules[i].action == s->default_action;

		add_rule(&r, &s->rules[i], is_silent);
	}
	qsort(abi->calls, abi->n_calls, sizeof(*abi->calls), compare_calls);
	return 0;
}

int filter_resolve(const struct libseccomp *lib, const struct plan_seccomp *s, struct filter_resolved *ret,
		   struct err *e)
{
	int *numbers = calloc((size_t)s->n_rules + 1, sizeof(*numbers));

	*ret = (struct filter_resolved){ .numbers = numbers, .memory = numbers };
	if (numbers == NULL)
		return err_errno(e, ENOMEM, "seccomp: numbers");
	if (resolve_archs(lib, s, ret, e) < 0 || resolve_native(lib, s, numbers, e) < 0)
		return -1;
	for (unsigned i = 0; i < ret->n; i++)
		if (resolve_calls(lib, s, numbers, ret->tokens[i], &ret->abis[i], e) < 0)
			return -1;
	return 0;
}

#endif
