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

int mount_remount_legacy(const struct inside *in, const struct plan_mount *m, int fd, struct err *e)
{
	static const struct {
		uint64_t attr;
		unsigned long ms;
	} map[] = {
		{ K_MOUNT_ATTR_RDONLY, MS_RDONLY },         { K_MOUNT_ATTR_NOSUID, MS_NOSUID },
		{ K_MOUNT_ATTR_NODEV, MS_NODEV },           { K_MOUNT_ATTR_NOEXEC, MS_NOEXEC },
		{ K_MOUNT_ATTR_NODIRATIME, MS_NODIRATIME }, { K_MOUNT_ATTR_NOSYMFOLLOW, K_MS_NOSYMFOLLOW },
	};
	const unsigned long atime = MS_NOATIME | MS_RELATIME | MS_STRICTATIME;
	const uint64_t set = mounts_first_attr(m);
	unsigned long flags;
	char path[32];
	unsigned i;

	if (set == 0 && m->attr_clr == 0)
		return 0;
	if (mount_ops_get_flags(fd, &flags) < 0)
		return err_errno(e, errno, "look at the mount's flags");
	for (i = 0; i < sizeof(map) / sizeof(map[0]); i++) {
		if ((m->attr_clr & map[i].attr) != 0)
			flags &= ~map[i].ms;
		if ((set & map[i].attr) != 0)
			flags |= map[i].ms;
	}
	if ((m->attr_clr & K_MOUNT_ATTR__ATIME) != 0)
		flags = (flags & ~atime) | ((unsigned long)m->ms_flags & atime);
	/* Without a word for it the access time would stay what it is; mount_setattr(2) sets the default then. */
	if ((m->attr_clr & K_MOUNT_ATTR__ATIME) != 0 && (flags & atime) == 0)
		flags |= MS_RELATIME;
	if (procfs_name_fd(in, fd, path, e) < 0)
		return -1;
	if (sys_mount(NULL, path, NULL, flags | MS_REMOUNT | MS_BIND, NULL) < 0)
		return err_errno(e, errno, "set the mount's flags");
	return 0;
}

int mount_remount(const struct inside *in, const struct plan_mount *m, struct err *e)
{
	_cleanup_fd_ int fd = path_open_in_root(in->root_fd, m->destination, O_PATH, 0, e);
	unsigned i;

	if (fd < 0)
		return -1;
	/* A superblock is changed only where options of it are named: `remount,ro` of a shared host file
	 * system is about the container's mount. */
	if (m->n_options > 0 || m->superblock) {
		if (remount_superblock(in, m, fd, e) < 0)
			return -1;
	} else if (in->plan->legacy_mount_api && mount_remount_legacy(in, m, fd, e) < 0) {
		return -1;
	}
	if (!in->plan->legacy_mount_api &&
	    (mount_ops_set_attr(fd, m->rec_attr_set, m->rec_attr_clr, true, e) < 0 ||
	     mount_ops_set_attr(fd, m->attr_set, m->attr_clr, false, e) < 0))
		return -1;
	for (i = 0; i < m->n_propagation; i++)
		if (mount_ops_change_propagation(in, fd, m->propagation[i], e) < 0)
			return -1;
	return 0;
}
