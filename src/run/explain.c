/* SPDX-License-Identifier: Apache-2.0 */
#include "run/explain.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/span.h"
#include "host/explain.h"

#define SHOWN_MAX 100

/* The container's root, as the host sees it. */
struct inside_root {
	const struct plan_ns *ns;
	uint32_t uid;
	uint32_t gid;
};

static bool is_mapped(const struct plan_id_map *maps, unsigned n, uint32_t host_id)
{
	for (unsigned i = 0; i < n; i++)
		if (host_id >= maps[i].host_id && host_id - maps[i].host_id < maps[i].size)
			return true;
	return false;
}

static uint32_t host_id_of_root(const struct plan_id_map *maps, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (maps[i].container_id == 0)
			return maps[i].host_id;
	return UINT32_MAX;
}

/* Supplementary groups are the caller's until the program's own are set. */
static bool is_own_group(gid_t gid)
{
	gid_t groups[256];
	int n = getgroups(256, groups);

	for (int i = 0; i < n; i++)
		if (groups[i] == gid)
			return true;
	return false;
}

/* Its capabilities count where both ids of a file are mapped (capabilities(7)); else the mode does.  Access control
 * lists are passed over: this is for a hint. */
static bool may_enter(const struct inside_root *r, const struct stat *st)
{
	const struct plan_ns *ns = r->ns;

	if (is_mapped(ns->uid_maps, ns->n_uid_maps, st->st_uid) && is_mapped(ns->gid_maps, ns->n_gid_maps, st->st_gid))
		return true;
	if (st->st_uid == r->uid)
		return (st->st_mode & S_IXUSR) != 0;
	if (st->st_gid == r->gid || is_own_group(st->st_gid))
		return (st->st_mode & S_IXGRP) != 0;
	return (st->st_mode & S_IXOTH) != 0;
}

/* Names the first directory above PATH that the container's root may not enter; false if there is none. */
static bool explain_path(const struct inside_root *r, const char *path, struct err *e)
{
	char prefix[PATH_MAX];
	size_t len = strlen(path);
	struct stat st;

	if (path[0] != '/' || len >= sizeof(prefix))
		return false;
	for (size_t at = 1; at < len; at++) {
		at += span_until(path + at, "/");
		memcpy(prefix, path, at);
		prefix[at] = '\0';
		if (stat(prefix, &st) < 0 || !S_ISDIR(st.st_mode))
			return false;
		if (may_enter(r, &st))
			continue;
		e->hint[0] = '\0'; /* init's own says no more than that there is such a directory */
		(void)err_hint(e, "the container's root, uid %u here, may not enter %.*s: chmod o+x, or map the owner",
			       (unsigned)r->uid, SHOWN_MAX, prefix);
		return true;
	}
	return false;
}

/* What init opens by name. */
static void explain_paths(const struct inside_root *r, const struct plan *plan, struct err *e)
{
	bool found = explain_path(r, plan->root.path, e);

	for (unsigned i = 0; i < plan->n_mounts && !found; i++)
		if (plan->mounts[i].how == MOUNT_BIND && !plan->mounts[i].source_by_rt)
			found = explain_path(r, plan->mounts[i].source, e);
}

void explain_init(const struct plan *plan, struct err *e)
{
	const struct plan_ns *ns = &plan->ns;
	const struct inside_root r = {
		.ns = ns,
		.uid = host_id_of_root(ns->uid_maps, ns->n_uid_maps),
		.gid = host_id_of_root(ns->gid_maps, ns->n_gid_maps),
	};

	if (ns->mode[NS_USER] != NS_MODE_NEW || plan->kind != PLAN_CREATE)
		return;
	if (e->errnum == EACCES)
		explain_paths(&r, plan, e);
	if (geteuid() != 0)
		explain_denied_inside("", e);
}
