/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/builder.h"

#define SECTION "config.md#root"
#define SECTION_PROPAGATION "config-linux.md#rootfs-mount-propagation"

static void build_propagation(struct builder *b)
{
	const char *name = builder_linux(b)->rootfs_propagation;
	const struct plan_word *word;

	if (!name || name[0] == '\0')
		return;
	word = plan_word_find(plan_propagation_words, name);
	if (!word)
		builder_error(b, SECTION_PROPAGATION, "/linux/rootfsPropagation", "there is no propagation \"%s\"",
			      name);
	else if (!builder_has_mountns(b))
		builder_error(b, SECTION_PROPAGATION, "/linux/rootfsPropagation",
			      "the propagation of the root needs a mount namespace");
	else
		b->plan->root.propagation = word->value;
}

void build_root(struct builder *b)
{
	const struct oci_root *root = b->config->root;
	struct plan_root *ret = &b->plan->root;

	build_propagation(b);
	ret->no_pivot = b->req->no_pivot;
	ret->chroot_only = !builder_has_mountns(b);
	if (!root || root->path[0] == '\0') {
		builder_error(b, SECTION, root ? "/root/path" : "", "root.path is missing");
		return;
	}
	ret->path = builder_keep_host_path(b, root->path);
	ret->readonly = root->readonly.value;
	if (ret->readonly && ret->chroot_only)
		builder_error(b, SECTION, "/root/readonly", "a read-only root needs a mount namespace");
}
