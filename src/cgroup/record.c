/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "cgroup/cgroup.h"
#include "cgroup/v2_dir.h"

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
