/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/mount_idmap.h"

#include <string.h>

#include "base/num.h"
#include "base/span.h"

#define SECTION "config.md#mounts"
#define SECTION_OPTIONS "config.md#linux-mount-options"

#define RANGES_MAX 340 /* the kernel's limit for a map: user_namespaces(7) */

/* The number at *P, up to END or to the end of the text; *P is moved behind it. */
static int parse_id(const char **p, char end, uint32_t *ret)
{
	char digits[12];
	size_t len = span_of(*p, "0123456789");

	if (len >= sizeof(digits) || (end != '\0' && (*p)[len] != end))
		return -1;
	memcpy(digits, *p, len);
	digits[len] = '\0';
	*p += len + (end != '\0' ? 1 : 0);
	return num_parse_u32(digits, ret);
}

/* From an id of the container to the host's, for a range that lies in one line of the container's map. */
static int make_absolute(struct builder *b, const struct oci_id_mappings *own, const char *at,
			 struct oci_id_mapping *range)
{
	for (size_t i = 0; i < own->n; i++) {
		const struct oci_id_mapping *line = &own->items[i];

		/* The line is found by the id of the file system, as those do whose word this is. */
		if (range->container_id < line->container_id || range->container_id - line->container_id >= line->size)
			continue;
		if ((uint64_t)range->container_id + range->size > (uint64_t)line->container_id + line->size) {
			builder_error(b, SECTION_OPTIONS, at,
				      "the range at %u goes beyond one line of the container's mappings: split it",
				      range->container_id);
			return -1;
		}
		if ((int64_t)range->host_id + line->host_id - line->container_id > UINT32_MAX ||
		    (int64_t)range->host_id + line->host_id - line->container_id < 0)
			break;
		range->host_id = range->host_id + line->host_id - line->container_id;
		return 0;
	}
	builder_error(b, SECTION_OPTIONS, at, "the container's user namespace has no mapping for \"@%u\"",
		      range->container_id);
	return -1;
}

/* "FS-HOST-SIZE#..." up to ";" or the end.  OWN are the mappings that "@" is relative to. */
static int parse_ranges(struct builder *b, const char **p, const struct oci_id_mappings *own, const char *at,
			struct oci_id_mappings *ret)
{
	struct oci_id_mapping *ranges = arena_new_array(b->arena, struct oci_id_mapping, RANGES_MAX);
	size_t n = 0;

	if (!ranges)
		return -1;
	for (;; (*p)++) {
		struct oci_id_mapping *range = &ranges[n];
		bool relative = **p == '@';

		*p += relative ? 1 : 0;
		if (n == RANGES_MAX || parse_id(p, '-', &range->container_id) < 0 ||
		    parse_id(p, '-', &range->host_id) < 0 || parse_id(p, '\0', &range->size) < 0) {
			builder_error(b, SECTION_OPTIONS, at,
				      "a mapping is FS-HOST-SIZE, %d at most, with \"#\" between", RANGES_MAX);
			return -1;
		}
		if (relative && make_absolute(b, own, at, range) < 0)
			return -1;
		n++;
		if (**p != '#')
			break;
	}
	*ret = (struct oci_id_mappings){ ranges, n };
	return 0;
}

/* "uids=RANGES;gids=RANGES" in either order, each once. */
static int parse_value(struct builder *b, const char *value, const char *at, struct oci_id_mappings *ret_uids,
		       struct oci_id_mappings *ret_gids)
{
	const struct oci_linux *linux_ = builder_linux(b);
	bool is_read = false;
	const char *p = value;

	for (;; p++) {
		bool uids = strncmp(p, "uids=", 5) == 0;
		struct oci_id_mappings *ret = uids ? ret_uids : ret_gids;

		if ((!uids && strncmp(p, "gids=", 5) != 0) || ret->n > 0)
			break;
		p += 5;
		if (parse_ranges(b, &p, uids ? &linux_->uid_mappings : &linux_->gid_mappings, at, ret) < 0)
			return -1;
		is_read = *p == '\0';
		if (*p != ';')
			break;
	}
	if (is_read && ret_uids->n > 0 && ret_gids->n > 0)
		return 0;
	builder_error(b, SECTION_OPTIONS, at, "\"%s\" is not \"uids=RANGES;gids=RANGES\"", value);
	return -1;
}

static bool is_equal(const struct plan_id_map *a, unsigned n_a, const struct plan_id_map *c, unsigned n_c)
{
	return n_a == n_c && (n_a == 0 || memcmp(a, c, n_a * sizeof(*a)) == 0);
}

static bool is_same(const struct plan_idmap *a, const struct plan_idmap *c)
{
	return a->joined == c->joined && is_equal(a->uid_maps, a->n_uid_maps, c->uid_maps, c->n_uid_maps) &&
	       is_equal(a->gid_maps, a->n_gid_maps, c->gid_maps, c->n_gid_maps);
}

static const struct plan_idmap *share(struct builder *b, const char *at, struct plan_idmap *idmaps,
				      const struct plan_idmap *map)
{
	unsigned *n = &b->plan->n_idmaps;

	for (unsigned i = 0; i < *n; i++) {
		if (is_same(&idmaps[i], map))
			return &idmaps[i];
	}
	if (*n == PLAN_IDMAPS_MAX) {
		builder_error(b, SECTION, at, "more than %d different id mappings of mounts", PLAN_IDMAPS_MAX);
		return NULL;
	}
	idmaps[*n] = *map;
	return &idmaps[(*n)++];
}

/* 0 and the mapping, or -1 after a finding. */
static int build_map(struct builder *b, const struct oci_mount *in, const char *at, const struct mount_idmap *words,
		     struct plan_idmap *ret)
{
	const char *option_at = builder_at(b, "%s/options/%u", at, words->option);
	struct oci_id_mappings uids = in->uid_mappings, gids = in->gid_mappings;
	const char *uids_at = builder_at(b, "%s/uidMappings", at), *gids_at = builder_at(b, "%s/gidMappings", at);

	if (uids.n == 0 && words->value) {
		if (parse_value(b, words->value, option_at, &uids, &gids) < 0)
			return -1;
		uids_at = gids_at = option_at;
	}
	if (uids.n > 0) {
		builder_keep_maps(b, &uids, uids_at, &ret->uid_maps, &ret->n_uid_maps);
		builder_keep_maps(b, &gids, gids_at, &ret->gid_maps, &ret->n_gid_maps);
		return 0;
	}
	if (!builder_has_userns(b)) {
		builder_error(b, SECTION_OPTIONS, option_at,
			      "an id-mapped mount needs mappings of its own, or a user namespace of the container");
		return -1;
	}
	ret->joined = b->plan->ns.mode[NS_USER] == NS_MODE_JOIN;
	ret->uid_maps = b->plan->ns.uid_maps;
	ret->gid_maps = b->plan->ns.gid_maps;
	ret->n_uid_maps = b->plan->ns.n_uid_maps;
	ret->n_gid_maps = b->plan->ns.n_gid_maps;
	return 0;
}

static void check_host(struct builder *b, const char *at)
{
	if (!b->host->has_idmapped_mounts)
		builder_unsupported(b, SECTION, at, "id-mapped mounts need mount_setattr(2) of Linux 5.12");
	else if (!builder_is_privileged(b))
		builder_unsupported(b, SECTION, at,
				    "id-mapped mounts need CAP_SYS_ADMIN where the source's file system was mounted");
}

void build_mount_idmap(struct builder *b, const struct oci_mount *in, const char *at, const struct mount_idmap *words,
		       struct plan_idmap *idmaps, struct plan_mount *m)
{
	const bool has_uids = in->uid_mappings.n > 0;
	struct plan_idmap map = { .joined = false };

	if (has_uids != (in->gid_mappings.n > 0)) {
		builder_error(b, SECTION, builder_at(b, "%s/%s", at, has_uids ? "uidMappings" : "gidMappings"),
			      "uidMappings and gidMappings must be given together");
		return;
	}
	if (!words->asked && !has_uids)
		return;
	if (m->how != MOUNT_BIND) {
		builder_error(b, SECTION, at, "only a bind mount can be id-mapped");
		return;
	}
	check_host(b, at);
	if (build_map(b, in, at, words, &map) < 0)
		return;
	m->idmap = share(b, at, idmaps, &map);
	m->idmap_recursive = words->recursive;
	m->source_by_rt = true; /* with the rights of the host */
}
