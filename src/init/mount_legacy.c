/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/sys.h"
#include "init/mount_ops.h"
#include "init/mounts.h"
#include "init/procfs.h"

/*
 * Rows with mount(2), for kernels before mount_setattr (5.12) and for hosts whose filter refuses the newer calls.  The
 * destination is still a descriptor, named through procfs.  What is lost: a bind is writable for a moment before it is
 * remounted, and recursive attributes do not exist (the plan refuses them).
 */

static int mount_on(const struct inside *in, const char *source, int dest_fd, const char *type, unsigned long flags,
		    const char *data, struct err *e)
{
	char path[32];

	if (procfs_name_fd(in, dest_fd, path, e) < 0)
		return -1;
	if (sys_mount(source, path, type, flags, data) < 0)
		return err_errno(e, errno, "mount");
	return 0;
}

/* What lies on top at the destination now.  An O_PATH descriptor from before is of the directory below. */
static int open_top(const struct inside *in, const struct plan_mount *m, struct err *e)
{
	return path_open_in_root(in->root_fd, m->destination, O_PATH, 0, e);
}

static int finish(struct inside *in, const struct plan_mount *m, struct err *e)
{
	_cleanup_fd_ int top = -EBADF;
	unsigned i;

	if (m->n_propagation == 0 && !m->seal && !m->is_dev)
		return 0;
	top = open_top(in, m, e);
	if (top < 0)
		return -1;
	for (i = 0; i < m->n_propagation; i++)
		if (mount_on(in, NULL, top, NULL, (unsigned long)m->propagation[i], NULL, e) < 0)
			return err_prefix(e, "propagation");
	return mounts_note(in, m, &top, e);
}

int mount_legacy_try_fs(const struct plan_mount *m, int dest_fd)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "self/fd/%d", dest_fd); /* the mounts step runs in the procfs */
	return sys_mount(m->source, path, m->type, (unsigned long)m->ms_flags, m->data);
}

static int make_fs(struct inside *in, const struct plan_mount *m, struct err *e)
{
	_cleanup_fd_ int dest = mount_dest_open(in, m, true, e);
	unsigned long flags = (unsigned long)m->ms_flags & ~(m->seal || m->tmpcopyup ? (unsigned long)MS_RDONLY : 0UL);
	_cleanup_fd_ int top = -EBADF;
	char mode[16] = "";
	char data[4096];
	struct stat st;
	int n;

	if (dest < 0 || mount_dest_check(in, m, dest, -EBADF, e) < 0)
		return -1;
	if (fstat(dest, &st) < 0)
		return err_errno(e, errno, "look at the destination");
	if (m->keep_mode)
		(void)snprintf(mode, sizeof(mode), "mode=%o", (unsigned)(st.st_mode & 07777)); /* fits */
	n = snprintf(data, sizeof(data), "%s%s%s", m->data != NULL ? m->data : "",
		     m->data != NULL && m->data[0] != '\0' && mode[0] != '\0' ? "," : "", mode);
	if (n < 0 || (size_t)n >= sizeof(data))
		return err_set(e, ERR_CONFIG, "the options are longer than a page");
	if (mount_on(in, m->source != NULL ? m->source : m->type, dest, m->type, flags, data, e) < 0) {
		if (!m->fallback_bind_sys || (e->errnum != EPERM && e->errnum != EACCES))
			return -1;
		err_clear(e);
		return mount_on(in, "/sys", dest, NULL, MS_BIND | MS_REC, NULL, e);
	}
	if (!m->tmpcopyup)
		return finish(in, m, e);
	top = open_top(in, m, e);
	if (top < 0 || tmpcopyup_copy(dest, top, e) < 0)
		return err_prefix(e, "tmpcopyup");
	if (!m->seal && (m->attr_set & K_MOUNT_ATTR_RDONLY) != 0 &&
	    mount_ops_set_readonly(in, top, m->destination, e) < 0)
		return -1;
	return finish(in, m, e);
}

static int remount_bind(const struct inside *in, const struct plan_mount *m, struct err *e)
{
	const unsigned long words = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME |
				    MS_RELATIME | MS_STRICTATIME | K_MS_NOSYMFOLLOW;
	unsigned long flags = (unsigned long)m->ms_flags & words & ~(m->seal ? (unsigned long)MS_RDONLY : 0UL);
	_cleanup_fd_ int top = -EBADF;
	unsigned long source_flags;

	if (flags == 0 && m->attr_clr == 0)
		return 0;
	top = open_top(in, m, e);
	if (top < 0)
		return -1;
	if (mount_on(in, NULL, top, NULL, flags | MS_REMOUNT | MS_BIND, NULL, e) == 0)
		return 0;
	/* Locked flags of the source must be said again in a user namespace. */
	if (e->errnum != EPERM || mount_ops_get_flags(top, &source_flags) < 0)
		return err_prefix(e, "set flags");
	err_clear(e);
	return mount_on(in, NULL, top, NULL, flags | source_flags | MS_REMOUNT | MS_BIND, NULL, e);
}

/* A detached tree from rt (its calls are older than mount_setattr), or the source itself. */
static int open_source(struct inside *in, const struct plan_mount *m, struct err *e)
{
	int fd;

	if (m->source_by_rt) {
		fd = inside_take_fd(in, PLAN_FD_SOURCE, (unsigned)(m - in->plan->mounts));
		return fd < 0 ? err_set(e, ERR_INTERNAL, "rt sent no source") : fd;
	}
	if (m->source == NULL) /* MOUNT_CGROUP_BIND of a container without a cgroup of its own */
		return err_set(e, ERR_UNSUPPORTED, "the container has no cgroup that could be shown");
	fd = sys_openat(AT_FDCWD, m->source, O_PATH | O_CLOEXEC | (m->source_nofollow ? O_NOFOLLOW : 0), 0);
	return fd < 0 ? err_errno(e, errno, "open source %s", m->source) : fd;
}

static int make_bind(struct inside *in, const struct plan_mount *m, struct err *e)
{
	_cleanup_fd_ int dest = -EBADF;
	_cleanup_fd_ int from = -EBADF;
	struct stat st;

	if (m->rec_attr_set != 0 || m->rec_attr_clr != 0)
		return err_set(e, ERR_UNSUPPORTED, "recursive options need mount_setattr of Linux 5.12");
	if (m->copy_symlink) {
		int r = mount_bind_copy_symlink(in, m, e);

		if (r != 0)
			return r < 0 ? -1 : 0;
	}
	from = open_source(in, m, e);
	if (from < 0)
		return -1;
	if (fstat(from, &st) < 0)
		return err_errno(e, errno, "look at the source");
	dest = mount_dest_open(in, m, S_ISDIR(st.st_mode), e);
	if (dest < 0 || mount_dest_check(in, m, dest, from, e) < 0)
		return -1;
	if (m->source_by_rt ? mount_ops_attach(from, dest, e) < 0 :
			      mount_on(in, m->source, dest, NULL, MS_BIND | (m->recursive ? MS_REC : 0), NULL, e) < 0)
		return -1;
	if (remount_bind(in, m, e) < 0)
		return -1;
	return finish(in, m, e);
}

int mount_legacy_make(struct inside *in, const struct plan_mount *m, struct err *e)
{
	return m->how == MOUNT_FS ? make_fs(in, m, e) : make_bind(in, m, e);
}
