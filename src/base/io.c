/* SPDX-License-Identifier: Apache-2.0 */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/sys.h"

int io_write_all(int fd, const void *buf, size_t len, const char *name, struct err *e)
{
	const char *p = buf;

	while (len > 0) {
		ssize_t n = sys_write(fd, p, len);

		if (n < 0)
			return err_errno(e, errno, "write %s", name);
		if (n == 0) /* no file does that for a non-empty write; do not spin if one does */
			return err_errno(e, EIO, "write %s", name);
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

ssize_t io_read_all(int fd, void *buf, size_t size, const char *name, struct err *e)
{
	char *p = buf;
	size_t used = 0;
	char probe;
	ssize_t n;

	while (used < size) {
		n = sys_read(fd, p + used, size - used);
		if (n < 0)
			return err_errno(e, errno, "read %s", name);
		if (n == 0)
			return (ssize_t)used;
		used += (size_t)n;
	}
	/* The buffer is full: that is all only if nothing follows. */
	n = sys_read(fd, &probe, 1);
	if (n < 0)
		return err_errno(e, errno, "read %s", name);
	if (n > 0)
		return err_errno(e, EFBIG, "read %s: more than %zu bytes", name, size);
	return (ssize_t)used;
}

ssize_t io_read_text(int fd, char *buf, size_t size, const char *name, struct err *e)
{
	ssize_t n = sys_read(fd, buf, size);

	if (n < 0)
		return err_errno(e, errno, "read %s", name);
	if ((size_t)n == size)
		return err_errno(e, EFBIG, "read %s: more than %zu bytes", name, size - 1);
	buf[n] = '\0';
	return n;
}

int io_write_value(int fd, const char *value, const char *name, struct err *e)
{
	size_t len = strlen(value);
	ssize_t n = sys_write(fd, value, len);

	if (n < 0)
		return err_errno(e, errno, "write \"%s\" to %s", value, name);
	if ((size_t)n != len)
		return err_errno(e, EIO, "write \"%s\" to %s: %zd of %zu bytes taken", value, name, n, len);
	return 0;
}

int io_write_file_at(int dir_fd, const char *path, const char *value, struct err *e)
{
	_cleanup_fd_ int fd = sys_openat(dir_fd, path, O_WRONLY | O_NOCTTY | O_CLOEXEC, 0);

	return fd < 0 ? err_errno(e, errno, "open %s", path) : io_write_value(fd, value, path, e);
}
