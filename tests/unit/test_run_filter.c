/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiled seccomp filters against what the profiles mean.  The meaning is written down here once more, and a machine
 * for classic BPF (bpf.h) runs the filters; the kernel has the last word in one test.
 */
#include "test.h"

#include <dlfcn.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.h"
#include "run/filter.h"
#include "run/filter_check.h"
#include "libs/filter_prologue.h"
#include "bpf.h"

#ifdef HAVE_SECCOMP
#include <seccomp.h>

#define ALLOW SECCOMP_RET_ALLOW
#define DENY ((uint32_t)SECCOMP_RET_ERRNO | EPERM)
#define NEWER ((uint32_t)SECCOMP_RET_ERRNO | ENOSYS)
#define X32_BIT FILTER_X32_BIT

/* ---- what a profile means ---------------------------------------------------------------------------------------- */

static __typeof__(&seccomp_syscall_resolve_name_arch) resolve;

static bool holds(const struct plan_seccomp_arg *arg, const struct seccomp_data *data, bool is_32bit)
{
	uint64_t v = is_32bit ? (uint32_t)data->args[arg->index] : data->args[arg->index];

	switch (arg->op) {
	case SCMP_CMP_NE:
		return v != arg->value;
	case SCMP_CMP_LT:
		return v < arg->value;
	case SCMP_CMP_LE:
		return v <= arg->value;
	case SCMP_CMP_EQ:
		return v == arg->value;
	case SCMP_CMP_GE:
		return v >= arg->value;
	case SCMP_CMP_GT:
		return v > arg->value;
	case SCMP_CMP_MASKED_EQ:
		return (v & arg->value) == arg->value_two;
	default:
		fail_msg("operator %u is not known", arg->op);
	}
	return false;
}

static bool is_met(const struct plan_seccomp_rule *rule, const struct seccomp_data *data, bool is_32bit)
{
	for (unsigned i = 0; i < rule->n_args; i++)
		if (!holds(&rule->args[i], data, is_32bit))
			return false;
	return true;
}

struct profile {
	struct plan_seccomp plan;
	uint32_t tokens[4]; /* of plan.archs */
	unsigned n_tokens;
	int numbers[4][512]; /* of each rule for each token */
};

static void resolve_numbers(struct profile *p)
{
	assert_true(p->plan.n_rules <= N_OF(p->numbers[0]));
	for (unsigned t = 0; t < p->n_tokens; t++)
		for (unsigned i = 0; i < p->plan.n_rules; i++)
			p->numbers[t][i] = resolve(p->tokens[t], p->plan.rules[i].name);
}

static uint32_t meaning(const struct profile *p, const struct seccomp_data *data)
{
	uint32_t number = (uint32_t)data->nr;
	uint32_t token = data->arch;
	uint32_t default_kind = p->plan.default_action & SECCOMP_RET_ACTION_FULL;
	bool refuses = default_kind != SECCOMP_RET_ALLOW && default_kind != SECCOMP_RET_LOG &&
		       p->plan.default_action != NEWER;
	int highest = -1;
	unsigned t = 0;

	if (token == AUDIT_ARCH_X86_64 && number >= X32_BIT && number != UINT32_MAX)
		token = SCMP_ARCH_X32;
	while (t < p->n_tokens && p->tokens[t] != token)
		t++;
	if (t == p->n_tokens)
		return SECCOMP_RET_KILL_PROCESS;
	for (unsigned i = 0; i < p->plan.n_rules; i++) {
		if (p->numbers[t][i] > highest)
			highest = p->numbers[t][i];
		if (p->numbers[t][i] >= 0 && (uint32_t)p->numbers[t][i] == number &&
		    is_met(&p->plan.rules[i], data, token != AUDIT_ARCH_X86_64))
			return p->plan.rules[i].action;
	}
	if (refuses && highest >= 0 && number > (uint32_t)highest)
		return NEWER;
	return p->plan.default_action;
}

/* ---- profiles ---------------------------------------------------------------------------------------------------- */

static const char *const archs_all[] = { "x86_64", "x86", "x32", NULL };
static const char *const archs_native[] = { "x86_64", NULL };

static const char *const names[] = {
	"read",		  "write",    "open",	 "close",	 "stat",      "fstat",	     "lstat",
	"poll",		  "lseek",    "mmap",	 "mprotect",	 "munmap",    "brk",	     "rt_sigaction",
	"rt_sigprocmask", "ioctl",    "pread64", "readv",	 "writev",    "access",	     "pipe",
	"sched_yield",	  "mremap",   "madvise", "dup",		 "dup2",      "pause",	     "nanosleep",
	"getpid",	  "sendfile", "clone",	 "fork",	 "vfork",     "execve",	     "exit",
	"wait4",	  "kill",     "uname",	 "fcntl",	 "flock",     "fsync",	     "truncate",
	"getdents",	  "getcwd",   "chdir",	 "rename",	 "mkdir",     "rmdir",	     "creat",
	"link",		  "unlink",   "symlink", "chmod",	 "chown",     "umask",	     "gettimeofday",
	"getrlimit",	  "getuid",   "ptrace",	 "personality",	 "prctl",     "arch_prctl",  "mount",
	"sethostname",	  "gettid",   "futex",	 "epoll_create", "openat",    "mkdirat",     "unshare",
	"splice",	  "eventfd2", "dup3",	 "pipe2",	 "prlimit64", "setns",	     "getrandom",
	"memfd_create",	  "execveat", "statx",	 "clone3",	 "openat2",   "pidfd_getfd", "faccessat2",
	"close_range",	  "bpf",      "keyctl",	 "waitid",
};

static void set_archs(struct profile *p, const char *const *archs)
{
	static const uint32_t tokens[] = { SCMP_ARCH_X86_64, SCMP_ARCH_X86, SCMP_ARCH_X32 };

	p->plan.archs = archs;
	for (p->n_tokens = 0; archs[p->n_tokens] != NULL; p->n_tokens++)
		p->tokens[p->n_tokens] = tokens[p->n_tokens];
}

static void compile(struct profile *p, struct filter *ret)
{
	struct err e = ERR_INIT;

	p->plan.present = true;
	resolve_numbers(p);
	assert_succeeds(filter_get(&p->plan, -1, ret, &e), &e);
	assert_succeeds(filter_check(ret->insns, ret->len, &e), &e);
}

static void compare(const struct profile *p, const struct filter *f, const struct seccomp_data *data)
{
	uint32_t got = bpf_run(f->insns, f->len, data);
	uint32_t want = meaning(p, data);

	if (got != want)
		fail_msg("arch %#x nr %#x args %#llx %#llx %#llx: %#x, expected %#x", data->arch,
			 (unsigned)data->nr, (unsigned long long)data->args[0], (unsigned long long)data->args[1],
			 (unsigned long long)data->args[2], got, want);
}

/* Numbers that are never compared: calls that carry other calls on 32-bit x86. */
static bool is_multiplexer(uint32_t arch, uint32_t number)
{
	return arch == AUDIT_ARCH_I386 && (number == 102 || number == 117);
}

/* Every number of every architecture, and the odd ones, with arguments around those of the rules. */
static void compare_all(const struct profile *p, const struct filter *f, bool wide)
{
	static const uint32_t archs[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64, 0 };
	static const uint32_t odd[] = { 0x3fffffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff, 1000, 100000 };
	static const uint64_t around[] = { 0,
					   1,
					   2,
					   3,
					   0x7f,
					   0x80,
					   0xffff,
					   0x80000000,
					   0xffffffff,
					   0x100000000,
					   0x100000001,
					   0x7e020000,
					   0xffffffffffffffff,
					   0x8000000000000000 };

	for (size_t a = 0; a < N_OF(archs); a++) {
		for (uint32_t i = 0; i < 1200 + N_OF(odd); i++) {
			uint32_t number = i < 600 ? i : i < 1200 ? X32_BIT + i - 600 : odd[i - 1200];

			if (is_multiplexer(archs[a], number))
				continue;
			for (unsigned round = 0; round < 6; round++) {
				struct seccomp_data data = { .nr = (int)number, .arch = archs[a] };

				for (unsigned k = 0; k < 6; k++) {
					data.args[k] = around[(size_t)rand() % N_OF(around)];
					if (!wide)
						data.args[k] &= UINT32_MAX;
				}
				compare(p, f, &data);
			}
		}
	}
}

#ifdef __x86_64__
static const bool is_x86_64 = true;
#else
static const bool is_x86_64 = false;
#endif

static int find_library(void **state)
{
	void *handle = dlopen("libseccomp.so.2", RTLD_NOW | RTLD_LOCAL);
	void *symbol = handle == NULL ? NULL : dlsym(handle, "seccomp_syscall_resolve_name_arch");

	(void)state;
	memcpy(&resolve, &symbol, sizeof(symbol));
	return 0;
}

#define NEEDS_X86_64()                                                                  \
	do {                                                                            \
		(void)state;                                                            \
		if (resolve == NULL || !is_x86_64) {                                    \
			print_message("the profiles are x86_64's, with libseccomp\n");  \
			skip();                                                         \
		}                                                                       \
	} while (0)

/* ---- compiling --------------------------------------------------------------------------------------------------- */

static void allow_list(void **state)
{
	static const struct plan_seccomp_arg no_namespaces = {
		.index = 0, .op = SCMP_CMP_MASKED_EQ, .value = 0x7e020000, .value_two = 0
	};
	struct plan_seccomp_rule rules[N_OF(names) + 1];
	struct profile *p = calloc(1, sizeof(*p));
	_cleanup_filter_ struct filter f = FILTER_INIT;

	NEEDS_X86_64();
	assert_non_null(p);
	for (size_t i = 0; i < N_OF(names); i++) {
		rules[i] = (struct plan_seccomp_rule){ .name = names[i], .action = ALLOW };
		if (strcmp(names[i], "clone") == 0) {
			rules[i].args = &no_namespaces;
			rules[i].n_args = 1;
		}
		if (strcmp(names[i], "bpf") == 0)
			rules[i].action = DENY; /* the default: a rule that says nothing */
	}
	rules[N_OF(names)] = (struct plan_seccomp_rule){ .name = "no_such_call", .action = ALLOW };
	p->plan.rules = rules;
	p->plan.n_rules = (unsigned)N_OF(rules);
	p->plan.default_action = DENY;
	set_archs(p, archs_all);
	compile(p, &f);
	compare_all(p, &f, false);
	filter_release(&f);
	set_archs(p, archs_native);
	compile(p, &f);
	compare_all(p, &f, true);
	free(p);
}

/* New calls are not the profile's business if it allows what it does not name. */
static void deny_list(void **state)
{
	static const struct plan_seccomp_rule rules[] = {
		{ .name = "mount", .action = DENY },
		{ .name = "clone3", .action = NEWER },
		{ .name = "ptrace", .action = SECCOMP_RET_KILL_PROCESS },
	};
	struct profile *p = calloc(1, sizeof(*p));
	_cleanup_filter_ struct filter f = FILTER_INIT;
	const struct seccomp_data newer = { .nr = 999, .arch = AUDIT_ARCH_X86_64 };

	NEEDS_X86_64();
	assert_non_null(p);
	p->plan.rules = rules;
	p->plan.n_rules = (unsigned)N_OF(rules);
	p->plan.default_action = ALLOW;
	set_archs(p, archs_all);
	compile(p, &f);
	assert_int_equal(bpf_run(f.insns, f.len, &newer), ALLOW);
	compare_all(p, &f, false);
	free(p);
}

static uint32_t random_action(void)
{
	static const uint32_t actions[] = { ALLOW, DENY, NEWER, SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD,
					    SECCOMP_RET_LOG, SECCOMP_RET_TRAP, SECCOMP_RET_ERRNO | 7 };

	return actions[(size_t)rand() % N_OF(actions)];
}

static void random_args(struct plan_seccomp_arg *args, unsigned n, bool wide)
{
	static const uint64_t values[] = { 0, 1, 2, 0x80, 0xffff, 0x80000000, 0xffffffff, 0x100000000, 0x100000001,
					   0x8000000000000000 };
	unsigned first = (unsigned)rand() % 3;

	for (unsigned i = 0; i < n; i++) {
		args[i] = (struct plan_seccomp_arg){
			.index = first + i,
			.op = SCMP_CMP_NE + (unsigned)rand() % 7,
			.value = values[(size_t)rand() % (wide ? N_OF(values) : 7)],
		};
		if (args[i].op == SCMP_CMP_MASKED_EQ)
			args[i].value_two = rand() % 2 == 0 ? args[i].value : 0;
	}
}

static void random_profiles(void **state)
{
	NEEDS_X86_64();
	srand(7);
	for (unsigned round = 0; round < 60; round++) {
		struct plan_seccomp_rule rules[N_OF(names)];
		struct plan_seccomp_arg args[N_OF(names)][3];
		struct profile *p = calloc(1, sizeof(*p));
		_cleanup_filter_ struct filter f = FILTER_INIT;
		bool wide = round % 2 == 0;
		unsigned n = 0;

		assert_non_null(p);
		p->plan.default_action = random_action();
		for (size_t i = 0; i < N_OF(names); i++) {
			if (rand() % 3 == 0)
				continue;
			rules[n] = (struct plan_seccomp_rule){ .name = names[i], .action = random_action() };
			if (rand() % 4 == 0) {
				rules[n].n_args = 1 + (unsigned)rand() % 3;
				random_args(args[n], rules[n].n_args, wide);
				rules[n].args = args[n];
			}
			n++;
		}
		p->plan.rules = rules;
		p->plan.n_rules = n;
		set_archs(p, wide ? archs_native : archs_all);
		compile(p, &f);
		compare_all(p, &f, wide);
		free(p);
	}
}

static void refused_profiles(void **state)
{
	static const struct plan_seccomp_arg seventh = { .index = 6, .op = SCMP_CMP_EQ };
	static const char *const bad_arch[] = { "x86_64", "vax", NULL };
	struct plan_seccomp_rule rule = { .name = "no_such_call", .action = ALLOW };
	struct plan_seccomp s = {
		.present = true, .default_action = DENY, .rules = &rule, .n_rules = 1, .archs = bad_arch
	};
	struct filter f = FILTER_INIT;
	struct err e = ERR_INIT;

	NEEDS_X86_64();
	/* Newer than the library, or not for this machine: passed over with a warning. */
	assert_succeeds(filter_get(&s, -1, &f, &e), &e);
	filter_release(&f);
	s.archs = archs_native;
	s.fail_unknown_names = true;
	assert_fails_with(filter_get(&s, -1, &f, &e), &e, ERR_CONFIG, "no system call no_such_call");
	s.fail_unknown_names = false;
	assert_succeeds(filter_get(&s, -1, &f, &e), &e);
	filter_release(&f);
	rule = (struct plan_seccomp_rule){ .name = "read", .action = ALLOW, .args = &seventh, .n_args = 1 };
	assert_fails_with(filter_get(&s, -1, &f, &e), &e, ERR_CONFIG, "rule for read");
	assert_null(f.insns);
}

/* Behind the filter, where a sanitizer's own way out could be refused. */
static void leave(int status)
{
	for (;;)
		(void)syscall(SYS_exit_group, status); /* does not return */
}

/* The kernel takes what was compiled, and answers as it says. */
static void kernel_agrees(void **state)
{
	struct plan_seccomp_rule rules[N_OF(names)];
	struct profile *p = calloc(1, sizeof(*p));
	_cleanup_filter_ struct filter f = FILTER_INIT;
	struct sock_fprog program;
	unsigned n = 0;
	int status = 0;
	pid_t pid;

	NEEDS_X86_64();
	assert_non_null(p);
	for (size_t i = 0; i < N_OF(names); i++)
		if (strcmp(names[i], "getuid") != 0)
			rules[n++] = (struct plan_seccomp_rule){ .name = names[i], .action = ALLOW };
	rules[n++] = (struct plan_seccomp_rule){ .name = "exit_group", .action = ALLOW };
	p->plan.rules = rules;
	p->plan.n_rules = n;
	p->plan.default_action = (uint32_t)SECCOMP_RET_ERRNO | 77;
	set_archs(p, archs_all);
	compile(p, &f);
	program = (struct sock_fprog){ .len = (unsigned short)f.len, .filter = f.insns };
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		    sys_seccomp(SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
			leave(1);
		if (syscall(SYS_getuid) != -1 || errno != 77)
			leave(2);
		if (syscall(5000) != -1 || errno != ENOSYS)
			leave(3);
		leave(syscall(SYS_getpid) > 0 ? 0 : 4);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	free(p);
}

/* ---- prologue ---------------------------------------------------------------------------------------------------- */

static void prologue_for_other_machines(void **state)
{
	static const struct filter_highest archs[] = {
		{ .arch = AUDIT_ARCH_AARCH64, .has = true, .highest = 439 },
		{ .arch = AUDIT_ARCH_ARM, .has = true, .highest = 436 },
		{ .arch = AUDIT_ARCH_S390X }, /* the profile names none of its calls */
	};
	static const struct {
		uint32_t arch;
		uint32_t number;
		uint32_t answer;
	} cases[] = {
		{ AUDIT_ARCH_AARCH64, 439, DENY },      { AUDIT_ARCH_AARCH64, 440, NEWER },
		{ AUDIT_ARCH_ARM, 436, DENY },          { AUDIT_ARCH_ARM, 437, NEWER },
		{ AUDIT_ARCH_ARM, 0x0effff, NEWER },    { AUDIT_ARCH_ARM, 0x0f0005, DENY },
		{ AUDIT_ARCH_S390X, 5000, DENY },       { AUDIT_ARCH_X86_64, 5000, DENY },
	};
	struct sock_filter insns[FILTER_PROLOGUE_MAX + 1];
	struct filter f = { .insns = insns };
	struct err e = ERR_INIT;

	(void)state;
	f.len = (unsigned)filter_prologue(archs, (unsigned)N_OF(archs), insns);
	assert_true(f.len > 0);
	insns[f.len++] = (struct sock_filter){ .code = BPF_RET | BPF_K, .k = DENY };
	assert_succeeds(filter_check(insns, f.len, &e), &e);
	for (size_t i = 0; i < N_OF(cases); i++) {
		const struct seccomp_data data = { .nr = (int)cases[i].number, .arch = cases[i].arch };

		assert_int_equal(bpf_run(f.insns, f.len, &data), cases[i].answer);
	}
	assert_int_equal(filter_prologue(&archs[2], 1, insns), 0);
}

static void prologue_only_where_refused(void **state)
{
	(void)state;
	assert_true(filter_wants_prologue(DENY));
	assert_true(filter_wants_prologue(SECCOMP_RET_KILL_PROCESS));
	assert_true(filter_wants_prologue(SECCOMP_RET_KILL_THREAD));
	assert_true(filter_wants_prologue(SECCOMP_RET_TRAP));
	assert_false(filter_wants_prologue(NEWER));
	assert_false(filter_wants_prologue(ALLOW));
	assert_false(filter_wants_prologue(SECCOMP_RET_LOG));
	assert_false(filter_wants_prologue(SECCOMP_RET_TRACE));
	assert_false(filter_wants_prologue(SECCOMP_RET_USER_NOTIF));
}

/* ---- raw filters ------------------------------------------------------------------------------------------------- */

static void raw_filters(void **state)
{
	static const struct sock_filter good[] = {
		{ BPF_LD | BPF_W | BPF_ABS, 0, 0, 0 },
		{ BPF_ST, 0, 0, 3 },
		{ BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 5 },
		{ BPF_RET | BPF_K, 0, 0, DENY },
		{ BPF_LD | BPF_MEM, 0, 0, 3 },
		{ BPF_RET | BPF_K, 0, 0, ALLOW },
	};
	static const struct {
		unsigned at;
		struct sock_filter insn;
		const char *text;
	} damages[] = {
		{ 0, { BPF_LD | BPF_W | BPF_ABS, 0, 0, 2 }, "instruction 0 loads from outside" },
		{ 0, { BPF_LD | BPF_W | BPF_ABS, 0, 0, 64 }, "instruction 0 loads from outside" },
		{ 0, { BPF_LD | BPF_B | BPF_ABS, 0, 0, 0 }, "instruction 0 is not one that seccomp knows" },
		{ 1, { BPF_ST, 0, 0, 16 }, "instruction 1 uses memory that does not exist" },
		{ 1, { BPF_ST, 0, 0, 4 }, "instruction 4 reads memory that was not written" },
		{ 2, { BPF_JMP | BPF_JEQ | BPF_K, 3, 0, 0 }, "instruction 2 jumps out" },
		{ 2, { BPF_JMP | BPF_JA, 0, 0, 3 }, "instruction 2 jumps out" },
		{ 2, { BPF_JMP | BPF_JA, 0, 0, UINT32_MAX }, "instruction 2 jumps out" },
		{ 3, { BPF_ALU | BPF_DIV | BPF_K, 0, 0, 0 }, "instruction 3 divides by zero" },
		{ 3, { BPF_ALU | BPF_LSH | BPF_K, 0, 0, 32 }, "instruction 3 shifts" },
		{ 5, { BPF_LD | BPF_IMM, 0, 0, 0 }, "does not return" },
	};
	struct plan_seccomp s = { .present = true, .raw_bpf = (const uint8_t *)good, .raw_bpf_len = N_OF(good) };
	struct filter f = FILTER_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_succeeds(filter_get(&s, -1, &f, &e), &e);
	assert_int_equal(f.len, N_OF(good));
	assert_memory_equal(f.insns, good, sizeof(good));
	filter_release(&f);
	for (size_t i = 0; i < N_OF(damages); i++) {
		struct sock_filter bad[N_OF(good)];

		memcpy(bad, good, sizeof(good));
		bad[damages[i].at] = damages[i].insn;
		s.raw_bpf = (const uint8_t *)bad;
		assert_fails_with(filter_get(&s, -1, &f, &e), &e, ERR_CONFIG, damages[i].text);
	}
	s.raw_bpf_len = BPF_MAXINSNS + 1;
	assert_fails_with(filter_get(&s, -1, &f, &e), &e, ERR_CONFIG, "raw filter of 4097 instructions");
	s.raw_bpf_len = 0;
	assert_fails_with(filter_get(&s, -1, &f, &e), &e, ERR_CONFIG, "raw filter of 0 instructions");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allow_list),
		cmocka_unit_test(deny_list),
		cmocka_unit_test(random_profiles),
		cmocka_unit_test(refused_profiles),
		cmocka_unit_test(kernel_agrees),
		cmocka_unit_test(prologue_for_other_machines),
		cmocka_unit_test(prologue_only_where_refused),
		cmocka_unit_test(raw_filters),
	};

	return cmocka_run_group_tests(tests, find_library, NULL);
}

#else

static void built_without(void **state)
{
	const struct plan_seccomp s = { .present = true };
	struct filter f = FILTER_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_fails_with(filter_get(&s, -1, &f, &e), &e, ERR_UNSUPPORTED, "built without seccomp");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(built_without) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
