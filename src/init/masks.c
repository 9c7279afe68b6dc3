/* SPDX-License-Identifier: Apache-2.0 */
#include "init/masks.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/sys.h"
#include "init/devices.h"
#include "init/mount_ops.h"
#include "init/procfs.h"

/* What masks are made of; opened when the first path needs it. */
struct covers {
	int null_fd;  /* the container's /dev/null, O_PATH */
	int empty_fd; /* the tmpfs, attached to the first masked directory */
};

static bool is_absent(int errnum)
{
	return errnum == ENOENT || errnum == ENOTDIR;
}

/*
 * The container's procfs, once for all paths below it: whoever can rename directories of the root file system could
 * have another /proc there for the moment of a lookup, and what is not found is not covered.  Stays -EBADF where none
 * is mounted.
 */
static int open_procfs(struct inside *in, struct err *e)
{
	const struct k_open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = K_RESOLVE_IN_ROOT | K_RESOLVE_NO_MAGICLINKS | K_RESOLVE_NO_SYMLINKS,
	};
	_cleanup_fd_ int fd = -EBADF;
	struct statfs fs;

	if (in->container_proc_fd >= 0 || !plan_has_procfs(in->plan))
		return 0;
	fd = sys_openat2(in->root_fd, "/proc", &how);
	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return err_errno(e, errno, "open /proc");
	if (fs.f_type != K_PROC_SUPER_MAGIC)
		return err_set(e, ERR_SYSTEM, "/proc was replaced while the container was made");
	in->container_proc_fd = fd_take(&fd);
	return 0;
}

static int try_open(const struct inside *in, const char *path)
{
	static const char proc[] = "/proc/";
	const size_t len = sizeof(proc) - 1;

	if (in->container_proc_fd >= 0 && strncmp(path, proc, len) == 0)
		return path_try_open_in_root(in->container_proc_fd, path + len, O_PATH, 0);
	return path_try_open_in_root(in->root_fd, path, O_PATH, 0);
}

static int make_readonly_legacy(const struct inside *in, const char *path, int fd, struct err *e)
{
	_cleanup_fd_ int top = -EBADF;

	if (mount_ops_bind(in, fd, fd, e) < 0)
		return -1;
	top = try_open(in, path);
	return top < 0 ? err_errno(e, errno, "open") : mount_ops_set_readonly(in, top, path, e);
}

static int make_readonly(const struct inside *in, const char *path, struct err *e)
{
	_cleanup_fd_ int fd = try_open(in, path);
	_cleanup_fd_ int tree = -EBADF;

	if (fd < 0)
		return is_absent(errno) ? 0 : err_errno(e, errno, "open");
	if (in->plan->legacy_mount_api)
		return make_readonly_legacy(in, path, fd, e);
	/* Recursive: what is mounted below must not be a writable way around. */
	tree = mount_ops_clone(fd, "", AT_EMPTY_PATH | AT_RECURSIVE_TREE);
	if (tree < 0)
		return err_errno(e, errno, "clone the mount");
	if (mount_ops_set_attr(tree, K_MOUNT_ATTR_RDONLY, 0, true, e) < 0)
		return -1;
	return mount_ops_attach(tree, fd, e);
}

int masks_make_readonly(struct inside *in, struct err *e)
{
	unsigned i;

	if (in->plan->n_readonly_paths > 0 && open_procfs(in, e) < 0)
		return -1;
	for (i = 0; i < in->plan->n_readonly_paths; i++)
		if (make_readonly(in, in->plan->readonly_paths[i], e) < 0)
			return err_prefix(e, "%s", in->plan->readonly_paths[i]);
	return 0;
}

static int make_empty(struct err *e)
{
	_cleanup_fd_ int fs = sys_fsopen("tmpfs", K_FSOPEN_CLOEXEC);
	int tree;

	/* One inode, its root: it holds nothing and never will. */
	if (fs < 0 || sys_fsconfig(fs, K_FSCONFIG_SET_STRING, "nr_inodes", "1", 0) < 0 ||
	    sys_fsconfig(fs, K_FSCONFIG_SET_STRING, "mode", "0755", 0) < 0 ||
	    sys_fsconfig(fs, K_FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return err_errno(e, errno, "make an empty tmpfs");
	tree = sys_fsmount(fs, K_FSMOUNT_CLOEXEC, K_MOUNT_ATTR_RDONLY | K_MOUNT_ATTR_NOSUID | K_MOUNT_ATTR_NODEV |
							  K_MOUNT_ATTR_NOEXEC);
	return tree < 0 ? err_errno(e, errno, "mount an empty tmpfs") : tree;
}

static int cover_dir(const struct inside *in, struct covers *c, int fd, struct err *e)
{
	if (in->plan->legacy_mount_api) {
		char path[32];

		if (procfs_name_fd(in, fd, path, e) < 0)
			return -1;
		if (sys_mount("tmpfs", path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
			      "nr_inodes=1,mode=0755") < 0)
			return err_errno(e, errno, "mount an empty tmpfs");
		return 0;
	}
	/* The first directory gets the mount itself, the others clones: older kernels clone attached mounts alone. */
	if (c->empty_fd >= 0)
		return mount_ops_bind(in, c->empty_fd, fd, e);
	c->empty_fd = make_empty(e);
	return c->empty_fd < 0 ? -1 : mount_ops_attach(c->empty_fd, fd, e);
}

static int cover_file(const struct inside *in, struct covers *c, int fd, struct err *e)
{
	if (c->null_fd < 0)
		c->null_fd = devices_open_null(in, e);
	return c->null_fd < 0 ? -1 : mount_ops_bind(in, c->null_fd, fd, e);
}

static int hide(const struct inside *in, struct covers *c, const char *path, struct err *e)
{
	_cleanup_fd_ int fd = try_open(in, path);
	struct stat st;

	if (fd < 0)
		return is_absent(errno) ? 0 : err_errno(e, errno, "open");
	if (fstat(fd, &st) < 0)
		return err_errno(e, errno, "look at it");
	return S_ISDIR(st.st_mode) ? cover_dir(in, c, fd, e) : cover_file(in, c, fd, e);
}

int masks_hide(struct inside *in, struct err *e)
{
	struct covers c = { .null_fd = -EBADF, .empty_fd = -EBADF };
	int result = 0;
	unsigned i;

	if (in->plan->n_masked_paths > 0 && open_procfs(in, e) < 0)
		return -1;
	for (i = 0; i < in->plan->n_masked_paths && result == 0; i++)
		if (hide(in, &c, in->plan->masked_paths[i], e) < 0)
			result = err_prefix(e, "%s", in->plan->masked_paths[i]);
	fd_close(&in->container_proc_fd); /* the last that needs it */
	fd_close(&c.null_fd);
	fd_close(&c.empty_fd);
	return result;
}
