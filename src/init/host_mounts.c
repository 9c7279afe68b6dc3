/* SPDX-License-Identifier: Apache-2.0 */
#include "init/host_mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/sys.h"
#include "init/procfs.h"

/* Mounts looked at; a host with more has them refused, not forgotten. */
#define MOUNTS_MAX 100000u

/* A reader of lines; mountinfo lines that are longer than the buffer are an error. */
struct reader {
	int fd;
	size_t start;
	size_t end;
	char buf[2 * PATH_MAX];
};

/* 1 and a line without its newline, 0 at the end, -1 with errno. */
static int read_line(struct reader *r, char **ret_line)
{
	for (;;) {
		char *newline = memchr(r->buf + r->start, '\n', r->end - r->start);
		ssize_t n;

		if (newline != NULL) {
			*newline = '\0';
			*ret_line = r->buf + r->start;
			r->start = (size_t)(newline + 1 - r->buf);
			return 1;
		}
		memmove(r->buf, r->buf + r->start, r->end - r->start);
		r->end -= r->start;
		r->start = 0;
		if (r->end == sizeof(r->buf)) {
			errno = E2BIG;
			return -1;
		}
		n = sys_read(r->fd, r->buf + r->end, sizeof(r->buf) - r->end);
		if (n <= 0)
			return (int)n;
		r->end += (size_t)n;
	}
}

/* mountinfo writes blank, tab, newline and backslash as \OOO. */
static void unescape(char *s)
{
	char *out = s;

	for (; *s != '\0'; out++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' && s[3] >= '0' &&
		    s[3] <= '7') {
			*out = (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 + (s[3] - '0'));
			s += 4;
		} else {
			*out = *s++;
		}
	}
	*out = '\0';
}

/* The mount point of LINE if it is a procfs or sysfs, else NULL.  Fields: proc_pid_mountinfo(5). */
static char *find_exposed(char *line)
{
	char *type = strstr(line, " - ");
	char *point = line;
	char *end;
	unsigned i;

	if (type == NULL || (strncmp(type + 3, "proc ", 5) != 0 && strncmp(type + 3, "sysfs ", 6) != 0))
		return NULL;
	for (i = 0; i < 4 && point != NULL; i++) {
		point = strchr(point, ' ');
		if (point != NULL)
			point++;
	}
	end = point != NULL ? strchr(point, ' ') : NULL;
	if (end == NULL)
		return NULL;
	*end = '\0';
	unescape(point);
	return point;
}

static int hide(const char *point, struct err *e)
{
	/* The unmount must not reach the host. */
	(void)sys_mount(NULL, point, NULL, MS_SLAVE | MS_REC, NULL); /* a covered mount point fails here, and below */
	if (sys_umount2(point, MNT_DETACH) == 0)
		return 0;
	/* Locked in a user namespace: cover it. */
	if (sys_mount("tmpfs", point, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=0k") < 0 &&
	    errno != ENOENT)
		return err_errno(e, errno, "hide the host's %s", point);
	return 0;
}

/* Where the container's root lies as mountinfo has it: with no link in it. */
static int get_root_path(const struct inside *in, char root[static PATH_MAX], struct err *e)
{
	char name[32];
	ssize_t n;

	(void)snprintf(name, sizeof(name), "self/fd/%d", in->root_fd); /* 32 bytes hold every int */
	n = readlinkat(in->proc_fd, name, root, PATH_MAX - 1);
	if (n < 0)
		return err_errno(e, errno, "look up the path of root file system %s", in->plan->root.path);
	root[n] = '\0';
	return 0;
}

int host_mounts_hide(struct inside *in, struct err *e)
{
	char root[PATH_MAX];
	struct reader r = { .fd = -EBADF };
	_cleanup_fd_ int fd = procfs_try_open_file(in, "self/mountinfo", O_RDONLY);
	unsigned n;

	if (fd < 0)
		return err_errno(e, errno, "open /proc/self/mountinfo");
	if (get_root_path(in, root, e) < 0)
		return -1;
	r.fd = fd;
	for (n = 0; n < MOUNTS_MAX; n++) {
		char *line = NULL;
		char *point;
		int got = read_line(&r, &line);

		if (got < 0)
			return err_errno(e, errno, "read /proc/self/mountinfo");
		if (got == 0)
			return 0;
		point = find_exposed(line);
		if (point != NULL && !path_is_below(point, root) && hide(point, e) < 0)
			return -1;
	}
	return err_set(e, ERR_UNSUPPORTED, "more than %u mounts: use pivot_root", MOUNTS_MAX);
}
