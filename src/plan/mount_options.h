/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_PLAN_MOUNT_OPTIONS_H
#define RT_PLAN_MOUNT_OPTIONS_H

#include "plan/plan.h"

/*
 * One row per option word.  A row has the mount(2) flag and the MOUNT_ATTR_* bit side by side, so that the old and the
 * new interface can not drift apart.
 */

enum mount_option_kind {
	MOUNT_OPTION_NOTHING,     /* known, asks for nothing: "defaults" */
	MOUNT_OPTION_FLAG,        /* MS and ATTR; ATTR 0: a flag of the superblock */
	MOUNT_OPTION_RECURSIVE,   /* ATTR, for the whole tree */
	MOUNT_OPTION_PROPAGATION, /* MS */
	MOUNT_OPTION_BIND,
	MOUNT_OPTION_RBIND,
	MOUNT_OPTION_REMOUNT,
	MOUNT_OPTION_IDMAP,
	MOUNT_OPTION_RIDMAP,
	MOUNT_OPTION_TMPCOPYUP,
	MOUNT_OPTION_COPY_SYMLINK,
	MOUNT_OPTION_SOURCE_NOFOLLOW,
	MOUNT_OPTION_DESTINATION_NOFOLLOW,
};

struct mount_option {
	const char *word;
	enum mount_option_kind kind;
	bool clear;         /* the word takes the flag away */
	uint64_t ms;        /* MS_* */
	uint64_t ms_group;  /* MS_* that exclude each other: the last word wins */
	uint64_t attr;      /* MOUNT_ATTR_* */
	uint64_t attr_mask; /* what must be cleared for ATTR to be set; ATTR itself but for the access time field */
};

/* Ends with a NULL word. */
extern const struct mount_option mount_options[];

const struct mount_option *mount_option_find(const char *word);

/* Applies a MOUNT_OPTION_FLAG or MOUNT_OPTION_RECURSIVE row to M. */
void mount_option_apply(const struct mount_option *o, struct plan_mount *m);

#endif
