/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/sys.h"
#include "init/mount_ops.h"
#include "init/mounts.h"

int mount_bind_open(struct inside *in, const struct plan_mount *m, struct err *e)
{
	unsigned flags = (m->recursive ? AT_RECURSIVE_TREE : 0) |
			 (m->source_nofollow || m->copy_symlink ? AT_SYMLINK_NOFOLLOW : 0);
	int fd;

	if (m->source_by_rt) {
		fd = inside_take_fd(in, PLAN_FD_SOURCE, (unsigned)(m - in->plan->mounts));
		return fd < 0 ? err_set(e, ERR_INTERNAL, "rt sent no source") : fd;
	}
	if (m->source == NULL) /* MOUNT_CGROUP_BIND of a container without a cgroup of its own */
		return err_set(e, ERR_UNSUPPORTED, "the container has no cgroup that could be shown");
	fd = mount_ops_clone(AT_FDCWD, m->source, flags);
	if (fd < 0) {
		(void)err_errno(e, errno, "clone source %s", m->source);
		if (e->errnum == EINVAL && !m->recursive)
			(void)err_hint(e, "mounts below the source are locked in a user namespace: use rbind");
	}
	return fd;
}

/* What may not be changed is an error: the mount would not be what was asked for. */
static int set_attr(const struct plan_mount *m, int tree_fd, uint64_t set, uint64_t clr, bool recursive, struct err *e)
{
	if (mount_ops_set_attr(tree_fd, set, clr, recursive, e) == 0)
		return 0;
	if (e->errnum != EPERM || m->source_by_rt)
		return -1;
	return err_hint(e, "flags that the source has on the host are locked in a user namespace: leave out what takes "
			   "them away (rw, suid, dev, exec) or changes its access times");
}

int mount_bind_set_attrs(const struct plan_mount *m, int tree_fd, struct err *e)
{
	/* The tree first, then the mount itself: `rro,rw` means a writable top over read-only mounts. */
	if (set_attr(m, tree_fd, m->rec_attr_set, m->rec_attr_clr, true, e) < 0)
		return -1;
	return set_attr(m, tree_fd, mounts_first_attr(m), m->attr_clr, false, e);
}

int mount_bind_copy_symlink(const struct inside *in, const struct plan_mount *m, int link_fd, struct err *e)
{
	char target[PATH_MAX];
	char existing[PATH_MAX];
	char name[NAME_MAX + 1];
	_cleanup_fd_ int parent = -EBADF;
	ssize_t n = readlinkat(link_fd, "", target, sizeof(target) - 1);
	ssize_t len;

	if (n < 0)
		return err_errno(e, errno, "read the link %s", m->source);
	target[n] = '\0';
	parent = path_open_parent_in_root(in->root_fd, m->destination, name, sizeof(name), e);
	if (parent < 0)
		return -1;
	if (sys_symlinkat(target, parent, name) == 0)
		return 0;
	if (errno != EEXIST)
		return err_errno(e, errno, "copy the symbolic link %s", m->source);
	len = readlinkat(parent, name, existing, sizeof(existing));
	if (len != n || memcmp(existing, target, (size_t)n) != 0)
		return err_errno(e, EEXIST, "copy the symbolic link %s", m->source);
	return 0;
}
