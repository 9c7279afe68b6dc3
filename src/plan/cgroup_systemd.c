/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/num.h"
#include "base/span.h"
#include "plan/builder.h"

#define SECTION "config-linux.md#cgroups-path"
#define POINTER "/linux/cgroupsPath"
#define UNIT_NAME_MAX 255 /* systemd.unit(5) */

/*
 * The names of the driver systemd.  cgroupsPath is SLICE:PREFIX:NAME, as engines write it: the unit is the scope
 * PREFIX-NAME.scope, or the slice NAME itself where NAME ends in .slice.  The path of its cgroup follows from the names
 * alone (systemd.slice(5)); the driver looks where it really is.
 */

struct names {
	const char *slice;
	const char *prefix;
	const char *name;
};

static bool has_suffix(const char *s, const char *suffix)
{
	const size_t len = strlen(s), n = strlen(suffix);

	return len >= n && strcmp(s + len - n, suffix) == 0;
}

static const char *pointer_of(const struct builder *b)
{
	return builder_linux(b)->cgroups_path && builder_linux(b)->cgroups_path[0] != '\0' ? POINTER : "";
}

static bool split(struct builder *b, struct names *ret)
{
	const char *path = builder_linux(b)->cgroups_path;
	const char *first, *second;

	if (!path || path[0] == '\0') {
		*ret = (struct names){ .slice = "", .prefix = "rt", .name = b->plan->id };
		return true;
	}
	first = strchr(path, ':');
	second = first ? strchr(first + 1, ':') : NULL;
	if (!second || strchr(second + 1, ':') || second[1] == '\0') {
		builder_error(b, SECTION, POINTER,
			      "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got "
			      "\"%.200s\" instead",
			      path);
		findings_hint(b->findings, "a path of the file system goes with --cgroup-manager=cgroupfs");
		return false;
	}
	ret->slice = arena_strndup(b->findings->arena, path, (size_t)(first - path));
	ret->prefix = arena_strndup(b->findings->arena, first + 1, (size_t)(second - first - 1));
	ret->name = second + 1;
	return ret->slice && ret->prefix;
}

#define UNIT_NAME_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_.@\\"

/* TEXT with the bytes that names of units do not have as \xNN, as systemd-escape(1) does it. */
static const char *escape(struct builder *b, const char *text)
{
	static const char hex[] = "0123456789abcdef";
	char *out = arena_alloc(b->findings->arena, strlen(text) * 4 + 1, 1);
	size_t len = 0;

	for (; out && *text != '\0'; text++) {
		const unsigned char c = (unsigned char)*text;

		if (span_has(UNIT_NAME_BYTES, *text)) {
			out[len++] = *text;
			continue;
		}
		out[len++] = '\\';
		out[len++] = 'x';
		out[len++] = hex[c >> 4];
		out[len++] = hex[c & 15];
	}
	return out;
}

static const char *build_unit(struct builder *b, const struct names *names)
{
	const char *name = escape(b, names->name);
	const char *prefix = escape(b, names->prefix);
	const char *unit;

	if (!name || !prefix)
		return NULL;
	if (has_suffix(name, ".slice"))
		unit = builder_keep(b, name);
	else
		unit = arena_printf(b->arena, "%s%s%s.scope", prefix, *prefix ? "-" : "", name);
	if (unit && strlen(unit) > UNIT_NAME_MAX)
		builder_error(b, SECTION, pointer_of(b), "the name of the unit has more than %d bytes: %.100s...",
			      UNIT_NAME_MAX, unit);
	return unit;
}

/* systemd.slice(5): NAME.slice, where each dash is one level down; "-.slice" is the root. */
static bool is_slice_name(const char *slice)
{
	const size_t len = strlen(slice);

	if (!has_suffix(slice, ".slice") || len == strlen(".slice") || len > UNIT_NAME_MAX)
		return false;
	if (strcmp(slice, "-.slice") == 0)
		return true;
	return slice[0] != '-' && slice[len - strlen("-.slice")] != '-' && !strstr(slice, "--") &&
	       span_of(slice, UNIT_NAME_BYTES) == len;
}

/* "a-b.slice" is at "/a.slice/a-b.slice". */
static char *expand_slice(struct builder *b, const char *slice)
{
	const size_t len = strlen(slice) - strlen(".slice");
	char *path = arena_strdup(b->findings->arena, "");

	if (strcmp(slice, "-.slice") == 0)
		return path;
	for (size_t i = 1; path && i <= len; i++) {
		if (i == len || slice[i] == '-')
			path = arena_printf(b->findings->arena, "%s/%.*s.slice", path, (int)i, slice);
	}
	return path;
}

/* The cgroup of the manager: the root, or that of the user's, which rt may itself be in. */
static const char *manager_path(struct builder *b)
{
	const char *own = b->host->cgroup_own ? b->host->cgroup_own : "/";
	const unsigned uid = b->host->outer_uid;
	const char *service, *at;

	if (!b->plan->cgroup.user_manager)
		return "";
	service = arena_printf(b->findings->arena, "/user@%u.service", uid);
	if (!service)
		return "";
	at = strstr(own, service);
	if (at && (at[strlen(service)] == '/' || at[strlen(service)] == '\0'))
		return arena_strndup(b->findings->arena, own, (size_t)(at - own) + strlen(service));
	return arena_printf(b->findings->arena, "/user.slice/user-%u.slice%s", uid, service);
}

void build_systemd_names(struct builder *b)
{
	struct plan_cgroup *out = &b->plan->cgroup;
	struct names names;
	const char *manager, *slice, *unit;

	out->user_manager = b->host->systemd_user;
	if (!split(b, &names))
		return;
	slice = names.slice[0] != '\0' ? names.slice : out->user_manager ? "user.slice" : "system.slice";
	if (!is_slice_name(slice)) {
		builder_error(b, SECTION, POINTER, "\"%.200s\" is no name of a slice", slice);
		return;
	}
	unit = build_unit(b, &names);
	if (unit && has_suffix(unit, ".slice") && (!is_slice_name(unit) || strcmp(unit, "-.slice") == 0)) {
		builder_error(b, SECTION, POINTER, "\"%.200s\" is no name of a slice for a container", unit);
		return;
	}
	manager = manager_path(b);
	out->slice = builder_keep(b, slice);
	out->unit = unit;
	out->unit_is_slice = unit && has_suffix(unit, ".slice");
	if (!manager || !unit)
		return;
	if (out->unit_is_slice) {
		out->path = arena_printf(b->arena, "%s%s", manager, expand_slice(b, unit));
	} else {
		slice = expand_slice(b, slice);
		out->path = arena_printf(b->arena, "%s%s/%s", manager, slice ? slice : "", unit);
	}
}
