/* SPDX-License-Identifier: Apache-2.0 */
#include "init/mount_ops.h"

#include <errno.h>
#include <linux/stat.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys.h"
#include "init/procfs.h"

#ifndef STATX_ATTR_MOUNT_ROOT
#define STATX_ATTR_MOUNT_ROOT 0x2000 /* Linux 5.8 */
#endif
#ifndef ST_RELATIME
#define ST_RELATIME 4096
#endif
#ifndef ST_NOSYMFOLLOW
#define ST_NOSYMFOLLOW 8192 /* Linux 5.10 */
#endif

int mount_ops_clone(int dir_fd, const char *path, unsigned flags)
{
	return sys_open_tree(dir_fd, path, flags | K_OPEN_TREE_CLONE | K_OPEN_TREE_CLOEXEC);
}

int mount_ops_attach(int tree_fd, int dest_fd, struct err *e)
{
	if (sys_move_mount(tree_fd, "", dest_fd, "", K_MOVE_MOUNT_F_EMPTY_PATH | K_MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return err_errno(e, errno, "attach the mount");
	return 0;
}

static int bind_legacy(const struct inside *in, int fd, int dest_fd, struct err *e)
{
	char from[32];
	char to[32];

	if (procfs_name_fd(in, fd, from, e) < 0 || procfs_name_fd(in, dest_fd, to, e) < 0)
		return -1;
	if (sys_mount(from, to, NULL, MS_BIND, NULL) < 0)
		return err_errno(e, errno, "bind");
	return 0;
}

int mount_ops_bind(const struct inside *in, int fd, int dest_fd, struct err *e)
{
	_cleanup_fd_ int tree = -EBADF;

	if (in->plan->legacy_mount_api)
		return bind_legacy(in, fd, dest_fd, e);
	tree = mount_ops_clone(fd, "", AT_EMPTY_PATH);
	if (tree < 0)
		return err_errno(e, errno, "clone the mount");
	return mount_ops_attach(tree, dest_fd, e);
}

int mount_ops_set_attr(int fd, uint64_t set, uint64_t clr, bool recursive, struct err *e)
{
	struct k_mount_attr attr = { .attr_set = set, .attr_clr = clr };

	if (set == 0 && clr == 0)
		return 0;
	/* The access time words are one field, not bits: the kernel wants it cleared as a whole. */
	if ((set & K_MOUNT_ATTR__ATIME) != 0)
		attr.attr_clr |= K_MOUNT_ATTR__ATIME;
	if (sys_mount_setattr(fd, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE_TREE : 0), &attr) < 0)
		return err_errno(e, errno, "set mount attributes (set %#llx, clear %#llx)", (unsigned long long)set,
				 (unsigned long long)clr);
	return 0;
}

int mount_ops_set_propagation(int fd, uint64_t word, struct err *e)
{
	const struct k_mount_attr attr = { .propagation = word & ~(uint64_t)MS_REC };

	if (sys_mount_setattr(fd, "", AT_EMPTY_PATH | ((word & MS_REC) != 0 ? AT_RECURSIVE_TREE : 0), &attr) < 0)
		return err_errno(e, errno, "set mount propagation");
	return 0;
}

int mount_ops_change_propagation(const struct inside *in, int fd, uint64_t word, struct err *e)
{
	char path[32];

	if (!in->plan->legacy_mount_api)
		return mount_ops_set_propagation(fd, word, e);
	if (procfs_name_fd(in, fd, path, e) < 0)
		return -1;
	if (sys_mount(NULL, path, NULL, (unsigned long)word, NULL) < 0)
		return err_errno(e, errno, "set mount propagation");
	return 0;
}

int mount_ops_get_flags(int fd, unsigned long *ret_flags)
{
	static const struct {
		unsigned long st;
		unsigned long ms;
	} map[] = {
		{ ST_RDONLY, MS_RDONLY },   { ST_NOSUID, MS_NOSUID },         { ST_NODEV, MS_NODEV },
		{ ST_NOEXEC, MS_NOEXEC },   { ST_NOATIME, MS_NOATIME },       { ST_NODIRATIME, MS_NODIRATIME },
		{ ST_RELATIME, MS_RELATIME }, { ST_NOSYMFOLLOW, K_MS_NOSYMFOLLOW },
	};
	struct statfs fs;
	unsigned long flags = 0;
	unsigned i;

	if (fstatfs(fd, &fs) < 0)
		return -1;
	for (i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (((unsigned long)fs.f_flags & map[i].st) != 0)
			flags |= map[i].ms;
	/* It has no word in the answer, and to say nothing would mean relatime. */
	if ((flags & (MS_NOATIME | MS_RELATIME)) == 0)
		flags |= MS_STRICTATIME;
	*ret_flags = flags;
	return 0;
}

int mount_ops_set_readonly(const struct inside *in, int fd, const char *name, struct err *e)
{
	unsigned long flags;
	char path[32];

	if (!in->plan->legacy_mount_api)
		return mount_ops_set_attr(fd, K_MOUNT_ATTR_RDONLY, 0, false, e) < 0 ?
			       err_prefix(e, "make %s read-only", name) : 0;
	if (mount_ops_get_flags(fd, &flags) < 0)
		return err_errno(e, errno, "make %s read-only: look at its flags", name);
	if (procfs_name_fd(in, fd, path, e) < 0)
		return -1;
	if (sys_mount(NULL, path, NULL, flags | MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) < 0)
		return err_errno(e, errno, "make %s read-only", name);
	return 0;
}

int mount_ops_get_id(int fd, struct file_id *ret)
{
	struct statx st;

	if (syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_INO | STATX_MNT_ID, &st) < 0)
		return -1;
	*ret = (struct file_id){ .inode = st.stx_ino, .mount = st.stx_mnt_id, .mode = st.stx_mode };
	return 0;
}

int mount_ops_is_same(int a, int b)
{
	struct file_id x, y;

	if (mount_ops_get_id(a, &x) < 0 || mount_ops_get_id(b, &y) < 0)
		return -1;
	return x.inode == y.inode && x.mount == y.mount;
}

int mount_ops_is_mount_root(int fd)
{
	struct statx st;

	if (syscall(SYS_statx, fd, "", AT_EMPTY_PATH, 0, &st) < 0)
		return -1;
	return (st.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}
