/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup/v2.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/sys.h"
#include "cgroup/driver.h"
#include "cgroup/v2_dir.h"

/* A freezer needs as long as the slowest process is in the kernel; then we go on without it. */
#define FREEZE_WAIT_STEPS 50
#define FREEZE_WAIT_STEP_NS 2000000L
/* Rounds of signals where nothing keeps processes from forking. */
#define SIGNAL_ROUNDS_MAX 100
#define SIGNAL_WAIT_NS 1000000L

int v2_open_record(const struct cgroup_record *rec, struct err *e)
{
	return v2_open(rec->mount, rec->path, e);
}

static void sleep_shortly(long nanoseconds)
{
	(void)nanosleep(&(struct timespec){ .tv_nsec = nanoseconds }, NULL); /* cut short by a signal is fine */
}

static bool has_pid(const pid_t *pids, size_t n, pid_t pid)
{
	for (size_t i = 0; i < n; i++)
		if (pids[i] == pid)
			return true;
	return false;
}

static int signal_once(int dir_fd, int sig, size_t *ret_n, struct err *e)
{
	pid_t *pids = NULL;
	size_t n = 0;

	if (v2_pids(dir_fd, &pids, &n) < 0)
		return err_errno(e, errno, "read cgroup.procs");
	for (size_t i = 0; i < n; i++) {
		if (sys_kill(pids[i], sig) < 0 && errno != ESRCH) {
			(void)err_errno(e, errno, "send signal %d to process %d", sig, (int)pids[i]);
			free(pids);
			return -1;
		}
	}
	free(pids);
	*ret_n = n;
	return 0;
}

/* Stops everything in the cgroup, so that its pids stay what they are and nothing forks.  True if we did it. */
static bool freeze(int dir_fd)
{
	struct err ignored = ERR_INIT; /* without the freezer signals are less sure, which the caller deals with */
	pid_t *pids = NULL;
	size_t n = 0;
	bool is_own;

	if (v2_is_set(dir_fd, "cgroup.events", "frozen") != 0) /* paused by somebody: it is not ours to thaw */
		return false;
	if (v2_pids(dir_fd, &pids, &n) < 0)
		return false;
	is_own = has_pid(pids, n, getpid());
	free(pids);
	if (is_own || n == 0) /* nobody would thaw us */
		return false;
	if (io_write_file_at(dir_fd, "cgroup.freeze", "1", &ignored) < 0)
		return false;
	for (unsigned i = 0; i < FREEZE_WAIT_STEPS && v2_is_set(dir_fd, "cgroup.events", "frozen") == 0; i++)
		sleep_shortly(FREEZE_WAIT_STEP_NS);
	return true;
}

static int signal_all(int dir_fd, int sig, struct err *e)
{
	bool frozen_by_us = freeze(dir_fd);
	struct err thaw_error = ERR_INIT;
	size_t n = 1;
	int r = signal_once(dir_fd, sig, &n, e);

	/* Where the freezer was of no use, what was forked meanwhile is killed in further rounds. */
	for (unsigned i = 0; r == 0 && sig == SIGKILL && n > 0 && i < SIGNAL_ROUNDS_MAX; i++) {
		sleep_shortly(SIGNAL_WAIT_NS);
		r = signal_once(dir_fd, sig, &n, e);
	}
	if (frozen_by_us && io_write_file_at(dir_fd, "cgroup.freeze", "0", &thaw_error) < 0 &&
	    thaw_error.errnum != ENOENT && thaw_error.errnum != ENODEV && r == 0) {
		*e = thaw_error;
		r = -1;
	}
	return r;
}

int v2_kill(const struct cgroup_record *rec, int sig, struct err *e)
{
	_cleanup_fd_ int fd = v2_open(rec->mount, rec->path, e);

	if (fd < 0) {
		if (e->errnum != ENOENT)
			return -1;
		err_clear(e);
		return 0;
	}
	/*
	 * Not where the cgroup stays: of one that was once killed by cgroup.kill, Linux 6.14 and later (6.18 at least)
	 * kill every process that is cloned into it from another cgroup.
	 */
	if (sig == SIGKILL && rec->created) {
		if (io_write_file_at(fd, "cgroup.kill", "1", e) == 0)
			return 0;
		/* ENOENT: before Linux 5.14, or the cgroup is being removed.  EOPNOTSUPP: a threaded cgroup. */
		if (e->errnum != ENOENT && e->errnum != ENODEV && e->errnum != EOPNOTSUPP)
			return err_prefix(e, "cgroup %s", rec->path);
		err_clear(e);
	}
	return signal_all(fd, sig, e) < 0 ? err_prefix(e, "cgroup %s", rec->path) : 0;
}

int v2_get_pids(const struct cgroup_record *rec, pid_t **ret, size_t *ret_n, struct err *e)
{
	_cleanup_fd_ int fd = v2_open(rec->mount, rec->path, e);

	if (fd < 0)
		return -1;
	if (v2_pids(fd, ret, ret_n) < 0)
		return err_errno(e, errno, "read pids of cgroup %s", rec->path);
	return 0;
}

/* One file of the cgroup by its plain path, for `state` is quick; a wrong file system has no such file. */
static ssize_t read_by_path(const struct cgroup_record *rec, const char *file, char *buf, size_t size)
{
	char path[V2_PATH_MAX + 64];
	int n = snprintf(path, sizeof(path), "%s%s/%s", rec->mount, rec->path, file);

	if (n < 0 || (size_t)n >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return v2_read(AT_FDCWD, path, buf, size);
}

int v2_is_frozen(const struct cgroup_record *rec, struct err *e)
{
	char text[256];
	uint64_t value;

	if (read_by_path(rec, "cgroup.events", text, sizeof(text)) < 0) {
		if (errno == ENOENT || errno == ENODEV)
			return 0;
		return err_errno(e, errno, "read cgroup.events of cgroup %s", rec->path);
	}
	return v2_get_key(text, "frozen", &value) == 0 && value != 0;
}

#define WORD_SIZE 64

/* What a file says that has one line; "unknown" if it can not be read. */
static const char *read_word(const struct cgroup_record *rec, const char *file, char buf[static WORD_SIZE])
{
	ssize_t len = read_by_path(rec, file, buf, WORD_SIZE);

	if (len <= 0)
		return "unknown";
	if (buf[len - 1] == '\n')
		buf[len - 1] = '\0';
	return buf;
}

bool v2_was_out_of_memory(const struct cgroup_record *rec, char *text, size_t size)
{
	char events[512];
	char max[WORD_SIZE];
	char peak[WORD_SIZE];
	uint64_t times;
	uint64_t kills;

	if (read_by_path(rec, "memory.events", events, sizeof(events)) < 0 || v2_get_key(events, "oom", &times) < 0 ||
	    v2_get_key(events, "oom_kill", &kills) < 0 || (times == 0 && kills == 0))
		return false;
	/* memory.peak: Linux 5.19 */
	(void)snprintf(text, size,
		       "memory.events of the cgroup has oom %" PRIu64 " and oom_kill %" PRIu64
		       " (memory.max %s, memory.peak %s)",
		       times, kills, read_word(rec, "memory.max", max),
		       read_word(rec, "memory.peak", peak)); /* cut text is fine */
	return true;
}

const struct cgroup_driver cgroup_driver_v2 = {
	.name = "cgroupfs",
	.prepare = v2_prepare,
	.open = v2_open_record,
	.kill = v2_kill,
	.pids = v2_get_pids,
	.is_frozen = v2_is_frozen,
	.update = v2_update,
	.freeze = v2_freeze,
	.destroy = v2_destroy,
	.was_out_of_memory = v2_was_out_of_memory,
};
