/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/num.h"
#include "base/path.h"
#include "base/span.h"
#include "base/sys.h"
#include "init/mounts.h"
#include "init/procfs.h"

/*
 * After mount(2) the new mount has no descriptor: it is opened by its path, which somebody may have exchanged since.
 * So what was opened is compared with what was mounted; that it is on the same mount as the destination shows
 * procfs.
 */

/* "mnt_id:" of proc_pid_fdinfo(5): statx(2) tells it from Linux 5.8 on only. */
static int get_mount_id(const struct inside *in, int fd, uint64_t *ret, struct err *e)
{
	_cleanup_fd_ int info = -EBADF;
	char path[40];
	char text[512];
	char *line;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "self/fdinfo/%d", fd); /* fits every int */
	info = procfs_try_open_file(in, path, O_RDONLY);
	n = info < 0 ? -1 : sys_read(info, text, sizeof(text) - 1);
	if (n < 0)
		return err_errno(e, errno, "read /proc/%s", path);
	text[n] = '\0';
	line = strstr(text, "mnt_id:");
	if (line == NULL)
		return err_set(e, ERR_SYSTEM, "/proc/%s shows no mount", path);
	line += strlen("mnt_id:");
	line += span_of(line, " \t");
	line[span_until(line, "\n")] = '\0';
	return num_parse_u64(line, ret) < 0 ? err_errno(e, errno, "/proc/%s", path) : 0;
}

/* The first two numbers of a line of mountinfo, as they come in: the mount's own id and its parent's. */
struct reader {
	uint64_t id;
	uint64_t parent;
	unsigned field;
};

/* True at the end of the second number. */
static bool take(struct reader *r, char c)
{
	uint64_t *number = r->field == 0 ? &r->id : &r->parent;

	if (c == '\n') {
		*r = (struct reader){ .field = 0 };
	} else if (r->field < 2 && c >= '0' && c <= '9') {
		*number = *number * 10 + (uint64_t)(c - '0');
	} else if (r->field < 2) {
		r->field++;
		return r->field == 2;
	}
	return false;
}

/* The mount that ID is mounted on: proc_pid_mountinfo(5). */
static int get_parent(const struct inside *in, uint64_t id, uint64_t *ret, struct err *e)
{
	_cleanup_fd_ int fd = procfs_try_open_file(in, "self/mountinfo", O_RDONLY);
	struct reader r = { .field = 0 };
	char text[4096];
	ssize_t n;

	if (fd < 0)
		return err_errno(e, errno, "open /proc/self/mountinfo");
	while ((n = sys_read(fd, text, sizeof(text))) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (take(&r, text[i]) && r.id == id) {
				*ret = r.parent;
				return 0;
			}
		}
	}
	return err_set(e, ERR_SYSTEM, "/proc/self/mountinfo does not show the mount");
}

static int check(const struct inside *in, int dest, int from, int top, struct err *e)
{
	uint64_t below = 0, own = 0, parent = 0; /* set where nothing fails */
	struct stat a, b;

	if (get_mount_id(in, dest, &below, e) < 0 || get_mount_id(in, top, &own, e) < 0 ||
	    get_parent(in, own, &parent, e) < 0)
		return -1;
	if (from >= 0 && (fstat(from, &a) < 0 || fstat(top, &b) < 0))
		return err_errno(e, errno, "look at the mount");
	if (parent != below || (from >= 0 && (a.st_dev != b.st_dev || a.st_ino != b.st_ino)))
		return err_set(e, ERR_SYSTEM, "the destination was exchanged while it was mounted");
	return 0;
}

int mount_open_top(const struct inside *in, const struct plan_mount *m, int dest, int from, struct err *e)
{
	_cleanup_fd_ int top = path_open_in_root(in->root_fd, m->destination, O_PATH, 0, e);

	return top < 0 || check(in, dest, from, top, e) < 0 ? -1 : fd_take(&top);
}
