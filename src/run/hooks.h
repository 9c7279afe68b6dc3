/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_HOOKS_H
#define RT_RUN_HOOKS_H

#include "base/err.h"
#include "plan/plan.h"
#include "state/state.h"

/* The hooks of KIND, one of the runtime's namespaces: config.md#posix-platform-hooks.  The state document goes to their
 * standard input, on one line; they start in the bundle, each in a process group of its own.  The first that fails ends
 * it: ERR_HOOK, "error running KIND hook #0: ...". */
int hooks_run(enum hook_kind kind, const struct plan_hooks *hooks, const struct state *s, enum state_status status,
	      struct err *e);

/* As above, but a failure is a warning in the log and the next one runs: poststop (runtime.md#lifecycle, step 13). */
void hooks_run_all(enum hook_kind kind, const struct plan_hooks *hooks, const struct state *s,
		   enum state_status status);

/* Decodes the hooks of KIND from the config.json that is kept in DIR_FD.  They live in ARENA. */
int hooks_load(int dir_fd, enum hook_kind kind, struct arena *arena, struct plan_hooks *ret, struct err *e);

/* The file of an annotation that hooks' output is appended to. */
int hooks_open_output(const char *path, struct err *e);

#endif
