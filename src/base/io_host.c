/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/fd.h"
#include "base/io.h"
#include "base/sys.h"

/* The half of io.h that allocates or formats: not linked into init. */

#define READ_CHUNK ((size_t)4096)
#define TEMPORARY_MODE 0600 /* what it is born with: no umask takes the owner's rights */

/* Reads EXPECTED bytes of FD, or to its end where the size is not known (0), into a malloc'ed buffer. */
static int read_growing(int fd, const char *path, size_t expected, size_t limit, char **ret_buf, size_t *ret_len,
			struct err *e)
{
	size_t size = expected != 0 ? expected : READ_CHUNK;
	size_t len = 0;
	char *buf = malloc(size + 1);

	while (buf != NULL) {
		char *larger;
		ssize_t n = sys_read(fd, buf + len, size - len);

		if (n < 0) {
			(void)err_errno(e, errno, "read %s", path);
			goto fail;
		}
		len += (size_t)n;
		if (len > limit) {
			(void)err_set(e, ERR_CONFIG, "%s: larger than %zu bytes", path, limit);
			goto fail;
		}
		if (n == 0 || len == expected) {
			buf[len] = '\0';
			*ret_buf = buf;
			*ret_len = len;
			return 0;
		}
		if (len < size)
			continue;
		size *= 2;
		larger = realloc(buf, size + 1);
		if (larger == NULL)
			break;
		buf = larger;
	}
	(void)err_errno(e, ENOMEM, "read %s", path);
fail:
	free(buf);
	return -1;
}

/* FD must be a regular file of at most LIMIT bytes, as far as that is known before it is read. */
static int check_file(int fd, const char *path, size_t limit, size_t *ret_size, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_errno(e, errno, "stat %s", path);
	if (S_ISDIR(st.st_mode))
		return err_errno(e, EISDIR, "read %s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_CONFIG, "%s: not a regular file", path);
	if (st.st_size > 0 && (uint64_t)st.st_size > limit)
		return err_set(e, ERR_CONFIG, "%s: larger than %zu bytes", path, limit);
	*ret_size = (size_t)st.st_size;
	return 0;
}

static int open_file(int dir_fd, const char *path, int more_flags, size_t limit, size_t *ret_size, struct err *e)
{
	/* O_NONBLOCK: opening a FIFO would wait for a writer. */
	_cleanup_fd_ int fd = sys_openat(dir_fd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | more_flags, 0);

	if (fd < 0)
		return err_errno(e, errno, "open %s", path);
	return check_file(fd, path, limit, ret_size, e) < 0 ? -1 : fd_take(&fd);
}

int io_read_file_at(int dir_fd, const char *path, size_t limit, char **ret_buf, size_t *ret_len, struct err *e)
{
	size_t size = 0;
	_cleanup_fd_ int fd = open_file(dir_fd, path, 0, limit, &size, e);

	/* A file of procfs or sysfs has no size and still has text. */
	return fd < 0 ? -1 : read_growing(fd, path, size, limit, ret_buf, ret_len, e);
}

/* The SIZE bytes that FD had when it was opened, or less if it has become shorter. */
static int read_known(int fd, const char *path, size_t size, struct arena *a, const char **ret, size_t *ret_len,
		      struct err *e)
{
	char *buf = arena_alloc(a, size + 1, 1); /* zeroed: a NUL is behind what is read */
	size_t len = 0;

	if (buf == NULL)
		return arena_check(a, e);
	while (len < size) {
		ssize_t n = sys_read(fd, buf + len, size - len);

		if (n < 0)
			return err_errno(e, errno, "read %s", path);
		if (n == 0)
			break;
		len += (size_t)n;
	}
	*ret = buf;
	*ret_len = len;
	return 0;
}

/* SIZE: as check_file() gave it. */
static int read_checked(int fd, const char *path, size_t size, size_t limit, struct arena *a, const char **ret,
			size_t *ret_len, struct err *e)
{
	char *text = NULL;

	if (size > 0)
		return read_known(fd, path, size, a, ret, ret_len, e);
	if (read_growing(fd, path, 0, limit, &text, ret_len, e) < 0)
		return -1;
	*ret = arena_strndup(a, text, *ret_len);
	free(text);
	return arena_check(a, e);
}

static int read_into_arena(int dir_fd, const char *path, int more_flags, size_t limit, struct arena *a,
			   const char **ret, size_t *ret_len, struct err *e)
{
	size_t size = 0;
	_cleanup_fd_ int fd = open_file(dir_fd, path, more_flags, limit, &size, e);

	return fd < 0 ? -1 : read_checked(fd, path, size, limit, a, ret, ret_len, e);
}

int io_read_whole(int fd, const char *name, size_t limit, struct arena *a, const char **ret, size_t *ret_len,
		  struct err *e)
{
	size_t size = 0;

	if (check_file(fd, name, limit, &size, e) < 0)
		return -1;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_errno(e, errno, "read %s", name);
	return read_checked(fd, name, size, limit, a, ret, ret_len, e);
}

int io_read_own_file_at(int dir_fd, const char *name, size_t limit, struct arena *a, const char **ret, size_t *ret_len,
			struct err *e)
{
	return read_into_arena(dir_fd, name, O_NOFOLLOW, limit, a, ret, ret_len, e);
}

int io_read_document_at(int dir_fd, const char *path, size_t limit, struct arena *a, const char **ret,
			size_t *ret_len, struct err *e)
{
	return read_into_arena(dir_fd, path, 0, limit, a, ret, ret_len, e);
}

/* Creates the temporary file; one that an interrupted process of the same pid has left is removed once. */
static int open_temporary(int dir_fd, const char *name, struct err *e)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = sys_openat(dir_fd, name, flags, TEMPORARY_MODE);

	if (fd < 0 && errno == EEXIST) {
		if (sys_unlinkat(dir_fd, name, 0) < 0 && errno != ENOENT)
			return err_errno(e, errno, "remove stale %s", name);
		fd = sys_openat(dir_fd, name, flags, TEMPORARY_MODE);
	}
	if (fd < 0)
		return err_errno(e, errno, "create %s", name);
	return fd;
}

int io_replace_file_at(int dir_fd, const char *name, const void *buf, size_t len, mode_t mode, struct err *e)
{
	char temporary[NAME_MAX + 1];
	_cleanup_fd_ int fd = -EBADF;
	int n = snprintf(temporary, sizeof(temporary), ".%s.%d", name, (int)getpid());

	if (n < 0 || (size_t)n >= sizeof(temporary))
		return err_errno(e, ENAMETOOLONG, "create temporary file for %s", name);
	fd = open_temporary(dir_fd, temporary, e);
	if (fd < 0)
		return -1;
	if (mode != TEMPORARY_MODE && sys_fchmod(fd, mode) < 0)
		(void)err_errno(e, errno, "set mode of %s", name);
	else if (io_write_all(fd, buf, len, name, e) == 0) {
		/* No fsync: what is written here must survive our own death, not the machine's. */
		if (sys_renameat2(dir_fd, temporary, dir_fd, name, 0) == 0)
			return 0;
		(void)err_errno(e, errno, "rename to %s", name);
	}
	(void)sys_unlinkat(dir_fd, temporary, 0); /* the error in E is the one to tell */
	return -1;
}
