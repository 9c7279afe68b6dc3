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
	unsigned flags = (m->recursive ? AT_RECURSIVE_TREE : 0) | (m->source_nofollow ? AT_SYMLINK_NOFOLLOW : 0);
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

/* What the mount has and the kernel does not let a user namespace take away, as MOUNT_ATTR_*. */
static uint64_t get_locked(int tree_fd)
{
	static const struct {
		unsigned long ms;
		uint64_t attr;
	} map[] = {
		{ MS_RDONLY, K_MOUNT_ATTR_RDONLY },
		{ MS_NOSUID, K_MOUNT_ATTR_NOSUID },
		{ MS_NODEV, K_MOUNT_ATTR_NODEV },
		{ MS_NOEXEC, K_MOUNT_ATTR_NOEXEC },
		{ MS_NODIRATIME, K_MOUNT_ATTR_NODIRATIME },
	};
	uint64_t locked = K_MOUNT_ATTR__ATIME; /* locked whatever it is */
	unsigned long flags = 0;
	unsigned i;

	if (mount_ops_get_flags(tree_fd, &flags) < 0)
		return locked;
	for (i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if ((flags & map[i].ms) != 0)
			locked |= map[i].attr;
	return locked;
}

/* Like mount_ops_set_attr; in a user namespace, what is locked stays, and rt is told. */
static int set_attr(struct inside *in, const struct plan_mount *m, int tree_fd, uint64_t set, uint64_t clr,
		    bool recursive, struct err *e)
{
	uint64_t locked;

	if (mount_ops_set_attr(tree_fd, set, clr, recursive, e) == 0)
		return 0;
	if (e->errnum != EPERM)
		return -1;
	locked = get_locked(tree_fd);
	if ((clr & locked) == 0 && (set & K_MOUNT_ATTR__ATIME) == 0)
		return -1;
	err_clear(e);
	inside_warn(in, "mounts[%u] (%s): the source's flags are locked in this user namespace and stay", m->index,
		    m->destination);
	return mount_ops_set_attr(tree_fd, set & ~K_MOUNT_ATTR__ATIME, clr & ~locked, recursive, e);
}

int mount_bind_set_attrs(struct inside *in, const struct plan_mount *m, int tree_fd, struct err *e)
{
	/* The tree first, then the mount itself: `rro,rw` means a writable top over read-only mounts. */
	if (set_attr(in, m, tree_fd, m->rec_attr_set, m->rec_attr_clr, true, e) < 0)
		return -1;
	return set_attr(in, m, tree_fd, mounts_first_attr(m), m->attr_clr, false, e);
}

int mount_bind_copy_symlink(const struct inside *in, const struct plan_mount *m, struct err *e)
{
	char target[PATH_MAX];
	char name[NAME_MAX + 1];
	_cleanup_fd_ int parent = -EBADF;
	ssize_t n = readlinkat(AT_FDCWD, m->source, target, sizeof(target) - 1);

	if (n < 0)
		return errno == EINVAL ? 0 : err_errno(e, errno, "look at source %s", m->source);
	target[n] = '\0';
	parent = path_open_parent_in_root(in->root_fd, m->destination, name, sizeof(name), e);
	if (parent < 0)
		return -1;
	if (sys_symlinkat(target, parent, name) < 0) {
		char existing[PATH_MAX];
		ssize_t len = errno == EEXIST ? readlinkat(parent, name, existing, sizeof(existing)) : -1;

		if (len != n || memcmp(existing, target, (size_t)n) != 0)
			return err_errno(e, EEXIST, "copy the symbolic link %s", m->source);
	}
	return 1;
}
