/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/num.h"
#include "base/span.h"
#include "base/sys.h"
#include "state/state.h"

#define STAT_SIZE 1024
#define STAT_FIELD_START_TIME 22

static const char *const status_name[] = {
	[STATUS_CREATING] = "creating", [STATUS_CREATED] = "created", [STATUS_RUNNING] = "running",
	[STATUS_PAUSED] = "paused",     [STATUS_STOPPED] = "stopped",
};

const char *state_status_name(enum state_status s)
{
	return status_name[s];
}

int state_read_boot_id(char buf[static STATE_BOOT_ID_SIZE], struct err *e)
{
	static const char path[] = "/proc/sys/kernel/random/boot_id";
	_cleanup_fd_ int fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);

	if (fd < 0)
		return err_errno(e, errno, "open %s", path);
	if (io_read_text(fd, buf, STATE_BOOT_ID_SIZE, path, e) < 0)
		return -1;
	buf[span_until(buf, "\n")] = '\0';
	return 0;
}

/* Field 22 of TEXT.  The name of the program, field 2, may hold blanks and parentheses: count from its last one. */
static int parse_start_time(char *text, uint64_t *ret)
{
	char *p = strrchr(text, ')');
	unsigned field = 2;

	while (p != NULL && field < STAT_FIELD_START_TIME) {
		p = strchr(p + 1, ' ');
		field++;
	}
	if (p == NULL)
		return -1;
	p++;
	p[span_until(p, " ")] = '\0';
	return num_parse_u64(p, ret);
}

int state_read_start_time(pid_t pid, uint64_t *ret, struct err *e)
{
	char path[sizeof("/proc//stat") + 11];
	char text[STAT_SIZE];
	_cleanup_fd_ int fd = -EBADF;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid); /* fits by construction */
	fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return err_errno(e, errno, "open %s", path);
	if (io_read_text(fd, text, sizeof(text), path, e) < 0)
		return -1;
	if (parse_start_time(text, ret) < 0)
		return err_set(e, ERR_SYSTEM, "%s: no start time in it", path);
	return 0;
}

/* Inode of a pidfd in pidfs, unique until the next boot; 0 where pidfds are anonymous inodes (before Linux 6.9). */
static int read_pidfs_inode(int pidfd, uint64_t *ret, struct err *e)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(pidfd, &fs) < 0 || fstat(pidfd, &st) < 0)
		return err_errno(e, errno, "stat pidfd");
	*ret = (uint64_t)fs.f_type == K_PIDFS_MAGIC ? st.st_ino : 0;
	return 0;
}

int state_identify(int pidfd, pid_t pid, struct state *s, struct err *e)
{
	uint64_t inode = 0;
	uint64_t start_time = 0;

	/* The inode says more than the time, and costs less. */
	if (read_pidfs_inode(pidfd, &inode, e) < 0 || (inode == 0 && state_read_start_time(pid, &start_time, e) < 0))
		return err_prefix(e, "identify process %d", (int)pid);
	s->pid = pid;
	s->pid_start_time = start_time;
	s->pidfs_inode = inode;
	return 0;
}

/* Is the process behind PIDFD, now known as PID, the recorded one?  1, 0, -1. */
static int is_same_process(int pidfd, pid_t pid, uint64_t inode, uint64_t start_time, struct err *e)
{
	uint64_t now = 0;
	struct stat st;

	if (inode != 0) {
		/* On this boot, so on the same kernel: its pidfds are in pidfs. */
		if (fstat(pidfd, &st) < 0)
			return err_errno(e, errno, "stat pidfd");
		return st.st_ino == inode;
	}
	if (state_read_start_time(pid, &now, e) < 0) {
		if (e->errnum != ENOENT && e->errnum != ESRCH)
			return -1;
		err_clear(e); /* gone between the two looks */
		return 0;
	}
	return now == start_time;
}

/* 1 and a pidfd of the live process, 0, -1. */
static int open_live(pid_t pid, uint64_t inode, uint64_t start_time, int *ret_pidfd, struct err *e)
{
	_cleanup_fd_ int pidfd = sys_pidfd_open(pid, 0);
	struct pollfd p;
	int r;

	if (pidfd < 0)
		return errno == ESRCH ? 0 : err_errno(e, errno, "pidfd_open %d", (int)pid);
	/* The pidfd pins the process, so what is read by pid now is about this one, or about nothing. */
	r = is_same_process(pidfd, pid, inode, start_time, e);
	if (r <= 0)
		return r;
	/* A pidfd is readable once its process has terminated, a zombie included; kill(pid, 0) would not tell. */
	p = (struct pollfd){ .fd = pidfd, .events = POLLIN };
	r = poll(&p, 1, 0);
	if (r < 0)
		return err_errno(e, errno, "poll pidfd of %d", (int)pid);
	if (r > 0)
		return 0;
	if (ret_pidfd != NULL)
		*ret_pidfd = fd_take(&pidfd);
	return 1;
}

/* 1 if S was written since the machine was booted.  BOOT_ID: this boot's, or NULL where nobody has read it yet. */
int state_is_of_this_boot(const struct state *s, const char *boot_id, struct err *e)
{
	char buf[STATE_BOOT_ID_SIZE];

	if (boot_id == NULL) {
		if (state_read_boot_id(buf, e) < 0)
			return -1;
		boot_id = buf;
	}
	return strcmp(boot_id, s->boot_id) == 0;
}

static int open_process(const struct state *s, const char *boot_id, int *ret_pidfd, struct err *e)
{
	int r;

	if (!s->complete || s->pid <= 0)
		return 0;
	r = state_is_of_this_boot(s, boot_id, e);
	return r <= 0 ? r : open_live(s->pid, s->pidfs_inode, s->pid_start_time, ret_pidfd, e);
}

int state_open_process(const struct state *s, int *ret_pidfd, struct err *e)
{
	return open_process(s, NULL, ret_pidfd, e);
}

/* An intent: somebody creates it now, or died while doing so. */
static int get_intent_status(const struct state *s, const char *boot_id, enum state_status *ret, struct err *e)
{
	int r = state_is_of_this_boot(s, boot_id, e);

	if (r > 0)
		r = s->rt_pid > 0 ? open_live(s->rt_pid, 0, s->rt_start_time, NULL, e) : 0;
	if (r < 0)
		return -1;
	*ret = r > 0 ? STATUS_CREATING : STATUS_STOPPED;
	return 0;
}

/* FIFO: the path of `start` below DIR_FD. */
static int get_live_status(int dir_fd, const char *fifo, const struct state *s, enum state_status *ret, struct err *e)
{
	const struct cgroup_driver *driver = cgroup_driver_get(s->cgroup.driver);
	struct stat st;

	if (s->cgroup.path[0] != '\0') {
		int r = driver->is_frozen(&s->cgroup, e);

		if (r < 0)
			return -1;
		if (r > 0) {
			*ret = STATUS_PAUSED;
			return 0;
		}
	}
	if (fstatat(dir_fd, fifo, &st, AT_SYMLINK_NOFOLLOW) == 0)
		*ret = STATUS_CREATED;
	else if (errno == ENOENT)
		*ret = STATUS_RUNNING;
	else
		return err_errno(e, errno, "stat %s", fifo);
	return 0;
}

static int get_status(const char *boot_id, int dir_fd, const char *fifo, const struct state *s,
		      enum state_status *ret, int *ret_pidfd, struct err *e)
{
	_cleanup_fd_ int pidfd = -EBADF;
	enum state_status status = STATUS_STOPPED;
	int r;

	if (!s->complete) {
		r = get_intent_status(s, boot_id, &status, e);
	} else {
		r = open_process(s, boot_id, &pidfd, e);
		if (r > 0)
			r = get_live_status(dir_fd, fifo, s, &status, e);
	}
	if (r < 0)
		return err_prefix(e, "container \"%s\"", s->id);
	*ret = status;
	if (ret_pidfd != NULL)
		*ret_pidfd = fd_take(&pidfd);
	return 0;
}

int state_get_status_of_boot(const char *boot_id, int dir_fd, const struct state *s, enum state_status *ret,
			     int *ret_pidfd, struct err *e)
{
	return get_status(boot_id, dir_fd, STATE_START_FIFO, s, ret, ret_pidfd, e);
}

int state_get_status_below(const char *boot_id, int root_fd, const struct state *s, enum state_status *ret,
			   struct err *e)
{
	char path[STATE_PATH_SIZE];

	return get_status(boot_id, root_fd, state_path(path, s->id, STATE_START_FIFO), s, ret, NULL, e);
}

int state_get_status(int dir_fd, const struct state *s, enum state_status *ret, int *ret_pidfd, struct err *e)
{
	return state_get_status_of_boot(NULL, dir_fd, s, ret, ret_pidfd, e);
}
