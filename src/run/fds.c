/* SPDX-License-Identifier: Apache-2.0 */
#include "run/fds.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/sys.h"
#include "run/idmap_mounts.h"
#include "run/hooks.h"
#include "run/namespaces.h"

/* A FIFO of the state directory, with both ends in one descriptor: init never sees an end-of-file of its own start. */
static int open_fifo(const struct launch *l, const char *name, struct err *e)
{
	int fd;

	if (sys_mknodat(l->dir_fd, name, S_IFIFO | 0600, 0) < 0)
		return err_errno(e, errno, "make the FIFO \"%s\" in the state directory", name);
	fd = sys_openat(l->dir_fd, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0);
	if (fd < 0)
		return err_errno(e, errno, "open the FIFO \"%s\" in the state directory", name);
	return fd;
}

/*
 * A clone of a shared mount is its peer, in the container too: what is mounted below it there, by init or by the
 * program, would show on the host.  The mounts that init clones by itself are slaves already, by the propagation of its
 * new mount namespace.
 */
static int cut_propagation(const struct plan *plan, int fd, struct err *e)
{
	const struct k_mount_attr attr = { .propagation = MS_SLAVE };
	char path[sizeof("/proc/self/fd/") + 11];

	if ((plan->root.propagation & MS_SHARED) != 0 && plan->ns.mode[NS_USER] == NS_MODE_HOST)
		return 0; /* asked for; across user namespaces the kernel itself allows slaves alone */
	if (!plan->legacy_mount_api) {
		if (sys_mount_setattr(fd, "", AT_EMPTY_PATH | K_AT_RECURSIVE, &attr) < 0)
			return err_errno(e, errno, "cut off its propagation");
		return 0;
	}
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd); /* fits by construction */
	if (sys_mount(NULL, path, NULL, MS_SLAVE | MS_REC, NULL) < 0)
		return err_errno(e, errno, "cut off its propagation");
	return 0;
}

static int open_source(const struct plan *plan, unsigned index, struct idmap_mounts *idmaps, struct err *e)
{
	const struct plan_mount *m = &plan->mounts[index];
	unsigned flags = K_OPEN_TREE_CLONE | K_OPEN_TREE_CLOEXEC | (m->recursive ? K_AT_RECURSIVE : 0) |
			 (m->source_nofollow || m->copy_symlink ? AT_SYMLINK_NOFOLLOW : 0);
	_cleanup_fd_ int fd = sys_open_tree(AT_FDCWD, m->source, flags);

	if (fd < 0)
		(void)err_errno(e, errno, "open source %s", m->source);
	if (fd < 0 || cut_propagation(plan, fd, e) < 0 || idmap_mounts_apply(idmaps, m, fd, e) < 0)
		return err_prefix(e, "mounts[%u] (%s)", m->index, m->destination);
	return fd_take(&fd);
}

static int open_device(const struct plan *plan, unsigned index, struct err *e)
{
	const struct plan_device *d = &plan->devices[index];
	_cleanup_fd_ int fd = sys_open_tree(AT_FDCWD, d->path, K_OPEN_TREE_CLONE | K_OPEN_TREE_CLOEXEC);

	if (fd < 0)
		return err_errno(e, errno, "device %s: open the host's", d->path);
	if (cut_propagation(plan, fd, e) < 0)
		return err_prefix(e, "device %s", d->path);
	return fd_take(&fd);
}

/* What is handed over is closed here afterwards, and a launch may be tried twice. */
static int copy_fd(int fd, struct err *e)
{
	int copy = sys_fcntl(fd, F_DUPFD_CLOEXEC, 3);

	return copy < 0 ? err_errno(e, errno, "duplicate the container's pidfd") : copy;
}

static int open_row(struct launch *l, const struct plan_fd *row, struct idmap_mounts *idmaps, struct err *e)
{
	switch (row->role) {
	case PLAN_FD_START:
		return open_fifo(l, STATE_START_FIFO, e);
	case PLAN_FD_RESULT:
		return open_fifo(l, STATE_RESULT_FIFO, e);
	case PLAN_FD_NS:
		return namespace_open(l->plan, (enum ns_kind)row->index, e);
	case PLAN_FD_CONTAINER:
		return copy_fd(l->container_pidfd, e);
	case PLAN_FD_SOURCE:
		return open_source(l->plan, row->index, idmaps, e);
	case PLAN_FD_DEVICE:
		return open_device(l->plan, row->index, e);
	case PLAN_FD_TRACE:
		return trace_share(&l->trace, e);
	case PLAN_FD_HOOKS_OUTPUT:
		return hooks_open_output(row->path, e);
	}
	return err_set(e, ERR_INTERNAL, "the plan lists a descriptor of unknown role %d", (int)row->role);
}

int fds_open(struct launch *l, struct fds *ret, struct err *e)
{
	const struct plan *plan = l->plan;
	struct idmap_mounts idmaps;
	int r = 0;
	unsigned i;

	ret->items = arena_new_array(l->arena, int, plan->n_fds);
	if (ret->items == NULL)
		return arena_check(l->arena, e);
	idmap_mounts_init(&idmaps, plan);
	for (i = 0; i < plan->n_fds && r == 0; i++) {
		int fd = open_row(l, &plan->fds[i], &idmaps, e);

		if (fd < 0)
			r = -1;
		else
			ret->items[ret->n++] = fd;
	}
	idmap_mounts_release(&idmaps);
	return r;
}

void fds_release(struct fds *f)
{
	while (f->n > 0)
		fd_close(&f->items[--f->n]);
}
