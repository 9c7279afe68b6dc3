/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/sys.h"
#include "cgroup/v2.h"
#include "cgroup/v2_dir.h"

/*
 * Removal.  A cgroup can be removed when no process is in it and no cgroup below it; a process leaves it when it has
 * exited, which for a killed one takes as long as the kernel needs to release its memory.
 */
#define REMOVE_WAIT_MAX_MS 10000
/* Directories looked at in one round.  A container may make cgroups below its own, as deep as it likes. */
#define REMOVE_STEPS_MAX 200000u

/*
 * Removes what it can of the directories in *CUR, and opens one that has directories itself as the new *CUR: those go
 * first.  Returns 1 if it went down, 0 if all is gone or is only busy with processes, -1.
 */
static int remove_children_or_descend(int *cur)
{
	_cleanup_children_ DIR *children = v2_open_children(*cur);
	const char *name;

	if (children == NULL)
		return errno == 0 ? 0 : -1;
	while ((name = v2_next_child(children)) != NULL) {
		_cleanup_fd_ int child = -EBADF;
		struct stat st;

		if (sys_unlinkat(*cur, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
			continue;
		if (errno != EBUSY && errno != ENOTEMPTY)
			return -1;
		child = sys_openat(*cur, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
		if (child < 0 && errno == ENOENT)
			continue;
		if (child < 0 || fstat(child, &st) < 0)
			return -1;
		if (st.st_nlink == 2) /* busy by processes: they are dying, the next round finds it empty */
			continue;
		fd_close(cur);
		*cur = fd_take(&child);
		return 1;
	}
	return 0;
}

/* One round over everything below TOP_FD, with one descriptor whatever the depth: down, and up by "..". */
static int remove_below(int top_fd)
{
	_cleanup_fd_ int cur = sys_openat(top_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	unsigned depth = 0;

	for (unsigned steps = 0; cur >= 0 && steps < REMOVE_STEPS_MAX; steps++) {
		int r = remove_children_or_descend(&cur);

		if (r < 0)
			return -1;
		if (r > 0) {
			depth++;
			continue;
		}
		if (depth == 0)
			return 0;
		/* What is left here is busy: its parents can not go either, so the round ends. */
		if (v2_is_set(cur, "cgroup.events", "populated") != 0)
			return 0;
		if (v2_go_up(&cur) < 0)
			return -1;
		depth--;
	}
	return cur < 0 ? -1 : 0;
}

static int still_busy(int fd, const struct cgroup_record *rec, struct err *e)
{
	pid_t *pids = NULL;
	size_t n = 0;

	if (v2_pids(fd, &pids, &n) == 0 && n > 0) {
		(void)err_errno(e, EBUSY, "remove cgroup %s%s: %zu process(es) left, the first is %d", rec->mount,
				rec->path, n, (int)pids[0]);
		(void)err_hint(e, "one in uninterruptible sleep dies when its device or file server answers");
	} else {
		(void)err_errno(e, EBUSY, "remove cgroup %s%s", rec->mount, rec->path);
	}
	free(pids);
	return -1;
}

/* The hard way: something is in it.  1 if there is nothing left to do, 0 if it should be tried again. */
static int try_remove(int mount_fd, const char *relative, int fd, const struct cgroup_record *rec, struct err *e)
{
	if (remove_below(fd) < 0 && errno != ENOENT && errno != ENODEV && errno != EBUSY)
		return err_errno(e, errno, "remove the cgroups below %s%s", rec->mount, rec->path);
	if (!rec->created)
		return v2_is_set(fd, "cgroup.events", "populated") == 0;
	if (sys_unlinkat(mount_fd, relative, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 1;
	if (errno != EBUSY && errno != ENOTEMPTY)
		return err_errno(e, errno, "remove cgroup %s%s", rec->mount, rec->path);
	return 0;
}

int v2_destroy(const struct cgroup_record *rec, struct err *e)
{
	const char *relative;
	_cleanup_fd_ int mount_fd = -EBADF;
	_cleanup_fd_ int fd = -EBADF;
	int64_t deadline;
	long sleep_ms = 1;

	if (rec->path == NULL || rec->path[0] == '\0')
		return 0;
	relative = v2_relative(rec->path, e);
	if (relative == NULL)
		return -1;
	mount_fd = v2_open_mount(rec->mount, e);
	if (mount_fd < 0)
		return -1;
	/* Most often everybody has left already. */
	if (rec->created) {
		if (sys_unlinkat(mount_fd, relative, AT_REMOVEDIR) == 0 || errno == ENOENT)
			return 0;
		if (errno != EBUSY && errno != ENOTEMPTY)
			return err_errno(e, errno, "remove cgroup %s%s", rec->mount, rec->path);
	}
	fd = v2_open_below(mount_fd, relative);
	if (fd < 0)
		return errno == ENOENT ? 0 : err_errno(e, errno, "open cgroup %s%s", rec->mount, rec->path);
	if (v2_kill(rec, SIGKILL, e) < 0)
		return -1;
	deadline = clock_now_ms() + REMOVE_WAIT_MAX_MS;
	for (;;) {
		int r = try_remove(mount_fd, relative, fd, rec, e);

		if (r != 0)
			return r < 0 ? -1 : 0;
		if (clock_now_ms() >= deadline)
			return still_busy(fd, rec, e);
		/* Cut short by a signal is fine. */
		(void)nanosleep(&(struct timespec){ .tv_nsec = sleep_ms * 1000000L }, NULL);
		sleep_ms = sleep_ms < 50 ? sleep_ms * 2 : 50;
	}
}
