/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/stat.h>

#include "base/path.h"
#include "plan/builder.h"

#define SECTION "config-linux.md#devices"

/* The kernel's dev_t: 12 bits of major, 20 bits of minor number. */
#define MAJOR_MAX 0xfff
#define MINOR_MAX 0xfffff

/* config-linux.md, Default Devices; /dev/ptmx is a link and /dev/console belongs to the terminal. */
/* clang-format off */
static const struct {
	const char *path;
	uint32_t major;
	uint32_t minor;
} default_devices[] = {
	{ "/dev/null",    1, 3 },
	{ "/dev/zero",    1, 5 },
	{ "/dev/full",    1, 7 },
	{ "/dev/random",  1, 8 },
	{ "/dev/urandom", 1, 9 },
	{ "/dev/tty",     5, 0 },
};
/* clang-format on */
#define N_DEFAULT_DEVICES (sizeof(default_devices) / sizeof(default_devices[0]))

#define OWN_FDS "/proc/self/fd" /* in every procfs */

/* runtime-linux.md, Dev symbolic links; /dev/core is what programs of old expect beside them. */
static const struct plan_link default_links[] = {
	{ "/dev/ptmx", "pts/ptmx", NULL },
	{ "/dev/fd", "/proc/self/fd", OWN_FDS },
	{ "/dev/stdin", "/proc/self/fd/0", OWN_FDS },
	{ "/dev/stdout", "/proc/self/fd/1", OWN_FDS },
	{ "/dev/stderr", "/proc/self/fd/2", OWN_FDS },
	{ "/dev/core", "/proc/kcore", "/proc/kcore" },
};
#define N_DEFAULT_LINKS (sizeof(default_links) / sizeof(default_links[0]))

/* A /dev of the host has its nodes and links already, and they are not ours to change. */
static bool has_host_dev(const struct builder *b)
{
	for (unsigned i = 0; i < b->plan->n_mounts; i++) {
		if (b->plan->mounts[i].is_dev && b->plan->mounts[i].how == MOUNT_BIND)
			return true;
	}
	return false;
}

/* mknod(2) of a device needs CAP_MKNOD in the initial user namespace. */
static bool cannot_mknod(const struct builder *b)
{
	return builder_has_userns(b) || b->host->in_userns || (b->host->caps_effective & (1ULL << 27)) == 0;
}

static void check_number(struct builder *b, unsigned i, const char *name, const struct oci_opt_i64 *n, int64_t max)
{
	if (!n->set)
		builder_error(b, SECTION, builder_at(b, "/linux/devices/%u", i), "%s is missing", name);
	else if (n->value < 0 || n->value > max)
		builder_error(b, SECTION, builder_at(b, "/linux/devices/%u/%s", i, name), "%s is not in 0..%lld",
			      name, (long long)max);
}

static void build_device(struct builder *b, unsigned i, struct plan_device *out)
{
	const struct oci_device *in = &builder_linux(b)->devices.items[i];
	mode_t type;

	out->index = i;
	if (!path_is_absolute(in->path))
		builder_error(b, SECTION, builder_at(b, "/linux/devices/%u/path", i),
			      "the path \"%s\" is not absolute", in->path);
	out->path = builder_keep_clean(b, in->path);
	if (strcmp(in->type, "c") == 0 || strcmp(in->type, "u") == 0) {
		type = S_IFCHR;
	} else if (strcmp(in->type, "b") == 0) {
		type = S_IFBLK;
	} else if (strcmp(in->type, "p") == 0) {
		type = S_IFIFO;
	} else {
		builder_error(b, SECTION, builder_at(b, "/linux/devices/%u/type", i),
			      "\"%s\" is no type of device (c, b, u or p)", in->type);
		return;
	}
	if (type != S_IFIFO) {
		check_number(b, i, "major", &in->major, MAJOR_MAX);
		check_number(b, i, "minor", &in->minor, MINOR_MAX);
		out->major = (uint32_t)in->major.value;
		out->minor = (uint32_t)in->minor.value;
		out->bind = cannot_mknod(b);
	}
	out->mode = type | (in->file_mode.set ? in->file_mode.value & 07777 : 0666);
	out->uid = in->uid.value;
	out->gid = in->gid.value;
	if (out->uid > INT32_MAX || out->gid > INT32_MAX)
		builder_error(b, SECTION, builder_at(b, "/linux/devices/%u", i), "the owner's id is above %d",
			      INT32_MAX);
}

static bool is_listed(const struct plan_device *devices, unsigned n, const char *path)
{
	for (unsigned i = 0; i < n; i++) {
		if (devices[i].path && strcmp(devices[i].path, path) == 0)
			return true;
	}
	return false;
}

static unsigned add_defaults(struct builder *b, struct plan_device *devices, unsigned n)
{
	const unsigned n_listed = n;

	for (size_t i = 0; i < N_DEFAULT_DEVICES; i++) {
		if (is_listed(devices, n_listed, default_devices[i].path))
			continue;
		devices[n++] = (struct plan_device){
			.index = UINT_MAX,
			.path = builder_keep(b, default_devices[i].path),
			.mode = S_IFCHR | 0666,
			.major = default_devices[i].major,
			.minor = default_devices[i].minor,
			.bind = cannot_mknod(b),
		};
	}
	return n;
}

static void build_links(struct builder *b)
{
	struct plan_link *links = arena_new_array(b->arena, struct plan_link, N_DEFAULT_LINKS);
	const bool has_procfs = plan_has_procfs(b->plan);

	if (!links)
		return;
	for (size_t i = 0; i < N_DEFAULT_LINKS; i++) {
		const char *needed = default_links[i].only_if_exists;

		links[i].path = builder_keep(b, default_links[i].path);
		links[i].target = builder_keep(b, default_links[i].target);
		/* A look costs more than the links: the first into a new procfs. */
		links[i].only_if_exists = has_procfs && needed && strcmp(needed, OWN_FDS) == 0 ?
						  NULL : builder_keep(b, needed);
	}
	b->plan->links = links;
	b->plan->n_links = N_DEFAULT_LINKS;
}

void build_devices(struct builder *b)
{
	const struct oci_devices *list = &builder_linux(b)->devices;
	const bool host_dev = has_host_dev(b);
	struct plan_device *devices;
	unsigned n = 0;

	if (b->plan->root.chroot_only) {
		/* Nodes and links would stay in the root file system, which others may use. */
		if (list->n > 0)
			builder_error(b, SECTION, "/linux/devices", "devices need a mount namespace");
		return;
	}
	if (list->n > PLAN_ROWS_MAX) {
		builder_error(b, SECTION, "/linux/devices", "more than %d devices", PLAN_ROWS_MAX);
		return;
	}
	devices = arena_new_array(b->arena, struct plan_device, list->n + N_DEFAULT_DEVICES);
	if (!devices)
		return;
	for (size_t i = 0; i < list->n; i++) {
		memset(&devices[n], 0, sizeof(devices[n]));
		build_device(b, (unsigned)i, &devices[n]);
		if (!host_dev || !devices[n].path || !path_is_below(devices[n].path, "/dev"))
			n++;
	}
	if (!host_dev) {
		n = add_defaults(b, devices, n);
		build_links(b);
	}
	b->plan->devices = devices;
	b->plan->n_devices = n;
}
