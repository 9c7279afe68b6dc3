/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/kernel.h"
#include "base/num.h"
#include "base/path.h"
#include "plan/builder.h"

/*
 * exec: a further process in a container that exists.  What it runs is process.json, or the container's own process
 * changed by options.
 */

/* A mistake on the command line; it has no place in a document. */
static void usage_error(struct builder *b, const char *option, const char *value)
{
	findings_add(b->findings, FINDING_ERROR, ERR_USAGE, NULL, NULL, "%s: bad value \"%s\"", option, value);
}

static struct oci_strings append(struct builder *b, struct oci_strings list, const struct request_list *more)
{
	const char **items = arena_new_array(b->findings->arena, const char *, list.n + more->n);

	if (!items)
		return list;
	if (list.n > 0)
		memcpy(items, list.items, list.n * sizeof(*items));
	if (more->n > 0)
		memcpy(items + list.n, more->items, more->n * sizeof(*items));
	return (struct oci_strings){ items, list.n + more->n };
}

/* As it is written, so that a number in another base is no id: no zeros in front. */
static int parse_id(const char *text, uint32_t *ret)
{
	return text[0] == '0' && text[1] != '\0' ? -1 : num_parse_u32(text, ret);
}

/* "UID[:GID]", numbers alone: a name would be looked up in a file of the container, which it may change. */
static void change_user(struct builder *b, struct oci_user *user)
{
	const char *text = b->req->user;
	const char *colon;
	char uid[16];
	size_t len;

	if (!text)
		return;
	colon = strchr(text, ':');
	len = colon ? (size_t)(colon - text) : strlen(text);
	if (len < sizeof(uid)) {
		memcpy(uid, text, len);
		uid[len] = '\0';
		if (parse_id(uid, &user->uid.value) == 0 &&
		    (!colon || parse_id(colon + 1, &user->gid.value) == 0))
			return;
	}
	usage_error(b, "--user", text);
	findings_hint(b->findings, "UID or UID:GID, both as numbers");
}

static void change_groups(struct builder *b, struct oci_user *user)
{
	const struct request_list *more = &b->req->additional_gids;
	uint32_t *groups = arena_new_array(b->findings->arena, uint32_t, user->additional_gids.n + more->n);

	if (!groups || more->n == 0)
		return;
	if (user->additional_gids.n > 0)
		memcpy(groups, user->additional_gids.items, user->additional_gids.n * sizeof(*groups));
	for (unsigned i = 0; i < more->n; i++) {
		if (parse_id(more->items[i], &groups[user->additional_gids.n + i]) < 0)
			usage_error(b, "--additional-gids", more->items[i]);
	}
	user->additional_gids = (struct oci_u32s){ groups, user->additional_gids.n + more->n };
}

/* Not inheritable: what the program executes must not get it by file capabilities of the image.  Ambient ones have to
 * be inheritable, so that they are added only where the container has such a set. */
static const struct oci_capabilities *change_caps(struct builder *b, const struct oci_capabilities *old)
{
	const struct request_list *more = &b->req->caps;
	struct oci_capabilities *caps;

	if (more->n == 0)
		return old;
	caps = arena_new(b->findings->arena, struct oci_capabilities);
	if (!caps)
		return old;
	if (old)
		*caps = *old;
	caps->bounding = append(b, caps->bounding, more);
	caps->effective = append(b, caps->effective, more);
	caps->permitted = append(b, caps->permitted, more);
	if (caps->inheritable.n > 0)
		caps->ambient = append(b, caps->ambient, more);
	return caps;
}

static void change_process(struct builder *b, struct oci_process *p, struct oci_user *user)
{
	const struct request *req = b->req;

	for (p->args.n = 0; req->argv && req->argv[p->args.n];)
		p->args.n++;
	p->args.items = req->argv;
	p->env = append(b, p->env, &req->env);
	if (req->cwd)
		p->cwd = req->cwd;
	p->terminal = (struct oci_opt_bool){ true, req->tty };
	if (req->no_new_privs)
		p->no_new_privileges = (struct oci_opt_bool){ true, true };
	if (req->apparmor)
		p->apparmor_profile = req->apparmor;
	if (req->process_label)
		p->selinux_label = req->process_label;
	p->capabilities = change_caps(b, p->capabilities);
	if (p->user)
		*user = *p->user;
	change_user(b, user);
	change_groups(b, user);
	p->user = user;
}

/* As other runtimes do, but not without a word.  --tty is given along with a document that says the same. */
static void warn_of_ignored(struct builder *b)
{
	const struct request *req = b->req;
	const struct {
		const char *name;
		bool is_given;
	} options[] = {
		{ "the command", req->argv != NULL },
		{ "--cwd", req->cwd != NULL },
		{ "--env", req->env.n > 0 },
		{ "--user", req->user != NULL },
		{ "--additional-gids", req->additional_gids.n > 0 },
		{ "--cap", req->caps.n > 0 },
		{ "--no-new-privs", req->no_new_privs },
		{ "--process-label", req->process_label != NULL },
		{ "--apparmor", req->apparmor != NULL },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (options[i].is_given)
			findings_add(b->findings, FINDING_WARNING, ERR_USAGE, NULL, NULL,
				     "%s is ignored: the document of --process says all", options[i].name);
	}
}

void build_exec_process(struct builder *b, const struct plan_document *process)
{
	/* What is wrong now is wrong in the options: create has judged the rest.  They are in no file. */
	static const struct plan_document options = { .name = "exec" };
	struct oci_process *p;
	struct oci_user *user;

	if (process) {
		warn_of_ignored(b);
		b->doc = process;
		b->process = process->process;
		b->process_at = "";
		return;
	}
	p = arena_new(b->findings->arena, struct oci_process);
	user = arena_new(b->findings->arena, struct oci_user);
	if (!p || !user)
		return;
	if (b->config->process)
		*p = *b->config->process;
	else
		p->cwd = "/";
	change_process(b, p, user);
	b->doc = &options;
	b->process = p;
	b->process_at = "";
}

/* --cgroup PATH: below the container's cgroup.  "CONTROLLER,...:PATH" is of cgroup v1. */
static void build_exec_cgroup(struct builder *b)
{
	const struct request_list *list = &b->req->cgroups;
	struct plan_cgroup *out = &b->plan->cgroup;
	const char *base = b->container->cgroup_path;
	char *below;

	if (!base || base[0] == '\0') {
		if (list->n > 0)
			usage_error(b, "--cgroup", "the container has no cgroup of its own");
		return;
	}
	out->path = builder_keep(b, base);
	if (list->n == 0)
		return;
	if (list->n > 1 || strchr(list->items[0], ':')) {
		usage_error(b, "--cgroup", list->items[list->n - 1]);
		findings_hint(b->findings, "cgroup2 has one hierarchy: give one path without controllers");
		return;
	}
	if (path_has_dotdot(list->items[0])) {
		usage_error(b, "--cgroup", list->items[0]);
		return;
	}
	below = arena_printf(b->findings->arena, "/%s", list->items[0]);
	if (!below)
		return;
	path_clean(below);
	if (strcmp(below, "/") != 0)
		out->path = arena_printf(b->arena, "%s%s", strcmp(base, "/") == 0 ? "" : base, below);
}

void build_exec(struct builder *b)
{
	struct plan_ns *ns = &b->plan->ns;

	/* The modes say what the container has: capabilities and ids depend on it. */
	for (unsigned kind = 0; kind < NS_COUNT; kind++) {
		if (b->container->ns_flags & plan_namespace_flags[kind])
			ns->mode[kind] = NS_MODE_JOIN;
	}
	plan_ns_schedule_exec(b->container->ns_flags, ns->steps, &ns->n_steps);
	ns->non_dumpable_from_start = true;
	/* Without a mount namespace there is no root to be in by joining: exec enters the directory itself. */
	b->plan->root.chroot_only = !builder_has_mountns(b);
	if (b->plan->root.chroot_only && b->config->root)
		b->plan->root.path = builder_keep_host_path(b, b->config->root->path);
	build_exec_cgroup(b);
}
