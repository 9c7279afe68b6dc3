/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CGROUP_STATS_H
#define RT_CGROUP_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * What a cgroup uses, from the files of its directory.  Source: Documentation/admin-guide/cgroup-v2.rst and
 * Documentation/accounting/psi.rst of the kernel.
 *
 * Nothing that is missing is an error: a controller that is not enabled, a file that this kernel does not have, a
 * number that can not be understood are "not known".
 */

struct cgroup_value {
	uint64_t value;
	bool is_known;
};

/* A limit's value where the file says "max". */
#define CGROUP_NO_LIMIT UINT64_MAX

/* One line of a pressure file: the share of time in which some, or all, tasks waited. */
struct cgroup_pressure_line {
	bool is_known;
	uint32_t avg10;  /* hundredths of a per cent, over the last 10 s */
	uint32_t avg60;
	uint32_t avg300;
	uint64_t total;  /* microseconds since the cgroup was made */
};

struct cgroup_pressure {
	struct cgroup_pressure_line some;
	struct cgroup_pressure_line full;
};

#define CGROUP_KEY_SIZE 40
#define CGROUP_MEMORY_STAT_MAX 128
#define CGROUP_IO_MAX 256
#define CGROUP_HUGETLB_MAX 16

struct cgroup_stat {
	char key[CGROUP_KEY_SIZE];
	uint64_t value;
};

/* A line of io.stat. */
struct cgroup_io {
	uint32_t major;
	uint32_t minor;
	struct cgroup_value read_bytes;
	struct cgroup_value write_bytes;
	struct cgroup_value reads;
	struct cgroup_value writes;
};

struct cgroup_hugetlb {
	char size[16];   /* "2MB" */
	uint64_t usage;  /* bytes, reserved ones where the kernel counts them (Linux 5.7) */
	uint64_t failed; /* allocations that the limit refused */
};

struct cgroup_stats {
	/* microseconds since the cgroup was made */
	struct cgroup_value cpu_usage;
	struct cgroup_value cpu_user;
	struct cgroup_value cpu_system;
	struct cgroup_value cpu_throttled;
	/* periods of cpu.max */
	struct cgroup_value cpu_periods;
	struct cgroup_value cpu_throttled_periods;

	/* bytes */
	struct cgroup_value memory_usage;
	struct cgroup_value memory_peak;  /* Linux 5.19 */
	struct cgroup_value memory_limit;
	struct cgroup_value swap_usage;   /* without memory */
	struct cgroup_value swap_limit;
	struct cgroup_value oom_kills;
	struct cgroup_stat memory_stat[CGROUP_MEMORY_STAT_MAX]; /* memory.stat as it is */
	unsigned n_memory_stat;

	struct cgroup_value pids;
	struct cgroup_value pids_limit;

	struct cgroup_io io[CGROUP_IO_MAX]; /* further devices are left out */
	unsigned n_io;

	struct cgroup_hugetlb hugetlb[CGROUP_HUGETLB_MAX];
	unsigned n_hugetlb;

	struct cgroup_pressure cpu_pressure;
	struct cgroup_pressure memory_pressure;
	struct cgroup_pressure io_pressure;
};

/* Reads each file once; those of missing controllers are not opened.  ERR_STATE: the cgroup is gone. */
int cgroup_stats_read(int cgroup_fd, struct cgroup_stats *ret, struct err *e);

/* The value of KEY in memory.stat, or 0. */
uint64_t cgroup_stats_get_memory_stat(const struct cgroup_stats *s, const char *key);

#endif
