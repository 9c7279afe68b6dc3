/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/kernel.h"
#include "plan/builder.h"
#include "plan/dump_parts.h"

/* clang-format off */
const struct dump_flag dump_clone_flags[] = {
	{ K_CLONE_NEWUSER,   "user" },
	{ K_CLONE_NEWPID,    "pid" },
	{ K_CLONE_NEWNS,     "mount" },
	{ K_CLONE_NEWNET,    "network" },
	{ K_CLONE_NEWIPC,    "ipc" },
	{ K_CLONE_NEWUTS,    "uts" },
	{ K_CLONE_NEWCGROUP, "cgroup" },
	{ K_CLONE_NEWTIME,   "time" },
	{ 0, NULL },
};

const struct dump_flag dump_mount_flags[] = {
	{ MS_RDONLY, "ro" }, { MS_NOSUID, "nosuid" }, { MS_NODEV, "nodev" }, { MS_NOEXEC, "noexec" },
	{ MS_SYNCHRONOUS, "sync" }, { MS_MANDLOCK, "mand" }, { MS_DIRSYNC, "dirsync" },
	{ K_MS_NOSYMFOLLOW, "nosymfollow" }, { MS_NOATIME, "noatime" }, { MS_NODIRATIME, "nodiratime" },
	{ MS_SILENT, "silent" }, { MS_RELATIME, "relatime" }, { MS_STRICTATIME, "strictatime" },
	{ K_MS_LAZYTIME, "lazytime" }, { K_MS_I_VERSION, "iversion" },
	{ 0, NULL },
};

static const struct dump_flag attr_flags[] = {
	{ K_MOUNT_ATTR_RDONLY, "ro" }, { K_MOUNT_ATTR_NOSUID, "nosuid" }, { K_MOUNT_ATTR_NODEV, "nodev" },
	{ K_MOUNT_ATTR_NOEXEC, "noexec" }, { K_MOUNT_ATTR__ATIME, "atime*" }, { K_MOUNT_ATTR_NOATIME, "noatime" },
	{ K_MOUNT_ATTR_STRICTATIME, "strictatime" }, { K_MOUNT_ATTR_NODIRATIME, "nodiratime" },
	{ K_MOUNT_ATTR_NOSYMFOLLOW, "nosymfollow" },
	{ 0, NULL },
};
/* clang-format on */

static const char *step_name(enum ns_step_op op)
{
	switch (op) {
	case NS_STEP_CLONE:
		return "clone";
	case NS_STEP_JOIN:
		return "join";
	case NS_STEP_JOIN_ALL:
		return "join_all";
	case NS_STEP_UNSHARE:
		return "unshare";
	case NS_STEP_FORK:
		return "fork";
	case NS_STEP_MAPS:
		return "maps";
	case NS_STEP_ROOT:
		return "root";
	case NS_STEP_TIME:
		return "time";
	case NS_STEP_FORK_LATE:
		return "fork_late";
	}
	return NULL;
}

static void dump_steps(struct json *j, const struct plan_ns *ns)
{
	json_key(j, "steps");
	json_begin_array(j);
	for (unsigned i = 0; i < ns->n_steps; i++) {
		const struct ns_step *s = &ns->steps[i];

		json_begin_object(j);
		json_kv_string(j, "do", step_name(s->op));
		json_kv_string(j, "by", i < plan_ns_first_inside_step(ns) ? "rt" : "init");
		if (s->op == NS_STEP_JOIN)
			json_kv_string(j, "namespace", plan_word_name(plan_namespace_words, s->kind));
		dump_flags_if(j, "namespaces", s->flags, dump_clone_flags);
		json_end_object(j);
	}
	json_end_array(j);
}

static void dump_offset(struct json *j, const char *key, const struct plan_time_offset *offset)
{
	if (!offset->set)
		return;
	json_key(j, key);
	json_begin_object(j);
	json_kv_i64(j, "secs", offset->secs);
	json_kv_u64(j, "nanosecs", offset->nanosecs);
	json_end_object(j);
}

/* The joined ones that must not be rt's own. */
static void dump_sysctl_kinds(struct json *j, const struct plan_ns *ns)
{
	bool is_open = false;

	for (unsigned kind = 0; kind < NS_COUNT; kind++) {
		if (ns->mode[kind] != NS_MODE_JOIN || !ns->has_sysctl[kind])
			continue;
		if (!is_open) {
			json_key(j, "joined_with_sysctl");
			json_begin_array(j);
			is_open = true;
		}
		json_string(j, plan_word_name(plan_namespace_words, kind));
	}
	if (is_open)
		json_end_array(j);
}

static const char *mode_text(const struct plan_ns *ns, unsigned kind)
{
	if (ns->mode[kind] == NS_MODE_NEW)
		return "new";
	return ns->path[kind] ? ns->path[kind] : "joined"; /* exec joins by pidfd */
}

void dump_namespaces(struct json *j, const struct plan_ns *ns)
{
	json_key(j, "namespaces");
	json_begin_object(j);
	for (unsigned kind = 0; kind < NS_COUNT; kind++) {
		if (ns->mode[kind] == NS_MODE_HOST)
			continue;
		json_kv_string(j, plan_word_name(plan_namespace_words, kind), mode_text(ns, kind));
	}
	dump_steps(j, ns);
	dump_maps_if(j, "uid_maps", ns->uid_maps, ns->n_uid_maps);
	dump_maps_if(j, "gid_maps", ns->gid_maps, ns->n_gid_maps);
	dump_true_if(j, "maps_by_helper", ns->maps_by_helper);
	dump_true_if(j, "deny_setgroups", ns->deny_setgroups);
	dump_offset(j, "monotonic", &ns->monotonic);
	dump_offset(j, "boottime", &ns->boottime);
	dump_true_if(j, "non_dumpable_from_start", ns->non_dumpable_from_start);
	dump_sysctl_kinds(j, ns);
	json_end_object(j);
}

void dump_root(struct json *j, const struct plan *p)
{
	json_key(j, "root");
	json_begin_object(j);
	json_kv_string(j, "path", p->root.path);
	dump_string_if(j, "propagation", plan_word_name(plan_propagation_words, p->root.propagation));
	dump_true_if(j, "readonly", p->root.readonly);
	dump_true_if(j, "no_pivot", p->root.no_pivot);
	dump_true_if(j, "chroot_only", p->root.chroot_only);
	json_end_object(j);
	if (p->n_masked_paths > 0)
		dump_strings(j, "masked_paths", p->masked_paths, p->n_masked_paths);
	if (p->n_readonly_paths > 0)
		dump_strings(j, "readonly_paths", p->readonly_paths, p->n_readonly_paths);
	dump_string_if(j, "mount_label", p->mount_label);
}

static const char *how_name(enum mount_how how)
{
	switch (how) {
	case MOUNT_FS:
		return "fs";
	case MOUNT_BIND:
		return "bind";
	case MOUNT_REMOUNT:
		return "remount";
	case MOUNT_CGROUP_BIND:
		return "cgroup_bind";
	}
	return NULL;
}

static void dump_mount_flags_of(struct json *j, const struct plan_mount *m)
{
	dump_flags_if(j, "set", m->attr_set, attr_flags);
	dump_flags_if(j, "clear", m->attr_clr, attr_flags);
	dump_flags_if(j, "tree_set", m->rec_attr_set, attr_flags);
	dump_flags_if(j, "tree_clear", m->rec_attr_clr, attr_flags);
	dump_flags_if(j, "superblock", m->sb_flags, dump_mount_flags);
	dump_flags_if(j, "mount_word", m->ms_flags, dump_mount_flags);
	if (m->n_propagation == 0)
		return;
	json_key(j, "propagation");
	json_begin_array(j);
	for (unsigned i = 0; i < m->n_propagation; i++)
		json_string(j, plan_word_name(plan_propagation_words, m->propagation[i]));
	json_end_array(j);
}

static void dump_mount_words(struct json *j, const struct plan_mount *m)
{
	dump_true_if(j, "recursive", m->recursive);
	dump_true_if(j, "source_by_rt", m->source_by_rt);
	dump_true_if(j, "source_nofollow", m->source_nofollow);
	dump_true_if(j, "destination_nofollow", m->destination_nofollow);
	dump_true_if(j, "copy_symlink", m->copy_symlink);
	dump_true_if(j, "tmpcopyup", m->tmpcopyup);
	dump_true_if(j, "is_proc", m->is_proc);
	dump_true_if(j, "is_dev", m->is_dev);
	dump_true_if(j, "keep_mode", m->keep_mode);
	dump_true_if(j, "seal", m->seal);
	dump_true_if(j, "fallback_bind_sys", m->fallback_bind_sys);
	dump_true_if(j, "superblock", m->how == MOUNT_REMOUNT && m->superblock);
	dump_true_if(j, "idmap_recursive", m->idmap_recursive);
}

static void dump_idmaps(struct json *j, const struct plan *p)
{
	if (p->n_idmaps == 0)
		return;
	json_key(j, "idmaps");
	json_begin_array(j);
	for (unsigned i = 0; i < p->n_idmaps; i++) {
		json_begin_object(j);
		dump_true_if(j, "joined", p->idmaps[i].joined);
		dump_maps_if(j, "uid_maps", p->idmaps[i].uid_maps, p->idmaps[i].n_uid_maps);
		dump_maps_if(j, "gid_maps", p->idmaps[i].gid_maps, p->idmaps[i].n_gid_maps);
		json_end_object(j);
	}
	json_end_array(j);
}

void dump_mounts(struct json *j, const struct plan *p)
{
	json_key(j, "mounts");
	json_begin_array(j);
	for (unsigned i = 0; i < p->n_mounts; i++) {
		const struct plan_mount *m = &p->mounts[i];

		json_begin_object(j);
		json_kv_string(j, "destination", m->destination);
		json_kv_string(j, "how", how_name(m->how));
		json_kv_u64(j, "index", m->index);
		dump_string_if(j, "type", m->type);
		dump_string_if(j, "source", m->source);
		dump_mount_words(j, m);
		if (m->idmap)
			json_kv_u64(j, "idmap", (uint64_t)(m->idmap - p->idmaps));
		dump_mount_flags_of(j, m);
		dump_string_if(j, "options", m->data);
		json_end_object(j);
	}
	json_end_array(j);
	dump_idmaps(j, p);
	dump_true_if(j, "legacy_mount_api", p->legacy_mount_api);
}

static const char *device_type(mode_t mode)
{
	return S_ISCHR(mode) ? "c" : S_ISBLK(mode) ? "b" : "p";
}

/* One line each: there are always some. */
void dump_devices(struct json *j, const struct plan *p)
{
	char text[64];

	json_key(j, "devices");
	json_begin_object(j);
	for (unsigned i = 0; i < p->n_devices; i++) {
		const struct plan_device *d = &p->devices[i];

		(void)snprintf(text, sizeof(text), "%s %s %u:%u mode %04o owner %u:%u", d->bind ? "bind" : "mknod",
			       device_type(d->mode), d->major, d->minor, (unsigned)d->mode & 07777, d->uid,
			       d->gid);
		json_kv_string(j, d->path, text);
	}
	json_end_object(j);
	json_key(j, "links");
	json_begin_object(j);
	for (unsigned i = 0; i < p->n_links; i++) {
		const struct plan_link *l = &p->links[i];

		json_kv_string(j, l->path, l->target);
	}
	json_end_object(j);
}

static void dump_cgroup_writes(struct json *j, const struct plan_cgroup *c)
{
	if (c->n_writes == 0)
		return;
	json_key(j, "writes");
	json_begin_array(j);
	for (unsigned i = 0; i < c->n_writes; i++) {
		const struct plan_cgroup_write *w = &c->writes[i];

		json_begin_object(j);
		json_kv_string(j, "file", w->file);
		json_kv_string(j, "value", w->value);
		json_kv_string(j, "for", w->pointer);
		dump_true_if(j, "missing_ok", w->missing_ok);
		dump_string_if(j, "instead_file", w->instead_file);
		dump_string_if(j, "instead_value", w->instead_value);
		json_end_object(j);
	}
	json_end_array(j);
}

static void number_or_star(char *buf, size_t size, int64_t number)
{
	if (number < 0)
		(void)snprintf(buf, size, "*");
	else
		(void)snprintf(buf, size, "%lld", (long long)number);
}

static void dump_cgroup_devices(struct json *j, const struct plan_cgroup *c)
{
	char text[96], major[24], minor[24];

	if (c->n_devices == 0)
		return;
	json_key(j, "devices");
	json_begin_array(j);
	for (unsigned i = 0; i < c->n_devices; i++) {
		const struct plan_cgroup_device *d = &c->devices[i];

		number_or_star(major, sizeof(major), d->major);
		number_or_star(minor, sizeof(minor), d->minor);
		(void)snprintf(text, sizeof(text), "%s %c %s:%s %s%s%s", d->allow ? "allow" : "deny", d->type,
			       major, minor, d->read ? "r" : "", d->write ? "w" : "", d->mknod ? "m" : "");
		json_string(j, text);
	}
	json_end_array(j);
}

void dump_cgroup(struct json *j, const struct plan_cgroup *c)
{
	static const char *const drivers[] = { "cgroup2", "systemd", "none" };

	json_key(j, "cgroup");
	json_begin_object(j);
	json_kv_string(j, "driver", drivers[c->driver]);
	dump_string_if(j, "mount", c->mount);
	dump_string_if(j, "path", c->path);
	dump_string_if(j, "slice", c->slice);
	dump_string_if(j, "unit", c->unit);
	dump_true_if(j, "unit_is_slice", c->unit_is_slice);
	dump_true_if(j, "user_manager", c->user_manager);
	dump_unit_properties(j, c);
	dump_true_if(j, "required", c->required);
	if (c->controllers && c->controllers[0])
		dump_vector(j, "controllers", c->controllers);
	dump_cgroup_writes(j, c);
	dump_true_if(j, "device_filter", c->device_filter);
	dump_cgroup_devices(j, c);
	if (c->delegate)
		json_kv_u64(j, "delegate_to_uid", c->owner_uid);
	json_end_object(j);
}
