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
#include <unistd.h>

#include "base/dlopen-note.h"
#include "base/fd.h"
#include "base/sys.h"
#include "libs/filter_prologue.h"
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

#else

DLOPEN_NOTE(seccomp, "compiles seccomp profiles", "recommended", "libseccomp.so.2");

#define SYSCALL_ARGS 6u

struct libseccomp {
	__typeof__(&seccomp_init) init;
	__typeof__(&seccomp_release) release;
	__typeof__(&seccomp_attr_set) attr_set;
	__typeof__(&seccomp_arch_resolve_name) arch_resolve_name;
	__typeof__(&seccomp_arch_native) arch_native;
	__typeof__(&seccomp_arch_add) arch_add;
	__typeof__(&seccomp_syscall_resolve_name) resolve_name;
	__typeof__(&seccomp_syscall_resolve_name_arch) resolve_name_arch;
	__typeof__(&seccomp_rule_add_array) rule_add_array;
	__typeof__(&seccomp_export_bpf) export_bpf;
};

static const struct library_symbol symbols[] = {
	LIBRARY_SYMBOL("seccomp_init", libseccomp, init),
	LIBRARY_SYMBOL("seccomp_release", libseccomp, release),
	LIBRARY_SYMBOL("seccomp_attr_set", libseccomp, attr_set),
	LIBRARY_SYMBOL("seccomp_arch_resolve_name", libseccomp, arch_resolve_name),
	LIBRARY_SYMBOL("seccomp_arch_native", libseccomp, arch_native),
	LIBRARY_SYMBOL("seccomp_arch_add", libseccomp, arch_add),
	LIBRARY_SYMBOL("seccomp_syscall_resolve_name", libseccomp, resolve_name),
	LIBRARY_SYMBOL("seccomp_syscall_resolve_name_arch", libseccomp, resolve_name_arch),
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
	scmp_filter_ctx ctx;
	uint32_t archs[FILTER_ARCHS_MAX]; /* libseccomp's tokens, those of the filter */
	unsigned n_archs;
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

/* ---- the profile ------------------------------------------------------------------------------------------------ */

static int add_archs(struct compiler *c, struct err *e)
{
	c->archs[c->n_archs++] = c->lib.arch_native(); /* seccomp_init() has added it */
	for (const char *const *name = c->profile->archs; name != NULL && *name != NULL; name++) {
		uint32_t token = c->lib.arch_resolve_name(*name);
		int r;

		if (token == 0) { /* newer than it: nothing weaker, for calls of such a program end it */
			report_warning("linux.seccomp.architectures: this libseccomp does not know %s, whose system "
				       "calls end the process",
				       *name);
			continue;
		}
		r = c->lib.arch_add(c->ctx, token);
		if (r == -EEXIST)
			continue;
		if (r == -EDOM) /* other byte order: no program of it can run here */
			continue;
		if (r < 0)
			return refuse(e, r, "architecture", *name);
		if (c->n_archs == FILTER_ARCHS_MAX)
			return err_set(e, ERR_CONFIG, "linux.seccomp.architectures: more than %u",
				       FILTER_ARCHS_MAX);
		c->archs[c->n_archs++] = token;
	}
	return 0;
}

static int start(struct compiler *c, struct err *e)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): library_open() has filled the table, by offsets */
	c->ctx = c->lib.init(c->profile->default_action);
	if (c->ctx == NULL)
		return err_set(e, ERR_CONFIG, "linux.seccomp.defaultAction: libseccomp refuses action %#x",
			       c->profile->default_action);
	/* A call of an architecture that the profile does not list: no half of a process goes on. */
	if (c->lib.attr_set(c->ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) < 0)
		report_debug("seccomp: calls of other architectures kill the thread, not the process");
	/* A binary tree over the numbers instead of a chain (libseccomp 2.5): the same answers, quicker. */
	if (c->lib.attr_set(c->ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2) < 0)
		report_debug("seccomp: this libseccomp can not optimize");
	return add_archs(c, e);
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
static int add_rule(struct compiler *c, const struct plan_seccomp_rule *rule, int number, struct err *e)
{
	struct scmp_arg_cmp args[SYSCALL_ARGS];
	int r;

	if (rule->n_args > SYSCALL_ARGS)
		return err_set(e, ERR_INTERNAL, "linux.seccomp: rule for %s: %u arguments", rule->name, rule->n_args);
	for (unsigned i = 0; i < rule->n_args; i++)
		args[i] = comparison(&rule->args[i]);
	r = c->lib.rule_add_array(c->ctx, rule->action, number, rule->n_args, args);
	return r < 0 ? refuse(e, r, "rule for", rule->name) : 0;
}

static int add_rules(struct compiler *c, struct err *e)
{
	for (unsigned i = 0; i < c->profile->n_rules; i++) {
		const struct plan_seccomp_rule *rule = &c->profile->rules[i];
		int number = c->lib.resolve_name(rule->name);

		if (number == __NR_SCMP_ERROR) {
			if (c->profile->fail_unknown_names)
				return err_set(e, ERR_CONFIG,
					       "linux.seccomp.syscalls: libseccomp knows no system call %s",
					       rule->name);
			report_debug("seccomp: system call %s is not known to libseccomp, skipped", rule->name);
			continue;
		}
		if (rule->action == c->profile->default_action) /* says nothing, and libseccomp refuses it */
			continue;
		if (add_rule(c, rule, number, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- the program ------------------------------------------------------------------------------------------------ */

/* The highest number that the profile knows for each architecture, as the filter sees architectures. */
static unsigned find_highest(const struct compiler *c, struct filter_highest *ret)
{
	unsigned n = 0;

	for (unsigned i = 0; i < c->n_archs; i++) {
		bool is_x32 = c->archs[i] == SCMP_ARCH_X32;
		uint32_t arch =
			is_x32 ? SCMP_ARCH_X86_64 : c->archs[i]; /* other tokens are AUDIT_ARCH_* themselves */
		struct filter_highest *h = NULL;

		for (unsigned j = 0; j < n && h == NULL; j++)
			if (ret[j].arch == arch)
				h = &ret[j];
		if (h == NULL) {
			h = &ret[n++];
			*h = (struct filter_highest){ .arch = arch };
		}
		for (unsigned j = 0; j < c->profile->n_rules; j++) {
			int number = c->lib.resolve_name_arch(c->archs[i], c->profile->rules[j].name);
			uint32_t *highest = is_x32 ? &h->highest_x32 : &h->highest;

			if (number < 0) /* unknown, or made of another call on this architecture */
				continue;
			if (arch == SCMP_ARCH_ARM && number >= ARM_PRIVATE_FIRST)
				continue;
			*(is_x32 ? &h->has_x32 : &h->has) = true;
			if ((uint32_t)number > *highest)
				*highest = (uint32_t)number;
		}
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
	*ret = (struct compiled_filter){ .insns = insns, .len = (unsigned)(n_prologue + n) };
	return 0;
}

static int export(struct compiler *c, struct compiled_filter *ret, struct err *e)
{
	struct sock_filter prologue[FILTER_PROLOGUE_MAX];
	struct filter_highest highest[FILTER_ARCHS_MAX];
	size_t n_prologue = 0;
	_cleanup_fd_ int fd = sys_memfd_create("seccomp", K_MFD_CLOEXEC);
	int r;

	if (fd < 0)
		return err_errno(e, errno, "seccomp: memfd_create");
	r = c->lib.export_bpf(c->ctx, fd); /* into memory from 2.6 on, into a file in all versions */
	if (r < 0)
		return refuse(e, r, "compile", "the profile");
	if (filter_wants_prologue(c->profile->default_action))
		n_prologue = filter_prologue(highest, find_highest(c, highest), prologue);
	return read_program(fd, prologue, n_prologue, ret, e);
}

int filter_compile(const struct plan_seccomp *s, struct compiled_filter *ret, struct err *e)
{
	struct compiler c = { .profile = s };
	void *handle = library_open(&library, &c.lib, e);
	int r = -1;

	if (handle == NULL)
		return -1;
	if (start(&c, e) == 0 && add_rules(&c, e) == 0 && export(&c, ret, e) == 0) {
		identify_library(handle, ret->library);
		r = 0;
	}
	if (c.ctx != NULL)
		c.lib.release(c.ctx);
	return r;
}

#endif
