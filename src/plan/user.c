/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/annotations.h"
#include "plan/builder.h"

#define SECTION "config.md#posix-platform-user"

#define GROUPS_MAX 65536 /* NGROUPS_MAX of the kernel */
#define UMASK_DEFAULT 0022

/* Ids above INT32_MAX are refused: programs that keep them in an int would see -1, or root, after an overflow. */
static void check_id(struct builder *b, const char *at, const char *what, uint32_t id, const struct plan_id_map *maps,
		     unsigned n_maps)
{
	if (id > INT32_MAX)
		builder_error(b, SECTION, at, "the %s %u is above %d", what, id, INT32_MAX);
	else if (n_maps > 0 && !builder_is_mapped(maps, n_maps, id))
		builder_error(b, SECTION, at, "the %s %u is not mapped in the user namespace", what, id);
}

static void build_groups(struct builder *b, const struct oci_user *user)
{
	const struct plan_ns *ns = &b->plan->ns;
	struct plan_user *out = &b->plan->process.user;
	const size_t n = user ? user->additional_gids.n : 0;
	const char *at = builder_at(b, "%s/user/additionalGids", b->process_at);
	const bool denied = ns->deny_setgroups || (ns->mode[NS_USER] == NS_MODE_HOST && b->host->setgroups_denied);
	uint32_t *groups;

	if (n > GROUPS_MAX) {
		builder_error(b, SECTION, at, "more than %d groups", GROUPS_MAX);
		return;
	}
	groups = arena_new_array(b->arena, uint32_t, n);
	if (!groups)
		return;
	for (size_t i = 0; i < n; i++) {
		groups[i] = user->additional_gids.items[i];
		check_id(b, builder_at(b, "%s/%zu", at, i), "group", groups[i], ns->gid_maps, ns->n_gid_maps);
	}
	if (n > 0 && denied)
		builder_unsupported(b, SECTION, at, "the user namespace denies setgroups(2): no additional groups");
	out->groups = groups;
	out->n_groups = (unsigned)n;
	/* A joined user namespace of an unprivileged user denies it in all likelihood: without groups to set, it is not
	 * tried there. */
	out->set_groups = !denied && !builder_has_annotation(b, ANNOTATION_KEEP_GROUPS) &&
			  (n > 0 || builder_is_privileged(b) || ns->mode[NS_USER] != NS_MODE_JOIN);
}

void build_user(struct builder *b)
{
	const struct oci_user *user = b->process->user;
	const struct plan_ns *ns = &b->plan->ns;
	struct plan_user *out = &b->plan->process.user;

	out->umask = UMASK_DEFAULT;
	if (user) {
		out->uid = user->uid.value;
		out->gid = user->gid.value;
		if (user->umask.set)
			out->umask = user->umask.value;
	}
	check_id(b, builder_at(b, "%s/user/uid", b->process_at), "uid", out->uid, ns->uid_maps, ns->n_uid_maps);
	check_id(b, builder_at(b, "%s/user/gid", b->process_at), "gid", out->gid, ns->gid_maps, ns->n_gid_maps);
	if (out->umask > 0777)
		builder_error(b, SECTION, builder_at(b, "%s/user/umask", b->process_at), "the umask is above 0777");
	build_groups(b, user);
}
