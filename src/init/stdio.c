/* SPDX-License-Identifier: Apache-2.0 */
#include "init/stdio.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/sys.h"
#include "init/devices.h"

static bool is_null_device(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3);
}

/* The container's null device, or success and -EBADF: a root without one (exec where it was removed). */
static int open_null(const struct inside *in, int *ret_fd, struct err *e)
{
	/* Looked at before it is opened: to open some devices is to use them. */
	_cleanup_fd_ int path_fd = devices_open_null(in, e);
	_cleanup_fd_ int fd = -EBADF;
	struct stat st;

	if (path_fd < 0 && e->errnum == ENOENT) {
		err_clear(e);
		return 0;
	}
	if (path_fd < 0)
		return -1;
	fd = path_try_open_in_root(in->root_fd, "/dev/null", O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0);
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(e, errno, "open /dev/null");
	if (!is_null_device(&st))
		return err_set(e, ERR_CONFIG, "/dev/null of the container is not the null device (character 1:3)");
	if (sys_fcntl(fd, F_SETFL, 0) < 0)
		return err_errno(e, errno, "make /dev/null blocking");
	*ret_fd = fd_take(&fd);
	return 0;
}

/* The host's node would stay reachable through /proc/self/fd, and its mode could be changed there.  NULL_FD is opened
 * for the first. */
static int replace_null(const struct inside *in, int *null_fd, int fd, struct err *e)
{
	if (*null_fd < 0 && open_null(in, null_fd, e) < 0)
		return -1;
	if (*null_fd >= 0 && sys_dup3(*null_fd, fd, 0) < 0)
		return err_errno(e, errno, "replace descriptor %d", fd);
	return 0;
}

/* Made for a program's input and output, and no file or device of the host that merely was given to it. */
static bool is_stream(int fd, const struct stat *st)
{
	struct winsize size;
	int flags;

	if (S_ISCHR(st->st_mode))
		return sys_ioctl(fd, TIOCGWINSZ, &size) == 0;
	if (!S_ISREG(st->st_mode))
		return S_ISFIFO(st->st_mode) || S_ISSOCK(st->st_mode);
	/* A log to write, not `</etc/shadow`. */
	flags = sys_fcntl(fd, F_GETFL, 0);
	return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

/*
 * Programs reopen /dev/stdout by name, as their own user, so pipes, logs and terminals are given to that user.  The
 * group stays: that of a terminal is tty.
 */
static int give_away(int fd, const struct stat *st, uid_t uid, struct err *e)
{
	if (st->st_uid == uid || !is_stream(fd, st) || fchown(fd, uid, (gid_t)-1) == 0)
		return 0;
	/* Not ours to give: another user's file, a read-only file system, a user that is not mapped there. */
	if (errno == EPERM || errno == EROFS || errno == EINVAL)
		return 0;
	return err_errno(e, errno, "change the owner of descriptor %d to %u", fd, uid);
}

int stdio_adopt(struct inside *in, struct err *e)
{
	_cleanup_fd_ int null_fd = -EBADF;
	int fd;

	for (fd = 0; fd <= 2; fd++) {
		struct stat st;

		if (fstat(fd, &st) < 0) {
			if (errno == EBADF)
				continue; /* rt opens all three; a hook's helper that closed one does no harm */
			return err_errno(e, errno, "look at descriptor %d", fd);
		}
		if (is_null_device(&st)) {
			if (replace_null(in, &null_fd, fd, e) < 0)
				return -1;
		} else if (give_away(fd, &st, in->plan->process.user.uid, e) < 0) {
			return -1;
		}
	}
	return 0;
}

int stdio_close_others(struct inside *in, struct err *e)
{
	/* All are born O_CLOEXEC but the socket, which came over an exec (main.c); this is the second lock on the
	 * door. */
	if (sys_close_range(3 + in->plan->process.preserve_fds, UINT_MAX, K_CLOSE_RANGE_CLOEXEC) < 0 && errno != EINVAL)
		return err_errno(e, errno, "close_range");
	return 0; /* EINVAL: the flag came with Linux 5.11 */
}
