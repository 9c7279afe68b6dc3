/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_PLAN_MOUNT_IDMAP_H
#define RT_PLAN_MOUNT_IDMAP_H

#include "plan/builder.h"

/* What a row of mounts says about the mapping of its ids. */
struct mount_idmap {
	bool asked;        /* by the option idmap or ridmap */
	bool recursive;    /* ridmap */
	const char *value; /* of "idmap=VALUE", or NULL */
	unsigned option;   /* its index in options */
};

/*
 * Decides M->idmap: the mappings of the row IN (at pointer AT), those of the option's value, or those of the
 * container's user namespace (config.md, Linux mount options).  Rows with equal mappings share one of plan->idmaps,
 * which has room for PLAN_IDMAPS_MAX.
 *
 * The value is a word of other runtimes: "uids=FS-HOST-SIZE#...;gids=...", the first ids of a range as the file system
 * has them and as the host sees them.  With "@" before a range, HOST is an id in the container.
 */
void build_mount_idmap(struct builder *b, const struct oci_mount *in, const char *at, const struct mount_idmap *words,
		       struct plan_idmap *idmaps, struct plan_mount *m);

#endif
