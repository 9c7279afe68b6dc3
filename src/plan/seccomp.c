/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>

#include "base/path.h"
#include "base/sha256.h"
#include "plan/annotations.h"
#include "plan/builder.h"
#include "plan/seccomp_archs.h"

#define SECTION "config-linux.md#seccomp"

#define RULES_MAX 65536
#define ARGS_MAX 6 /* a system call's arguments */
#define FLAG_TSYNC (1UL << 0)
#define FLAG_SPEC_ALLOW (1UL << 2)
#define FLAG_WAIT_KILLABLE_RECV (1UL << 5)

/* SECCOMP_RET_* with the errno as data; EPERM unless told (also for SCMP_ACT_TRACE, whose tracer gets it). */
static uint32_t read_action(struct builder *b, const char *name, const struct oci_opt_u32 *errno_ret, const char *at,
			    const char *errno_name)
{
	const struct plan_word *word = plan_word_find(plan_seccomp_action_words, name);
	bool has_data;

	if (!word) {
		builder_error(b, SECTION, at, "there is no seccomp action \"%s\"", name);
		return SECCOMP_RET_KILL_PROCESS;
	}
	has_data = word->value == SECCOMP_RET_ERRNO || word->value == SECCOMP_RET_TRACE;
	if (!has_data && errno_ret->set)
		builder_error(b, SECTION, at, "%s takes no %s", name, errno_name);
	if (errno_ret->value > SECCOMP_RET_DATA)
		builder_error(b, SECTION, at, "%s is above %u", errno_name, SECCOMP_RET_DATA);
	if (!has_data)
		return (uint32_t)word->value;
	return (uint32_t)word->value | (errno_ret->set ? errno_ret->value & SECCOMP_RET_DATA : EPERM);
}

static bool is_notify(uint32_t action)
{
	return (action & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_USER_NOTIF;
}

static void build_archs(struct builder *b, const struct oci_seccomp *in)
{
	const char *native = b->host->machine ? seccomp_arch_of_machine(b->host->machine) : NULL;
	const char **archs = arena_new_array(b->arena, const char *, in->architectures.n + 2);
	unsigned n = 0;

	if (!archs)
		return;
	if (native)
		archs[n++] = builder_keep(b, native);
	for (size_t i = 0; i < in->architectures.n; i++) {
		const char *arch = seccomp_arch_find(in->architectures.items[i]);
		bool listed = false;

		if (!arch) {
			builder_error(b, SECTION, builder_at(b, "/linux/seccomp/architectures/%zu", i),
				      "there is no architecture \"%s\"", in->architectures.items[i]);
			continue;
		}
		for (unsigned k = 0; k < n; k++)
			listed |= strcmp(archs[k], arch) == 0;
		if (!listed && n < in->architectures.n + 1)
			archs[n++] = builder_keep(b, arch);
	}
	b->plan->seccomp.archs = archs;
}

static void build_args(struct builder *b, const struct oci_seccomp_syscall *in, size_t i, struct plan_seccomp_arg *args)
{
	for (size_t k = 0; k < in->args.n; k++) {
		const struct oci_seccomp_arg *arg = &in->args.items[k];
		const struct plan_word *op = plan_word_find(plan_seccomp_op_words, arg->op);

		if (!op)
			builder_error(b, SECTION, builder_at(b, "/linux/seccomp/syscalls/%zu/args/%zu/op", i, k),
				      "there is no operator \"%s\"", arg->op);
		if (arg->index >= ARGS_MAX)
			builder_error(b, SECTION, builder_at(b, "/linux/seccomp/syscalls/%zu/args/%zu/index", i, k),
				      "a system call has arguments 0 to %d", ARGS_MAX - 1);
		args[k] = (struct plan_seccomp_arg){ arg->index, op ? (uint32_t)op->value : 0, arg->value,
						     arg->value_two.value };
	}
}

/* Conditions of one rule are joined by AND, and a rule has no two for one argument: where an index is repeated, each
 * condition becomes a rule of its own, which joins them by OR. */
static bool repeats_index(const struct plan_seccomp_arg *args, size_t n)
{
	unsigned seen = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned bit = 1U << (args[i].index % 32);

		if (seen & bit)
			return true;
		seen |= bit;
	}
	return false;
}

struct rules {
	struct plan_seccomp_rule *items;
	size_t n;
	size_t max;
};

static void add_rules(struct rules *rules, const char *name, uint32_t action, const struct plan_seccomp_arg *args,
		      size_t n_args)
{
	const bool split = repeats_index(args, n_args);
	const size_t n = split ? n_args : 1;

	for (size_t i = 0; i < n && rules->n < rules->max; i++)
		rules->items[rules->n++] = (struct plan_seccomp_rule){
			.name = name,
			.action = action,
			.args = n_args > 0 ? &args[i] : NULL,
			.n_args = split ? 1 : (unsigned)n_args,
		};
}

static void build_syscall(struct builder *b, const struct oci_seccomp_syscall *in, size_t i, struct rules *rules,
			  bool *notify)
{
	const uint32_t action = read_action(b, in->action, &in->errno_ret,
					    builder_at(b, "/linux/seccomp/syscalls/%zu", i), "errnoRet");
	struct plan_seccomp_arg *args = arena_new_array(b->arena, struct plan_seccomp_arg, in->args.n);

	if (!args)
		return;
	if (in->names.n == 0)
		builder_error(b, SECTION, builder_at(b, "/linux/seccomp/syscalls/%zu/names", i),
			      "at least one name is required");
	build_args(b, in, i, args);
	*notify |= is_notify(action);
	for (size_t k = 0; k < in->names.n; k++) {
		/* What tells the agent of the listener is a write. */
		if (is_notify(action) && strcmp(in->names.items[k], "write") == 0)
			builder_error(b, SECTION, builder_at(b, "/linux/seccomp/syscalls/%zu/names/%zu", i, k),
				      "SCMP_ACT_NOTIFY can not be used for write");
		add_rules(rules, builder_keep(b, in->names.items[k]), action, args, in->args.n);
	}
}

/* How many rules there will be, at most. */
static size_t count_rules(const struct oci_seccomp *in)
{
	size_t n = 0;

	for (size_t i = 0; i < in->syscalls.n; i++) {
		const struct oci_seccomp_syscall *item = &in->syscalls.items[i];

		if (item->args.n > RULES_MAX || item->names.n > RULES_MAX)
			return RULES_MAX + 1;
		n += item->names.n * (item->args.n > 0 ? item->args.n : 1);
		if (n > RULES_MAX)
			break;
	}
	return n;
}

static void build_rules(struct builder *b, const struct oci_seccomp *in, bool *notify)
{
	struct rules rules = { .max = count_rules(in) };

	if (rules.max > RULES_MAX) {
		builder_error(b, SECTION, "/linux/seccomp/syscalls", "more than %d rules", RULES_MAX);
		return;
	}
	rules.items = arena_new_array(b->arena, struct plan_seccomp_rule, rules.max);
	if (!rules.items)
		return;
	for (size_t i = 0; i < in->syscalls.n; i++)
		build_syscall(b, &in->syscalls.items[i], i, &rules, notify);
	b->plan->seccomp.rules = rules.items;
	b->plan->seccomp.n_rules = (unsigned)rules.n;
}

static void build_flags(struct builder *b, const struct oci_seccomp *in, bool notify)
{
	struct plan_seccomp *out = &b->plan->seccomp;

	/* Absent is not empty: without a word about it a filter costs no speculation protection. */
	if (!in->flags.items) {
		out->flags = FLAG_SPEC_ALLOW & b->host->seccomp_flags;
		return;
	}
	for (size_t i = 0; i < in->flags.n; i++) {
		const char *name = in->flags.items[i];
		const struct plan_word *flag = plan_word_find(plan_seccomp_flag_words, name);

		if (!flag)
			builder_error(b, SECTION, builder_at(b, "/linux/seccomp/flags/%zu", i),
				      "there is no seccomp flag \"%s\"", name);
		else if ((flag->value & b->host->seccomp_flags) == 0)
			builder_unsupported(b, SECTION, builder_at(b, "/linux/seccomp/flags/%zu", i),
					    "this kernel does not know %s", name);
		else if (flag->value == FLAG_WAIT_KILLABLE_RECV && !notify)
			builder_error(b, SECTION, builder_at(b, "/linux/seccomp/flags/%zu", i),
				      "%s needs SCMP_ACT_NOTIFY", name);
		else
			out->flags |= flag->value;
	}
	if (notify) /* init has one thread, and the kernel refuses the two together */
		out->flags &= ~FLAG_TSYNC;
}

/* Whom the listener goes to: listenerPath, else what crun has for configurations without it. */
static const char *find_receiver(struct builder *b, const struct oci_seccomp *in)
{
	const char *path = in ? in->listener_path : NULL;

	if (path && path[0] != '\0')
		return path;
	path = builder_annotation(b, ANNOTATION_SECCOMP_RECEIVER);
	if (path)
		return path;
	path = b->req->seccomp_receiver;
	if (path && !path_is_absolute(path))
		builder_error(b, NULL, "/linux/seccomp", "RUN_OCI_SECCOMP_RECEIVER: \"%s\" is no absolute path", path);
	return path;
}

/* IN may be NULL: a ready filter without a profile. */
static void build_listener(struct builder *b, const struct oci_seccomp *in)
{
	struct plan_seccomp *out = &b->plan->seccomp;

	out->listener_path = builder_keep(b, find_receiver(b, in));
	if (!out->listener_path)
		builder_error(b, SECTION, "/linux/seccomp", "SCMP_ACT_NOTIFY needs listenerPath");
	if (in)
		out->listener_metadata = builder_keep(b, in->listener_metadata);
	/* rt takes its descriptor out of init, and is gone when a container is started. */
	b->plan->seccomp_early = true;
}

/* Only by listenerPath, whatever other way an agent may be named: the specification ties the two. */
static void check_metadata(struct builder *b, const struct oci_seccomp *in)
{
	const bool has_path = in->listener_path && in->listener_path[0] != '\0';

	if (in->listener_metadata && in->listener_metadata[0] != '\0' && !has_path)
		builder_error(b, SECTION, "/linux/seccomp/listenerMetadata", "listenerMetadata without listenerPath");
}

static void hash_u64(struct sha256 *h, uint64_t v)
{
	uint8_t bytes[8];

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(v >> (8 * i));
	sha256_update(h, bytes, sizeof(bytes));
}

static void hash_string(struct sha256 *h, const char *s)
{
	sha256_update(h, s, strlen(s) + 1);
}

/* Of what the compiled filter depends on: the flags are not in it, nor is the listener. */
static void build_digest(struct plan_seccomp *s)
{
	struct sha256 h;

	sha256_init(&h);
	hash_string(&h, "rt seccomp 2");
	hash_u64(&h, s->default_action);
	hash_u64(&h, s->fail_unknown_names); /* a filter that was made without it has passed names over */
	for (const char *const *arch = s->archs; *arch; arch++)
		hash_string(&h, *arch);
	hash_u64(&h, s->n_rules);
	for (unsigned i = 0; i < s->n_rules; i++) {
		const struct plan_seccomp_rule *rule = &s->rules[i];

		hash_string(&h, rule->name);
		hash_u64(&h, rule->action);
		hash_u64(&h, rule->n_args);
		for (unsigned k = 0; k < rule->n_args; k++) {
			hash_u64(&h, rule->args[k].index);
			hash_u64(&h, rule->args[k].op);
			hash_u64(&h, rule->args[k].value);
			hash_u64(&h, rule->args[k].value_two);
		}
	}
	sha256_final_hex(&h, s->digest);
}

void build_seccomp(struct builder *b)
{
	const struct oci_seccomp *in = builder_linux(b)->seccomp;
	struct plan_seccomp *out = &b->plan->seccomp;
	bool notify = false;

	if (build_seccomp_raw(b, &notify)) {
		if (notify)
			build_listener(b, in);
		return;
	}
	if (!in)
		return;
	if (!b->host->seccomp)
		builder_unsupported(b, SECTION, "/linux/seccomp", "this kernel has no seccomp filters");
#ifndef HAVE_SECCOMP
	builder_unsupported(b, SECTION, "/linux/seccomp", "this rt was built without seccomp");
#endif
	out->present = true;
	out->fail_unknown_names = builder_has_annotation(b, ANNOTATION_SECCOMP_STRICT);
	out->default_action = read_action(b, in->default_action, &in->default_errno_ret, "/linux/seccomp/defaultAction",
					  "defaultErrnoRet");
	if (is_notify(out->default_action))
		builder_error(b, SECTION, "/linux/seccomp/defaultAction", "SCMP_ACT_NOTIFY can not be the default");
	build_archs(b, in);
	build_rules(b, in, &notify);
	build_flags(b, in, notify);
	check_metadata(b, in);
	if (notify)
		build_listener(b, in);
	if (out->archs && (out->rules || out->n_rules == 0))
		build_digest(out);
}
