/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys.h"
#include "init/mounts.h"

/*
 * The copy runs with the container's root rights on files of the image: no link is followed, and every size is
 * bounded, by the depth here and by the tmpfs itself.  Contents, owners, modes and times are copied; extended
 * attributes and hard links between files are not.
 */

#define DEPTH_MAX 64
#define ENTRIES_SIZE 1024

/* One entry as getdents64(2) gives it. */
struct entry {
	uint64_t inode;
	int64_t offset;
	uint16_t size;
	uint8_t type;
	char name[];
};

static int copy_dir(int source, int target, unsigned depth, struct err *e);

static int copy_attributes(int dir_fd, const char *name, const struct stat *st, struct err *e)
{
	const struct timespec times[2] = { st->st_atim, st->st_mtim };

	/* The owner first: a change of owner takes the set-id bits away. */
	if (sys_fchownat(dir_fd, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0)
		return err_errno(e, errno, "change the owner of %s", name);
	if (!S_ISLNK(st->st_mode) && sys_fchmodat(dir_fd, name, st->st_mode & 07777) < 0)
		return err_errno(e, errno, "change the mode of %s", name);
	(void)utimensat(dir_fd, name, times, AT_SYMLINK_NOFOLLOW); /* a wrong time harms nobody */
	return 0;
}

static int copy_file(int source_dir, int target_dir, const char *name, const struct stat *st, struct err *e)
{
	_cleanup_fd_ int in =
		sys_openat(source_dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
	_cleanup_fd_ int out = -EBADF;
	struct stat now;
	ssize_t n;

	if (in < 0 || fstat(in, &now) < 0)
		return err_errno(e, errno, "open %s", name);
	if (!S_ISREG(now.st_mode) || now.st_ino != st->st_ino || now.st_dev != st->st_dev)
		return err_set(e, ERR_SYSTEM, "%s was replaced while it was copied", name);
	out = sys_openat(target_dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (out < 0)
		return err_errno(e, errno, "make %s", name);
	do
		n = sendfile(out, in, NULL, 1 << 20);
	while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 ? err_errno(e, errno, "copy %s", name) : 0;
}

static int copy_link(int source_dir, int target_dir, const char *name, struct err *e)
{
	char text[PATH_MAX];
	ssize_t n = readlinkat(source_dir, name, text, sizeof(text) - 1);

	if (n < 0)
		return err_errno(e, errno, "read the link %s", name);
	text[n] = '\0';
	if (sys_symlinkat(text, target_dir, name) < 0)
		return err_errno(e, errno, "make the link %s", name);
	return 0;
}

static int copy_subdir(int source_dir, int target_dir, const char *name, unsigned depth, struct err *e)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	_cleanup_fd_ int from = sys_openat(source_dir, name, flags, 0);
	_cleanup_fd_ int to = -EBADF;

	if (from < 0)
		return err_errno(e, errno, "open %s", name);
	if (sys_mkdirat(target_dir, name, 0700) < 0)
		return err_errno(e, errno, "make the directory %s", name);
	to = sys_openat(target_dir, name, flags, 0);
	if (to < 0)
		return err_errno(e, errno, "open the directory %s", name);
	return copy_dir(from, to, depth + 1, e) < 0 ? err_prefix(e, "%s", name) : 0;
}

static int copy_entry(int source_dir, int target_dir, const char *name, unsigned depth, struct err *e)
{
	struct stat st;
	int r;

	if (fstatat(source_dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_errno(e, errno, "look at %s", name);
	if (S_ISDIR(st.st_mode))
		r = copy_subdir(source_dir, target_dir, name, depth, e);
	else if (S_ISREG(st.st_mode))
		r = copy_file(source_dir, target_dir, name, &st, e);
	else if (S_ISLNK(st.st_mode))
		r = copy_link(source_dir, target_dir, name, e);
	else if (sys_mknodat(target_dir, name, st.st_mode, st.st_rdev) < 0)
		r = err_errno(e, errno, "make the special file %s", name);
	else
		r = 0;
	return r < 0 ? -1 : copy_attributes(target_dir, name, &st, e);
}

static int copy_entries(int source, int target, const char *buf, size_t len, unsigned depth, struct err *e)
{
	size_t at;
	const struct entry *d;

	for (at = 0; at + offsetof(struct entry, name) < len; at += d->size) {
		d = (const struct entry *)(const void *)(buf + at);
		if (d->size < sizeof(*d)) /* the kernel's answer is sound; an endless loop is not worth the trust */
			return err_set(e, ERR_INTERNAL, "malformed directory entry");
		if (strcmp(d->name, ".") == 0 || strcmp(d->name, "..") == 0)
			continue;
		if (copy_entry(source, target, d->name, depth, e) < 0)
			return -1;
	}
	return 0;
}

static int copy_dir(int source, int target, unsigned depth, struct err *e)
{
	if (depth > DEPTH_MAX)
		return err_set(e, ERR_CONFIG, "more than %d directories deep", DEPTH_MAX);
	for (;;) {
		_Alignas(8) char buf[ENTRIES_SIZE];
		long n = syscall(SYS_getdents64, source, buf, sizeof(buf));

		if (n < 0)
			return err_errno(e, errno, "read the directory");
		if (n == 0)
			return 0;
		if (copy_entries(source, target, buf, (size_t)n, depth, e) < 0)
			return -1;
	}
}

int tmpcopyup_copy(int source_fd, int target_fd, struct err *e)
{
	/* Both come as O_PATH, which can be named but not read. */
	_cleanup_fd_ int source = sys_openat(source_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	_cleanup_fd_ int target = sys_openat(target_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

	if (source < 0 || target < 0)
		return err_errno(e, errno, "open the directory");
	return copy_dir(source, target, 0, e);
}
