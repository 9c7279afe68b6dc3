/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mounts of the container, by both of the kernel's interfaces.  Neither makes a call that it could do without: what
 * exec closes is not closed before, and no target is looked up twice, or more safely than by its path.  The mounts are
 * the same; where they are read-only, mount(2) makes the superblock so too.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "floor.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define SAFE (MS_NOSUID | MS_NODEV | MS_NOEXEC)
#define SAFE_ATTR (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)
#define TREE (OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)
#define RDONLY_BIND (MS_REMOUNT | MS_BIND | MS_RDONLY)
#define BY_FDS (MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH)

#define OPTIONS_MAX 4

static const struct filesystem {
	const char *type;
	const char *target;
	bool is_made; /* the target is a directory to be made */
	/* mount(2) */
	unsigned long flags;
	const char *data;
	/* fsconfig(2), fsmount(2); an option without a value is a flag */
	unsigned long attr;
	const char *options[OPTIONS_MAX][2];
} filesystems[] = {
	{ "proc", "proc", false, 0, NULL, 0, {} },
	{ "tmpfs", "dev", false, MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k",
	  MOUNT_ATTR_NOSUID | MOUNT_ATTR_STRICTATIME, { { "mode", "755" }, { "size", "65536k" } } },
	{ "devpts", "dev/pts", true, MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5",
	  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC,
	  { { "newinstance", NULL }, { "ptmxmode", "0666" }, { "mode", "0620" }, { "gid", "5" } } },
	{ "tmpfs", "dev/shm", true, SAFE, "mode=1777,size=65536k",
	  SAFE_ATTR, { { "mode", "1777" }, { "size", "65536k" } } },
	{ "mqueue", "dev/mqueue", true, SAFE, NULL, SAFE_ATTR, {} },
	{ "sysfs", "sys", false, SAFE | MS_RDONLY, NULL, SAFE_ATTR | MOUNT_ATTR_RDONLY, {} },
	{ "cgroup2", "sys/fs/cgroup", false, SAFE | MS_RDONLY, NULL, SAFE_ATTR | MOUNT_ATTR_RDONLY, {} },
};

static const char *const readonly_paths[] = {
	"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
};

static const struct {
	const char *path;
	bool is_directory;
} masked_paths[] = {
	{ "/proc/acpi", true },         { "/proc/asound", true },         { "/proc/kcore", false },
	{ "/proc/keys", false },        { "/proc/latency_stats", false }, { "/proc/timer_list", false },
	{ "/proc/timer_stats", false }, { "/proc/sched_debug", false },   { "/sys/firmware", true },
	{ "/sys/devices/virtual/powercap", true },                        { "/proc/scsi", true },
};

static void make_target(const struct filesystem *fs)
{
	if (fs->is_made)
		MUST(RAW(mkdirat, AT_FDCWD, fs->target, 0755));
}

/* ---- mount(2) --------------------------------------------------------------------------------------------------- */

static void enter_root_by_path(const char *rootfs)
{
	MUST(RAW(mount, NULL, "/", NULL, MS_REC | MS_SLAVE, NULL));
	MUST(RAW(mount, rootfs, rootfs, NULL, MS_BIND | MS_REC, NULL));
	MUST(RAW(chdir, rootfs));
}

static void make_mounts_by_path(void)
{
	for (unsigned i = 0; i < LENGTH(filesystems); i++) {
		const struct filesystem *fs = &filesystems[i];

		make_target(fs);
		MUST(RAW(mount, fs->type, fs->target, fs->type, fs->flags, fs->data));
	}
}

static void hide_paths_by_path(void)
{
	const char *first = NULL;

	for (unsigned i = 0; i < LENGTH(readonly_paths); i++) {
		if (RAW(mount, readonly_paths[i], readonly_paths[i], NULL, MS_BIND | MS_REC, NULL) < 0)
			continue; /* this kernel does not have it */
		MUST(RAW(mount, NULL, readonly_paths[i], NULL, RDONLY_BIND, NULL));
	}
	for (unsigned i = 0; i < LENGTH(masked_paths); i++) {
		const char *path = masked_paths[i].path;

		if (!masked_paths[i].is_directory) {
			(void)RAW(mount, "/dev/null", path, NULL, MS_BIND, NULL); /* as above */
		} else if (first != NULL) {
			(void)RAW(mount, first, path, NULL, MS_BIND, NULL);
		} else if (RAW(mount, "tmpfs", path, "tmpfs", MS_RDONLY, NULL) == 0) {
			first = path;
		}
	}
}

static void make_readonly_by_path(void)
{
	MUST(RAW(mount, NULL, "/", NULL, RDONLY_BIND, NULL));
}

const struct mounter mounts_by_path = {
	.enter_root = enter_root_by_path,
	.make_mounts = make_mounts_by_path,
	.hide_paths = hide_paths_by_path,
	.make_readonly = make_readonly_by_path,
};

/* ---- a descriptor for each mount -------------------------------------------------------------------------------- */

static long the_root; /* descriptor of its mount */

static void set_attr(long dir_fd, const char *path, unsigned flags, const struct mount_attr *attr)
{
	MUST(RAW(mount_setattr, dir_fd, path, flags, attr, sizeof(*attr)));
}

static void enter_root_by_fd(const char *rootfs)
{
	const struct mount_attr slave = { .propagation = MS_SLAVE };

	set_attr(AT_FDCWD, "/", AT_RECURSIVE, &slave);
	the_root = MUST(RAW(open_tree, AT_FDCWD, rootfs, TREE | AT_RECURSIVE));
	MUST(RAW(move_mount, the_root, "", AT_FDCWD, rootfs, MOVE_MOUNT_F_EMPTY_PATH));
	MUST(RAW(fchdir, the_root));
}

/* A detached mount. */
static long make_mount(const struct filesystem *fs)
{
	const long fd = MUST(RAW(fsopen, fs->type, FSOPEN_CLOEXEC));

	MUST(RAW(fsconfig, fd, FSCONFIG_SET_STRING, "source", fs->type, 0));
	for (unsigned i = 0; i < OPTIONS_MAX && fs->options[i][0] != NULL; i++) {
		const char *value = fs->options[i][1];

		MUST(RAW(fsconfig, fd, value != NULL ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, fs->options[i][0],
			 value, 0));
	}
	MUST(RAW(fsconfig, fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	return MUST(RAW(fsmount, fd, FSMOUNT_CLOEXEC, fs->attr));
}

static void make_mounts_by_fd(void)
{
	for (unsigned i = 0; i < LENGTH(filesystems); i++) {
		const struct filesystem *fs = &filesystems[i];
		const long fd = make_mount(fs);

		make_target(fs);
		MUST(RAW(move_mount, fd, "", AT_FDCWD, fs->target, MOVE_MOUNT_F_EMPTY_PATH));
	}
}

static void mask_by_fd(const char *path, bool is_directory, long *first)
{
	static const struct filesystem empty = { .type = "tmpfs", .attr = MOUNT_ATTR_RDONLY };
	/* Asked for first: a copy that finds no place costs more than this call. */
	const long target = RAW(openat, AT_FDCWD, path, O_PATH | O_CLOEXEC, 0);
	long fd;

	if (target < 0)
		return;
	if (!is_directory)
		fd = MUST(RAW(open_tree, AT_FDCWD, "/dev/null", TREE));
	else if (*first >= 0)
		fd = MUST(RAW(open_tree, *first, "", TREE | AT_EMPTY_PATH));
	else
		fd = *first = make_mount(&empty);
	MUST(RAW(move_mount, fd, "", target, "", BY_FDS));
}

static void hide_paths_by_fd(void)
{
	const struct mount_attr readonly = { .attr_set = MOUNT_ATTR_RDONLY };
	long first = -1;

	for (unsigned i = 0; i < LENGTH(readonly_paths); i++) {
		const long fd = RAW(open_tree, AT_FDCWD, readonly_paths[i], TREE | AT_RECURSIVE);

		if (fd < 0)
			continue; /* this kernel does not have it */
		set_attr((int)fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &readonly);
		MUST(RAW(move_mount, fd, "", AT_FDCWD, readonly_paths[i], MOVE_MOUNT_F_EMPTY_PATH));
	}
	for (unsigned i = 0; i < LENGTH(masked_paths); i++)
		mask_by_fd(masked_paths[i].path, masked_paths[i].is_directory, &first);
}

static void make_readonly_by_fd(void)
{
	const struct mount_attr readonly = { .attr_set = MOUNT_ATTR_RDONLY };

	set_attr(the_root, "", AT_EMPTY_PATH, &readonly);
}

const struct mounter mounts_by_fd = {
	.enter_root = enter_root_by_fd,
	.make_mounts = make_mounts_by_fd,
	.hide_paths = hide_paths_by_fd,
	.make_readonly = make_readonly_by_fd,
};
