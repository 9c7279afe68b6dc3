/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/span.h"
#include "base/sys.h"
#include "cgroup/cgroup.h"
#include "cgroup/v2_dir.h"

#define PROC_CGROUP_MAX 8192

/* The directory of REC by its plain path: what is asked of it gives no right to anything. */
static int stat_by_path(const struct cgroup_record *rec, struct stat *ret)
{
	char path[2 * V2_PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s%s", rec->mount, rec->path);

	if (n < 0 || (size_t)n >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return fstatat(AT_FDCWD, path, ret, AT_SYMLINK_NOFOLLOW);
}

int cgroup_identify(struct cgroup_record *rec, int fd, struct err *e)
{
	struct stat st;

	if (rec->path[0] == '\0')
		return 0;
	if ((fd >= 0 ? fstat(fd, &st) : stat_by_path(rec, &st)) < 0)
		return err_errno(e, errno, "identify cgroup %s", rec->path);
	rec->inode = st.st_ino;
	return 0;
}

bool cgroup_is_of_others(const struct cgroup_record *rec)
{
	struct stat st;

	return rec->path[0] != '\0' && rec->inode != 0 && stat_by_path(rec, &st) == 0 && st.st_ino != rec->inode;
}

int cgroup_read_path_of(pid_t pid, char *buf, size_t size, struct err *e)
{
	char file[sizeof("/proc//cgroup") + 11];
	char text[PROC_CGROUP_MAX + 1];
	_cleanup_fd_ int fd = -EBADF;
	ssize_t n;

	(void)snprintf(file, sizeof(file), "/proc/%d/cgroup", (int)pid); /* fits by construction */
	fd = sys_openat(AT_FDCWD, file, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return err_errno(e, errno, "open %s", file);
	n = io_read_all(fd, text, PROC_CGROUP_MAX, file, e);
	if (n < 0)
		return -1;
	text[n] = '\0';
	for (const char *line = text; *line != '\0';) {
		const size_t len = span_until(line, "\n");

		if (strncmp(line, "0::", 3) == 0 && len - 3 < size) {
			memcpy(buf, line + 3, len - 3);
			buf[len - 3] = '\0';
			return 0;
		}
		line += len + (line[len] != '\0');
	}
	return err_set(e, ERR_SYSTEM, "%s shows no cgroup2 path", file);
}
