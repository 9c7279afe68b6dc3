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
 * Rows with mount(2), for kernels before mount_setattr (5.12), for hosts whose filter refuses the newer calls, and for
 * iversion, which these do not know.  The destination is still a descriptor, named through procfs.  What is lost: a
 * bind is writable for a moment before it is remounted, and recursive attributes do not exist (the plan refuses them).
 */

static int mount_on(const struct inside *in, const char *source, int dest_fd, const char *type, unsigned long flags,
		    const char *data, struct err *e)
{
	char path[32];

	if (procfs_name_fd(in, dest_fd, path, e) < 0)
		return -1;
	if (sys_mount(source, path, type, flags, data) == 0)
		return 0;
	if (type == NULL)
		return err_errno(e, errno, "mount");
	(void)err_errno(e, errno, "mount file system %s with options \"%s\"", type, data);
	if (e->errnum == ENODEV)
		(void)err_hint(e, "this kernel has no file system \"%s\" (a module to load?)", type);
	return -1;
}

/* FLAGS_LEFT: mount(2) has not set the row's flags yet, as for a bind.  FROM: what was bound, or negative. */
static int finish(struct inside *in, const struct plan_mount *m, int dest, int from, bool flags_left, struct err *e)
{
	_cleanup_fd_ int top = -EBADF;
	unsigned i;

	flags_left = flags_left && (mounts_first_attr(m) | m->attr_clr) != 0;
	if (m->n_propagation == 0 && !m->seal && !m->is_dev && !flags_left && (m->rec_attr_set | m->rec_attr_clr) == 0)
		return 0;
	/* DEST is the directory below. */
	top = mount_open_top(in, m, dest, from, e);
	if (top < 0)
		return -1;
	if (flags_left && mount_remount_legacy(in, m, top, e) < 0)
		return e->errnum == EPERM ? err_hint(e, "flags of the source are locked in a user namespace") : -1;
	/* Nothing to do where mount_setattr(2) is missing. */
	if (mount_ops_set_attr(top, m->rec_attr_set, m->rec_attr_clr, true, e) < 0)
		return -1;
	for (i = 0; i < m->n_propagation; i++)
		if (mount_on(in, NULL, top, NULL, (unsigned long)m->propagation[i], NULL, e) < 0)
			return err_prefix(e, "propagation");
	return mounts_note(in, m, &top, e);
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
		if (mount_on(in, "/sys", dest, NULL, MS_BIND | MS_REC, NULL, e) < 0)
			return -1;
		return finish(in, m, dest, -EBADF, true, e);
	}
	if (!m->tmpcopyup)
		return finish(in, m, dest, -EBADF, false, e);
	top = mount_open_top(in, m, dest, -EBADF, e);
	if (top < 0 || tmpcopyup_copy(dest, top, e) < 0)
		return err_prefix(e, "tmpcopyup");
	if (!m->seal && (m->attr_set & K_MOUNT_ATTR_RDONLY) != 0 &&
	    mount_ops_set_readonly(in, top, m->destination, e) < 0)
		return -1;
	return finish(in, m, dest, -EBADF, false, e);
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
	fd = sys_openat(AT_FDCWD, m->source,
			O_PATH | O_CLOEXEC | (m->source_nofollow || m->copy_symlink ? O_NOFOLLOW : 0), 0);
	if (fd < 0) {
		(void)err_errno(e, errno, "open source %s", m->source);
		if (e->errnum == EACCES)
			(void)err_hint(e, "without open_tree(2) of Linux 5.2 the container's root needs the right to "
					  "go there");
	}
	return fd;
}

static int make_bind(struct inside *in, const struct plan_mount *m, struct err *e)
{
	_cleanup_fd_ int dest = -EBADF;
	_cleanup_fd_ int from = -EBADF;
	char source[32];
	struct stat st;

	from = open_source(in, m, e);
	if (from < 0)
		return -1;
	if (fstat(from, &st) < 0)
		return err_errno(e, errno, "look at the source");
	if (m->copy_symlink && S_ISLNK(st.st_mode))
		return mount_bind_copy_symlink(in, m, from, e);
	dest = mount_dest_open(in, m, S_ISDIR(st.st_mode), e);
	if (dest < 0 || mount_dest_check(in, m, dest, from, e) < 0)
		return -1;
	/* By descriptor: what was looked at is what is bound. */
	if (procfs_name_fd(in, from, source, e) < 0)
		return -1;
	if (m->source_by_rt ? mount_ops_attach(from, dest, e) < 0 :
			      mount_on(in, source, dest, NULL, MS_BIND | (m->recursive ? MS_REC : 0), NULL, e) < 0)
		return -1;
	return finish(in, m, dest, from, true, e);
}

int mount_legacy_make(struct inside *in, const struct plan_mount *m, struct err *e)
{
	return m->how == MOUNT_FS ? make_fs(in, m, e) : make_bind(in, m, e);
}
