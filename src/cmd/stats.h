/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CMD_STATS_H
#define RT_CMD_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "cgroup/stats.h"

/* What `rt stats` knows of one container at one time. */
struct stats_sample {
	const char *id;
	const char *status;
	pid_t pid;             /* of init: another container may get the id */
	uint64_t taken;        /* see clock_now_ns() */
	bool has_cpu_percent;  /* from the second sample on */
	double cpu_percent;    /* of one CPU, since the sample before */
	struct cgroup_stats cgroup;
};

/* All containers that were asked for, at about one time. */
struct stats_set {
	struct arena arena;
	struct stats_sample **items;
	size_t n;
};

#define STATS_SET_INIT { .arena = ARENA_INIT }

void stats_set_release(struct stats_set *set);
#define _cleanup_stats_ __attribute__((cleanup(stats_set_release)))

/*
 * Reads the containers IDS[0..N) below ROOT; each must live and have a cgroup, unless IS_AGAIN: then those that have
 * ended are left out.  With N == 0 all that run or are paused; those that can not be read are warned of.
 */
int stats_take(const char *root, const char *const *ids, unsigned n, bool is_again, struct stats_set *ret,
	       struct err *e);

/* Fills cpu_percent in NOW from what the same containers had used BEFORE. */
void stats_compare(const struct stats_set *before, struct stats_set *now);

/* The memory in use as a percentage of the limit.  False where there is no limit. */
bool stats_get_memory_percent(const struct cgroup_stats *s, double *ret);

/* The forms of output. */
int stats_print_table(struct stats_set *set, struct err *e);
void stats_write_json(const struct stats_set *set, struct json *j);
void stats_print_openmetrics(const struct stats_set *set);

#endif
