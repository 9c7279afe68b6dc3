/* SPDX-License-Identifier: Apache-2.0 */
#include "state/state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/span.h"
#include "base/sys.h"
#include "host/explain.h"

#define ID_MAX 255
#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* Where directories go that are being removed.  The leading dot keeps them from being ids. */
#define DEAD_PREFIX ".dead-"
#define ID_LEN_MAX ((int)(ID_MAX - sizeof(DEAD_PREFIX) - 12)) /* the dead name needs room beside the id */

/* Directories may nest where somebody has put things; rt makes one level. */
#define REMOVE_DEPTH_MAX 8

static bool is_id_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("_+.-", c) != NULL);
}

static bool is_id(const char *name)
{
	size_t len = 0;

	while (is_id_char(name[len]))
		len++;
	return len > 0 && len <= ID_LEN_MAX && name[len] == '\0' && name[0] != '.';
}

int state_check_id(const char *id, struct err *e)
{
	if (is_id(id))
		return 0;
	(void)err_set(e, ERR_USAGE, "invalid container ID format: \"%.64s\"", id);
	return err_hint(e, "an id has letters, digits and _+.-, no leading dot, at most %d bytes", ID_LEN_MAX);
}

const char *state_path(char path[static STATE_PATH_SIZE], const char *id, const char *file)
{
	size_t len = strnlen(id, ID_MAX);

	_Static_assert(STATE_PATH_SIZE > ID_MAX + 1 + sizeof(STATE_CONFIG_FILE), "room for each file");
	memcpy(path, id, len);
	path[len] = '/';
	memcpy(path + len + 1, file, strlen(file) + 1);
	return path;
}

/* Makes PATH and what is missing above it. */
static int make_path(const char *path, struct err *e)
{
	char part[PATH_MAX];
	size_t len = strlen(path);
	size_t i;

	if (len >= sizeof(part))
		return err_errno(e, ENAMETOOLONG, "state root");
	for (i = 1; i <= len; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (sys_mkdirat(AT_FDCWD, part, i == len ? 0700 : 0711) < 0 && errno != EEXIST)
			return err_errno(e, errno, "make directory %s", part);
	}
	return 0;
}

static int open_root(const char *root, bool make, struct err *e)
{
	_cleanup_fd_ int fd = -EBADF;
	struct stat st;

	if (!path_is_absolute(root) || span_of(root, "/") == strlen(root))
		return err_set(e, ERR_USAGE, "state root \"%s\": an absolute path other than / is needed", root);
	fd = sys_openat(AT_FDCWD, root, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (fd < 0 && errno == ENOENT && make) {
		if (make_path(root, e) < 0)
			return -1;
		fd = sys_openat(AT_FDCWD, root, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	}
	if (fd < 0)
		return err_errno(e, errno, "open state root %s", root);
	if (!make)
		return fd_take(&fd);
	if (fstat(fd, &st) < 0)
		return err_errno(e, errno, "stat state root %s", root);
	/* Whoever can write here can make us believe anything about a container. */
	if (st.st_uid != geteuid() || (st.st_mode & 0022) != 0)
		return err_set(e, ERR_STATE, "state root %s: must belong to us and be writable by nobody else", root);
	/* Sticky: cleaners of temporary files leave it alone. */
	if ((st.st_mode & 07777) != 01700 && sys_fchmod(fd, 01700) < 0)
		return err_errno(e, errno, "set mode of state root %s", root);
	return fd_take(&fd);
}

int state_open_root(const char *root, bool make, struct err *e)
{
	int fd = open_root(root, make, e);

	if (fd < 0)
		explain_state_root(root, getenv("XDG_RUNTIME_DIR"), e);
	return fd;
}

int state_reserve(int root_fd, const char *id, struct err *e)
{
	int fd;

	if (sys_mkdirat(root_fd, id, 0700) < 0) {
		if (errno == EEXIST)
			return err_set(e, ERR_STATE, "container with given ID already exists: \"%s\"", id);
		return err_errno(e, errno, "make state directory of \"%s\"", id);
	}
	fd = sys_openat(root_fd, id, DIR_FLAGS, 0);
	if (fd < 0) {
		(void)err_errno(e, errno, "open state directory of \"%s\"", id);
		(void)sys_unlinkat(root_fd, id, AT_REMOVEDIR); /* the error in E is the one to tell */
	}
	return fd;
}

int state_set_missing(const char *id, struct err *e)
{
	(void)err_set(e, ERR_STATE, "container does not exist: \"%s\"", id);
	e->errnum = ENOENT;
	return -1;
}

bool state_is_missing(const struct err *e)
{
	return e->kind == ERR_STATE && e->errnum == ENOENT;
}

int state_open(int root_fd, const char *id, struct err *e)
{
	int fd = sys_openat(root_fd, id, DIR_FLAGS, 0);

	if (fd >= 0)
		return fd;
	if (errno == ENOENT)
		return state_set_missing(id, e);
	return err_errno(e, errno, "open state directory of \"%s\"", id);
}

int state_check_current(int root_fd, int dir_fd, const char *id, struct err *e)
{
	struct stat ours, now;

	if (fstat(dir_fd, &ours) < 0)
		return err_errno(e, errno, "stat state directory of \"%s\"", id);
	if (fstatat(root_fd, id, &now, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno == ENOENT)
			return state_set_missing(id, e);
		return err_errno(e, errno, "stat state directory of \"%s\"", id);
	}
	if (ours.st_ino != now.st_ino || ours.st_dev != now.st_dev)
		return state_set_missing(id, e);
	return 0;
}

/* Opens DIR_FD once more, for reading its entries: closedir() takes the descriptor.  NULL and the error set. */
static DIR *open_directory(int dir_fd, struct err *e)
{
	int fd = sys_openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (dir == NULL) {
		(void)err_errno(e, errno, "read state directory");
		fd_close(&fd);
	}
	return dir;
}

static int remove_tree(int parent_fd, const char *name, unsigned depth, struct err *e);

static int remove_entries(int dir_fd, unsigned depth, struct err *e)
{
	DIR *dir = open_directory(dir_fd, e);
	struct dirent *d;
	int r = 0;

	if (dir == NULL)
		return -1;
	while (r == 0 && (errno = 0, d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		if (sys_unlinkat(dir_fd, d->d_name, 0) == 0 || errno == ENOENT)
			continue;
		/* unlink(2) of a directory is EISDIR here, EPERM by POSIX. */
		if (errno == EISDIR || errno == EPERM)
			r = remove_tree(dir_fd, d->d_name, depth + 1, e);
		else
			r = err_errno(e, errno, "remove %s", d->d_name);
	}
	if (r == 0 && errno != 0)
		r = err_errno(e, errno, "read state directory");
	(void)closedir(dir); /* it was only read */
	return r;
}

static int remove_tree(int parent_fd, const char *name, unsigned depth, struct err *e)
{
	_cleanup_fd_ int fd = -EBADF;

	if (depth > REMOVE_DEPTH_MAX)
		return err_errno(e, ELOOP, "remove %s", name);
	fd = sys_openat(parent_fd, name, DIR_FLAGS, 0);
	if (fd < 0)
		return errno == ENOENT ? 0 : err_errno(e, errno, "open %s", name);
	if (remove_entries(fd, depth, e) < 0)
		return -1;
	if (sys_unlinkat(parent_fd, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return err_errno(e, errno, "remove %s", name);
	return 0;
}

/* The usual two files without a look at what there is.  The rest, if there is any, is for remove_tree(). */
static void remove_own_files(int dir_fd)
{
	(void)sys_unlinkat(dir_fd, STATE_FILE, 0);        /* what fails here fails there, and is told */
	(void)sys_unlinkat(dir_fd, STATE_CONFIG_FILE, 0); /* as above */
}

int state_remove(int root_fd, int dir_fd, const char *id, struct err *e)
{
	char dead[ID_MAX + 1];

	(void)snprintf(dead, sizeof(dead), DEAD_PREFIX "%s-%d", id, (int)getpid()); /* fits: state_check_id() */
	/* First: from here on the id is free and nobody takes a half-removed directory for a container. */
	if (sys_renameat2(root_fd, id, root_fd, dead, 0) < 0)
		return err_errno(e, errno, "rename state directory of \"%s\"", id);
	remove_own_files(dir_fd);
	if (sys_unlinkat(root_fd, dead, AT_REMOVEDIR) == 0)
		return 0;
	/* What `create` leaves behind `start`, and `run` never has. */
	if (sys_unlinkat(dir_fd, STATE_RESULT_FIFO, 0) == 0 && sys_unlinkat(root_fd, dead, AT_REMOVEDIR) == 0)
		return 0;
	if (remove_tree(root_fd, dead, 0, e) < 0)
		return err_prefix(e, "remove state directory of \"%s\"", id);
	return 0;
}

int state_remove_dead(int root_fd, const char *id, struct err *e)
{
	char prefix[ID_MAX + 1];
	size_t len = (size_t)snprintf(prefix, sizeof(prefix), DEAD_PREFIX "%s-", id); /* fits: state_check_id() */
	struct dirent *d;
	DIR *dir = open_directory(root_fd, e);
	int r = 0;

	if (dir == NULL)
		return -1;
	while (r == 0 && (errno = 0, d = readdir(dir)) != NULL) {
		/* Behind the prefix comes a pid: "a" must not take what is left of "a-b". */
		if (strncmp(d->d_name, prefix, len) == 0 &&
		    span_of(d->d_name + len, "0123456789") == strlen(d->d_name + len))
			r = remove_tree(root_fd, d->d_name, 0, e);
	}
	if (r == 0 && errno != 0)
		r = err_errno(e, errno, "read state root");
	(void)closedir(dir); /* it was only read */
	return r;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Ids while they are read. */
struct ids {
	const char **items;
	size_t n;
	size_t room;
	bool is_ascending;
	bool is_descending;
};

static int add_id(struct ids *ids, const char *name, struct arena *a)
{
	if (ids->n == ids->room) {
		const size_t room = ids->room == 0 ? 64 : ids->room * 2;
		const char **items = arena_new_array(a, const char *, room);

		if (items == NULL)
			return -1;
		if (ids->n > 0)
			memcpy(items, ids->items, ids->n * sizeof(*items));
		ids->items = items;
		ids->room = room;
	}
	ids->items[ids->n] = arena_strdup(a, name);
	if (ids->items[ids->n] == NULL)
		return -1;
	if (ids->n > 0) {
		const int order = strcmp(ids->items[ids->n - 1], name);

		ids->is_ascending = ids->is_ascending && order < 0;
		ids->is_descending = ids->is_descending && order > 0;
	}
	ids->n++;
	return 0;
}

/* A tmpfs gives the newest first, so ids that count up come the wrong way round. */
static void sort_ids(struct ids *ids)
{
	if (ids->is_ascending)
		return;
	if (!ids->is_descending) {
		qsort(ids->items, ids->n, sizeof(*ids->items), compare_names);
		return;
	}
	for (size_t i = 0, j = ids->n - 1; i < j; i++, j--) {
		const char *id = ids->items[i];

		ids->items[i] = ids->items[j];
		ids->items[j] = id;
	}
}

int state_list(int root_fd, struct arena *a, const char *const **ret, size_t *ret_n, struct err *e)
{
	DIR *dir = open_directory(root_fd, e);
	struct ids ids = { .is_ascending = true, .is_descending = true };
	struct dirent *d;
	int r = 0;

	if (dir == NULL)
		return -1;
	while (r == 0 && (d = readdir(dir)) != NULL) {
		/* The cache, dead names, what is not ours. */
		if ((d->d_type == DT_DIR || d->d_type == DT_UNKNOWN) && is_id(d->d_name))
			r = add_id(&ids, d->d_name, a);
	}
	(void)closedir(dir); /* it was only read */
	if (arena_check(a, e) < 0)
		return -1;
	sort_ids(&ids);
	*ret = ids.items;
	*ret_n = ids.n;
	return 0;
}
