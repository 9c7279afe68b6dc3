/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_BUNDLE_H
#define RT_RUN_BUNDLE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/request.h"

/* The bundle of create and run: bundle.md. */
struct bundle {
	const char *path;   /* absolute, no links in it */
	const char *name;   /* of the configuration, for messages: "config.json", or what --config says */
	const char *config; /* the bytes of config.json */
	size_t config_len;
};

/* Reads it; what RET points to lives in A.  The texts are those that engines look for. */
int bundle_read(const struct request *req, struct arena *a, struct bundle *ret, struct err *e);

/* The root file system must be there: "invalid rootfs: stat PATH: no such file or directory". */
int bundle_check_rootfs(const char *path, struct err *e);

#endif
