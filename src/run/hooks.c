/* SPDX-License-Identifier: Apache-2.0 */
#include "run/hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/log.h"
#include "base/sys.h"
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

struct outputs {
	int out;
	int err;
};

static void outputs_release(struct outputs *o)
{
	fd_close(&o->out);
	fd_close(&o->err);
}

int hooks_open_output(const char *path, struct err *e)
{
	/* O_NONBLOCK for the open alone: a FIFO without a reader would hold us for ever. */
	_cleanup_fd_ int fd = sys_openat(AT_FDCWD, path,
					 O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);

	if (fd < 0 || sys_fcntl(fd, F_SETFL, O_APPEND) < 0)
		return err_errno(e, errno, "open %s for the output of hooks", path);
	return fd_take(&fd);
}

static int open_outputs(const struct plan_hooks *hooks, struct outputs *ret, struct err *e)
{
	if (hooks->stdout_path != NULL && (ret->out = hooks_open_output(hooks->stdout_path, e)) < 0)
		return -1;
	if (hooks->stderr_path != NULL && (ret->err = hooks_open_output(hooks->stderr_path, e)) < 0)
		return -1;
	return 0;
}

static int run_one(enum hook_kind kind, const struct plan_hook *hook, const struct outputs *outputs,
		   const char *bundle, const char *state, size_t len, struct err *e)
{
	const struct command c = {
		.program = hook->path,
		.argv = hook->argv,
		.envp = hook->envp != NULL ? hook->envp : environ,
		.directory = bundle,
		.input = state,
		.input_len = len,
		.timeout = hook->timeout,
		.out_fd = outputs->out > 0 ? outputs->out : 0,
		.err_fd = outputs->err > 0 ? outputs->err : 0,
	};

	if (command_run(&c, e) == 0)
		return 0;
	e->kind = ERR_HOOK;
	return err_prefix(e, "error running %s hook #%u", kind_name[kind], hook->index);
}

/* All of a kind.  IS_LENIENT: a failure is a warning, and the next one runs. */
static int run_kind(enum hook_kind kind, const struct plan_hooks *hooks, const struct state *s,
		    enum state_status status, bool is_lenient, struct err *e)
{
	__attribute__((cleanup(outputs_release))) struct outputs outputs = { .out = -EBADF, .err = -EBADF };
	_cleanup_json_ struct json j = JSON_INIT(0);
	const char *text;
	size_t len;
	unsigned i;

	if (hooks->n[kind] == 0)
		return 0;
	state_print(s, status, NULL, &j);
	if (json_finish(&j, &text, &len, e) < 0)
		return -1;
	if (open_outputs(hooks, &outputs, e) < 0) {
		if (!is_lenient)
			return -1;
		log_warning("%s", e->msg);
		err_clear(e);
	}
	for (i = 0; i < hooks->n[kind]; i++) {
		if (run_one(kind, &hooks->hooks[kind][i], &outputs, s->bundle, text, len, e) == 0)
			continue;
		if (!is_lenient)
			return -1;
		log_warning("%s", e->msg);
		err_clear(e);
	}
	return 0;
}

int hooks_run(enum hook_kind kind, const struct plan_hooks *hooks, const struct state *s, enum state_status status,
	      struct err *e)
{
	return run_kind(kind, hooks, s, status, false, e);
}

void hooks_run_all(enum hook_kind kind, const struct plan_hooks *hooks, const struct state *s,
		   enum state_status status)
{
	struct err failure = ERR_INIT;

	if (run_kind(kind, hooks, s, status, true, &failure) < 0)
		log_warning("%s hooks do not run: %s", kind_name[kind], failure.msg);
}

int hooks_load(int dir_fd, enum hook_kind kind, struct arena *arena, struct plan_hooks *ret, struct err *e)
{
	struct plan_document *doc;
	const char *bytes;
	size_t len;

	if (state_read_config(dir_fd, arena, &bytes, &len, e) < 0 ||
	    plan_document_decode(bytes, len, STATE_CONFIG_FILE, arena, &doc, e) < 0)
		return -1;
	return plan_build_hooks(doc, kind, arena, ret, e);
}
