/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_PLAN_CGROUP_ROWS_H
#define RT_PLAN_CGROUP_ROWS_H

#include "plan/builder.h"

/*
 * What the files that understand linux.resources share: the rows {file, value} in the making.  AT is the JSON pointer
 * of what asks for a row.
 */

#define CGROUP_SECTION "config-linux.md#control-groups"
#define CGROUP_RESOURCES "/linux/resources"

struct cgroup_rows {
	struct builder *b;
	struct plan_cgroup_write *writes;
	unsigned n;
	unsigned size;
	const char *controllers[16];
	unsigned n_controllers;
};

/* Whether FILE's controller is there for this container. */
bool cgroup_rows_has(const struct cgroup_rows *rows, const char *file);

/* One row; NULL, after a finding, where the file's controller is not there. */
struct plan_cgroup_write *cgroup_rows_add(struct cgroup_rows *rows, const char *at, const char *file,
					  const char *value);
struct plan_cgroup_write *cgroup_rows_add_len(struct cgroup_rows *rows, const char *at, const char *file,
					      const char *value, size_t len);
struct plan_cgroup_write *cgroup_rows_add_number(struct cgroup_rows *rows, const char *at, const char *file,
						 uint64_t value);

/* A limit: above zero a row, 0 nothing, -1 the end of the limit that there is.  A new cgroup has none to end, nor has
 * one without that controller. */
void cgroup_rows_add_limit(struct cgroup_rows *rows, const char *at, const char *file, int64_t value);
void cgroup_rows_add_max(struct cgroup_rows *rows, const char *at, const char *file);

/* Reports what exists on cgroup v1 alone, if it is asked for. */
void cgroup_rows_warn_v1(struct cgroup_rows *rows, bool asked, const char *at);

/* Rows and controllers into the plan. */
void cgroup_rows_finish(struct cgroup_rows *rows);

/* True while an existing container is changed, whose limits may be other than a new cgroup's. */
static inline bool cgroup_rows_is_update(const struct cgroup_rows *rows)
{
	return rows->b->present != NULL;
}

void build_cgroup_memory(struct cgroup_rows *rows, const struct oci_memory *m);
void build_cgroup_cpu(struct cgroup_rows *rows, const struct oci_cpu *c);
void build_cgroup_block_io(struct cgroup_rows *rows, const struct oci_block_io *io);

#endif
