/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/path.h"
#include "plan/builder.h"

/* HOST_NAME_MAX is 64 on Linux: __NEW_UTS_LEN */
#define UTS_NAME_MAX 64

static void build_list(struct builder *b, const struct oci_strings *list, const char *section, const char *at,
		       const char *const **ret, unsigned *ret_n)
{
	const char **paths;

	if (list->n == 0)
		return;
	if (!builder_has_mountns(b)) {
		builder_error(b, section, at, "these paths need a mount namespace");
		return;
	}
	if (list->n > PLAN_ROWS_MAX) {
		builder_error(b, section, at, "more than %d paths", PLAN_ROWS_MAX);
		return;
	}
	paths = arena_new_array(b->arena, const char *, list->n);
	if (!paths)
		return;
	for (size_t i = 0; i < list->n; i++) {
		char *path = builder_keep_clean(b, list->items[i]);

		paths[i] = path;
		if (!path_is_absolute(list->items[i]))
			builder_error(b, section, builder_at(b, "%s/%zu", at, i), "the path \"%s\" is not absolute",
				      list->items[i]);
		else if (path && strcmp(path, "/") == 0)
			builder_error(b, section, builder_at(b, "%s/%zu", at, i), "the path is the root itself");
	}
	*ret = paths;
	*ret_n = (unsigned)list->n;
}

void build_paths(struct builder *b)
{
	const struct oci_linux *linux_ = builder_linux(b);

	build_list(b, &linux_->masked_paths, "config-linux.md#masked-paths", "/linux/maskedPaths",
		   &b->plan->masked_paths, &b->plan->n_masked_paths);
	build_list(b, &linux_->readonly_paths, "config-linux.md#readonly-paths", "/linux/readonlyPaths",
		   &b->plan->readonly_paths, &b->plan->n_readonly_paths);
}

static const char *build_uts_name(struct builder *b, const char *name, const char *section, const char *at)
{
	if (!name || name[0] == '\0')
		return NULL;
	if (b->plan->ns.mode[NS_UTS] == NS_MODE_HOST)
		builder_error(b, section, at, "without a uts namespace this would rename the host");
	if (strlen(name) > UTS_NAME_MAX)
		builder_error(b, section, at, "the name is longer than %d bytes", UTS_NAME_MAX);
	return builder_keep(b, name);
}

void build_uts(struct builder *b)
{
	b->plan->hostname = build_uts_name(b, b->config->hostname, "config.md#hostname", "/hostname");
	b->plan->domainname = build_uts_name(b, b->config->domainname, "config.md#domainname", "/domainname");
}
