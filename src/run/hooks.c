/* SPDX-License-Identifier: Apache-2.0 */
#include "run/hooks.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "plan/build.h"
#include "run/command.h"

static const char *const kind_name[HOOK_KIND_COUNT] = {
	[HOOK_PRESTART] = "prestart",
	[HOOK_CREATE_RUNTIME] = "createRuntime",
	[HOOK_CREATE_CONTAINER] = "createContainer",
	[HOOK_START_CONTAINER] = "startContainer",
	[HOOK_POSTSTART] = "poststart",
	[HOOK_POSTSTOP] = "poststop",
};

static int run_one(enum hook_kind kind, const struct plan_hook *hook, const char *bundle, const char *state, size_t len,
		   struct err *e)
{
	const struct command c = {
		.program = hook->path,
		.argv = hook->argv,
		.envp = hook->envp != NULL ? hook->envp : environ,
		.directory = bundle,
		.input = state,
		.input_len = len,
		.timeout = hook->timeout,
	};

	if (command_run(&c, e) < 0)
		return err_prefix(e, "error running %s hook #%u", kind_name[kind], hook->index);
	return 0;
}

int hooks_run(enum hook_kind kind, const struct plan_hook *hooks, unsigned n, const struct state *s,
	      enum state_status status, struct err *e)
{
	_cleanup_json_ struct json j = JSON_INIT(0);
	const char *text;
	size_t len;
	unsigned i;

	if (n == 0)
		return 0;
	state_print(s, status, NULL, &j);
	if (json_finish(&j, &text, &len, e) < 0)
		return -1;
	for (i = 0; i < n; i++) {
		if (run_one(kind, &hooks[i], s->bundle, text, len, e) < 0)
			return -1;
	}
	return 0;
}

void hooks_run_all(enum hook_kind kind, const struct plan_hook *hooks, unsigned n, const struct state *s,
		   enum state_status status)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		struct err failure = ERR_INIT;

		if (hooks_run(kind, &hooks[i], 1, s, status, &failure) < 0)
			log_warning("%s", failure.msg);
	}
}

int hooks_load(int dir_fd, enum hook_kind kind, struct arena *arena, const struct plan_hook **ret, unsigned *ret_n,
	       struct err *e)
{
	struct plan_document *doc;
	char *bytes = NULL;
	char *kept;
	size_t len = 0;

	if (io_read_file_at(dir_fd, STATE_CONFIG_FILE, STATE_CONFIG_MAX, &bytes, &len, e) < 0)
		return err_prefix(e, "the container's config");
	/* A document refers to its bytes: they live as long as it does. */
	kept = arena_strndup(arena, bytes, len);
	free(bytes);
	if (kept == NULL)
		return arena_check(arena, e);
	if (plan_document_decode(kept, len, STATE_CONFIG_FILE, arena, &doc, e) < 0)
		return -1;
	return plan_build_hooks(doc, kind, arena, ret, ret_n, e);
}
