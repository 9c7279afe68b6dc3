/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/mount.h>

#include "base/kernel.h"
#include "base/num.h"
#include "base/path.h"
#include "plan/annotations.h"
#include "plan/builder.h"
#include "plan/mount_idmap.h"
#include "plan/mount_options.h"

#define SECTION "config.md#mounts"
#define SECTION_OPTIONS "config.md#linux-mount-options"

/* Flags of mount(2) that a superblock keeps, for fsconfig(2). */
#define SUPERBLOCK_FLAGS \
	(MS_SYNCHRONOUS | MS_DIRSYNC | MS_MANDLOCK | MS_SILENT | MS_RDONLY | K_MS_I_VERSION | K_MS_LAZYTIME)

/* One row while its options are read. */
struct row {
	struct builder *b;
	const struct oci_mount *in;
	struct plan_mount *out;
	const char *at; /* "/mounts/3" */
	bool bind;
	bool remount;
	bool rw_asked; /* "rw" in so many words */
	struct mount_idmap idmap;
	uint64_t *propagation;
	struct plan_mount_option *options;
};

static bool type_is(const struct oci_mount *in, const char *type)
{
	return in->type && strcmp(in->type, type) == 0;
}

static bool is_cgroup_type(const struct oci_mount *in)
{
	return type_is(in, "cgroup") || type_is(in, "cgroup2");
}

/* The options of SELinux. */
static const char *const context_kinds[] = { "context", "fscontext", "defcontext", "rootcontext" };

static bool is_context(const char *key)
{
	for (size_t i = 0; i < sizeof(context_kinds) / sizeof(context_kinds[0]); i++) {
		if (strcmp(key, context_kinds[i]) == 0)
			return true;
	}
	return false;
}

/* TEXT with or without the quotes that mount(2) wants around it, which are no part of it to fsconfig(2). */
static const char *read_context(struct row *r, const char *at, const char *text)
{
	const size_t len = strlen(text);
	const bool is_quoted = len >= 2 && text[0] == '"' && text[len - 1] == '"';
	const char *context = arena_strndup(r->b->arena, text + is_quoted, len - 2 * (size_t)is_quoted);

	/* The kernel has no way to write one inside: what follows it would be other options. */
	if (context && strchr(context, '"'))
		builder_error(r->b, SECTION, at, "a quotation mark in the label %s", text);
	return context;
}

/* An option that is none of ours goes to the file system, as "key=value" or as a flag. */
static void add_fs_option(struct row *r, const char *text)
{
	struct plan_mount_option *o = &r->options[r->out->n_options++];
	const char *equals = strchr(text, '=');

	if (!equals) {
		o->key = builder_keep(r->b, text);
		return;
	}
	o->key = arena_strndup(r->b->arena, text, (size_t)(equals - text));
	if (o->key && is_context(o->key))
		o->value = read_context(r, builder_at(r->b, "%s/options", r->at), equals + 1);
	else
		o->value = builder_keep(r->b, equals + 1);
}

static void apply_option(struct row *r, const char *text, const struct mount_option *o)
{
	struct plan_mount *m = r->out;

	switch (o->kind) {
	case MOUNT_OPTION_NOTHING:
		break;
	case MOUNT_OPTION_FLAG:
		r->rw_asked |= strcmp(text, "rw") == 0;
		m->superblock |= (o->ms & SUPERBLOCK_FLAGS & ~(uint64_t)MS_RDONLY) != 0;
		mount_option_apply(o, m);
		break;
	case MOUNT_OPTION_RECURSIVE:
		mount_option_apply(o, m);
		break;
	case MOUNT_OPTION_PROPAGATION:
		r->propagation[m->n_propagation++] = o->ms;
		break;
	case MOUNT_OPTION_BIND:
		r->bind = true;
		break;
	case MOUNT_OPTION_RBIND:
		r->bind = true;
		m->recursive = true;
		break;
	case MOUNT_OPTION_REMOUNT:
		r->remount = true;
		break;
	case MOUNT_OPTION_IDMAP:
	case MOUNT_OPTION_RIDMAP:
		r->idmap.asked = true;
		r->idmap.recursive = o->kind == MOUNT_OPTION_RIDMAP;
		break;
	case MOUNT_OPTION_TMPCOPYUP:
		m->tmpcopyup = true;
		break;
	case MOUNT_OPTION_COPY_SYMLINK:
		m->copy_symlink = true;
		break;
	case MOUNT_OPTION_SOURCE_NOFOLLOW:
		m->source_nofollow = true;
		break;
	case MOUNT_OPTION_DESTINATION_NOFOLLOW:
		m->destination_nofollow = true;
		break;
	}
}

/* "idmap" and "ridmap" may have a value. */
static const struct mount_option *find_option(struct row *r, unsigned i)
{
	static const char *const words[] = { "idmap", "ridmap" };
	const char *text = r->in->options.items[i];
	const struct mount_option *o = mount_option_find(text);

	if (o && (o->kind == MOUNT_OPTION_IDMAP || o->kind == MOUNT_OPTION_RIDMAP))
		r->idmap.option = i;
	for (size_t k = 0; !o && k < sizeof(words) / sizeof(words[0]); k++) {
		const size_t len = strlen(words[k]);

		if (strncmp(text, words[k], len) != 0 || text[len] != '=')
			continue;
		r->idmap.value = text[len + 1] != '\0' ? text + len + 1 : NULL;
		r->idmap.option = i;
		o = mount_option_find(words[k]);
	}
	return o;
}

static int read_options(struct row *r)
{
	const struct oci_strings *list = &r->in->options;

	r->propagation = arena_new_array(r->b->arena, uint64_t, list->n);
	/* One more than the list has: the SELinux context. */
	r->options = arena_new_array(r->b->arena, struct plan_mount_option, list->n + 1);
	if (!r->propagation || !r->options)
		return -1;
	for (unsigned i = 0; i < list->n; i++) {
		const struct mount_option *o = find_option(r, i);

		if (o)
			apply_option(r, list->items[i], o);
		else if (list->items[i][0] != '\0')
			add_fs_option(r, list->items[i]);
	}
	r->out->propagation = r->propagation;
	r->out->options = r->options;
	return 0;
}

/* The options joined for mount(2).  A context with a comma is quoted: no other value can be. */
static void join_options(struct row *r)
{
	struct plan_mount *m = r->out;
	size_t size = 1, len = 0;
	char *data;

	if (m->n_options == 0)
		return;
	for (unsigned i = 0; i < m->n_options; i++)
		size += strlen(m->options[i].key) + (m->options[i].value ? strlen(m->options[i].value) : 0) + 4;
	data = arena_alloc(r->b->arena, size, 1);
	if (!data)
		return;
	for (unsigned i = 0; i < m->n_options; i++) {
		const struct plan_mount_option *o = &m->options[i];
		const char *quote = o->value && is_context(o->key) && strchr(o->value, ',') ? "\"" : "";

		len = plan_append(data, size, len, i > 0 ? "," : "");
		len = plan_append(data, size, len, o->key);
		if (!o->value)
			continue;
		len = plan_append(data, size, len, "=");
		len = plan_append(data, size, len, quote);
		len = plan_append(data, size, len, o->value);
		len = plan_append(data, size, len, quote);
	}
	m->data = data;
}

static void build_destination(struct row *r)
{
	const char *destination = r->in->destination;
	struct builder *b = r->b;
	char *path;

	if (destination[0] == '\0') {
		builder_error(b, SECTION, builder_at(b, "%s/destination", r->at), "the destination is empty");
		return;
	}
	if (!path_is_absolute(destination))
		builder_warn(b, SECTION, builder_at(b, "%s/destination", r->at),
			     "\"%s\" is taken as relative to \"/\"; relative destinations are deprecated",
			     destination);
	path = arena_printf(b->arena, "/%s", destination);
	if (!path)
		return;
	path_clean(path);
	r->out->destination = path;
	if (strcmp(path, "/") == 0 && !r->remount)
		builder_unsupported(b, SECTION, builder_at(b, "%s/destination", r->at),
				    "nothing can be mounted on \"/\": root.path says what is there");
}

/* Files of procfs that programs such as lxcfs may stand in for; what else is mounted there could fool whoever looks
 * at the container through its /proc. */
static bool is_allowed_below_proc(const char *path)
{
	static const char *const allowed[] = {
		"cpuinfo", "diskstats", "loadavg", "meminfo", "net/dev", "slabinfo", "stat", "swaps",
		"sys/crypto/fips_enabled", "sys/kernel/ns_last_pid", "uptime",
	};

	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		if (strcmp(path, allowed[i]) == 0)
			return true;
	}
	return false;
}

static void check_proc_destination(struct row *r)
{
	const struct plan_mount *m = r->out;
	struct builder *b = r->b;

	if (!m->destination || m->how == MOUNT_REMOUNT || !path_is_below(m->destination, "/proc"))
		return;
	if (strcmp(m->destination, "/proc") == 0) {
		if (m->how == MOUNT_FS && strcmp(m->type, "proc") != 0)
			builder_error(b, SECTION, r->at, "only a procfs can be mounted on /proc, not %s", m->type);
		return;
	}
	if (!is_allowed_below_proc(m->destination + strlen("/proc/")))
		builder_error(b, SECTION, builder_at(b, "%s/destination", r->at),
			      "\"%s\" can not be mounted on: it lies inside /proc", m->destination);
}

/* The container's user may not reach a source, and in a joined mount namespace it is another one. */
static bool source_is_by_rt(const struct builder *b)
{
	return builder_can_clone_mounts(b) &&
	       (builder_has_userns(b) || b->plan->ns.mode[NS_MOUNT] == NS_MODE_JOIN);
}

static void build_bind(struct row *r)
{
	struct plan_mount *m = r->out;
	struct builder *b = r->b;

	m->how = MOUNT_BIND;
	if (!r->in->source || r->in->source[0] == '\0')
		builder_error(b, SECTION, builder_at(b, "%s/source", r->at), "a bind mount needs a source");
	else
		m->source = builder_keep_host_path(b, r->in->source);
	/* The kernel ignores what mount(2) gets besides a bind's flags, and so do other runtimes. */
	for (unsigned i = 0; i < m->n_options; i++)
		builder_warn(b, SECTION_OPTIONS, builder_at(b, "%s/options", r->at),
			     "\"%s\" means nothing to a bind mount and is left out", m->options[i].key);
	m->n_options = 0;
	if (m->tmpcopyup)
		builder_error(b, SECTION_OPTIONS, builder_at(b, "%s/options", r->at),
			      "tmpcopyup is for tmpfs, not for a bind mount");
	if (m->copy_symlink && (m->source_nofollow || m->destination_nofollow))
		builder_error(b, SECTION_OPTIONS, builder_at(b, "%s/options", r->at),
			      "copy-symlink excludes src-nofollow and dest-nofollow");
	m->source_by_rt = source_is_by_rt(b);
	if (m->destination && strcmp(m->destination, "/proc") == 0)
		m->is_proc = true;
}

/*
 * A cgroup mount shows the container its own cgroup: as a file system of its own where a new cgroup namespace makes
 * that the root of the hierarchy, else as a bind of the directory.  On a hybrid host it is the cgroup2 hierarchy,
 * read-only unless "rw" is asked for: programs that look for v1 controllers there find none to write to.
 */
static void build_cgroup_mount(struct row *r)
{
	const struct plan_cgroup *cgroup = &r->b->plan->cgroup;
	struct plan_mount *m = r->out;

	if (r->b->host->cgroup_layout == HOST_CGROUP_HYBRID && !r->rw_asked)
		mount_option_apply(mount_option_find("ro"), m);
	m->n_options = 0; /* v1 words such as "name=systemd" */
	if (r->b->plan->ns.mode[NS_CGROUP] == NS_MODE_NEW) {
		m->how = MOUNT_FS;
		m->type = builder_keep(r->b, "cgroup2");
		m->source = builder_keep(r->b, "cgroup");
		return;
	}
	m->how = MOUNT_CGROUP_BIND;
	m->source = cgroup->mount && cgroup->path ? arena_printf(r->b->arena, "%s%s", cgroup->mount, cgroup->path)
						  : NULL;
}

static bool has_fs_option(const struct plan_mount *m, const char *key)
{
	for (unsigned i = 0; i < m->n_options; i++) {
		if (strcmp(m->options[i].key, key) == 0)
			return true;
	}
	return false;
}

static void check_context_kind(struct builder *b)
{
	const char *kind = builder_annotation(b, ANNOTATION_MOUNT_CONTEXT_TYPE);

	if (kind && !is_context(kind))
		builder_error(b, NULL, builder_at_key(b, "/annotations", ANNOTATION_MOUNT_CONTEXT_TYPE),
			      "\"%s\" is none of context, fscontext, defcontext, rootcontext", kind);
}

/* linux.mountLabel as an option, of the kind that an annotation may ask for. */
static void add_context(struct row *r)
{
	const char *kind = builder_annotation(r->b, ANNOTATION_MOUNT_CONTEXT_TYPE);
	const char *label = builder_linux(r->b)->mount_label;
	struct plan_mount *m = r->out;

	/* procfs, sysfs and mqueue do not take one. */
	if (!label || label[0] == '\0' || !r->b->host->selinux || m->is_proc)
		return;
	for (unsigned i = 0; i < m->n_options; i++) {
		if (is_context(m->options[i].key))
			return;
	}
	if (!kind)
		kind = context_kinds[0];
	r->options[m->n_options++] = (struct plan_mount_option){
		builder_keep(r->b, kind), read_context(r, "/linux/mountLabel", label)
	};
}

/* These show one namespace, and the kernel wants rights over it: the host's is not the container's to mount. */
static void check_owner(struct row *r)
{
	static const struct {
		const char *type;
		enum ns_kind kind;
	} owners[] = { { "proc", NS_PID }, { "mqueue", NS_IPC } };

	if (!builder_has_userns(r->b))
		return;
	for (size_t i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
		if (!type_is(r->in, owners[i].type) || r->b->plan->ns.mode[owners[i].kind] != NS_MODE_HOST)
			continue;
		builder_unsupported(r->b, SECTION, r->at,
				    "with a user namespace, %s can be mounted only with a namespace of type %s too",
				    owners[i].type, plan_word_name(plan_namespace_words, owners[i].kind));
		findings_hint(r->b->findings, "add the namespace, or bind the host's mount");
	}
}

/* The kernel says EINVAL, and no more, of an owner that is not there. */
static void check_option_ids(struct row *r)
{
	const struct plan_ns *ns = &r->b->plan->ns;

	if (!type_is(r->in, "devpts") && !type_is(r->in, "tmpfs"))
		return;
	for (unsigned i = 0; i < r->out->n_options; i++) {
		const struct plan_mount_option *o = &r->out->options[i];
		const bool is_gid = strcmp(o->key, "gid") == 0;
		const struct plan_id_map *maps = is_gid ? ns->gid_maps : ns->uid_maps;
		const unsigned n = is_gid ? ns->n_gid_maps : ns->n_uid_maps;
		uint32_t id;

		if ((!is_gid && strcmp(o->key, "uid") != 0) || !o->value || num_parse_u32(o->value, &id) < 0 ||
		    n == 0 || builder_is_mapped(maps, n, id))
			continue;
		builder_error(r->b, SECTION_OPTIONS, builder_at(r->b, "%s/options", r->at),
			      "%s=%u is not mapped in the user namespace", o->key, id);
		findings_hint(r->b->findings, "leave the option out, or map the id");
	}
}

static void build_fs(struct row *r)
{
	struct plan_mount *m = r->out;

	m->how = MOUNT_FS;
	m->type = builder_keep(r->b, r->in->type);
	m->source = builder_keep(r->b, r->in->source ? r->in->source : r->in->type);
	m->is_proc = type_is(r->in, "proc") || type_is(r->in, "sysfs") || type_is(r->in, "mqueue");
	m->fallback_bind_sys =
		type_is(r->in, "sysfs") && builder_has_userns(r->b) && r->b->plan->ns.mode[NS_NET] != NS_MODE_NEW;
	add_context(r);
	check_owner(r);
	check_option_ids(r);
	if (!type_is(r->in, "tmpfs")) {
		if (m->tmpcopyup)
			builder_error(r->b, SECTION_OPTIONS, builder_at(r->b, "%s/options", r->at),
				      "tmpcopyup is for tmpfs, not for %s", m->type);
		return;
	}
	m->keep_mode = !has_fs_option(m, "mode");
	/* Mount points and files may have to be made in it first. */
	m->seal = (m->attr_set & K_MOUNT_ATTR_RDONLY) != 0;
}

static void check_kernel(struct row *r)
{
	const struct plan_mount *m = r->out;
	struct builder *b = r->b;
	const uint64_t words = m->attr_set | m->rec_attr_set | m->rec_attr_clr;

	if ((m->rec_attr_set | m->rec_attr_clr) != 0 && !b->host->has_mount_setattr)
		builder_unsupported(b, SECTION_OPTIONS, builder_at(b, "%s/options", r->at),
				    "recursive mount options need mount_setattr(2) of Linux 5.12");
	/* mount(2) knows it since 5.10. */
	if ((words & K_MOUNT_ATTR_NOSYMFOLLOW) != 0 && !b->host->has_nosymfollow && !b->plan->legacy_mount_api)
		builder_unsupported(b, SECTION_OPTIONS, builder_at(b, "%s/options", r->at),
				    "nosymfollow needs Linux 5.14");
}

/* 0, or -1 for a mount that is left out. */
static int build_how(struct row *r)
{
	struct builder *b = r->b;

	if (!r->bind && !r->remount && type_is(r->in, "bind")) {
		builder_warn(b, SECTION, builder_at(b, "%s/type", r->at),
			     "the type \"bind\" alone makes no bind mount: \"bind\" or \"rbind\" belongs into the "
			     "options");
		r->bind = true;
	}
	if (r->remount) {
		r->out->how = MOUNT_REMOUNT;
	} else if (r->bind) {
		build_bind(r);
	} else if (!r->in->type || r->in->type[0] == '\0') {
		builder_error(b, SECTION, r->at, "a mount that is no bind mount needs a type");
		return -1;
	} else if (!is_cgroup_type(r->in)) {
		build_fs(r);
	} else if (b->host->cgroup_layout != HOST_CGROUP_NONE) {
		build_cgroup_mount(r);
	} else {
		builder_warn(b, SECTION, r->at,
			     "this host has no cgroup2 hierarchy: the cgroup mount is left out");
		return -1;
	}
	return 0;
}

static void build_row(struct builder *b, unsigned i, struct plan_idmap *idmaps, struct plan_mount *out, unsigned *n)
{
	struct row r = {
		.b = b, .in = &b->config->mounts.items[i], .out = out, .at = builder_at(b, "/mounts/%u", i)
	};

	out->index = i;
	if (read_options(&r) < 0)
		return;
	build_destination(&r);
	if (build_how(&r) < 0) {
		memset(out, 0, sizeof(*out));
		return;
	}
	build_mount_idmap(b, r.in, r.at, &r.idmap, idmaps, out);
	check_kernel(&r);
	check_proc_destination(&r);
	out->is_dev = out->how != MOUNT_REMOUNT && out->destination && strcmp(out->destination, "/dev") == 0;
	if (out->how != MOUNT_BIND && out->how != MOUNT_CGROUP_BIND)
		out->sb_flags = out->ms_flags & SUPERBLOCK_FLAGS;
	if (out->seal)
		out->sb_flags &= ~(uint64_t)MS_RDONLY;
	join_options(&r);
	(*n)++;
}

/* The directory in which run/notify.c makes the container's own socket; the container can only connect to it. */
static void add_notify(struct builder *b, struct plan_mount *m)
{
	m->index = UINT_MAX;
	m->how = MOUNT_BIND;
	m->destination = builder_keep(b, NOTIFY_MOUNT);
	m->source = arena_printf(b->arena, "%s/%s/notify", b->req->root, b->plan->id);
	m->attr_set = K_MOUNT_ATTR_RDONLY | K_MOUNT_ATTR_NOSUID | K_MOUNT_ATTR_NODEV | K_MOUNT_ATTR_NOEXEC;
	m->ms_flags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
	m->source_by_rt = source_is_by_rt(b);
}

void build_mounts(struct builder *b)
{
	const struct oci_mounts *list = &b->config->mounts;
	struct plan_mount *mounts;
	struct plan_idmap *idmaps;
	unsigned n = 0;

	if (list->n > 0 && !builder_has_mountns(b)) {
		builder_error(b, SECTION, "/mounts", "mounts need a mount namespace");
		return;
	}
	if (list->n > PLAN_ROWS_MAX) {
		builder_error(b, SECTION, "/mounts", "more than %d mounts", PLAN_ROWS_MAX);
		return;
	}
	mounts = arena_new_array(b->arena, struct plan_mount, list->n + 1);
	idmaps = arena_new_array(b->arena, struct plan_idmap, list->n < PLAN_IDMAPS_MAX ? list->n : PLAN_IDMAPS_MAX);
	if (!mounts || !idmaps)
		return;
	check_context_kind(b);
	for (size_t i = 0; i < list->n; i++)
		build_row(b, (unsigned)i, idmaps, &mounts[n], &n);
	if (b->plan->notify_socket)
		add_notify(b, &mounts[n++]);
	b->plan->mounts = mounts;
	b->plan->n_mounts = n;
	b->plan->idmaps = idmaps;
	b->plan->mount_label = builder_keep(b, builder_linux(b)->mount_label);
}
