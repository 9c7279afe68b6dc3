/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/io.h"
#include "cgroup/device_program.h"
#include "cgroup/v2.h"
#include "cgroup/v2_dir.h"
#include "cgroup/v2_former.h"
#include "cgroup/v2_limits.h"

/* What is in the kernel freezes when it comes out; more than that is a process that does not come out. */
#define FREEZE_WAIT_MS 10000

static int set_gone(const struct cgroup_record *rec, struct err *e)
{
	(void)err_errno(e, ENOENT, "cgroup not exist: %s%s", rec->mount, rec->path);
	e->kind = ERR_STATE;
	return -1;
}

static int apply(const struct cgroup_record *rec, const struct plan_cgroup *plan, int mount_fd, int fd, struct err *e)
{
	if (v2_apply_limits(plan, mount_fd, fd, e) < 0)
		return -1;
	/* It is replaced in one step, so that there is nothing to take back. */
	if (plan->device_filter && device_program_apply(plan, fd, DEVICE_PROGRAM_UPDATE, e) < 0)
		return err_prefix(e, "cgroup %s", rec->path);
	return 0;
}

/* All of PLAN, or nothing of it: the kernel may refuse the last row. */
static int apply_or_take_back(const struct cgroup_record *rec, const struct plan_cgroup *plan, int mount_fd, int fd,
			      struct err *e)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct plan_cgroup_write *former = NULL;

	if (v2_former_read(plan, fd, &a, &former, e) < 0)
		return -1;
	if (apply(rec, plan, mount_fd, fd, e) == 0)
		return 0;
	v2_former_write(former, plan->n_writes, fd);
	return -1;
}

int v2_update(const struct cgroup_record *rec, const struct plan_cgroup *plan, struct err *e)
{
	const char *relative = v2_relative(rec->path, e);
	_cleanup_fd_ int mount_fd = -EBADF;
	_cleanup_fd_ int fd = -EBADF;

	if (relative == NULL)
		return -1;
	mount_fd = v2_open_mount(rec->mount, e);
	if (mount_fd < 0)
		return -1;
	fd = v2_open_below(mount_fd, relative);
	if (fd < 0)
		return errno == ENOENT ? set_gone(rec, e) :
					 err_errno(e, errno, "open cgroup %s%s", rec->mount, rec->path);
	return apply_or_take_back(rec, plan, mount_fd, fd, e);
}

/* Nobody would be left to thaw us, or to say that it is done. */
static int check_not_inside(int fd, const struct cgroup_record *rec, struct err *e)
{
	pid_t *pids = NULL;
	size_t n = 0;
	bool is_inside = false;

	if (v2_pids(fd, &pids, &n) < 0)
		return err_errno(e, errno, "read pids of cgroup %s", rec->path);
	for (size_t i = 0; i < n; i++)
		is_inside |= pids[i] == getpid();
	free(pids);
	return is_inside ? err_set(e, ERR_STATE, "cgroup %s can not be frozen from inside", rec->path) : 0;
}

/* 1 when cgroup.events says FROZEN, 0 if it does not after the longest wait, -1 when it is gone or can not be read. */
static int wait_frozen(int fd, bool frozen)
{
	long sleep_ms = 1;

	for (long waited_ms = 0;; waited_ms += sleep_ms) {
		int is_frozen = v2_is_set(fd, "cgroup.events", "frozen");

		if (is_frozen < 0)
			return -1;
		if (is_frozen == (int)frozen)
			return 1;
		if (waited_ms >= FREEZE_WAIT_MS)
			return 0;
		sleep_ms = sleep_ms < 20 ? sleep_ms * 2 : 20;
		/* Cut short by a signal is fine. */
		(void)nanosleep(&(struct timespec){ .tv_nsec = sleep_ms * 1000000L }, NULL);
	}
}

static int explain_timeout(int fd, const struct cgroup_record *rec, bool frozen, struct err *e)
{
	struct err ignored = ERR_INIT; /* the timeout is what is reported */

	if (!frozen) {
		(void)err_errno(e, EBUSY, "cgroup %s does not thaw", rec->path);
		return err_hint(e, "a parent cgroup is frozen, in all likelihood: look at cgroup.freeze there");
	}
	(void)io_write_file_at(fd, "cgroup.freeze", "0", &ignored); /* half frozen is no state to leave it in */
	(void)err_errno(e, EBUSY, "cgroup %s does not freeze", rec->path);
	return err_hint(e, "a process in uninterruptible sleep freezes when its device or file server answers");
}

int v2_freeze(const struct cgroup_record *rec, bool frozen, struct err *e)
{
	_cleanup_fd_ int fd = v2_open(rec->mount, rec->path, e);
	int r;

	if (fd < 0)
		return e->errnum == ENOENT ? set_gone(rec, e) : -1;
	if (frozen && check_not_inside(fd, rec, e) < 0)
		return -1;
	if (io_write_file_at(fd, "cgroup.freeze", frozen ? "1" : "0", e) < 0) {
		if (e->errnum == ENOENT)
			(void)err_hint(e, "the freezer of cgroup2 needs Linux 5.2");
		return err_prefix(e, "cgroup %s", rec->path);
	}
	r = wait_frozen(fd, frozen);
	if (r < 0)
		return err_errno(e, errno, "read cgroup.events of cgroup %s", rec->path);
	return r > 0 ? 0 : explain_timeout(fd, rec, frozen, e);
}
