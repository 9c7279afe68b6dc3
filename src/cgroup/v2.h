/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CGROUP_V2_H
#define RT_CGROUP_V2_H

#include "cgroup/cgroup.h"

/* The members of the driver v2 that work on any cgroup2 directory, whoever made it. */

int v2_prepare(const struct plan_cgroup *plan, bool *ret_created, struct err *e);

/* The same for a cgroup that another has made, with processes in it perhaps: controllers, limits, device program,
 * delegation.  It stays on failure. */
int v2_configure(const struct plan_cgroup *plan, struct err *e);

int v2_open_record(const struct cgroup_record *rec, struct err *e);
int v2_kill(const struct cgroup_record *rec, int sig, struct err *e);
int v2_get_pids(const struct cgroup_record *rec, pid_t **ret, size_t *ret_n, struct err *e);
int v2_is_frozen(const struct cgroup_record *rec, struct err *e);
int v2_update(const struct cgroup_record *rec, const struct plan_cgroup *plan, struct err *e);
int v2_freeze(const struct cgroup_record *rec, bool frozen, struct err *e);
int v2_destroy(const struct cgroup_record *rec, struct err *e);
bool v2_was_out_of_memory(const struct cgroup_record *rec, char *text, size_t size);

#endif
