/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that rt-libs makes itself against those that libseccomp makes of the same profile, which is the oracle: an
 * engine's profile and random ones, for every number of every architecture, with arguments around the constants of the
 * rules.
 */
#include "bpf.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <stdlib.h>

#include "base/io.h"
#include "golden/hosts.h"
#include "libs/filter_compile.h"
#include "libs/filter_prologue.h"
#include "libs/filter_ranges.h"
#include "plan/build.h"
#include "run/filter_check.h"

#if defined(HAVE_SECCOMP) && defined(__x86_64__)
#include <seccomp.h>

#define ALLOW SECCOMP_RET_ALLOW
#define DENY ((uint32_t)SECCOMP_RET_ERRNO | EPERM)
#define SEED 20240229u
#define ROUNDS 200u
#define NAMES_MAX 1024u
#define RULES_MAX 4096u
#define VALUES_MAX 64u

static __typeof__(&seccomp_syscall_resolve_name_arch) resolve_name;
static __typeof__(&seccomp_syscall_resolve_num_arch) resolve_number;

static const struct {
	const char *name;
	uint32_t token;
	uint32_t arch;
} archs[] = {
	{ "x86_64", SCMP_ARCH_X86_64, AUDIT_ARCH_X86_64 },
	{ "x86", SCMP_ARCH_X86, AUDIT_ARCH_I386 },
	{ "x32", SCMP_ARCH_X32, AUDIT_ARCH_X86_64 },
	{ "aarch64", SCMP_ARCH_AARCH64, AUDIT_ARCH_AARCH64 },
	{ "arm", SCMP_ARCH_ARM, AUDIT_ARCH_ARM },
	{ "riscv64", SCMP_ARCH_RISCV64, AUDIT_ARCH_RISCV64 },
	{ NULL, 0, AUDIT_ARCH_S390X }, /* listed by no profile */
};

/* ---- comparing --------------------------------------------------------------------------------------------------- */

/* Numbers with rules about arguments, and the constants of these. */
struct constants {
	uint64_t values[VALUES_MAX];
	unsigned n;
};

struct subject {
	struct plan_seccomp plan;
	struct compiled_filter ours;
	struct compiled_filter oracle;
	/* By architecture and number; the last one is for all numbers from there on. */
	struct constants constants[N_OF(archs)][1025];
	unsigned seed; /* for messages */
};

static void add_constant(struct constants *c, uint64_t value)
{
	if (c->n < VALUES_MAX)
		c->values[c->n++] = value;
}

static struct constants *constants_of(struct subject *s, size_t arch, int number)
{
	const int bare = number & ~(int)FILTER_X32_BIT;

	return &s->constants[arch][bare >= 0 && bare < 1024 ? bare : 1024];
}

/* Calls that share a number: it, and those that some have beside it. */
static void note_shared(struct subject *s, size_t arch, const struct plan_seccomp_rule *rule)
{
	for (int number = 100; number < 450; number++)
		if (number == 102 || number == 117 || number >= 359)
			add_constant(constants_of(s, arch, number), rule->args[0].value);
}

static void note_constants(struct subject *s)
{
	for (unsigned i = 0; i < s->plan.n_rules; i++) {
		const struct plan_seccomp_rule *rule = &s->plan.rules[i];

		for (size_t a = 0; a < N_OF(archs); a++) {
			const int number = archs[a].name == NULL ? -1 : resolve_name(archs[a].token, rule->name);

			for (unsigned k = 0; k < rule->n_args; k++) {
				add_constant(constants_of(s, a, number), rule->args[k].value);
				add_constant(constants_of(s, a, number), rule->args[k].value_two);
			}
			if (archs[a].token == SCMP_ARCH_X86 && number < -1 && rule->n_args > 0)
				note_shared(s, a, rule);
		}
	}
}

static uint64_t random_value(void)
{
	return (uint64_t)rand() << 33 ^ (uint64_t)rand() << 11 ^ (uint64_t)rand();
}

static uint64_t around(const struct constants *c)
{
	const uint64_t value = c->n == 0 ? random_value() : c->values[(unsigned)rand() % c->n];

	switch (rand() % 12) {
	case 0:
		return 0;
	case 1:
		return value - 1;
	case 2:
		return value + 1;
	case 3:
		return value ^ 1ull << 32;
	case 4:
		return value + (1ull << 32);
	case 5:
		return value - (1ull << 32);
	case 6:
		return (uint32_t)value;
	case 7:
		return value & ~(uint64_t)UINT32_MAX;
	case 8:
		return value | random_value();
	case 9:
		return value & random_value();
	default:
		return value;
	}
}

static void compare_one(const struct subject *s, const struct seccomp_data *d)
{
	const uint32_t got = bpf_run(s->ours.insns, s->ours.len, d);
	const uint32_t want = bpf_run(s->oracle.insns, s->oracle.len, d);

	if (got != want)
		fail_msg("seed %u: arch %#x nr %#x args %#llx %#llx %#llx %#llx %#llx %#llx: %#x, libseccomp's answer "
			 "is %#x",
			 s->seed, d->arch, (unsigned)d->nr, (unsigned long long)d->args[0],
			 (unsigned long long)d->args[1], (unsigned long long)d->args[2], (unsigned long long)d->args[3],
			 (unsigned long long)d->args[4], (unsigned long long)d->args[5], got, want);
}

static void compare_number(struct subject *s, size_t arch, uint32_t number)
{
	const struct constants *c = constants_of(s, arch, (int)number);
	const unsigned rounds = c->n > 0 ? 60 : 2;

	for (unsigned i = 0; i < rounds; i++) {
		struct seccomp_data d = { .nr = (int)number, .arch = archs[arch].arch };

		for (unsigned k = 0; k < N_OF(d.args); k++)
			d.args[k] = around(c);
		/* Which call of socketcall and ipc. */
		if (archs[arch].arch == AUDIT_ARCH_I386 && i % 2 == 1)
			d.args[0] = (uint64_t)(rand() % 26) | (uint64_t)(rand() % 2) << 32;
		compare_one(s, &d);
	}
}

static void compare_all(struct subject *s)
{
	static const uint32_t odd[] = { 1024,	  100000,     0x0effff,	  0x0f0000,   0x0f0001,	  0x0f0002,  0x0f0005,
					0x0f0006, 0x3fffffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff };

	note_constants(s);
	for (size_t a = 0; a < N_OF(archs); a++) {
		for (uint32_t number = 0; number < 1024; number++) {
			compare_number(s, a, number);
			compare_number(s, a, FILTER_X32_BIT + number);
		}
		for (size_t i = 0; i < N_OF(odd); i++)
			compare_number(s, a, odd[i]);
	}
}

/* Both, and what the kernel would say to ours.  False if there are no two programs. */
static bool compile(struct subject *s)
{
	struct err e = ERR_INIT;

	assert_succeeds(filter_compile(&s->plan, &s->ours, &e), &e);
	assert_succeeds(filter_check(s->ours.insns, s->ours.len, &e), &e);
	if (filter_compile_by_libseccomp(&s->plan, &s->oracle, &e) < 0) {
		assert_non_null(strstr(e.msg, "instructions, the kernel takes 4096"));
		return false;
	}
	return !s->ours.is_libseccomps;
}

static void release(struct subject *s)
{
	free(s->ours.insns);
	free(s->oracle.insns);
	free(s);
}

/* ---- an engine's profile ----------------------------------------------------------------------------------------- */

static void engine_profile(void **state)
{
	static const struct request req = { .verb = REQUEST_CREATE, .root = "/run/rt", .id = "golden" };
	static const struct plan_container container = { .cgroup_path = "/engine/golden" };
	static const char *const lists[][7] = {
		{ "x86_64", "x86", "x32", NULL },
		{ "x86_64", NULL },
		{ "x86_64", "x32", NULL },
		{ "x86_64", "x86", NULL },
		{ "x86_64", "x86", "x32", "aarch64", "arm", "riscv64", NULL },
	};
	_cleanup_arena_ struct arena a = ARENA_INIT;
	const char *source = getenv("abs_top_srcdir");
	struct findings findings = FINDINGS_INIT(&a);
	struct plan_document *doc = NULL;
	const struct plan *plan = NULL;
	char path[4096];
	char *bytes = NULL;
	struct err e = ERR_INIT;
	size_t len = 0;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/tests/golden/configs/engine.json", source != NULL ? source : ".");
	if (io_read_file_at(AT_FDCWD, path, 1 << 20, &bytes, &len, &e) < 0)
		fail_msg("%s; abs_top_srcdir says where the source is", e.msg);
	assert_succeeds(plan_document_decode_all(bytes, len, "config.json", &a, NULL, &doc, &e), &e);
	assert_succeeds(plan_build(doc, NULL, &req, golden_host_find("linux-6.18"), "/bundle", &container, &a,
				   &findings, &plan, &e),
			&e);
	assert_true(plan->seccomp.n_rules > 300);
	for (size_t i = 0; i < N_OF(lists); i++) {
		struct subject *s = calloc(1, sizeof(*s));

		assert_non_null(s);
		s->plan = plan->seccomp;
		s->plan.archs = lists[i];
		assert_true(compile(s));
		/* What it is for. */
		assert_true(s->ours.len * 2 < s->oracle.len);
		print_message("engine's profile: %u instructions, libseccomp's %u\n", s->ours.len, s->oracle.len);
		compare_all(s);
		release(s);
	}
	free(bytes);
}

/* ---- random profiles --------------------------------------------------------------------------------------------- */

static const char *names[NAMES_MAX];
static unsigned n_names;

/* All that libseccomp knows a number for. */
static void collect_names(void)
{
	for (size_t a = 0; a < N_OF(archs) && archs[a].name != NULL; a++) {
		for (int number = 0; number < 500; number++) {
			char *name = resolve_number(archs[a].token, number);
			unsigned i = 0;

			while (name != NULL && i < n_names && strcmp(names[i], name) != 0)
				i++;
			if (name != NULL && i == n_names && n_names < NAMES_MAX)
				names[n_names++] = name;
			else
				free(name);
		}
	}
}

static uint32_t random_action(void)
{
	static const uint32_t actions[] = {
		ALLOW,
		ALLOW,
		ALLOW,
		DENY,
		ALLOW,
		SECCOMP_RET_KILL_PROCESS,
		SECCOMP_RET_LOG,
		SECCOMP_RET_TRAP,
		SECCOMP_RET_KILL_THREAD,
		SECCOMP_RET_TRACE | 1,
		SECCOMP_RET_ERRNO | 38,
		SECCOMP_RET_ERRNO | 7,
	};

	return actions[(size_t)rand() % N_OF(actions)];
}

static void random_args(struct plan_seccomp_arg *args, unsigned n)
{
	static const uint64_t values[] = { 0,	       1,	    2,		 7,
					   0x80,       0xffff,	    0x7e020000,	 0x80000000,
					   0xffffffff, 0x100000000, 0x100000001, 0x8000000000000000,
					   UINT64_MAX };
	unsigned index = (unsigned)rand() % 2;

	for (unsigned i = 0; i < n; i++, index += 1 + (unsigned)rand() % 2) {
		args[i] = (struct plan_seccomp_arg){
			.index = index % 6,
			.op = SCMP_CMP_NE + (unsigned)rand() % 7,
			.value = rand() % 4 == 0 ? random_value() : values[(size_t)rand() % N_OF(values)],
			.value_two = rand() % 2 == 0 ? random_value() : values[(size_t)rand() % N_OF(values)],
		};
	}
}

struct random_profile {
	struct plan_seccomp_rule rules[RULES_MAX];
	struct plan_seccomp_arg args[RULES_MAX][3];
	const char *archs[N_OF(archs) + 1];
	uint32_t shared_action; /* of calls that share a number on 32-bit x86 */
	unsigned n;
};

static bool is_shared(const char *name)
{
	const int number = resolve_name(SCMP_ARCH_X86, name);

	return (number < -1 && number > -1000) || strcmp(name, "socketcall") == 0 || strcmp(name, "ipc") == 0;
}

/* With CONTRADICTIONS, those of its rules that have no condition have other actions. */
static void add_name(struct random_profile *p, const char *name, unsigned percent_args, bool contradictions)
{
	const uint32_t action = is_shared(name) ? p->shared_action : random_action();
	const unsigned n = (unsigned)rand() % 100 >= percent_args && !contradictions ? 1 : 1 + (unsigned)rand() % 4;
	const uint64_t high = rand() % 2 == 0 ? 0 : random_value() << 32;
	const unsigned index = (unsigned)rand() % 6;

	for (unsigned i = 0; i < n && p->n < RULES_MAX; i++) {
		struct plan_seccomp_rule *rule = &p->rules[p->n];

		*rule = (struct plan_seccomp_rule){ .name = name, .action = action };
		if ((unsigned)rand() % 100 < percent_args) {
			rule->n_args = n > 1 || is_shared(name) ? 1 : 1 + (unsigned)rand() % 3;
			rule->args = p->args[p->n];
			random_args(p->args[p->n], rule->n_args);
			/* Several other ones than lists of values are libseccomp's. */
			if (n > 1 || is_shared(name)) {
				p->args[p->n][0].index = is_shared(name) ? 0 : index;
				p->args[p->n][0].op = SCMP_CMP_EQ;
				p->args[p->n][0].value = high | (uint32_t)p->args[p->n][0].value;
			}
		} else if (contradictions && !is_shared(name)) {
			rule->action = random_action();
		}
		p->n++;
	}
}

static void fill(struct random_profile *p, bool contradictions)
{
	/* Few names, many, nearly all. */
	static const unsigned densities[] = { 2, 10, 30, 60, 95 };
	const unsigned density = densities[(size_t)rand() % N_OF(densities)];
	const unsigned percent_args = (contradictions ? 20 : 0) + (unsigned)rand() % 3 * 8;
	unsigned n = 0;

	p->shared_action = random_action();
	for (unsigned i = 0; i < n_names; i++)
		if ((unsigned)rand() % 100 < density)
			add_name(p, names[i], percent_args, contradictions && rand() % 10 == 0);
	for (size_t a = 0; archs[a].name != NULL; a++)
		if (a == 0 || rand() % 2 == 0)
			p->archs[n++] = archs[a].name;
}

static void random_profiles(void **state)
{
	unsigned compared = 0;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct random_profile *p = calloc(1, sizeof(*p));
		struct subject *s = calloc(1, sizeof(*s));

		assert_non_null(p);
		assert_non_null(s);
		s->seed = SEED + round;
		srand(s->seed);
		fill(p, round % 4 == 3);
		s->plan = (struct plan_seccomp){
			.present = true,
			.default_action = round % 3 == 0 ? DENY : random_action(),
			.rules = p->rules,
			.n_rules = p->n,
			.archs = p->archs,
		};
		if (compile(s)) {
			compare_all(s);
			compared++;
		}
		release(s);
		free(p);
	}
	print_message("%u of %u profiles were compared\n", compared, ROUNDS);
	/* The rest is too long for libseccomp, or has none but the default action on some number. */
	assert_true(compared * 10 > ROUNDS * 9);
}

/* ---- what is left to libseccomp ---------------------------------------------------------------------------------- */

static void left_to_libseccomp(void **state)
{
	static const struct plan_seccomp_arg one = { .op = SCMP_CMP_EQ, .value = 1 };
	static const struct plan_seccomp_arg above = { .op = SCMP_CMP_GT, .value = 1 };
	static const struct plan_seccomp_rule contradiction[] = {
		{ .name = "read", .action = ALLOW, .args = &one, .n_args = 1 },
		{ .name = "read", .action = SECCOMP_RET_TRAP, .args = &above, .n_args = 1 },
	};
	/* One may be met or not, whatever the other says. */
	static const struct plan_seccomp_rule several[] = {
		{ .name = "read", .action = ALLOW, .args = &one, .n_args = 1 },
		{ .name = "read", .action = ALLOW, .args = &above, .n_args = 1 },
	};
	/* As a list that allows with exceptions behind it. */
	static const struct plan_seccomp_rule first[] = {
		{ .name = "clone3", .action = ALLOW },
		{ .name = "clone3", .action = SECCOMP_RET_ERRNO | ENOSYS },
	};
	/* Two names that share a number on 32-bit x86 alone. */
	static const struct plan_seccomp_rule shared[] = {
		{ .name = "bind", .action = ALLOW },
		{ .name = "connect", .action = SECCOMP_RET_TRAP },
	};
	static const char *const native[] = { "x86_64", NULL };
	static const char *const x86[] = { "x86_64", "x86", NULL };
	static const char *const other[] = { "x86_64", "mipsel64", NULL };
	const struct {
		const struct plan_seccomp_rule *rules;
		unsigned n_rules;
		const char *const *archs;
		bool is_libseccomps;
	} cases[] = {
		{ several, 2, native, true },
		{ contradiction, 2, native, true },
		{ contradiction, 1, native, false },
		{ contradiction, 1, other, true },
		{ shared, 2, native, false },
		{ first, 2, native, false },
		{ shared, 2, x86, true },
		{ shared, 1, x86, false },
	};

	(void)state;
	for (size_t i = 0; i < N_OF(cases); i++) {
		struct plan_seccomp s = {
			.present = true,
			.default_action = DENY,
			.rules = cases[i].rules,
			.n_rules = cases[i].n_rules,
			.archs = cases[i].archs,
		};
		struct compiled_filter f = { .insns = NULL };
		struct err e = ERR_INIT;

		assert_succeeds(filter_compile(&s, &f, &e), &e);
		assert_int_equal(f.is_libseccomps, cases[i].is_libseccomps);
		assert_true(f.library[0] == '/');
		free(f.insns);
	}
}

/* The profile names what comes by socketcall, so that it is no newer call, by either number. */
static void shared_is_not_newer(void **state)
{
	static const struct plan_seccomp_rule rules[] = {
		{ .name = "read", .action = ALLOW },
		{ .name = "socket", .action = ALLOW },
	};
	static const char *const x86[] = { "x86_64", "x86", NULL };
	const struct plan_seccomp s = {
		.present = true, .default_action = DENY, .rules = rules, .n_rules = 2, .archs = x86
	};
	static int (*const compilers[])(const struct plan_seccomp *, struct compiled_filter *,
					struct err *) = { filter_compile, filter_compile_by_libseccomp };

	(void)state;
	for (size_t i = 0; i < N_OF(compilers); i++) {
		struct seccomp_data d = { .nr = 102, .arch = AUDIT_ARCH_I386, .args = { 1 } };
		struct compiled_filter f = { .insns = NULL };
		struct err e = ERR_INIT;

		assert_succeeds(compilers[i](&s, &f, &e), &e);
		assert_int_equal(bpf_run(f.insns, f.len, &d), ALLOW);
		d.args[0] = 2;
		assert_int_equal(bpf_run(f.insns, f.len, &d), DENY);
		d.nr = 359;
		assert_int_equal(bpf_run(f.insns, f.len, &d), ALLOW);
		d.nr = 360;
		assert_int_equal(bpf_run(f.insns, f.len, &d), SECCOMP_RET_ERRNO | ENOSYS);
		free(f.insns);
	}
}

/* Many values of one argument are one list, with long ways out of it. */
static void long_list(void **state)
{
	static struct plan_seccomp_rule rules[BPF_MAXINSNS];
	static struct plan_seccomp_arg args[BPF_MAXINSNS];
	static const char *const native[] = { "x86_64", NULL };
	struct plan_seccomp s = { .present = true, .default_action = DENY, .rules = rules, .archs = native };
	struct compiled_filter f = { .insns = NULL };
	struct err e = ERR_INIT;

	(void)state;
	for (unsigned i = 0; i < N_OF(rules); i++) {
		args[i] = (struct plan_seccomp_arg){ .op = SCMP_CMP_EQ, .value = 3ull * i };
		rules[i] = (struct plan_seccomp_rule){ .name = "read", .action = ALLOW, .args = &args[i], .n_args = 1 };
	}
	s.n_rules = 1000;
	assert_succeeds(filter_compile(&s, &f, &e), &e);
	assert_false(f.is_libseccomps);
	assert_true(f.len > 1000 && f.len < 1100);
	for (unsigned i = 0; i < 3100; i++) {
		const struct seccomp_data d = { .nr = 0, .arch = AUDIT_ARCH_X86_64, .args = { i } };

		assert_int_equal(bpf_run(f.insns, f.len, &d), i % 3 == 0 && i < 3000 ? ALLOW : DENY);
	}
	free(f.insns);
}

/* More than the kernel takes is not cut. */
static void does_not_fit(void **state)
{
	static struct plan_seccomp_arg args[BPF_MAXINSNS];
	static struct filter_call calls[BPF_MAXINSNS];
	static struct sock_filter insns[BPF_MAXINSNS];
	struct filter_abi abi = { .arch = AUDIT_ARCH_AARCH64, .calls = calls };
	const struct filter_rules rules = { .default_action = DENY, .abis = &abi, .n_abis = 1 };

	(void)state;
	for (unsigned i = 0; i < N_OF(calls); i++) {
		args[i] = (struct plan_seccomp_arg){ .op = SCMP_CMP_EQ, .value = i };
		calls[i] = (struct filter_call){ .number = 5, .action = ALLOW, .args = &args[i], .n_args = 1 };
	}
	abi.n_calls = 4000;
	assert_true(filter_ranges(&rules, insns) > 4000);
	abi.n_calls = BPF_MAXINSNS;
	assert_int_equal(filter_ranges(&rules, insns), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(engine_profile),     cmocka_unit_test(random_profiles),
		cmocka_unit_test(left_to_libseccomp), cmocka_unit_test(shared_is_not_newer),
		cmocka_unit_test(long_list),	      cmocka_unit_test(does_not_fit),
	};
	void *handle = dlopen("libseccomp.so.2", RTLD_NOW | RTLD_LOCAL);
	void *by_name = handle == NULL ? NULL : dlsym(handle, "seccomp_syscall_resolve_name_arch");
	void *by_number = handle == NULL ? NULL : dlsym(handle, "seccomp_syscall_resolve_num_arch");

	if (by_name == NULL || by_number == NULL) {
		printf("1..0 # SKIP libseccomp is not installed\n");
		return 0;
	}
	memcpy(&resolve_name, &by_name, sizeof(by_name));
	memcpy(&resolve_number, &by_number, sizeof(by_number));
	collect_names();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
#ifdef HAVE_SECCOMP
	printf("1..0 # SKIP the machine is no x86_64\n");
#else
	printf("1..0 # SKIP built without seccomp\n");
#endif
	return 0;
}

#endif
