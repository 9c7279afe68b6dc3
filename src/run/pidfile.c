/* SPDX-License-Identifier: Apache-2.0 */
#include "run/pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/num.h"
#include "base/sys.h"

/* Opens the directory of PATH; *RET_NAME is its last component. */
static int open_directory(const char *path, const char **ret_name, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char directory[PATH_MAX] = ".";
	size_t len;
	int fd;

	if (slash != NULL) {
		len = slash == path ? 1 : (size_t)(slash - path);
		if (len >= sizeof(directory)) {
			(void)err_errno(e, ENAMETOOLONG, "pid file");
			return -1;
		}
		memcpy(directory, path, len);
		directory[len] = '\0';
	}
	fd = sys_openat(AT_FDCWD, directory, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	if (fd < 0) {
		(void)err_errno(e, errno, "pid file %s: open directory", path);
		return -1;
	}
	*ret_name = slash != NULL ? slash + 1 : path;
	return fd;
}

int pidfile_write(const char *path, pid_t pid, struct err *e)
{
	_cleanup_fd_ int dir_fd = -EBADF;
	const char *name;
	char text[21];

	dir_fd = open_directory(path, &name, e);
	if (dir_fd < 0)
		return -1;
	(void)num_format_u64((uint64_t)pid, text); /* gives TEXT */
	if (io_replace_file_at(dir_fd, name, text, strlen(text), 0644, e) < 0)
		return err_prefix(e, "pid file %s", path);
	return 0;
}

int pidfile_remove(const char *path, struct err *e)
{
	/* A directory is none that rt put there: the rename over it had failed.  Nor can rt have made what has no place
	 * below a file, or too long a name. */
	if (sys_unlinkat(AT_FDCWD, path, 0) < 0 && errno != ENOENT && errno != EISDIR && errno != ENOTDIR &&
	    errno != ENAMETOOLONG)
		return err_errno(e, errno, "remove pid file %s", path);
	return 0;
}
