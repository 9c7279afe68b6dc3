/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CMD_CHECK_PATHS_H
#define RT_CMD_CHECK_PATHS_H

#include "plan/build.h"

/*
 * What `rt check` says about the host's file system: the root, namespaces to join, hooks, sources of bind mounts and
 * the program.  The plan can not know them, and create finds them when it opens them.  PLAN may be a partial one.
 */
void check_paths(const struct plan_document *doc, const struct plan *plan, struct findings *findings);

#endif
