/* SPDX-License-Identifier: Apache-2.0 */
#include "libs/filter_compile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#ifdef HAVE_SECCOMP
#include <dlfcn.h>
#include <link.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdio.h>
#include <unistd.h>

#include "base/dlopen-note.h"
#include "base/fd.h"
#include "base/sys.h"
#include "libs/filter_arguments.h"
#include "libs/filter_library.h"
#include "libs/filter_prologue.h"
#include "libs/filter_ranges.h"
#include "libs/filter_resolve.h"
#include "libs/library.h"
#include "libs/report.h"
#endif

#ifndef HAVE_SECCOMP

int filter_compile(const struct plan_seccomp *s, struct compiled_filter *ret, struct err *e)
{
	(void)s;
	(void)ret;
	return err_set(e, ERR_UNSUPPORTED, "linux.seccomp: this rt-libs was built without seccomp");
}

int filter_compile_by_libseccomp(const struct plan_seccomp *s, struct compiled_filter *ret, struct err *e)
{
	return filter_compile(s, ret, e);
}

#else

DLOPEN_NOTE(seccomp, "compiles seccomp profiles", "recommended", "libseccomp.so.2");

#define SYSCALL_ARGS 6u

static const struct library_symbol symbols[] = {
	LIBRARY_SYMBOL("seccomp_init", libseccomp, init),
	LIBRARY_SYMBOL("seccomp_release", libseccomp, release),
	LIBRARY_SYMBOL("seccomp_attr_set", libseccomp, attr_set),
	LIBRARY_SYMBOL("seccomp_arch_resolve_name", libseccomp, arch_resolve_name),
	LIBRARY_SYMBOL("seccomp_arch_native", libseccomp, arch_native),
	LIBRARY_SYMBOL("seccomp_arch_add", libseccomp, arch_add),
	LIBRARY_SYMBOL("seccomp_syscall_resolve_name_arch", libseccomp, resolve_name_arch),
	LIBRARY_SYMBOL("seccomp_syscall_resolve_name_rewrite", libseccomp, resolve_name_rewrite),
	LIBRARY_SYMBOL("seccomp_syscall_resolve_num_arch", libseccomp, resolve_num_arch),
	LIBRARY_SYMBOL("seccomp_rule_add_array", libseccomp, rule_add_array),
	LIBRARY_SYMBOL("seccomp_export_bpf", libseccomp, export_bpf),
};

static const struct library library = {
	.file = "libseccomp.so.2",
	.name = "libseccomp",
	.purpose = "linux.seccomp",
	.hint = "install libseccomp (Debian: libseccomp2; Fedora, Alpine, Arch: libseccomp)",
	.symbols = symbols,
	.n_symbols = sizeof(symbols) / sizeof(symbols[0]),
};

/* One compilation. */
struct compiler {
	const struct plan_seccomp *profile;
	struct libseccomp lib;
	struct filter_resolved resolved;
};

/* ---- the library ------------------------------------------------------------------------------------------------ */

/* Where the dynamic loader found it.  Without an answer nothing is cached. */
static void identify_library(void *handle, char ret_path[static LIBS_PATH_MAX])
{
	struct link_map *map = NULL;

	if (dlinfo(handle, RTLD_DI_LINKMAP, &map) < 0 || map == NULL || map->l_name == NULL ||
	    map->l_name[0] != '/' || strlen(map->l_name) >= LIBS_PATH_MAX)
		return;
	memcpy(ret_path, map->l_name, strlen(map->l_name) + 1);
}

/* libseccomp gives negative errno values. */
static int refuse(struct err *e, int result, const char *what, const char *name)
{
	(void)err_errno(e, -result, "linux.seccomp: %s %s", what, name);
	if (result != -ENOMEM)
		e->kind = ERR_CONFIG;
	return -1;
}

/* ---- by libseccomp ---------------------------------------------------------------------------------------------- */

/* A call of an architecture that the profile does not list: no half of a process goes on. */
#define BAD_ARCH_ACTION SCMP_ACT_KILL_PROCESS

/* NULL on failure. */
static scmp_filter_ctx start(const struct compiler *c, struct err *e)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): library_open() has filled the table, by offsets */
	scmp_filter_ctx ctx = c->lib.init(c->profile->default_action); /* it has the native architecture */

	if (ctx == NULL) {
		(void)err_set(e, ERR_CONFIG, "linux.seccomp.defaultAction: libseccomp refuses action %#x",
			      c->profile->default_action);
		return NULL;
	}
	if (c->lib.attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, BAD_ARCH_ACTION) < 0)
		report_debug("seccomp: calls of other architectures kill the thread, not the process");
	/* A binary tree over the numbers instead of a chain (libseccomp 2.5): the same answers, quicker. */
	if (c->lib.attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2) < 0)
		report_debug("seccomp: this libseccomp can not optimize");
	return ctx;
}

static int add_archs(const struct compiler *c, scmp_filter_ctx ctx, struct err *e)
{
	for (unsigned i = 1; i < c->resolved.n; i++) {
		int r = c->lib.arch_add(ctx, c->resolved.tokens[i]);
		char number[24];

		if (r < 0) {
			(void)snprintf(number, sizeof(number), "%#x", c->resolved.tokens[i]);
			return refuse(e, r, "architecture", number);
		}
	}
	return 0;
}

static struct scmp_arg_cmp comparison(const struct plan_seccomp_arg *arg)
{
	return (struct scmp_arg_cmp){
		.arg = arg->index,
		.op = (enum scmp_compare)arg->op,
		.datum_a = arg->value,
		.datum_b = arg->value_two,
	};
}

/* The plan has split what libseccomp does not take: a rule has one condition for an argument at most. */
static int add_rule(const struct compiler *c, scmp_filter_ctx ctx, const struct plan_seccomp_rule *rule, int number,
		    struct err *e)
{
	struct scmp_arg_cmp args[SYSCALL_ARGS];
	int r;

	if (rule->n_args > SYSCALL_ARGS)
		return err_set(e, ERR_INTERNAL, "linux.seccomp: rule for %s: %u arguments", rule->name, rule->n_args);
	for (unsigned i = 0; i < rule->n_args; i++)
		args[i] = comparison(&rule->args[i]);
	r = c->lib.rule_add_array(ctx, rule->action, number, rule->n_args, args);
	return r < 0 ? refuse(e, r, "rule for", rule->name) : 0;
}

static int add_rules(const struct compiler *c, scmp_filter_ctx ctx, struct err *e)
{
	for (unsigned i = 0; i < c->profile->n_rules; i++) {
		const struct plan_seccomp_rule *rule = &c->profile->rules[i];
		const int number = c->resolved.numbers[i];

		/* A rule with the default's action says nothing, and libseccomp refuses it. */
		if (number == __NR_SCMP_ERROR || rule->action == c->profile->default_action)
			continue;
		if (add_rule(c, ctx, rule, number, e) < 0)
			return -1;
	}
	return 0;
}

/* The highest number that the profile names for each architecture, as the filter sees architectures. */
static unsigned find_highest(const struct filter_resolved *resolved, struct filter_highest *ret)
{
	unsigned n = 0;

	for (unsigned i = 0; i < resolved->n; i++) {
		const struct filter_abi *abi = &resolved->abis[i];
		struct filter_highest *h = NULL;

		for (unsigned j = 0; j < n && h == NULL; j++)
			if (ret[j].arch == abi->arch)
				h = &ret[j];
		if (h == NULL) {
			h = &ret[n++];
			*h = (struct filter_highest){ .arch = abi->arch };
		}
		*(abi->is_x32 ? &h->has_x32 : &h->has) = abi->has;
		*(abi->is_x32 ? &h->highest_x32 : &h->highest) = abi->highest;
	}
	return n;
}

/* What libseccomp wrote into FD, behind the prologue. */
static int read_program(int fd, const struct sock_filter *prologue, size_t n_prologue,
			struct compiled_filter *ret, struct err *e)
{
	struct stat st;
	size_t n;
	struct sock_filter *insns;

	if (fstat(fd, &st) < 0)
		return err_errno(e, errno, "seccomp: stat the compiled filter");
	if (st.st_size <= 0 || (size_t)st.st_size % sizeof(*insns) != 0)
		return err_set(e, ERR_INTERNAL, "seccomp: libseccomp wrote %lld bytes", (long long)st.st_size);
	n = (size_t)st.st_size / sizeof(*insns);
	if (n_prologue + n > BPF_MAXINSNS)
		return err_set(e, ERR_CONFIG,
			       "linux.seccomp: the filter has %zu instructions, the kernel takes %d",
			       n_prologue + n, BPF_MAXINSNS);
	insns = calloc(n_prologue + n, sizeof(*insns));
	if (insns == NULL)
		return err_errno(e, ENOMEM, "seccomp: filter");
	memcpy(insns, prologue, n_prologue * sizeof(*insns));
	if (lseek(fd, 0, SEEK_SET) < 0 ||
	    sys_read(fd, insns + n_prologue, n * sizeof(*insns)) != (ssize_t)(n * sizeof(*insns))) {
		(void)err_errno(e, errno, "seccomp: read the compiled filter");
		free(insns);
		return -1;
	}
	*ret = (struct compiled_filter){ .insns = insns, .len = (unsigned)(n_prologue + n), .is_libseccomps = true };
	return 0;
}

static int export(const struct compiler *c, scmp_filter_ctx ctx, struct compiled_filter *ret, struct err *e)
{
	struct sock_filter prologue[FILTER_PROLOGUE_MAX];
	struct filter_highest highest[FILTER_ARCHS_MAX];
	size_t n_prologue = 0;
	_cleanup_fd_ int fd = sys_memfd_create("seccomp", K_MFD_CLOEXEC);
	int r;

	if (fd < 0)
		return err_errno(e, errno, "seccomp: memfd_create");
	r = c->lib.export_bpf(ctx, fd); /* into memory from 2.6 on, into a file in all versions */
	if (r < 0)
		return refuse(e, r, "compile", "the profile");
	if (filter_wants_prologue(c->profile->default_action))
		n_prologue = filter_prologue(highest, find_highest(&c->resolved, highest), prologue);
	return read_program(fd, prologue, n_prologue, ret, e);
}

static int make_by_libseccomp(const struct compiler *c, struct compiled_filter *ret, struct err *e)
{
	scmp_filter_ctx ctx = start(c, e);
	int r = -1;

	if (ctx == NULL)
		return -1;
	if (add_archs(c, ctx, e) == 0 && add_rules(c, ctx, e) == 0)
		r = export(c, ctx, ret, e);
	c->lib.release(ctx);
	return r;
}

/* ---- by our own means ------------------------------------------------------------------------------------------- */

_Static_assert((int)FILTER_NE == SCMP_CMP_NE && (int)FILTER_LT == SCMP_CMP_LT && (int)FILTER_LE == SCMP_CMP_LE &&
		       (int)FILTER_EQ == SCMP_CMP_EQ && (int)FILTER_GE == SCMP_CMP_GE &&
		       (int)FILTER_GT == SCMP_CMP_GT && (int)FILTER_MASKED_EQ == SCMP_CMP_MASKED_EQ,
	       "the plan's numbers are libseccomp's");

/* 0 with ret->len 0: libseccomp shall make it. */
static int make_ranges(const struct compiler *c, struct compiled_filter *ret, struct err *e)
{
	const struct filter_rules rules = {
		.default_action = c->profile->default_action,
		.bad_arch_action = BAD_ARCH_ACTION,
		.newer_is_enosys = filter_wants_prologue(c->profile->default_action),
		.abis = c->resolved.abis,
		.n_abis = c->resolved.n,
	};
	struct sock_filter *insns = calloc(BPF_MAXINSNS, sizeof(*insns));
	size_t n;

	if (insns == NULL)
		return err_errno(e, ENOMEM, "seccomp: filter");
	n = filter_ranges(&rules, insns);
	if (n == 0) {
		free(insns);
		return 0;
	}
	*ret = (struct compiled_filter){ .insns = insns, .len = (unsigned)n };
	return 0;
}

static int compile(const struct plan_seccomp *s, bool can_make_ranges, struct compiled_filter *ret, struct err *e)
{
	struct compiler c = { .profile = s, .resolved = FILTER_RESOLVED_INIT };
	struct compiled_filter f = { .insns = NULL };
	void *handle = library_open(&library, &c.lib, e);
	int r = -1;

	if (handle == NULL)
		return -1;
	if (filter_resolve(&c.lib, s, &c.resolved, e) == 0 && (!can_make_ranges || make_ranges(&c, &f, e) == 0)) {
		f.is_libseccomps = f.len == 0;
		r = f.is_libseccomps ? make_by_libseccomp(&c, &f, e) : 0;
	}
	filter_resolved_release(&c.resolved);
	if (r < 0)
		return -1;
	identify_library(handle, f.library);
	*ret = f;
	return 0;
}

int filter_compile(const struct plan_seccomp *s, struct compiled_filter *ret, struct err *e)
{
	return compile(s, true, ret, e);
}

int filter_compile_by_libseccomp(const struct plan_seccomp *s, struct compiled_filter *ret, struct err *e)
{
	return compile(s, false, ret, e);
}

#endif
