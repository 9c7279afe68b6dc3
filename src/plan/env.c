/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "plan/builder.h"

#define SECTION "config.md#process"

/* execve(2) takes no more than that many bytes of strings anyway, and each has two bytes at the least. */
#define ENV_MAX 65536

struct variable {
	const char *text;
	size_t name_len;
	size_t index;
};

static int compare(const void *a, const void *b)
{
	const struct variable *x = a;
	const struct variable *y = b;
	size_t len = x->name_len < y->name_len ? x->name_len : y->name_len;
	int order = memcmp(x->text, y->text, len);

	if (order != 0)
		return order;
	if (x->name_len != y->name_len)
		return x->name_len < y->name_len ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static bool same_name(const struct variable *a, const struct variable *b)
{
	return a->name_len == b->name_len && memcmp(a->text, b->text, a->name_len) == 0;
}

/* Keeps the last of each name, at its place: FLAGS[i] says whether entry i stays. */
static void mark_last(struct variable *sorted, size_t n, bool *flags)
{
	qsort(sorted, n, sizeof(*sorted), compare);
	for (size_t i = 0; i < n; i++)
		flags[sorted[i].index] = i + 1 == n || !same_name(&sorted[i], &sorted[i + 1]);
}

static bool is_name(const char *text, const char *name)
{
	size_t len = strlen(name);

	return strncmp(text, name, len) == 0 && text[len] == '=';
}

/* What rt sets itself, or promises to fill: it takes the place of what the configuration says. */
static bool is_replaced(const struct builder *b, const char *text)
{
	if (is_name(text, "HOME"))
		return text[strlen("HOME=")] == '\0';
	if (is_name(text, "NOTIFY_SOCKET"))
		return b->plan->notify_socket != NULL;
	return b->req->listen_fds > 0 && (is_name(text, "LISTEN_FDS") || is_name(text, "LISTEN_PID") ||
					  (b->req->listen_fdnames && is_name(text, "LISTEN_FDNAMES")));
}

static void add_listen(struct builder *b, char **envp, unsigned *n)
{
	struct plan_process *out = &b->plan->process;

	if (b->req->listen_fds == 0)
		return;
	envp[(*n)++] = arena_printf(b->arena, "LISTEN_FDS=%u", b->req->listen_fds);
	if (b->req->listen_fdnames)
		envp[(*n)++] = arena_printf(b->arena, "LISTEN_FDNAMES=%s", b->req->listen_fdnames);
	out->listen_pid = true;
	out->listen_pid_slot = (int)*n;
	envp[(*n)++] = arena_strdup(b->arena, "LISTEN_PID=1");
}

static size_t collect(struct builder *b, struct variable *variables)
{
	const struct oci_strings *env = &b->process->env;
	size_t n = 0;

	for (size_t i = 0; i < env->n; i++) {
		const char *text = env->items[i];
		const char *equals = strchr(text, '=');

		if (!equals || equals == text) {
			builder_error(b, SECTION, builder_at(b, "%s/env/%zu", b->process_at, i),
				      equals ? "the variable has no name" : "the variable has no \"=\"");
			continue;
		}
		variables[n] = (struct variable){ text, (size_t)(equals - text), n };
		n++;
	}
	return n;
}

void build_env(struct builder *b)
{
	const size_t n_env = b->process->env.n;
	struct plan_process *out = &b->plan->process;
	struct variable *variables, *sorted;
	bool *keep, has_home = false;
	unsigned n = 0;
	size_t n_valid;
	char **envp;

	if (n_env > ENV_MAX) {
		builder_error(b, SECTION, builder_at(b, "%s/env", b->process_at), "more than %d variables", ENV_MAX);
		return;
	}
	/* What is needed for sorting alone does not belong into the plan. */
	variables = arena_new_array(b->findings->arena, struct variable, n_env);
	sorted = arena_new_array(b->findings->arena, struct variable, n_env);
	keep = arena_new_array(b->findings->arena, bool, n_env);
	envp = arena_new_array(b->arena, char *, n_env + 6); /* NOTIFY_SOCKET, LISTEN_* (3), HOME, NULL */
	if (!variables || !sorted || !keep || !envp)
		return;
	n_valid = collect(b, variables);
	memcpy(sorted, variables, n_valid * sizeof(*sorted));
	mark_last(sorted, n_valid, keep);
	for (size_t i = 0; i < n_valid; i++) {
		if (!keep[i] || is_replaced(b, variables[i].text))
			continue;
		has_home |= is_name(variables[i].text, "HOME");
		envp[n++] = arena_strdup(b->arena, variables[i].text);
	}
	if (b->plan->notify_socket)
		envp[n++] = arena_strdup(b->arena, "NOTIFY_SOCKET=" NOTIFY_MOUNT "/notify.sock");
	add_listen(b, envp, &n);
	if (!has_home)
		out->home_slot = (int)n++; /* the last: while it is empty it ends the list */
	out->envp = envp;
	out->n_env = n;
}
