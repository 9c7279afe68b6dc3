/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup/v2_dir.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/num.h"
#include "base/path.h"
#include "base/span.h"
#include "base/sys.h"

#define WALK_STEPS_MAX (1U << 22) /* up or down: more directories than memory has room for */
#define PIDS_MAX ((size_t)1 << 22) /* PID_MAX_LIMIT of 64-bit kernels */

int v2_open_mount(const char *mount, struct err *e)
{
	_cleanup_fd_ int fd = sys_openat(AT_FDCWD, mount, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	struct statfs fs;

	if (fd < 0)
		return err_errno(e, errno, "open cgroup mount %s", mount);
	if (fstatfs(fd, &fs) < 0)
		return err_errno(e, errno, "statfs %s", mount);
	if ((unsigned long)fs.f_type != K_CGROUP2_SUPER_MAGIC) {
		(void)err_set(e, ERR_UNSUPPORTED, "%s is not a cgroup2 file system", mount);
		return err_hint(e, "mount -t cgroup2 none %s, or use --cgroup-manager=disabled", mount);
	}
	return fd_take(&fd);
}

const char *v2_relative(const char *path, struct err *e)
{
	if (path == NULL || path[0] != '/' || path_has_dotdot(path)) {
		(void)err_set(e, ERR_INTERNAL, "cgroup path \"%s\" is not absolute and clean",
			      path == NULL ? "" : path);
		return NULL;
	}
	if (path[1] == '\0') {
		(void)err_set(e, ERR_CONFIG, "cgroup path /: the root of the hierarchy can not hold a container");
		return NULL;
	}
	if (strlen(path) >= V2_PATH_MAX) {
		(void)err_errno(e, ENAMETOOLONG, "cgroup path %.60s...", path);
		return NULL;
	}
	return path + 1;
}

int v2_open_below(int mount_fd, const char *relative)
{
	/* There are no links in cgroupfs; a mount on top of a cgroup's directory is somebody's trick. */
	const struct k_open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
		.resolve = K_RESOLVE_BENEATH | K_RESOLVE_NO_SYMLINKS | K_RESOLVE_NO_XDEV,
	};

	for (unsigned attempt = 0;; attempt++) {
		int fd = sys_openat2(mount_fd, relative, &how);

		if (fd >= 0 || errno != EAGAIN || attempt == 100) /* EAGAIN: a rename or mount raced somewhere */
			return fd;
	}
}

int v2_open(const char *mount, const char *path, struct err *e)
{
	const char *relative = v2_relative(path, e);
	_cleanup_fd_ int mount_fd = -EBADF;
	int fd;

	if (relative == NULL)
		return -1;
	mount_fd = v2_open_mount(mount, e);
	if (mount_fd < 0)
		return -1;
	fd = v2_open_below(mount_fd, relative);
	if (fd >= 0)
		return fd;
	(void)err_errno(e, errno, "open cgroup %s%s", mount, path);
	if (e->errnum == ENOENT)
		e->kind = ERR_STATE;
	return -1;
}

ssize_t v2_read(int dir_fd, const char *file, char *buf, size_t size)
{
	_cleanup_fd_ int fd = sys_openat(dir_fd, file, O_RDONLY | O_CLOEXEC, 0);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = sys_read(fd, buf, size - 1); /* such a file gives all that fits in one read */
	if (n >= 0)
		buf[n] = '\0';
	return n;
}

int v2_get_key(const char *text, const char *key, uint64_t *ret)
{
	size_t len = strlen(key);

	while (*text != '\0') {
		size_t line = span_until(text, "\n");
		char number[24];

		if (line > len && line - len <= sizeof(number) && strncmp(text, key, len) == 0 &&
		    text[len] == ' ') {
			memcpy(number, text + len + 1, line - len - 1);
			number[line - len - 1] = '\0';
			return num_parse_u64(number, ret);
		}
		text += line + (text[line] == '\n');
	}
	return -1;
}

bool v2_has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (;;) {
		size_t n;

		list += span_of(list, " \n");
		n = span_until(list, " \n");
		if (n == 0)
			return false;
		if (n == len && strncmp(list, word, n) == 0)
			return true;
		list += n;
	}
}

int v2_is_set(int dir_fd, const char *file, const char *key)
{
	char text[512];
	uint64_t value;

	if (v2_read(dir_fd, file, text, sizeof(text)) < 0)
		return errno == ENOENT || errno == ENODEV ? 0 : -1; /* ENODEV: removed between open and read */
	return v2_get_key(text, key, &value) == 0 && value != 0;
}

DIR *v2_open_children(int dir_fd)
{
	_cleanup_fd_ int fd = -EBADF;
	struct stat st;
	DIR *dir;

	/* A directory of kernfs has two links and one for each directory in it.  Most have none, and are not read. */
	if (fstat(dir_fd, &st) < 0)
		return NULL;
	if (st.st_nlink == 2) {
		errno = 0;
		return NULL;
	}
	/* Opened anew, for a position of its own in the directory. */
	fd = sys_openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (fd < 0)
		return NULL;
	dir = fdopendir(fd);
	if (dir != NULL)
		(void)fd_take(&fd); /* DIR owns it now */
	return dir;
}

const char *v2_next_child(DIR *dir)
{
	const struct dirent *entry;

	/* An error of readdir ends the list: a cgroup that is removed meanwhile has no children. */
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			return entry->d_name;
	return NULL;
}

void v2_close_children(DIR **dir)
{
	int saved = errno;

	if (*dir != NULL)
		(void)closedir(*dir); /* only read from */
	*dir = NULL;
	errno = saved;
}

struct pid_list {
	pid_t *pids;
	size_t n;
	size_t size;
};

static int add_pid(struct pid_list *list, uint64_t pid)
{
	if (pid == 0) /* a process that this pid namespace can not see; kill(0) would be our own process group */
		return 0;
	if (list->n == list->size) {
		size_t size = list->size == 0 ? 64 : list->size * 2;
		pid_t *larger;

		if (size > PIDS_MAX) {
			errno = E2BIG;
			return -1;
		}
		larger = realloc(list->pids, size * sizeof(*larger));
		if (larger == NULL)
			return -1;
		list->pids = larger;
		list->size = size;
	}
	list->pids[list->n++] = (pid_t)pid;
	return 0;
}

/* Numbers, one a line; they may be cut at a block's end. */
static int add_pids_of_file(int fd, struct pid_list *list)
{
	char block[4096];
	uint64_t pid = 0;
	ssize_t n;

	while ((n = sys_read(fd, block, sizeof(block))) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (isdigit((unsigned char)block[i])) {
				pid = pid * 10 + (uint64_t)(block[i] - '0');
				continue;
			}
			if (add_pid(list, pid) < 0)
				return -1;
			pid = 0;
		}
	}
	return n < 0 && errno != ENODEV ? -1 : 0; /* ENODEV: the cgroup was removed meanwhile */
}

static int add_pids_of_dir(int dir_fd, struct pid_list *list)
{
	_cleanup_fd_ int fd = sys_openat(dir_fd, "cgroup.procs", O_RDONLY | O_CLOEXEC, 0);

	if (fd < 0)
		return errno == ENOENT || errno == ENODEV ? 0 : -1;
	if (add_pids_of_file(fd, list) == 0)
		return 0;
	if (errno != EOPNOTSUPP)
		return -1;
	/* Threaded: the processes are listed in the domain above, the threads here; a thread takes signals. */
	fd_close(&fd);
	fd = sys_openat(dir_fd, "cgroup.threads", O_RDONLY | O_CLOEXEC, 0);
	return fd < 0 ? -1 : add_pids_of_file(fd, list);
}

/*
 * Adds what is in the directories in *CUR, from position *AT on, up to one that has directories itself: that becomes
 * *CUR, and *AT the position behind it.  1; 0 if there is no further one; -1.
 */
static int add_pids_of_children(int *cur, long *at, struct pid_list *list)
{
	_cleanup_children_ DIR *children = v2_open_children(*cur);
	const char *name;

	if (children == NULL)
		return errno == 0 || errno == ENOENT || errno == ENODEV ? 0 : -1;
	if (*at != 0)
		seekdir(children, *at);
	while ((name = v2_next_child(children)) != NULL) {
		_cleanup_fd_ int child = sys_openat(*cur, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
		struct stat st;

		if (child < 0 && errno == ENOENT)
			continue;
		if (child < 0 || add_pids_of_dir(child, list) < 0 || fstat(child, &st) < 0)
			return -1;
		if (st.st_nlink == 2)
			continue;
		*at = telldir(children);
		fd_close(cur);
		*cur = fd_take(&child);
		return 1;
	}
	return 0;
}

/* Where the walk goes on in each of the directories that it is in.  Room for one more. */
static int grow(long **at, size_t depth, size_t *size)
{
	size_t larger = *size == 0 ? 64 : *size * 2;
	long *p;

	if (depth < *size)
		return 0;
	p = realloc(*at, larger * sizeof(*p));
	if (p == NULL)
		return -1;
	*at = p;
	*size = larger;
	return 0;
}

int v2_go_up(int *dir_fd)
{
	int up = sys_openat(*dir_fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

	if (up < 0)
		return -1;
	fd_close(dir_fd);
	*dir_fd = up;
	return 0;
}

/*
 * With one descriptor whatever the depth, down, and up by "..": a container may make cgroups below its own as deep as
 * it likes, and must not be out of reach there.
 */
static int add_pids_below(int top_fd, struct pid_list *list, long **at)
{
	_cleanup_fd_ int cur = sys_openat(top_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	size_t depth = 0, size = 0;

	if (cur < 0 || grow(at, depth, &size) < 0)
		return -1;
	(*at)[0] = 0;
	for (unsigned steps = 0; steps < WALK_STEPS_MAX; steps++) {
		int r = add_pids_of_children(&cur, &(*at)[depth], list);

		if (r < 0 || (r == 0 && depth == 0))
			return r;
		if (r > 0) {
			if (grow(at, ++depth, &size) < 0)
				return -1;
			(*at)[depth] = 0;
			continue;
		}
		if (v2_go_up(&cur) < 0)
			return -1;
		depth--;
	}
	errno = E2BIG;
	return -1;
}

static int compare_pids(const void *a, const void *b)
{
	const pid_t *x = a;
	const pid_t *y = b;

	return (*x > *y) - (*x < *y);
}

int v2_pids(int dir_fd, pid_t **ret, size_t *ret_n)
{
	struct pid_list list = { .pids = NULL };
	size_t unique = 0;
	long *at = NULL;
	int r = add_pids_of_dir(dir_fd, &list);
	int saved;

	if (r == 0)
		r = add_pids_below(dir_fd, &list, &at);
	saved = errno;
	free(at);
	if (r < 0) {
		free(list.pids);
		errno = saved;
		return -1;
	}
	if (list.n > 0)
		qsort(list.pids, list.n, sizeof(*list.pids), compare_pids);
	/* A process that moves while we read is seen twice. */
	for (size_t i = 0; i < list.n; i++)
		if (unique == 0 || list.pids[unique - 1] != list.pids[i])
			list.pids[unique++] = list.pids[i];
	*ret = list.pids;
	*ret_n = unique;
	return 0;
}
