/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_PLAN_UPDATE_H
#define RT_PLAN_UPDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "host/host.h"
#include "plan/findings.h"
#include "plan/plan.h"
#include "plan/request.h"

/*
 * `update`: from a resources object, or from options, to what is written into the cgroup of a container that exists.
 * As all of plan/ it makes no system call: what the cgroup has now is read before, and handed in.  All that can be
 * found wrong is found before the first write.
 */

struct plan_document;

/* Of the command line, as given; NULL where it is not. */
struct update_options {
	const char *resources; /* FILE or "-": a LinuxResources object; excludes the others but the last two */
	const char *blkio_weight;
	const char *cpu_period;
	const char *cpu_quota;
	const char *cpu_burst;
	const char *cpu_share;
	const char *cpu_rt_period;
	const char *cpu_rt_runtime;
	const char *cpuset_cpus;
	const char *cpuset_mems;
	const char *cpu_idle;
	const char *kernel_memory;
	const char *kernel_memory_tcp;
	const char *memory;
	const char *memory_reservation;
	const char *memory_swap;
	const char *pids_limit;
	const char *l3_cache_schema;
	const char *mem_bw_schema;
};

/* What the cgroup has now; zero where it is not known. */
struct plan_cgroup_present {
	int64_t cpu_quota;       /* microseconds; -1 = no limit */
	uint64_t cpu_period;     /* microseconds */
	uint64_t cpu_burst;      /* microseconds */
	uint64_t memory_current; /* bytes */
	uint64_t swap_current;   /* bytes */
};

struct plan_update {
	const struct update_options *options;
	const char *bytes;       /* of the resources object, or NULL: the options count */
	size_t len;
	const char *name;        /* of the file, for messages */
	struct plan_cgroup_present present;
	/* The cgroup, from the state; driver NONE where there is none. */
	enum cgroup_driver_kind driver;
	const char *mount;
	const char *path;
	const char *unit;
};

/* The facts about the host that plan_build_update() looks at: enum host_fact bits. */
uint32_t plan_update_needs(void);

/*
 * CONFIG is the container's config.json.  The first error among FINDINGS is E, located in the resources object;
 * warnings are left in FINDINGS for the caller to log.  *RET_CGROUP, in ARENA, is for the driver's update().
 */
int plan_build_update(const struct plan_document *config, const struct plan_update *update, const struct request *req,
		      const struct host *host, struct arena *arena, struct findings *findings,
		      const struct plan_cgroup **ret_cgroup, struct err *e);

#endif
