/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys.h"
#include "init/mounts.h"

/*
 * The copy runs with the container's root rights on files of the image: no link is followed, and every size is
 * bounded, by the depth here and by the tmpfs itself.  Contents, owners, modes, times, extended attributes of files
 * and directories, and hard links are copied.  Of files with more links than fit into the table, each link becomes a
 * file of its own.
 */

#define DEPTH_MAX 64
#define ENTRIES_SIZE 1024
#define XATTR_SIZE 65536 /* XATTR_LIST_MAX and XATTR_SIZE_MAX of the kernel */
#define LINKS_MAX 4096
#define LINK_PATHS_SIZE (1U << 20)

/* One entry as getdents64(2) gives it. */
struct entry {
	uint64_t inode;
	int64_t offset;
	uint16_t size;
	uint8_t type;
	char name[];
};

/* A file with several links that was copied, and the name of the first of them below the target. */
struct link_source {
	dev_t device;
	ino_t inode;
	const char *path;
};

/* What one copy needs, in a mapping of its own: pages that are not used cost nothing. */
struct copy {
	int target;             /* the directory at the top */
	unsigned n_links;
	size_t paths_used;
	size_t dir_len;
	char dir[PATH_MAX];     /* of the present directory below TARGET, "" or "a/b/" */
	char list[XATTR_SIZE];
	char value[XATTR_SIZE];
	struct link_source links[LINKS_MAX];
	char paths[LINK_PATHS_SIZE];
};

static int copy_dir(struct copy *c, int source, int target, unsigned depth, struct err *e);

/* Those of the image that this file system, or this user namespace, does not take are left out, as cp(1) does. */
static bool is_optional(int errnum)
{
	return errnum == EOPNOTSUPP || errnum == EPERM || errnum == EACCES;
}

static int copy_xattrs(struct copy *c, int from, int to, const char *name, struct err *e)
{
	long len = syscall(SYS_flistxattr, from, c->list, sizeof(c->list));
	const char *key;

	if (len < 0)
		return is_optional(errno) ? 0 : err_errno(e, errno, "list the extended attributes of %s", name);
	for (key = c->list; key < c->list + len; key += strlen(key) + 1) {
		long size = syscall(SYS_fgetxattr, from, key, c->value, sizeof(c->value));

		if (size < 0 && (is_optional(errno) || errno == ENODATA))
			continue;
		if (size < 0 || (sys_fsetxattr(to, key, c->value, (size_t)size, 0) < 0 && !is_optional(errno)))
			return err_errno(e, errno, "copy the extended attribute %s of %s", key, name);
	}
	return 0;
}

/* FROM and TO: the file, open in both directories; negative for what has no attributes to copy. */
static int copy_attributes(struct copy *c, int dir_fd, const char *name, const struct stat *st, int from, int to,
			   struct err *e)
{
	const struct timespec times[2] = { st->st_atim, st->st_mtim };

	/* The owner first: a change of owner takes the set-id bits and the capabilities of the file away. */
	if (sys_fchownat(dir_fd, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0)
		return err_errno(e, errno, "change the owner of %s", name);
	if (from >= 0 && copy_xattrs(c, from, to, name, e) < 0)
		return -1;
	if (!S_ISLNK(st->st_mode) && sys_fchmodat(dir_fd, name, st->st_mode & 07777) < 0)
		return err_errno(e, errno, "change the mode of %s", name);
	(void)utimensat(dir_fd, name, times, AT_SYMLINK_NOFOLLOW); /* a wrong time harms nobody */
	return 0;
}

/* 1 if the file was copied under another name before and is linked now, 0 if not, -1. */
static int try_link(const struct copy *c, int target_dir, const char *name, const struct stat *st, struct err *e)
{
	unsigned i;

	for (i = 0; i < c->n_links; i++) {
		const struct link_source *l = &c->links[i];

		if (l->inode != st->st_ino || l->device != st->st_dev)
			continue;
		/* Nobody else sees this file system yet: its names are what they were. */
		if (sys_linkat(c->target, l->path, target_dir, name, 0) < 0)
			return err_errno(e, errno, "link %s to %s", name, l->path);
		return 1;
	}
	return 0;
}

static void note_link(struct copy *c, const char *name, const struct stat *st)
{
	size_t size = c->dir_len + strlen(name) + 1;
	char *path = c->paths + c->paths_used;

	if (c->n_links == LINKS_MAX || size > sizeof(c->paths) - c->paths_used)
		return;
	memcpy(path, c->dir, c->dir_len);
	memcpy(path + c->dir_len, name, size - c->dir_len);
	c->paths_used += size;
	c->links[c->n_links++] = (struct link_source){ st->st_dev, st->st_ino, path };
}

static int copy_file(struct copy *c, int source_dir, int target_dir, const char *name, const struct stat *st,
		     struct err *e)
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
	if (n < 0)
		return err_errno(e, errno, "copy %s", name);
	if (st->st_nlink > 1)
		note_link(c, name, st);
	return copy_attributes(c, target_dir, name, st, in, out, e);
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

static int copy_subdir(struct copy *c, int source_dir, int target_dir, const char *name, const struct stat *st,
		       unsigned depth, struct err *e)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	const size_t dir_len = c->dir_len;
	const size_t name_len = strlen(name);
	_cleanup_fd_ int from = sys_openat(source_dir, name, flags, 0);
	_cleanup_fd_ int to = -EBADF;

	if (from < 0)
		return err_errno(e, errno, "open %s", name);
	if (dir_len + name_len + 2 > sizeof(c->dir))
		return err_errno(e, ENAMETOOLONG, "%s", name);
	if (sys_mkdirat(target_dir, name, 0700) < 0)
		return err_errno(e, errno, "make the directory %s", name);
	to = sys_openat(target_dir, name, flags, 0);
	if (to < 0)
		return err_errno(e, errno, "open the directory %s", name);
	memcpy(c->dir + dir_len, name, name_len);
	c->dir[dir_len + name_len] = '/';
	c->dir_len = dir_len + name_len + 1;
	if (copy_dir(c, from, to, depth + 1, e) < 0)
		return err_prefix(e, "%s", name);
	c->dir_len = dir_len;
	/* After what is in it, for the times. */
	return copy_attributes(c, target_dir, name, st, from, to, e);
}

static int copy_entry(struct copy *c, int source_dir, int target_dir, const char *name, unsigned depth, struct err *e)
{
	struct stat st;
	int r;

	if (fstatat(source_dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_errno(e, errno, "look at %s", name);
	if (S_ISDIR(st.st_mode))
		return copy_subdir(c, source_dir, target_dir, name, &st, depth, e);
	if (S_ISREG(st.st_mode)) {
		r = st.st_nlink > 1 ? try_link(c, target_dir, name, &st, e) : 0;
		if (r != 0)
			return r < 0 ? -1 : 0;
		return copy_file(c, source_dir, target_dir, name, &st, e);
	}
	if (S_ISLNK(st.st_mode)) {
		if (copy_link(source_dir, target_dir, name, e) < 0)
			return -1;
	} else if (sys_mknodat(target_dir, name, st.st_mode, st.st_rdev) < 0) {
		return err_errno(e, errno, "make the special file %s", name);
	}
	return copy_attributes(c, target_dir, name, &st, -EBADF, -EBADF, e);
}

static int copy_entries(struct copy *c, int source, int target, const char *buf, size_t len, unsigned depth,
			struct err *e)
{
	size_t at;
	const struct entry *d;

	for (at = 0; at + offsetof(struct entry, name) < len; at += d->size) {
		d = (const struct entry *)(const void *)(buf + at);
		if (d->size < sizeof(*d)) /* the kernel's answer is sound; an endless loop is not worth the trust */
			return err_set(e, ERR_INTERNAL, "malformed directory entry");
		if (strcmp(d->name, ".") == 0 || strcmp(d->name, "..") == 0)
			continue;
		if (copy_entry(c, source, target, d->name, depth, e) < 0)
			return -1;
	}
	return 0;
}

static int copy_dir(struct copy *c, int source, int target, unsigned depth, struct err *e)
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
		if (copy_entries(c, source, target, buf, (size_t)n, depth, e) < 0)
			return -1;
	}
}

int tmpcopyup_copy(int source_fd, int target_fd, struct err *e)
{
	/* Both come as O_PATH, which can be named but not read. */
	_cleanup_fd_ int source = sys_openat(source_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	_cleanup_fd_ int target = sys_openat(target_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	struct copy *c;
	int r;

	if (source < 0 || target < 0)
		return err_errno(e, errno, "open the directory");
	c = mmap(NULL, sizeof(*c), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (c == MAP_FAILED)
		return err_errno(e, errno, "allocate %zu bytes", sizeof(*c));
	c->target = target;
	r = copy_dir(c, source, target, 0, e);
	(void)munmap(c, sizeof(*c)); /* an address range of our own: it can not fail */
	return r;
}
