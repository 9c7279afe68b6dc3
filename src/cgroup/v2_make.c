/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/span.h"
#include "base/sys.h"
#include "cgroup/device_program.h"
#include "cgroup/v2.h"
#include "cgroup/v2_dir.h"
#include "cgroup/v2_limits.h"

/* For everybody to look at, as other directories in cgroupfs are, whatever the umask is. */
#define CGROUP_MODE 0755
/* Another create that fails removes the parents that it has made; ours may have been among them. */
#define MKDIR_ATTEMPTS 10

/* One cgroup in the making. */
struct making {
	const struct plan_cgroup *plan;
	const char *relative;    /* plan->path without its first slash */
	int mount_fd;
	int leaf_fd;
	bool leaf_made;
	size_t first_made;       /* parents from the one whose name ends here on were made by us; 0 = none was */
};

/* ---- the directories -------------------------------------------------------------------------------------------- */

/* The first LEN bytes of the relative path, which is shorter than V2_PATH_MAX. */
static void copy_prefix(const struct making *m, size_t len, char buf[static V2_PATH_MAX])
{
	memcpy(buf, m->relative, len);
	buf[len] = '\0';
}

/* The end of the path component that follows position POS. */
static size_t next_end(const struct making *m, size_t pos)
{
	if (m->relative[pos] == '/')
		pos++;
	return pos + span_until(m->relative + pos, "/");
}

static int make_parents(struct making *m)
{
	char prefix[V2_PATH_MAX];

	for (size_t end = next_end(m, 0); m->relative[end] != '\0'; end = next_end(m, end)) {
		copy_prefix(m, end, prefix);
		if (sys_mkdirat(m->mount_fd, prefix, CGROUP_MODE) == 0) {
			if (m->first_made == 0)
				m->first_made = end;
			if (sys_fchmodat(m->mount_fd, prefix, CGROUP_MODE) < 0)
				return -1;
		} else if (errno != EEXIST) {
			return -1;
		}
	}
	return 0;
}

static int make_leaf(struct making *m)
{
	for (unsigned attempt = 0; attempt < MKDIR_ATTEMPTS; attempt++) {
		if (sys_mkdirat(m->mount_fd, m->relative, CGROUP_MODE) == 0) {
			m->leaf_made = true;
			return 0;
		}
		if (errno == EEXIST)
			return 0;
		if (errno != ENOENT || make_parents(m) < 0)
			return -1;
	}
	return -1;
}

static int make_directories(struct making *m, struct err *e)
{
	if (make_leaf(m) < 0) {
		(void)err_errno(e, errno, "make cgroup %s%s", m->plan->mount, m->plan->path);
		if (e->errnum == EAGAIN)
			(void)err_hint(e, "cgroup.max.depth or cgroup.max.descendants of a parent is reached");
		if (e->errnum == EROFS)
			(void)err_hint(e, "%s is mounted read-only; --cgroup-manager=disabled makes no cgroup",
				       m->plan->mount);
		if (e->errnum == EACCES || e->errnum == EPERM)
			(void)err_hint(e, "that part of the cgroups is not delegated to uid %u: run rt by "
					  "`systemd-run --user --scope -p Delegate=yes`, or ask for no cgroup and no "
					  "limits", (unsigned)geteuid());
		return -1;
	}
	m->leaf_fd = v2_open_below(m->mount_fd, m->relative);
	if (m->leaf_fd < 0)
		return err_errno(e, errno, "open cgroup %s%s", m->plan->mount, m->plan->path);
	if (m->leaf_made && sys_fchmod(m->leaf_fd, CGROUP_MODE) < 0)
		return err_errno(e, errno, "set mode of cgroup %s", m->plan->path);
	return 0;
}

/* Removes what was made: the cgroup, then the parents, as far as nobody else has begun to use them. */
static void unmake(struct making *m, bool *ret_created)
{
	char prefix[V2_PATH_MAX];
	size_t end = strlen(m->relative);

	fd_close(&m->leaf_fd);
	if (m->leaf_made && sys_unlinkat(m->mount_fd, m->relative, AT_REMOVEDIR) < 0 && errno != ENOENT) {
		*ret_created = true;
		return;
	}
	while (m->first_made != 0 && end > m->first_made) {
		while (m->relative[--end] != '/')
			;
		copy_prefix(m, end, prefix);
		if (sys_unlinkat(m->mount_fd, prefix, AT_REMOVEDIR) < 0 && errno != ENOENT)
			return; /* EBUSY: it is somebody's parent now and stays */
	}
}

/* ---- checks ----------------------------------------------------------------------------------------------------- */

/* Processes that are there already would die with the container, and count against its limits. */
static int check_empty(const struct making *m, struct err *e)
{
	pid_t *pids = NULL;
	size_t n = 0;

	if (m->leaf_made)
		return 0;
	if (v2_pids(m->leaf_fd, &pids, &n) < 0)
		return err_errno(e, errno, "read cgroup.procs of cgroup %s", m->plan->path);
	free(pids);
	if (n == 0)
		return 0;
	(void)err_set(e, ERR_STATE, "container's cgroup is not empty: %zu process(es) found", n);
	return err_hint(e, "%s%s is in use; choose another cgroupsPath", m->plan->mount, m->plan->path);
}

/* A process that is born in a frozen cgroup never runs: create would wait for ever. A parent's state shows here too. */
static int check_thawed(const struct making *m, struct err *e)
{
	int r = v2_is_set(m->leaf_fd, "cgroup.events", "frozen");

	if (r < 0)
		return err_errno(e, errno, "read cgroup.events of cgroup %s", m->plan->path);
	if (r == 0)
		return 0;
	(void)err_set(e, ERR_STATE, "container's cgroup unexpectedly frozen: %s%s", m->plan->mount, m->plan->path);
	return err_hint(e, "write 0 to cgroup.freeze there or in the parent that is frozen");
}

/* ---- delegation ------------------------------------------------------------------------------------------------- */

/* Gives FILE (of at most 255 bytes) to the container's root, if the cgroup has it. */
static int give_file(const struct making *m, const char *file, struct err *e)
{
	if (sys_fchownat(m->leaf_fd, file, m->plan->owner_uid, m->plan->owner_gid, AT_SYMLINK_NOFOLLOW) == 0 ||
	    errno == ENOENT)
		return 0;
	return err_errno(e, errno, "chown %s of cgroup %s", file, m->plan->path);
}

/* The directory and the files that the kernel names, nothing else: limits stay the host's. */
static int delegate(const struct making *m, struct err *e)
{
	char list[1024] = "cgroup.procs\ncgroup.subtree_control\ncgroup.threads\n"; /* before Linux 4.15 */
	char *next = list;

	if (!m->plan->delegate)
		return 0;
	if (sys_fchownat(m->leaf_fd, "", m->plan->owner_uid, m->plan->owner_gid, AT_EMPTY_PATH) < 0)
		return err_errno(e, errno, "chown cgroup %s", m->plan->path);
	/* LIST stays what it is if there is no such file. */
	(void)v2_read(AT_FDCWD, "/sys/kernel/cgroup/delegate", list, sizeof(list));
	while (*next != '\0') {
		char *file = next;

		next += span_until(next, "\n");
		if (*next == '\n')
			*next++ = '\0';
		if (*file != '\0' && give_file(m, file, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- all of it -------------------------------------------------------------------------------------------------- */

/* The root of the hierarchy, which has no such file, is neither frozen nor threaded, and neither is a new child of it.
 * Where the mount shows a part of the hierarchy its root is a cgroup as any other. */
static bool is_new_below_root(const struct making *m)
{
	return m->leaf_made && strchr(m->relative, '/') == NULL &&
	       faccessat(m->mount_fd, "cgroup.type", F_OK, 0) < 0 && errno == ENOENT;
}

static int configure(struct making *m, struct err *e)
{
	v2_enable_accounting(m->plan, m->mount_fd, m->leaf_fd);
	if (v2_apply_limits(m->plan, m->mount_fd, m->leaf_fd, e) < 0)
		return -1;
	/* One that was there before may have the program of another container: two would both have to grant. */
	if (m->plan->device_filter &&
	    device_program_apply(m->plan, m->leaf_fd, m->leaf_made ? DEVICE_PROGRAM_NEW : DEVICE_PROGRAM_USED, e) < 0)
		return err_prefix(e, "cgroup %s", m->plan->path);
	return delegate(m, e); /* last: from here on it is not ours alone */
}

static int finish(struct making *m, struct err *e)
{
	if (check_empty(m, e) < 0)
		return -1;
	if (!is_new_below_root(m) && (check_thawed(m, e) < 0 || v2_join_threaded(m->plan, m->leaf_fd, e) < 0))
		return -1;
	return configure(m, e);
}

static bool is_denied(int errnum)
{
	return errnum == EACCES || errnum == EPERM || errnum == EROFS;
}

static int begin(struct making *m, struct err *e)
{
	m->relative = v2_relative(m->plan->path, e);
	if (m->relative == NULL)
		return -1;
	m->mount_fd = v2_open_mount(m->plan->mount, e);
	return m->mount_fd < 0 ? -1 : 0;
}

int v2_prepare(const struct plan_cgroup *plan, bool *ret_created, struct err *e)
{
	struct making m = { .plan = plan, .mount_fd = -EBADF, .leaf_fd = -EBADF };
	int fd = -1;

	*ret_created = false;
	if (begin(&m, e) < 0)
		return -1;
	if (make_directories(&m, e) < 0) {
		unmake(&m, ret_created);
		if (!plan->required && !*ret_created && is_denied(e->errnum)) {
			err_clear(e);
			fd = CGROUP_NO_FD;
		}
	} else if (finish(&m, e) < 0) {
		unmake(&m, ret_created);
	} else {
		*ret_created = m.leaf_made;
		fd = fd_take(&m.leaf_fd);
	}
	fd_close(&m.mount_fd);
	return fd;
}

int v2_configure(const struct plan_cgroup *plan, struct err *e)
{
	struct making m = { .plan = plan, .mount_fd = -EBADF, .leaf_fd = -EBADF };
	int r = -1;

	if (begin(&m, e) < 0)
		return -1;
	m.leaf_fd = v2_open_below(m.mount_fd, m.relative);
	if (m.leaf_fd < 0)
		(void)err_errno(e, errno, "open cgroup %s%s", plan->mount, plan->path);
	else
		r = configure(&m, e);
	fd_close(&m.leaf_fd);
	fd_close(&m.mount_fd);
	return r;
}
