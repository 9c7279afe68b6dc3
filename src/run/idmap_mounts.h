/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_IDMAP_MOUNTS_H
#define RT_RUN_IDMAP_MOUNTS_H

#include "base/err.h"
#include "plan/plan.h"

/*
 * Id-mapped mounts: mount_setattr(2), MOUNT_ATTR_IDMAP, Linux 5.12.  The kernel takes a mapping from a user namespace
 * and only for a mount that is not attached yet; the rights that count are those over the file system, so that it is
 * rt who does it, before the tree goes to init.
 */
struct idmap_mounts {
	const struct plan *plan;
	int fds[PLAN_IDMAPS_MAX]; /* user namespaces of plan->idmaps, made when they are needed; else -EBADF */
};

void idmap_mounts_init(struct idmap_mounts *im, const struct plan *plan);
void idmap_mounts_release(struct idmap_mounts *im);

/* Gives the detached tree TREE_FD, a clone of M's source, M's mapping; nothing to do where M has none.  A file system
 * that can not be mapped is ERR_UNSUPPORTED and named. */
int idmap_mounts_apply(struct idmap_mounts *im, const struct plan_mount *m, int tree_fd, struct err *e);

#endif
