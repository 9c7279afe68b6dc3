/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_MOUNTS_H
#define RT_INIT_MOUNTS_H

#include <sys/types.h>

#include "init/inside.h"

/* Step: the rows of plan->mounts, in order. */
int mounts_make(struct inside *in, struct err *e);

/* Step: what was kept writable until now (rows with `seal`) becomes read-only. */
int mounts_seal(struct inside *in, struct err *e);

/* Step, create: the working directory, made while the root can be written. */
int mounts_make_cwd(struct inside *in, struct err *e);

/* Between the files of the mounts step ------------------------------------------------------------------------- */

/* Attributes of a row that are set at once: a row that is sealed later starts writable. */
uint64_t mounts_first_attr(const struct plan_mount *m);

/* After M was attached as *FD: takes the descriptor if a later step needs it. */
int mounts_note(struct inside *in, const struct plan_mount *m, int *fd, struct err *e);

/* mount_fs.c: a detached mount of the row's file system.  DEST_FD is where it will be attached. */
int mount_fs_make(const struct inside *in, const struct plan_mount *m, int dest_fd, struct err *e);

/* mount_bind.c: a detached clone of the row's source, not yet with its attributes. */
int mount_bind_open(struct inside *in, const struct plan_mount *m, struct err *e);
/* Gives it its attributes, so that it is never attached without them. */
int mount_bind_set_attrs(const struct plan_mount *m, int tree_fd, struct err *e);
/* A source that is a link and is to be copied, open as LINK_FD: makes one like it at the destination. */
int mount_bind_copy_symlink(const struct inside *in, const struct plan_mount *m, int link_fd, struct err *e);

/* mount_dest.c: an O_PATH descriptor of the row's destination, made if it is missing: a directory or a file. */
int mount_dest_open(const struct inside *in, const struct plan_mount *m, bool is_dir, struct err *e);
/* Refuses what a container must not have mounted there. TREE_FD is what is about to be bound; not used for
 * MOUNT_FS. */
int mount_dest_check(const struct inside *in, const struct plan_mount *m, int dest_fd, int tree_fd, struct err *e);

/* mount_remount.c: MOUNT_REMOUNT rows. */
int mount_remount(const struct inside *in, const struct plan_mount *m, struct err *e);
/* The flags of the row's mount FD alone, by mount(2): those that are not mentioned stay. */
int mount_remount_legacy(const struct inside *in, const struct plan_mount *m, int fd, struct err *e);

/*
 * mount_top.c: what mount(2) has just mounted on DEST, as an O_PATH descriptor.  FROM: what was bound, or negative.  An
 * error if the path leads to something else by now.
 */
int mount_open_top(const struct inside *in, const struct plan_mount *m, int dest, int from, struct err *e);

/* mount_legacy.c: a whole row with mount(2). */
int mount_legacy_make(struct inside *in, const struct plan_mount *m, struct err *e);

/* tmpcopyup.c: copies what lies in the directory SOURCE_FD into the directory TARGET_FD. */
int tmpcopyup_copy(int source_fd, int target_fd, struct err *e);

#endif
