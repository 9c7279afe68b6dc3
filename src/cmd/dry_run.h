/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CMD_DRY_RUN_H
#define RT_CMD_DRY_RUN_H

#include "base/arena.h"
#include "base/err.h"
#include "plan/build.h"
#include "run/bundle.h"

/*
 * Decodes the bundle's configuration, probes the host and builds the plan, as create does, without any effect.  All
 * memory is A's.  What is found goes to FINDINGS.
 *
 * With FIND_ALL, for `rt check`, unknown properties are found too, and an error in the configuration does not end it
 * before everything was looked at: then *RET_PLAN is not to be used.
 */
int dry_run(const struct request *req, const struct bundle *bundle, bool find_all, struct arena *a,
	    struct findings *findings, const struct plan **ret_plan, struct err *e);

#endif
