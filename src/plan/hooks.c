/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/json.h"
#include "base/path.h"
#include "plan/annotations.h"
#include "plan/builder.h"
#include "plan/features.h"

#define SECTION "config.md#posix-platform-hooks"
#define TIMEOUT_MAX 86400 /* a day: more is a mistake, or means none */

static const struct oci_hook_list *find_list(const struct oci_hooks *hooks, enum hook_kind kind)
{
	const struct oci_hook_list *const lists[HOOK_KIND_COUNT] = {
		[HOOK_PRESTART] = &hooks->prestart,
		[HOOK_CREATE_RUNTIME] = &hooks->create_runtime,
		[HOOK_CREATE_CONTAINER] = &hooks->create_container,
		[HOOK_START_CONTAINER] = &hooks->start_container,
		[HOOK_POSTSTART] = &hooks->poststart,
		[HOOK_POSTSTOP] = &hooks->poststop,
	};

	return lists[kind];
}

/* An absent environment is not an empty one.  NULL: what rt itself has, as hooks that find their programs by PATH
 * expect.  A hook inside the container gets the container's, or none where it runs before that is settled. */
static char *const *build_hook_env(struct builder *b, const struct oci_hook *in, enum hook_kind kind)
{
	const size_t n = in->env.items ? in->env.n : 0;
	char **envp;

	if (!in->env.items && kind == HOOK_START_CONTAINER && b->plan->process.envp)
		return b->plan->process.envp;
	if (!in->env.items && kind != HOOK_START_CONTAINER && kind != HOOK_CREATE_CONTAINER)
		return NULL;
	envp = arena_new_array(b->arena, char *, n + 1);
	for (size_t i = 0; envp && i < n; i++)
		envp[i] = arena_strdup(b->arena, in->env.items[i]);
	return envp;
}

static char *const *build_hook_args(struct builder *b, const struct oci_hook *in)
{
	const size_t n = in->args.n > 0 ? in->args.n : 1;
	char **argv = arena_new_array(b->arena, char *, n + 1);

	if (!argv)
		return NULL;
	argv[0] = arena_strdup(b->arena, in->path);
	for (size_t i = 0; i < in->args.n; i++)
		argv[i] = arena_strdup(b->arena, in->args.items[i]);
	return argv;
}

static void build_hook(struct builder *b, enum hook_kind kind, unsigned i, const struct oci_hook *in,
		       struct plan_hook *out)
{
	const char *name = plan_word_name(plan_hook_words, kind);

	out->index = i;
	out->path = builder_keep(b, in->path);
	if (!path_is_absolute(in->path))
		builder_error(b, SECTION, builder_at(b, "/hooks/%s/%u/path", name, i),
			      "the path \"%s\" is not absolute", in->path);
	if (in->timeout.set && (in->timeout.value <= 0 || in->timeout.value > TIMEOUT_MAX))
		builder_error(b, SECTION, builder_at(b, "/hooks/%s/%u/timeout", name, i),
			      "%lld is not in 1..%d seconds", (long long)in->timeout.value, TIMEOUT_MAX);
	else
		out->timeout = (int)in->timeout.value;
	out->argv = build_hook_args(b, in);
	out->envp = build_hook_env(b, in, kind);
}

static void build_kind(struct builder *b, enum hook_kind kind)
{
	const struct oci_hook_list *list = find_list(b->config->hooks, kind);
	struct plan_hook *hooks;

	if (list->n == 0)
		return;
	if (list->n > PLAN_ROWS_MAX) {
		builder_error(b, SECTION, builder_at(b, "/hooks/%s", plan_word_name(plan_hook_words, kind)),
			      "more than %d hooks", PLAN_ROWS_MAX);
		return;
	}
	hooks = arena_new_array(b->arena, struct plan_hook, list->n);
	if (!hooks)
		return;
	for (size_t i = 0; i < list->n; i++)
		build_hook(b, kind, (unsigned)i, &list->items[i], &hooks[i]);
	b->plan->hooks.hooks[kind] = hooks;
	b->plan->hooks.n[kind] = (unsigned)list->n;
}

static const char *keep_json(struct builder *b, struct json *j, size_t skip, size_t cut)
{
	struct err ignored = ERR_INIT;
	const char *text;
	size_t len;

	/* The only error is want of memory, and the arena has an answer to that too. */
	if (json_finish(j, &text, &len, &ignored) < 0 || len < skip + cut) {
		b->arena->exhausted = true;
		return NULL;
	}
	return arena_strndup(b->arena, text + skip, len - skip - cut);
}

/* {"ociVersion":"1.3.0","id":"ID","status":" | ","pid": | ,"bundle":"/b","annotations":{}}  (runtime.md, State) */
static void build_state_template(struct builder *b)
{
	_cleanup_json_ struct json before = JSON_INIT(0);
	_cleanup_json_ struct json after = JSON_INIT(0);
	struct plan_hooks *out = &b->plan->hooks;
	const struct oci_pairs *annotations = &b->config->annotations;

	json_begin_object(&before);
	json_kv_string(&before, "ociVersion", FEATURES_OCI_VERSION);
	json_kv_string(&before, "id", b->plan->id);
	json_kv_string(&before, "status", "");
	json_end_object(&before);
	out->state_prefix = keep_json(b, &before, 0, strlen("\"}"));
	out->state_middle = builder_keep(b, "\",\"pid\":");

	json_begin_object(&after);
	json_kv_string(&after, "bundle", b->bundle);
	if (annotations->n > 0) {
		json_key(&after, "annotations");
		json_begin_object(&after);
		for (size_t i = 0; i < annotations->n; i++)
			json_kv_string(&after, annotations->items[i].key, annotations->items[i].value);
		json_end_object(&after);
	}
	json_end_object(&after);
	out->state_suffix = keep_json(b, &after, strlen("{"), 0);
	if (out->state_suffix)
		out->state_suffix = arena_printf(b->arena, ",%s", out->state_suffix);
}

static void build_output(struct builder *b)
{
	b->plan->hooks.stdout_path = builder_keep(b, builder_annotation(b, ANNOTATION_HOOKS_STDOUT));
	b->plan->hooks.stderr_path = builder_keep(b, builder_annotation(b, ANNOTATION_HOOKS_STDERR));
}

void build_hooks(struct builder *b)
{
	if (b->config->hooks) {
		for (unsigned kind = 0; kind < HOOK_KIND_COUNT; kind++)
			build_kind(b, (enum hook_kind)kind);
	}
	build_output(b);
	if (b->plan->hooks.n[HOOK_CREATE_CONTAINER] > 0 || b->plan->hooks.n[HOOK_START_CONTAINER] > 0)
		build_state_template(b);
}

int plan_build_hooks(const struct plan_document *doc, enum hook_kind kind, struct arena *arena,
		     struct plan_hooks *ret_hooks, struct err *e)
{
	struct findings findings = FINDINGS_INIT(arena);
	struct plan *plan = arena_new(arena, struct plan);
	struct builder b = {
		.doc = doc,
		.config = doc->config,
		.arena = arena,
		.findings = &findings,
		.plan = plan,
	};
	const struct finding *first;

	if (plan && doc->config->hooks)
		build_kind(&b, kind);
	if (plan)
		build_output(&b);
	if (arena_check(arena, e) < 0)
		return -1;
	first = findings_first_error(&findings);
	if (first)
		return finding_to_err(first, e);
	*ret_hooks = plan->hooks;
	return 0;
}
