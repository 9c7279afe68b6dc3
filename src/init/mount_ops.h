/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_MOUNT_OPS_H
#define RT_INIT_MOUNT_OPS_H

#include <fcntl.h>
#include <sys/types.h>

#include "base/kernel.h"
#include "init/inside.h"

#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif
#define AT_RECURSIVE_TREE K_AT_RECURSIVE

/* The few operations that mounts, masks, devices and the console share; each works on descriptors alone. */

/* A detached clone of the mount at DIR_FD/PATH; FLAGS are AT_*. -1 with errno. */
int mount_ops_clone(int dir_fd, const char *path, unsigned flags);

/* Attaches the detached TREE onto what the O_PATH descriptor DEST_FD names. */
int mount_ops_attach(int tree_fd, int dest_fd, struct err *e);

/* Binds what FD names onto what DEST_FD names, with the API that this kernel has. */
int mount_ops_bind(const struct inside *in, int fd, int dest_fd, struct err *e);

/* Attribute bits (MOUNT_ATTR_*) of the mount at FD, or of the tree; nothing is called if there is nothing to do. */
int mount_ops_set_attr(int fd, uint64_t set, uint64_t clr, bool recursive, struct err *e);

/* WORD is MS_SHARED, MS_SLAVE, MS_PRIVATE or MS_UNBINDABLE, with MS_REC or not. */
int mount_ops_set_propagation(int fd, uint64_t word, struct err *e);
/* The same of an attached mount, with the API that this kernel has. */
int mount_ops_change_propagation(const struct inside *in, int fd, uint64_t word, struct err *e);

/* Makes the mount at FD, known as NAME in the container, read-only with the API that this kernel has. */
int mount_ops_set_readonly(const struct inside *in, int fd, const char *name, struct err *e);

/* mount(2)'s per-mount flags (MS_*) of the mount at FD, for a remount that keeps them. -1 with errno. */
int mount_ops_get_flags(int fd, unsigned long *ret_flags);

/* 1 if FD is the root of a mount, 0 if not, -1 with errno. */
int mount_ops_is_mount_root(int fd);

/* The id of the file behind FD. -1 with errno. */
int mount_ops_get_id(int fd, struct file_id *ret);

/* 1 if A and B are one file on one mount, 0 if not, -1 with errno. */
int mount_ops_is_same(int a, int b);

#endif
