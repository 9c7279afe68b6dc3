/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/sys.h"
#include "init/mount_ops.h"
#include "init/mounts.h"
#include "init/procfs.h"

/* Flags of the mount that mount(2) would take away unless they are said again. */
static int remount_superblock(const struct inside *in, const struct plan_mount *m, int fd, struct err *e)
{
	unsigned long old;
	char path[32];

	if (mount_ops_get_flags(fd, &old) < 0)
		return err_errno(e, errno, "look at the mount's flags");
	if (procfs_name_fd(in, fd, path, e) < 0)
		return -1;
	if (sys_mount(NULL, path, NULL, (old & ~(unsigned long)MS_RDONLY) | (unsigned long)m->ms_flags | MS_REMOUNT,
		      m->data) < 0)
		return err_errno(e, errno, "remount");
	return 0;
}

/* The mount alone, on kernels without mount_setattr: flags that are not mentioned stay. */
static int remount_bind(const struct inside *in, const struct plan_mount *m, int fd, struct err *e)
{
	const unsigned long mount_flags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME |
					  MS_RELATIME | MS_STRICTATIME | K_MS_NOSYMFOLLOW;
	unsigned long old;
	char path[32];

	if (mount_ops_get_flags(fd, &old) < 0)
		return err_errno(e, errno, "look at the mount's flags");
	if ((m->attr_clr & K_MOUNT_ATTR_RDONLY) != 0)
		old &= ~(unsigned long)MS_RDONLY;
	if (procfs_name_fd(in, fd, path, e) < 0)
		return -1;
	if (sys_mount(NULL, path, NULL, old | ((unsigned long)m->ms_flags & mount_flags) | MS_REMOUNT | MS_BIND,
		      NULL) < 0)
		return err_errno(e, errno, "remount");
	return 0;
}

int mount_remount(const struct inside *in, const struct plan_mount *m, struct err *e)
{
	_cleanup_fd_ int fd = path_open_in_root(in->root_fd, m->destination, O_PATH, 0, e);
	unsigned i;

	if (fd < 0)
		return -1;
	/* A superblock is changed only where options of the file system are named: `remount,ro` of a shared host file
	 * system is about the container's mount. */
	if (m->n_options > 0 || (m->sb_flags & ~(uint64_t)MS_RDONLY) != 0) {
		if (remount_superblock(in, m, fd, e) < 0)
			return -1;
	} else if (in->plan->legacy_mount_api) {
		return remount_bind(in, m, fd, e);
	}
	if (in->plan->legacy_mount_api)
		return 0;
	if (mount_ops_set_attr(fd, m->rec_attr_set, m->rec_attr_clr, true, e) < 0 ||
	    mount_ops_set_attr(fd, m->attr_set, m->attr_clr, false, e) < 0)
		return -1;
	for (i = 0; i < m->n_propagation; i++)
		if (mount_ops_set_propagation(fd, m->propagation[i], e) < 0)
			return -1;
	return 0;
}
