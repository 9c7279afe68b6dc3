/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/span.h"
#include "plan/builder.h"

#define SECTION "config-linux.md#sysctl"

/*
 * Kernel parameters that belong to a namespace.  All others would change the host, so that they are refused; a row
 * that ends in "/" is a prefix.
 */
/* clang-format off */
static const struct {
	const char *path;
	enum ns_kind kind;
} namespaced[] = {
	{ "fs/mqueue/", NS_IPC },
	{ "kernel/domainname", NS_UTS },
	{ "kernel/hostname", NS_UTS },
	{ "kernel/msgmax", NS_IPC },
	{ "kernel/msgmnb", NS_IPC },
	{ "kernel/msgmni", NS_IPC },
	{ "kernel/sem", NS_IPC },
	{ "kernel/shm_rmid_forced", NS_IPC },
	{ "kernel/shmall", NS_IPC },
	{ "kernel/shmmax", NS_IPC },
	{ "kernel/shmmni", NS_IPC },
	{ "net/", NS_NET },
	{ "user/", NS_USER },
};
/* clang-format on */

/* sysctl(8): the first separator decides; where it is a dot, dots and slashes change places, so that
 * "net.ipv4.conf.eth0/1.forwarding" and "net/ipv4/conf/eth0.1/forwarding" are one. */
static char *make_path(struct builder *b, const char *key)
{
	char *path = arena_strdup(b->arena, key);
	const char *first = strpbrk(key, "./");

	if (!path || !first || *first == '/')
		return path;
	for (char *p = path; *p; p++) {
		if (*p == '.')
			*p = '/';
		else if (*p == '/')
			*p = '.';
	}
	return path;
}

/* No empty, "." or ".." component. */
static bool is_clean(const char *path)
{
	const char *p = path;

	for (;;) {
		size_t len = span_until(p, "/");

		if (len == 0 || (len == 1 && p[0] == '.') || (len == 2 && p[0] == '.' && p[1] == '.'))
			return false;
		if (p[len] == '\0')
			return true;
		p += len + 1;
	}
}

/* The namespace that PATH belongs to, or NS_COUNT. */
static enum ns_kind find_namespace(const char *path)
{
	for (size_t i = 0; i < sizeof(namespaced) / sizeof(namespaced[0]); i++) {
		const char *row = namespaced[i].path;
		size_t len = strlen(row);

		if (row[len - 1] == '/' ? strncmp(path, row, len) == 0 : strcmp(path, row) == 0)
			return namespaced[i].kind;
	}
	return NS_COUNT;
}

static void check(struct builder *b, const char *at, const char *key, const char *path)
{
	const enum ns_kind kind = find_namespace(path);

	if (kind == NS_COUNT) {
		builder_error(b, SECTION, at,
			      "\"%s\" is not known to belong to a namespace: it would change the host", key);
		return;
	}
	b->plan->ns.has_sysctl[kind] = true;
	if (b->plan->ns.mode[kind] == NS_MODE_HOST)
		builder_error(b, SECTION, at, "\"%s\" needs a %s namespace: it would change the host", key,
			      plan_word_name(plan_namespace_words, kind));
	if (strcmp(path, "kernel/hostname") == 0) {
		builder_error(b, SECTION, at, "\"%s\" conflicts with the property \"hostname\"", key);
		findings_hint(b->findings, "use \"hostname\"");
	}
	if (strcmp(path, "kernel/domainname") == 0 && b->config->domainname)
		builder_error(b, SECTION, at, "\"%s\" conflicts with the property \"domainname\"", key);
}

void build_sysctl(struct builder *b)
{
	const struct oci_pairs *list = &builder_linux(b)->sysctl;
	struct plan_sysctl *sysctls = arena_new_array(b->arena, struct plan_sysctl, list->n);

	if (!sysctls)
		return;
	for (size_t i = 0; i < list->n; i++) {
		const char *at = builder_at_key(b, "/linux/sysctl", list->items[i].key);
		const char *path = make_path(b, list->items[i].key);

		if (!path)
			return;
		if (is_clean(path))
			check(b, at, list->items[i].key, path);
		else
			builder_error(b, SECTION, at, "\"%s\" is no name of a kernel parameter",
				      list->items[i].key);
		sysctls[i].path = path;
		sysctls[i].key = builder_keep(b, list->items[i].key);
		sysctls[i].value = builder_keep(b, list->items[i].value);
	}
	b->plan->sysctls = sysctls;
	b->plan->n_sysctls = (unsigned)list->n;
}
