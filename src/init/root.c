/* SPDX-License-Identifier: Apache-2.0 */
#include "init/root.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys.h"
#include "init/host_mounts.h"
#include "init/mount_ops.h"

/* Directories between the root file system and its mount point: more than any PATH_MAX holds are not needed. */
#define PARENTS_MAX (PATH_MAX / 2)

static int open_host_root(const struct inside *in, struct err *e)
{
	int fd = sys_openat(AT_FDCWD, in->plan->root.path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);

	if (fd < 0) {
		int saved = errno;

		(void)err_errno(e, saved, "open root file system %s", in->plan->root.path);
		if (saved == EACCES)
			(void)err_hint(e, "the container's user needs the right to search (x) in every directory "
					  "of the path");
	}
	return fd;
}

/*
 * Makes the mount that holds the directory FD private.  Else attaching the container's root there would show on the
 * host, where the mount has peers.
 */
static int make_holder_private(const struct inside *in, int fd, struct err *e)
{
	_cleanup_fd_ int dir = sys_openat(fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	unsigned n;

	for (n = 0; n < PARENTS_MAX && dir >= 0; n++) {
		int parent;
		int r = mount_ops_is_mount_root(dir);

		if (r < 0)
			break;
		if (r > 0)
			return mount_ops_change_propagation(in, dir, MS_PRIVATE, e);
		parent = sys_openat(dir, "..", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
		fd_close(&dir);
		dir = parent;
	}
	return err_errno(e, errno, "find the mount that holds the root file system");
}

static int prepare_new(struct inside *in, int host_root, struct err *e)
{
	_cleanup_fd_ int tree = mount_ops_clone(host_root, "", AT_EMPTY_PATH | AT_RECURSIVE_TREE);

	if (tree < 0)
		return err_errno(e, errno, "clone the mount of root file system %s", in->plan->root.path);
	/* Before anything is mounted in it: the clone has the peers of what it was cloned from. */
	if (mount_ops_set_propagation(tree, MS_PRIVATE | MS_REC, e) < 0 || mount_ops_attach(tree, host_root, e) < 0)
		return -1;
	in->root_fd = fd_take(&tree);
	return 0;
}

static int prepare_legacy(struct inside *in, struct err *e)
{
	const char *path = in->plan->root.path;

	if (sys_mount(path, path, NULL, MS_BIND | MS_REC, NULL) < 0)
		return err_errno(e, errno, "bind root file system %s onto itself", path);
	if (sys_mount(NULL, path, NULL, MS_PRIVATE | MS_REC, NULL) < 0)
		return err_errno(e, errno, "make the mounts of root file system %s private", path);
	in->root_fd = open_host_root(in, e);
	return in->root_fd < 0 ? -1 : 0;
}

int root_prepare(struct inside *in, struct err *e)
{
	const struct plan_root *root = &in->plan->root;
	_cleanup_fd_ int host_root = -EBADF;
	/* Private and slave cut what flows to the host; the host's own later mounts may still flow in, as volumes
	 * expect. A shared root is asked for by those whose volumes are to send mounts to the host: these volumes'
	 * own words decide then, and only the container's root must not. */
	bool is_shared = (root->propagation & MS_SHARED) != 0;
	unsigned long word = (root->propagation & MS_PRIVATE) != 0 ? MS_PRIVATE : MS_SLAVE;

	if (root->chroot_only) {
		in->root_fd = open_host_root(in, e);
		return in->root_fd < 0 ? -1 : 0;
	}
	if (!is_shared && sys_mount(NULL, "/", NULL, word | MS_REC, NULL) < 0)
		return err_errno(e, errno, "change the propagation of the new mount namespace");
	host_root = open_host_root(in, e);
	if (host_root < 0 || (is_shared && make_holder_private(in, host_root, e) < 0))
		return -1;
	return in->plan->legacy_mount_api ? prepare_legacy(in, e) : prepare_new(in, host_root, e);
}

int root_open(struct inside *in, struct err *e)
{
	if (in->plan->root.chroot_only) {
		in->root_fd = open_host_root(in, e);
		return in->root_fd < 0 ? -1 : 0;
	}
	in->root_fd = sys_openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	if (in->root_fd < 0)
		return err_errno(e, errno, "open the container's root directory");
	return 0;
}

/* The unmount of the old root would reach the host's mounts where it is shared with them. */
static int cut_old_root(int old_root, struct err *e)
{
	if (sys_fchdir(old_root) < 0)
		return err_errno(e, errno, "enter the old root");
	if (sys_mount(NULL, ".", NULL, MS_SLAVE | MS_REC, NULL) < 0)
		return err_errno(e, errno, "make the old root a slave");
	return 0;
}

static int pivot(const struct inside *in, struct err *e)
{
	bool is_shared = (in->plan->root.propagation & MS_SHARED) != 0; /* else root_prepare() has cut it off */
	_cleanup_fd_ int old_root = -EBADF;

	if (is_shared) {
		old_root = sys_openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
		if (old_root < 0)
			return err_errno(e, errno, "open the old root");
	}
	if (sys_fchdir(in->root_fd) < 0)
		return err_errno(e, errno, "enter root file system %s", in->plan->root.path);
	/* The same directory twice: the old root lands on top of the new one, and no directory is needed for it. */
	if (sys_pivot_root(".", ".") < 0) {
		(void)err_errno(e, errno, "pivot_root to %s", in->plan->root.path);
		if (e->errnum == EINVAL)
			(void)err_hint(e, "the host's root may be an initramfs, which can not be pivoted from: "
					  "--no-pivot");
		return -1;
	}
	if (is_shared && cut_old_root(old_root, e) < 0)
		return -1;
	/* What lies on top here is the old root, also where the working directory is the new one (pivot_root(2)). */
	if (sys_umount2(".", MNT_DETACH) < 0)
		return err_errno(e, errno, "unmount the old root");
	if (is_shared && sys_fchdir(in->root_fd) < 0)
		return err_errno(e, errno, "enter the new root");
	return 0;
}

/* The old root stays mounted below: what a clever program could reach of it must not be a full procfs or sysfs. */
static int move(struct inside *in, struct err *e)
{
	if (host_mounts_hide(in, e) < 0)
		return -1;
	if (sys_fchdir(in->root_fd) < 0)
		return err_errno(e, errno, "enter root file system %s", in->plan->root.path);
	if (sys_mount(".", "/", NULL, MS_MOVE, NULL) < 0)
		return err_errno(e, errno, "move %s to /", in->plan->root.path);
	if (sys_chroot(".") < 0)
		return err_errno(e, errno, "change root to %s", in->plan->root.path);
	return 0;
}

static int change_root(const struct inside *in, struct err *e)
{
	if (sys_fchdir(in->root_fd) < 0)
		return err_errno(e, errno, "enter root file system %s", in->plan->root.path);
	if (sys_chroot(".") < 0)
		return err_errno(e, errno, "change root to %s", in->plan->root.path);
	return 0;
}

int root_switch(struct inside *in, struct err *e)
{
	const struct plan_root *root = &in->plan->root;

	/* Each leaves the process in the new root. */
	if (root->chroot_only)
		return change_root(in, e);
	return root->no_pivot ? move(in, e) : pivot(in, e);
}

int root_set_readonly(struct inside *in, struct err *e)
{
	return mount_ops_set_readonly(in, in->root_fd, "/", e);
}

int root_set_propagation(struct inside *in, struct err *e)
{
	/* By name: after the switch this is the container's root, and it works on every kernel. */
	if (sys_mount(NULL, "/", NULL, (unsigned long)in->plan->root.propagation, NULL) < 0)
		return err_errno(e, errno, "set rootfsPropagation");
	return 0;
}
