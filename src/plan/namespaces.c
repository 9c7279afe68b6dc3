/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/path.h"
#include "plan/builder.h"

#define SECTION "config-linux.md#namespaces"
#define SECTION_MAPS "config-linux.md#user-namespace-mappings"
#define SECTION_TIME "config-linux.md#offset-for-time-namespace"

#define MAPS_MAX 340 /* lines of uid_map: user_namespaces(7), Linux 4.15 */

static void build_modes(struct builder *b)
{
	const struct oci_namespaces *list = &builder_linux(b)->namespaces;
	struct plan_ns *ns = &b->plan->ns;
	bool seen[NS_COUNT] = { false };

	for (size_t i = 0; i < list->n; i++) {
		const struct oci_namespace *item = &list->items[i];
		const struct plan_word *word = plan_word_find(plan_namespace_words, item->type);

		if (!word) {
			builder_error(b, SECTION, builder_at(b, "/linux/namespaces/%zu/type", i),
				      "there is no namespace of type \"%s\"", item->type);
			continue;
		}
		if (seen[word->value]) {
			builder_error(b, SECTION, builder_at(b, "/linux/namespaces/%zu/type", i),
				      "the %s namespace is listed twice", item->type);
			continue;
		}
		seen[word->value] = true;
		ns->mode[word->value] = NS_MODE_NEW;
		if (!item->path || item->path[0] == '\0')
			continue;
		ns->mode[word->value] = NS_MODE_JOIN;
		if (path_is_absolute(item->path))
			ns->path[word->value] = builder_keep(b, item->path);
		else
			builder_error(b, SECTION, builder_at(b, "/linux/namespaces/%zu/path", i),
				      "the path \"%s\" is not absolute", item->path);
	}
}

static void check_kernel(struct builder *b)
{
	const struct plan_ns *ns = &b->plan->ns;

	if (ns->mode[NS_TIME] != NS_MODE_HOST && !b->host->has_time_ns)
		builder_unsupported(b, SECTION, "/linux/namespaces", "this kernel has no time namespaces");
	if (ns->mode[NS_CGROUP] != NS_MODE_HOST && !b->host->has_cgroup_ns)
		builder_unsupported(b, SECTION, "/linux/namespaces", "this kernel has no cgroup namespaces");
	if (ns->mode[NS_USER] == NS_MODE_HOST && !builder_is_privileged(b)) {
		builder_unsupported(b, SECTION, "/linux/namespaces",
				    "without root's rights a container needs a user namespace");
		findings_hint(b->findings, "run as root, or let \"spec --rootless\" write the configuration");
	}
}

static bool overlaps(uint32_t a, uint32_t a_size, uint32_t c, uint32_t c_size)
{
	return (uint64_t)a < (uint64_t)c + c_size && (uint64_t)c < (uint64_t)a + a_size;
}

/* What the kernel would refuse with nothing but EINVAL (user_namespaces(7)). */
static void check_row(struct builder *b, const struct oci_id_mappings *list, const char *at, size_t i)
{
	const struct oci_id_mapping *row = &list->items[i];

	if (row->size == 0) {
		builder_error(b, SECTION_MAPS, builder_at(b, "%s/%zu/size", at, i), "a mapping of no ids");
		return;
	}
	if ((uint64_t)row->container_id + row->size > UINT32_MAX || (uint64_t)row->host_id + row->size > UINT32_MAX)
		builder_error(b, SECTION_MAPS, builder_at(b, "%s/%zu", at, i), "the range ends above the largest id");
	for (size_t k = 0; k < i; k++) {
		const struct oci_id_mapping *other = &list->items[k];

		if (overlaps(row->container_id, row->size, other->container_id, other->size) ||
		    overlaps(row->host_id, row->size, other->host_id, other->size))
			builder_error(b, SECTION_MAPS, builder_at(b, "%s/%zu", at, i),
				      "the range overlaps that of entry %zu", k);
	}
}

bool builder_is_mapped(const struct plan_id_map *maps, unsigned n, uint32_t id)
{
	for (unsigned i = 0; i < n; i++) {
		if (id >= maps[i].container_id && id - maps[i].container_id < maps[i].size)
			return true;
	}
	return false;
}

void builder_keep_maps(struct builder *b, const struct oci_id_mappings *list, const char *at,
		       const struct plan_id_map **ret, unsigned *ret_n)
{
	struct plan_id_map *maps;

	if (list->n > MAPS_MAX) {
		builder_error(b, SECTION_MAPS, at, "%zu mappings, the kernel takes %d", list->n, MAPS_MAX);
		return;
	}
	maps = arena_new_array(b->arena, struct plan_id_map, list->n);
	if (!maps)
		return;
	for (size_t i = 0; i < list->n; i++) {
		check_row(b, list, at, i);
		maps[i] = (struct plan_id_map){ list->items[i].container_id, list->items[i].host_id,
						list->items[i].size };
	}
	*ret = maps;
	*ret_n = (unsigned)list->n;
}

static void build_map(struct builder *b, const struct oci_id_mappings *list, const char *at,
		      const struct plan_id_map **ret, unsigned *ret_n)
{
	builder_keep_maps(b, list, at, ret, ret_n);
	if (*ret_n > 0 && !builder_is_mapped(*ret, *ret_n, 0))
		builder_error(b, SECTION_MAPS, at, "id 0 of the container is not mapped: its root sets it up");
}

/* Who may write a map without help: user_namespaces(7), "Defining user and group ID mappings". */
static bool is_own_id_alone(const struct plan_id_map *maps, unsigned n, uint32_t own)
{
	return n == 1 && maps[0].size == 1 && maps[0].host_id == own;
}

static void build_map_writer(struct builder *b)
{
	const uint64_t setid = (1ULL << 6) | (1ULL << 7); /* CAP_SETGID, CAP_SETUID */
	struct plan_ns *ns = &b->plan->ns;

	if (builder_is_privileged(b) && (b->host->caps_effective & setid) == setid) {
		ns->deny_setgroups = b->host->setgroups_denied;
		return;
	}
	if (is_own_id_alone(ns->uid_maps, ns->n_uid_maps, b->host->euid) &&
	    is_own_id_alone(ns->gid_maps, ns->n_gid_maps, b->host->egid))
		ns->deny_setgroups = true; /* else the kernel takes no gid_map from the unprivileged */
	else
		ns->maps_by_helper = true;
}

/* Engines repeat the mappings of a pod's user namespace beside its path.  rt compares them when it is joined. */
static void build_joined_maps(struct builder *b)
{
	const struct oci_linux *linux_ = builder_linux(b);
	struct plan_ns *ns = &b->plan->ns;

	builder_warn(b, SECTION_MAPS, linux_->uid_mappings.n > 0 ? "/linux/uidMappings" : "/linux/gidMappings",
		     "the joined user namespace has mappings already: these are only compared with them");
	build_map(b, &linux_->uid_mappings, "/linux/uidMappings", &ns->uid_maps, &ns->n_uid_maps);
	build_map(b, &linux_->gid_mappings, "/linux/gidMappings", &ns->gid_maps, &ns->n_gid_maps);
}

static void build_maps(struct builder *b)
{
	const struct oci_linux *linux_ = builder_linux(b);
	const bool has_maps = linux_->uid_mappings.n > 0 || linux_->gid_mappings.n > 0;
	struct plan_ns *ns = &b->plan->ns;

	if (ns->mode[NS_USER] != NS_MODE_NEW) {
		if (has_maps && ns->mode[NS_USER] == NS_MODE_JOIN)
			build_joined_maps(b);
		else if (has_maps)
			builder_error(b, SECTION_MAPS,
				      linux_->uid_mappings.n > 0 ? "/linux/uidMappings" : "/linux/gidMappings",
				      "mappings without a user namespace");
		return;
	}
	if (linux_->uid_mappings.n == 0)
		builder_error(b, SECTION_MAPS, "/linux", "a new user namespace needs uidMappings");
	if (linux_->gid_mappings.n == 0)
		builder_error(b, SECTION_MAPS, "/linux", "a new user namespace needs gidMappings");
	build_map(b, &linux_->uid_mappings, "/linux/uidMappings", &ns->uid_maps, &ns->n_uid_maps);
	build_map(b, &linux_->gid_mappings, "/linux/gidMappings", &ns->gid_maps, &ns->n_gid_maps);
	build_map_writer(b);
}

static void build_time_offsets(struct builder *b)
{
	const struct oci_time_offsets *list = &builder_linux(b)->time_offsets;
	struct plan_ns *ns = &b->plan->ns;

	if (list->n > 0 && ns->mode[NS_TIME] != NS_MODE_NEW) {
		builder_error(b, SECTION_TIME, "/linux/timeOffsets", "offsets need a new time namespace");
		return;
	}
	for (size_t i = 0; i < list->n; i++) {
		const struct oci_time_offset *item = &list->items[i];
		const char *at = builder_at_key(b, "/linux/timeOffsets", item->key);
		struct plan_time_offset *offset = NULL;

		if (strcmp(item->key, "monotonic") == 0)
			offset = &ns->monotonic;
		else if (strcmp(item->key, "boottime") == 0)
			offset = &ns->boottime;
		if (!offset) {
			builder_error(b, SECTION_TIME, at, "the clock is neither monotonic nor boottime");
			continue;
		}
		if (item->nanosecs.value > 999999999)
			builder_error(b, SECTION_TIME, at, "nanosecs is above 999999999");
		*offset = (struct plan_time_offset){ true, item->secs.value, item->nanosecs.value };
	}
}

/* Whether a procfs is to be mounted: it shows the pid namespace of who mounts it, unless it is told (Linux 6.17). */
static bool mounts_procfs(const struct builder *b)
{
	for (size_t i = 0; i < b->config->mounts.n; i++) {
		if (b->config->mounts.items[i].type && strcmp(b->config->mounts.items[i].type, "proc") == 0)
			return true;
	}
	return false;
}

void build_namespaces(struct builder *b)
{
	struct plan_ns *ns = &b->plan->ns;
	struct plan_ns_facts facts = { .privileged = builder_is_privileged(b) };

	build_modes(b);
	check_kernel(b);
	build_maps(b);
	build_time_offsets(b);
	facts.joined_pid_late =
		!mounts_procfs(b) || (b->host->has_procfs_pidns_option && !b->plan->legacy_mount_api);
	facts.joined_maps = ns->mode[NS_USER] == NS_MODE_JOIN && (ns->n_uid_maps > 0 || ns->n_gid_maps > 0);
	facts.time_offsets = ns->monotonic.set || ns->boottime.set;
	/* A unit of systemd is made around a process. */
	facts.cgroup_apart = b->req->cgroup_manager == REQUEST_SYSTEMD;
	plan_ns_schedule(ns->mode, &facts, ns->steps, &ns->n_steps);
	for (unsigned kind = 0; kind < NS_COUNT; kind++)
		ns->non_dumpable_from_start |= ns->mode[kind] == NS_MODE_JOIN;
	b->plan->bring_up_loopback = ns->mode[NS_NET] == NS_MODE_NEW;
}
