/* SPDX-License-Identifier: Apache-2.0 */
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/span.h"
#include "base/sys.h"

/* EAGAIN is retried at once a few times, then with a pause: about half a second in all. */
#define RETRY_AT_ONCE 32
#define RETRY_MAX 500
#define RETRY_PAUSE_NS 1000000L

/* Dangling links that path_mkdirs_in_root() follows, as many as the kernel does (path_resolution(7)). */
#define LINKS_MAX 40

#define DIR_FLAGS ((uint64_t)(O_PATH | O_DIRECTORY))

int path_try_open_in_root(int root_fd, const char *path, uint64_t flags, mode_t mode)
{
	const struct k_open_how how = {
		.flags = flags | O_CLOEXEC,
		.mode = mode,
		.resolve = K_RESOLVE_IN_ROOT | K_RESOLVE_NO_MAGICLINKS,
	};
	const struct timespec pause = { .tv_nsec = RETRY_PAUSE_NS };
	unsigned attempt = 0;

	for (;;) {
		int fd = sys_openat2(root_fd, path, &how);

		if (fd >= 0 || (errno != EAGAIN && errno != EINTR) || ++attempt == RETRY_MAX)
			return fd;
		if (attempt > RETRY_AT_ONCE)
			(void)nanosleep(&pause, NULL); /* a shorter pause only retries sooner */
	}
}

int path_open_in_root(int root_fd, const char *path, uint64_t flags, mode_t mode, struct err *e)
{
	int fd = path_try_open_in_root(root_fd, path, flags, mode);

	if (fd < 0) {
		int saved = errno;

		(void)err_errno(e, saved, "open %s in the root file system", path);
		errno = saved;
	}
	return fd;
}

static const char *skip_slashes(const char *p)
{
	while (*p == '/')
		p++;
	return p;
}

/* Text of a path under work: what is reached so far is the first DONE bytes. */
struct walk {
	char path[PATH_MAX];
	size_t done;
};

/* Replaces the component [w->done, end) of W->path, a link below DIR_FD, by what it points to.  A relative target
 * starts where the link lies; an absolute one at the root. */
static int splice_link(struct walk *w, int dir_fd, const char *name, size_t end)
{
	char target[PATH_MAX];
	size_t keep;
	size_t rest = strlen(w->path + end);
	ssize_t n = readlinkat(dir_fd, name, target, sizeof(target));

	if (n < 0)
		return -1;
	keep = n > 0 && target[0] == '/' ? 0 : w->done;
	if (keep + 1 + (size_t)n + rest >= sizeof(w->path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memmove(w->path + keep + 1 + (size_t)n, w->path + end, rest + 1);
	w->path[keep] = '/';
	memcpy(w->path + keep + 1, target, (size_t)n);
	/* The target may name directories that are missing too: start again. */
	w->done = 0;
	return 0;
}

/*
 * Opens the next component of W, makes it if it is missing, and moves W on.  DIR_FD is the directory reached so far.
 * The directory is looked up again from the root after it is made: whoever has replaced it meanwhile gets no further
 * than the root.  1 and RET_FD, or 0 if a dangling link has been followed and the walk starts again, or -1.
 */
static int walk_step(int root_fd, struct walk *w, int dir_fd, mode_t mode, int *ret_fd)
{
	size_t start = (size_t)(skip_slashes(w->path + w->done) - w->path);
	size_t end = start + span_until(w->path + start, "/");
	char name[NAME_MAX + 1];
	char saved;
	int fd;

	if (end - start > NAME_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(name, w->path + start, end - start);
	name[end - start] = '\0';

	saved = w->path[end];
	w->path[end] = '\0';
	fd = path_try_open_in_root(root_fd, w->path, DIR_FLAGS, 0);
	if (fd < 0 && errno == ENOENT) {
		if (sys_mkdirat(dir_fd, name, mode) == 0 || errno == EEXIST)
			fd = path_try_open_in_root(root_fd, w->path, DIR_FLAGS, 0);
	}
	w->path[end] = saved;
	if (fd >= 0) {
		w->done = end;
		*ret_fd = fd;
		return 1;
	}
	if (errno != ENOENT)
		return -1;
	/* It exists and leads nowhere.  EINVAL: it is no link, so somebody plays with it. */
	return splice_link(w, dir_fd, name, end);
}

/* Most often it is the last component alone that is missing.  -1: that is not so, or not so simple. */
static int make_last(int root_fd, const char *path, mode_t mode)
{
	const char *slash = strrchr(path, '/');
	_cleanup_fd_ int parent = -EBADF;
	char text[PATH_MAX];
	size_t len = slash != NULL ? (size_t)(slash - path) : 0;

	if (slash == NULL || len >= sizeof(text) || slash[1] == '\0' || strcmp(slash, "/.") == 0 ||
	    strcmp(slash, "/..") == 0)
		return -1;
	memcpy(text, path, len);
	text[len] = '\0';
	parent = path_try_open_in_root(root_fd, len > 0 ? text : "/", DIR_FLAGS, 0);
	/* EEXIST: a dangling link, or somebody was faster. */
	if (parent < 0 || sys_mkdirat(parent, slash + 1, mode) < 0)
		return -1;
	return sys_openat(parent, slash + 1, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
}

/* Of path_mkdirs_in_root(), what is rare; the two paths on its stack are pages that the other way does not touch. */
__attribute__((noinline)) static int make_missing(int root_fd, const char *path, mode_t mode, struct err *e)
{
	struct walk w;
	size_t len = strlen(path);
	unsigned links = 0;
	_cleanup_fd_ int dir_fd = make_last(root_fd, path, mode);

	if (dir_fd >= 0)
		return fd_take(&dir_fd);
	if (len + 2 > sizeof(w.path))
		return err_errno(e, ENAMETOOLONG, "make directory %s", path);

	w.path[0] = '/';
	memcpy(w.path + 1, path, len + 1);
	w.done = 0;
	do {
		int next = -EBADF;
		int r;

		if (w.done == 0) {
			fd_close(&dir_fd);
			dir_fd = path_open_in_root(root_fd, "/", DIR_FLAGS, 0, e);
			if (dir_fd < 0)
				return -1;
		}
		r = walk_step(root_fd, &w, dir_fd, mode, &next);
		if (r < 0)
			return err_errno(e, errno, "make directory %s in the root file system", path);
		if (r == 0 && ++links > LINKS_MAX)
			return err_errno(e, ELOOP, "make directory %s in the root file system", path);
		if (r > 0) {
			fd_close(&dir_fd);
			dir_fd = next;
		}
	} while (*skip_slashes(w.path + w.done) != '\0');
	return fd_take(&dir_fd);
}

int path_mkdirs_in_root(int root_fd, const char *path, mode_t mode, struct err *e)
{
	const int fd = path_try_open_in_root(root_fd, path[0] != '\0' ? path : "/", DIR_FLAGS, 0);

	if (fd >= 0)
		return fd;
	if (errno != ENOENT)
		return err_errno(e, errno, "open %s in the root file system", path);
	return make_missing(root_fd, path, mode, e);
}

int path_open_parent_in_root(int root_fd, const char *path, char *name, size_t name_size, struct err *e)
{
	const char *slash = strrchr(path, '/');
	const char *last = slash == NULL ? path : slash + 1;
	size_t parent_len = (size_t)(last - path);
	size_t last_len = strlen(last);
	char parent[PATH_MAX];
	int fd;

	if (last_len == 0 || strcmp(last, ".") == 0 || strcmp(last, "..") == 0)
		return err_set(e, ERR_CONFIG, "path \"%s\" does not end in a name", path);
	if (last_len >= name_size || parent_len >= sizeof(parent))
		return err_errno(e, ENAMETOOLONG, "path \"%s\"", path);
	memcpy(parent, path, parent_len);
	parent[parent_len] = '\0';

	fd = path_mkdirs_in_root(root_fd, parent, 0755, e);
	if (fd >= 0)
		memcpy(name, last, last_len + 1);
	return fd;
}

bool path_is_absolute(const char *path)
{
	return path[0] == '/';
}

static bool is_dotdot(const char *component, size_t len)
{
	return len == 2 && component[0] == '.' && component[1] == '.';
}

bool path_has_dotdot(const char *path)
{
	const char *p = skip_slashes(path);

	while (*p != '\0') {
		size_t len = span_until(p, "/");

		if (is_dotdot(p, len))
			return true;
		p = skip_slashes(p + len);
	}
	return false;
}

bool path_is_below(const char *path, const char *base)
{
	size_t len = strlen(base);

	if (strncmp(path, base, len) != 0)
		return false;
	/* "/" is the one cleaned path that ends in a slash. */
	return path[len] == '\0' || path[len] == '/' || (len > 0 && base[len - 1] == '/');
}

void path_clean(char *path)
{
	char *const start = path + path_is_absolute(path);
	const char *in = skip_slashes(path);
	char *floor = start; /* what ".." can not remove: the root, or leading ".." of a relative path */
	char *out = start;

	if (path[0] == '\0')
		return;
	while (*in != '\0') {
		size_t len = span_until(in, "/");

		if (is_dotdot(in, len) && out > floor) {
			while (out > floor && out[-1] != '/')
				out--;
			if (out > floor)
				out--;
		} else if (!(len == 1 && in[0] == '.') && !(is_dotdot(in, len) && start > path)) {
			bool is_up = is_dotdot(in, len);

			if (out > start)
				*out++ = '/';
			memmove(out, in, len);
			out += len;
			if (is_up)
				floor = out;
		}
		in = skip_slashes(in + len);
	}
	if (out == path) /* nothing is left of a relative path, which had one byte at least */
		*out++ = '.';
	*out = '\0';
}
