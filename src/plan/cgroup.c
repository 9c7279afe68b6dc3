/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/path.h"
#include "plan/builder.h"

#define SECTION "config-linux.md#cgroups-path"

/* Rootless: no permission to make a cgroup is no error, unless one is asked for. */
static bool is_rootless(const struct builder *b)
{
	switch (b->req->rootless) {
	case REQUEST_TRUE:
		return true;
	case REQUEST_FALSE:
		return false;
	case REQUEST_AUTO:
		break;
	}
	return b->host->euid != 0 || (b->host->in_userns && !b->host->cgroup_writable);
}

/*
 * An absolute path counts from the mount; a relative one, and the id where there is none, from the parent of rt's own
 * cgroup: there are processes in that one in all likelihood, so that it could not enable controllers for others
 * (cgroups(7), no internal processes).  Where rt's own cgroup alone is delegated, it is the only place: there the
 * container has a cgroup, and limits of threaded controllers alone.
 */
static const char *build_path(struct builder *b)
{
	const char *asked = builder_linux(b)->cgroups_path;
	const char *own = b->host->cgroup_own ? b->host->cgroup_own : "/";
	const char *slash = strrchr(own, '/');
	char *path, *below;

	if (asked && path_is_absolute(asked)) {
		path = builder_keep_clean(b, asked);
	} else {
		below = arena_printf(b->findings->arena, "/%s", asked && asked[0] != '\0' ? asked : b->plan->id);
		if (!below)
			return NULL;
		path_clean(below); /* so that no ".." leads above the parent */
		if (b->host->cgroup_own_only && slash[1] != '\0')
			slash = own + strlen(own);
		path = arena_printf(b->arena, "%.*s%s", (int)(slash ? slash - own : 0), own, below);
	}
	if (path && strcmp(path, "/") == 0)
		builder_error(b, SECTION, "/linux/cgroupsPath", "the container can not be put into the root cgroup");
	return path;
}

/* What is asked for on the command line is not quietly done without. */
static void build_systemd(struct builder *b)
{
	if (!b->host->systemd_running) {
		builder_unsupported(b, "config-linux.md#control-groups", "",
				    "systemd not running on this host, cannot use systemd cgroups manager");
		findings_hint(b->findings, "use --cgroup-manager=cgroupfs");
	} else if (b->host->cgroup_layout == HOST_CGROUP_NONE || !b->host->cgroup_mount) {
		builder_unsupported(b, "config-linux.md#control-groups", "",
				    "this host has no cgroup2 hierarchy, cannot use systemd cgroups manager");
		findings_hint(b->findings, "boot with systemd.unified_cgroup_hierarchy=1");
	} else {
		b->plan->cgroup.driver = CGROUP_DRIVER_SYSTEMD;
		build_systemd_names(b);
	}
}

static void build_driver(struct builder *b)
{
	struct plan_cgroup *out = &b->plan->cgroup;

	out->driver = CGROUP_DRIVER_NONE;
	if (b->req->cgroup_manager == REQUEST_DISABLED)
		return;
	if (b->req->cgroup_manager == REQUEST_SYSTEMD) {
		build_systemd(b);
		return;
	}
	if (b->host->cgroup_layout == HOST_CGROUP_NONE || !b->host->cgroup_mount) {
		builder_warn(b, SECTION, builder_linux(b)->cgroups_path ? "/linux/cgroupsPath" : "",
			     "this host has no cgroup2 hierarchy: the container gets no cgroup of its own");
		return;
	}
	out->driver = CGROUP_DRIVER_V2;
}

/* The container's user may manage its own cgroup where it sees nothing but it, and can write it: config-linux.md,
 * Cgroup ownership. */
static bool is_delegated(const struct builder *b)
{
	const struct oci_mounts *mounts = &b->config->mounts;

	if (b->plan->ns.mode[NS_CGROUP] != NS_MODE_NEW || b->host->cgroup_layout != HOST_CGROUP_UNIFIED)
		return false;
	for (size_t i = 0; i < mounts->n; i++) {
		const struct oci_mount *m = &mounts->items[i];
		bool readonly = false;

		if (!m->source || strcmp(m->source, "cgroup") != 0 || strcmp(m->destination, "/sys/fs/cgroup") != 0)
			continue;
		for (size_t k = 0; k < m->options.n; k++)
			readonly |= strcmp(m->options.items[k], "ro") == 0;
		return !readonly;
	}
	return false;
}

static uint32_t host_uid(const struct builder *b, uint32_t uid)
{
	const struct plan_ns *ns = &b->plan->ns;

	for (unsigned i = 0; i < ns->n_uid_maps; i++) {
		const struct plan_id_map *map = &ns->uid_maps[i];

		if (uid >= map->container_id && uid - map->container_id < map->size)
			return map->host_id + (uid - map->container_id);
	}
	return uid; /* no user namespace; an unmapped id is reported where the user is read */
}

void build_cgroup(struct builder *b)
{
	struct plan_cgroup *out = &b->plan->cgroup;
	const char *asked = builder_linux(b)->cgroups_path;

	build_driver(b);
	if (out->driver != CGROUP_DRIVER_NONE) {
		out->mount = builder_keep(b, b->host->cgroup_mount);
		if (out->driver != CGROUP_DRIVER_SYSTEMD)
			out->path = build_path(b);
		out->required = !is_rootless(b) || (asked && asked[0] != '\0');
		out->delegate = is_delegated(b);
		out->owner_gid = UINT32_MAX; /* the specification speaks of the owner alone */
		if (out->delegate && b->process && b->process->user)
			out->owner_uid = host_uid(b, b->process->user->uid.value);
		else if (out->delegate)
			out->owner_uid = host_uid(b, 0);
	}
	build_cgroup_devices(b);
	build_cgroup_limits(b);
	if (out->driver == CGROUP_DRIVER_SYSTEMD)
		build_systemd_properties(b);
}
