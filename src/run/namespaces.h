/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_NAMESPACES_H
#define RT_RUN_NAMESPACES_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "plan/plan.h"

/* Opens the namespace of KIND that PLAN joins and verifies its type, so that init joins what the config says.  rt's own
 * is refused where PLAN changes it: its name, or a sysctl. */
int namespace_open(const struct plan *plan, enum ns_kind kind, struct err *e);

/* Whether the mappings of NS, in any order, are those of the user namespace that process PID has joined: an error where
 * they are not (ERR_CONFIG).  Host ids are those of rt's own user namespace. */
int namespace_compare_maps(const struct plan_ns *ns, pid_t pid, struct err *e);

/* CLONE_NEW* of all that are new or joined: what `exec` has to enter. */
uint64_t namespaces_flags(const struct plan_ns *ns);

#endif
