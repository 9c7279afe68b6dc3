/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CGROUP_V2_DIR_H
#define RT_CGROUP_V2_DIR_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * Reading a cgroup2 hierarchy.  Source: Documentation/admin-guide/cgroup-v2.rst of the kernel.  Only the driver v2 and
 * those that build on it include this.
 */

/* The longest path of a cgroup below the mount that is dealt with, its NUL included. */
#define V2_PATH_MAX 4096

/* Opens the mount point (O_PATH) and makes sure that it is a cgroup2 file system: ERR_UNSUPPORTED if it is not. */
int v2_open_mount(const char *mount, struct err *e);

/* PATH without its leading slash, if it names something below the mount: not empty, no "..", not too long. NULL, with
 * the error set, otherwise. */
const char *v2_relative(const char *path, struct err *e);

/* Opens a cgroup's directory below the mount.  -1 with errno; no error text. */
int v2_open_below(int mount_fd, const char *relative);

/* Opens the cgroup PATH of MOUNT.  -1; E->errnum is ENOENT when it is gone (kind ERR_STATE). */
int v2_open(const char *mount, const char *path, struct err *e);

/* Reads the start of a small file into BUF and ends it with a NUL.  The length, or -1 with errno. */
ssize_t v2_read(int dir_fd, const char *file, char *buf, size_t size);

/* The value behind KEY in a flat keyed text ("populated 0\nfrozen 1\n"); -1 if it is not there. */
int v2_get_key(const char *text, const char *key, uint64_t *ret);

/* True if the blank-separated LIST has WORD. */
bool v2_has_word(const char *list, const char *word);

/* 1 if FILE, a flat keyed one, says KEY 1; 0 if not or if it is missing; -1 with errno. */
int v2_is_set(int dir_fd, const char *file, const char *key);

/* The directories in a cgroup.  NULL with errno, which is 0 if there are none. */
DIR *v2_open_children(int dir_fd);
const char *v2_next_child(DIR *dir);

/* Goes from the cgroup *DIR_FD to its parent.  -1 with errno: it stays. */
int v2_go_up(int *dir_fd);
void v2_close_children(DIR **dir);
#define _cleanup_children_ __attribute__((cleanup(v2_close_children)))

/* The pids in the cgroup and below it, ascending, without those that this pid namespace can not see.  *RET is
 * malloc'ed. -1 with errno. */
int v2_pids(int dir_fd, pid_t **ret, size_t *ret_n);

#endif
