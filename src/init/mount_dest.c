/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/sys.h"
#include "init/mount_ops.h"
#include "init/mounts.h"

#define PROC_ROOT_INODE 1 /* PROC_ROOT_INO of the kernel's ABI for user space */

/* A lookup in which no component at all may be a link. -1 with errno. */
static int try_open_plain(const struct inside *in, const char *path)
{
	const struct k_open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = K_RESOLVE_IN_ROOT | K_RESOLVE_NO_MAGICLINKS | K_RESOLVE_NO_SYMLINKS,
	};

	return sys_openat2(in->root_fd, path, &how);
}

/* procfs, sysfs, mqueue: a link could send the kernel's files to where the container's root prepares fakes. */
static int open_plain_dir(const struct inside *in, const char *path, struct err *e)
{
	int fd = try_open_plain(in, path);

	if (fd < 0 && errno == ENOENT) {
		_cleanup_fd_ int made = path_mkdirs_in_root(in->root_fd, path, 0755, e);

		if (made < 0)
			return -1;
		fd = try_open_plain(in, path);
	}
	if (fd < 0 && (errno == ELOOP || errno == ENOTDIR))
		return err_set(e, ERR_CONFIG, "the destination must be a directory and no symbolic link");
	if (fd < 0)
		return err_errno(e, errno, "open the destination");
	return fd;
}

/* An empty file as mount point: born in its parent, no link followed. */
static int make_file(const struct inside *in, const char *path, struct err *e)
{
	char name[NAME_MAX + 1];
	_cleanup_fd_ int parent = path_open_parent_in_root(in->root_fd, path, name, sizeof(name), e);
	_cleanup_fd_ int file = -EBADF;

	if (parent < 0)
		return -1;
	file = sys_openat(parent, name, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, 0644);
	if (file < 0 && errno != EEXIST) {
		(void)err_errno(e, errno, "make an empty file for the destination");
		if (e->errnum == EROFS)
			(void)err_hint(e, "the file system there is read-only: make %s in it beforehand", path);
		return -1;
	}
	return 0;
}

/* The mode of a mount point that is made.  A tmpfs keeps it where the configuration has no mode=: it is then the one
 * that a tmpfs has by itself, so that every user can write there, now and when the container is run again. */
static mode_t mode_of_directory(const struct plan_mount *m)
{
	return m->keep_mode ? 01777 : 0755;
}

/* Whatever is wrong with the destination shows when it is opened next. */
static void make_writable_directory(const struct inside *in, const struct plan_mount *m)
{
	_cleanup_fd_ int there = path_try_open_in_root(in->root_fd, m->destination, O_PATH | O_NOFOLLOW, 0);
	_cleanup_fd_ int parent = -EBADF;
	char name[NAME_MAX + 1];
	struct err e = ERR_INIT;

	if (there >= 0 || errno != ENOENT)
		return;
	parent = path_open_parent_in_root(in->root_fd, m->destination, name, sizeof(name), &e);
	if (parent >= 0)
		(void)sys_mkdirat(parent, name, mode_of_directory(m)); /* as above */
}

static int open_nofollow(const struct inside *in, const char *path, bool is_dir, struct err *e)
{
	int fd = path_try_open_in_root(in->root_fd, path, O_PATH | O_NOFOLLOW, 0);

	if (fd < 0 && errno == ENOENT) {
		if (is_dir) {
			fd = path_mkdirs_in_root(in->root_fd, path, 0755, e);
			if (fd < 0)
				return -1;
		} else {
			if (make_file(in, path, e) < 0)
				return -1;
			fd = path_try_open_in_root(in->root_fd, path, O_PATH | O_NOFOLLOW, 0);
		}
	}
	return fd < 0 ? err_errno(e, errno, "open the destination") : fd;
}

/* A directory right below /dev, whose descriptor is at hand: most configs have three.  No link is followed, so that -1
 * means no more than that the long way must be taken. */
static int try_dev_child(const struct inside *in, const struct plan_mount *m)
{
	const char *path = m->destination;
	const char *name = path + strlen("/dev/");

	if (in->dev_fd < 0 || strncmp(path, "/dev/", strlen("/dev/")) != 0 || strchr(name, '/') != NULL)
		return -1;
	(void)sys_mkdirat(in->dev_fd, name, mode_of_directory(m)); /* that it is there shows next */
	return sys_openat(in->dev_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
}

int mount_dest_open(const struct inside *in, const struct plan_mount *m, bool is_dir, struct err *e)
{
	const char *path = m->destination;
	int fd = is_dir ? try_dev_child(in, m) : -1;

	if (fd >= 0)
		return fd;
	if (is_dir && m->keep_mode)
		make_writable_directory(in, m);
	if (m->is_proc)
		return open_plain_dir(in, path, e);
	if (m->destination_nofollow)
		return open_nofollow(in, path, is_dir, e);
	if (is_dir) {
		fd = path_mkdirs_in_root(in->root_fd, path, 0755, e);
		return fd < 0 ? err_prefix(e, "destination") : fd;
	}
	fd = path_try_open_in_root(in->root_fd, path, O_PATH, 0);
	if (fd < 0 && errno == ENOENT) {
		if (make_file(in, path, e) < 0)
			return -1;
		fd = path_try_open_in_root(in->root_fd, path, O_PATH, 0);
	}
	return fd < 0 ? err_errno(e, errno, "open the destination") : fd;
}

/* Files of procfs that are commonly replaced, by lxcfs and the like, and that nothing secure depends on. */
static bool is_allowed_in_proc(const char *path)
{
	static const char allowed[][32] = {
		"/proc/cpuinfo",     "/proc/diskstats", "/proc/loadavg", "/proc/meminfo",
		"/proc/net/dev",     "/proc/slabinfo",  "/proc/stat",    "/proc/swaps",
		"/proc/sys/crypto/fips_enabled",        "/proc/sys/kernel/ns_last_pid",
		"/proc/uptime",
	};
	unsigned i;

	for (i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if (strcmp(path, allowed[i]) == 0)
			return true;
	return false;
}

static bool is_on_procfs(int fd)
{
	struct statfs fs;

	return fd >= 0 && fstatfs(fd, &fs) == 0 && fs.f_type == K_PROC_SUPER_MAGIC;
}

/* Programs take what is at /proc for the kernel's word.  The plan has looked at types; a source only shows here. */
static int check_proc_source(const struct plan_mount *m, int tree_fd, struct err *e)
{
	struct stat st;

	if (m->how == MOUNT_FS || strcmp(m->destination, "/proc") != 0)
		return 0;
	if (fstat(tree_fd, &st) < 0)
		return err_errno(e, errno, "look at the source");
	if (is_on_procfs(tree_fd) && st.st_ino == PROC_ROOT_INODE)
		return 0;
	return err_set(e, ERR_CONFIG, "only a procfs can be mounted on /proc, not %s",
		       m->source != NULL ? m->source : "a cgroup");
}

int mount_dest_check(const struct inside *in, const struct plan_mount *m, int dest_fd, int tree_fd, struct err *e)
{
	struct file_id id;

	if (mount_ops_get_id(dest_fd, &id) < 0)
		return err_errno(e, errno, "look at the destination");
	/* A link of the image to its root: the mount would hide all that is set up, and `exec` would begin in it. */
	if (id.inode == in->root_id.inode && id.mount == in->root_id.mount)
		return err_set(e, ERR_CONFIG, "the destination is a link to the container's root");
	if (S_ISLNK(id.mode) && !m->destination_nofollow)
		return err_set(e, ERR_CONFIG, "the destination is a symbolic link");
	if (check_proc_source(m, tree_fd, e) < 0)
		return -1;
	/* The root file system itself, and a /dev: no procfs. */
	if (id.mount == in->root_id.mount || id.mount == in->dev_mount)
		return 0;
	if (!is_on_procfs(dest_fd) || is_allowed_in_proc(m->destination))
		return 0;
	/* procfs on procfs: /proc was mounted before. */
	if (id.inode == PROC_ROOT_INODE && (m->how == MOUNT_FS ? strcmp(m->type, "proc") == 0 : is_on_procfs(tree_fd)))
		return 0;
	return err_set(e, ERR_CONFIG, "%s can not be mounted on: it is inside /proc", m->destination);
}
