/* SPDX-License-Identifier: Apache-2.0 */
#include "init/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/vfs.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/sys.h"

/* Rows that say their mount point to mount(2) as a path of a descriptor. */
static bool is_named(const struct plan_mount *m)
{
	if (m->how == MOUNT_REMOUNT)
		return m->n_options > 0 || m->superblock;
	return m->how == MOUNT_FS && (m->sb_flags & K_MS_I_VERSION) != 0;
}

bool procfs_is_needed(const struct inside *in)
{
	const struct plan *p = in->plan;
	unsigned i;

	if (p->process.apparmor_profile != NULL || p->process.selinux_label != NULL)
		return true;
	if (p->kind == PLAN_EXEC)
		return false;
	if (p->n_sysctls > 0 || p->legacy_mount_api || p->root.no_pivot)
		return true;
	for (i = 0; i < p->n_mounts; i++)
		if (is_named(&p->mounts[i]))
			return true;
	return false;
}

/* A mount of our own that is attached nowhere. -1 with errno. */
static int make_private(void)
{
	_cleanup_fd_ int fs = sys_fsopen("proc", K_FSOPEN_CLOEXEC);

	if (fs < 0 || sys_fsconfig(fs, K_FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	return sys_fsmount(fs, K_FSMOUNT_CLOEXEC, K_MOUNT_ATTR_NOSUID | K_MOUNT_ATTR_NODEV | K_MOUNT_ATTR_NOEXEC);
}

/* The /proc that is there: this step runs before any mount of the container is made. */
static int open_existing(struct err *e)
{
	_cleanup_fd_ int fd = sys_openat(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return err_errno(e, errno, "open /proc");
	if (fs.f_type != K_PROC_SUPER_MAGIC)
		return err_set(e, ERR_SYSTEM, "/proc is not a procfs");
	return fd_take(&fd);
}

int procfs_open_existing(struct inside *in, struct err *e)
{
	in->proc_fd = open_existing(e);
	return in->proc_fd < 0 ? -1 : 0;
}

int procfs_open(struct inside *in, struct err *e)
{
	if (!in->plan->legacy_mount_api) {
		in->proc_fd = make_private();
		if (in->proc_fd >= 0)
			return 0;
		/* Below a masked /proc (nested in another container) nobody may make one. Anything else is a
		 * failure. */
		if (errno != EPERM && errno != EACCES)
			return err_errno(e, errno, "make a private procfs");
	}
	return procfs_open_existing(in, e);
}

int procfs_close(struct inside *in, struct err *e)
{
	(void)e;
	fd_close(&in->proc_fd);
	return 0;
}

int procfs_try_open_file(const struct inside *in, const char *path, int flags)
{
	const struct k_open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = K_RESOLVE_BENEATH | K_RESOLVE_NO_XDEV | K_RESOLVE_NO_MAGICLINKS,
	};

	if (in->proc_fd < 0) {
		errno = ENOENT;
		return -1;
	}
	return sys_openat2(in->proc_fd, path, &how);
}

int procfs_write(const struct inside *in, const char *path, const char *value, struct err *e)
{
	_cleanup_fd_ int fd = procfs_try_open_file(in, path, O_WRONLY);

	if (fd < 0)
		return err_errno(e, errno, "open /proc/%s", path);
	return io_write_value(fd, value, path, e) < 0 ? err_prefix(e, "/proc") : 0;
}

int procfs_name_fd(const struct inside *in, int fd, char name[static 32], struct err *e)
{
	if (sys_fchdir(in->proc_fd) < 0)
		return err_errno(e, errno, "enter the procfs");
	(void)snprintf(name, 32, "self/fd/%d", fd); /* 32 bytes hold every int */
	return 0;
}
