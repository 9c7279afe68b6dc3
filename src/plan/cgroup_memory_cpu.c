/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "plan/cgroup_convert.h"
#include "plan/cgroup_rows.h"

#define MEMORY CGROUP_RESOURCES "/memory"
#define CPU CGROUP_RESOURCES "/cpu"
#define DEFAULT_PERIOD 100000 /* microseconds; the kernel's */

/* Memory ------------------------------------------------------------------------------------------------------- */

static bool check_memory(struct cgroup_rows *rows, const struct oci_memory *m)
{
	bool ok = true;

	if (m->limit.value < -1 || m->reservation.value < -1 || m->swap.value < -1) {
		builder_error(rows->b, CGROUP_SECTION, MEMORY, "a limit below -1");
		ok = false;
	}
	if (m->swap.value > 0 && m->limit.value == 0) {
		builder_error(rows->b, CGROUP_SECTION, MEMORY "/swap",
			      "unable to set swap limit without memory limit");
		ok = false;
	} else if (m->swap.value > 0 && m->limit.value > 0 && m->swap.value < m->limit.value) {
		builder_error(rows->b, CGROUP_SECTION, MEMORY "/swap",
			      "memory+swap limit should be >= memory limit");
		ok = false;
	}
	return ok;
}

/* checkBeforeUpdate: a limit below the use would be enforced at once, by the OOM killer if need be. */
static void check_usage(struct cgroup_rows *rows, const struct oci_memory *m)
{
	const struct plan_cgroup_present *now = rows->b->present;
	uint64_t sum;

	if (!now || !m->check_before_update.value)
		return;
	if (m->limit.value > 0 && (uint64_t)m->limit.value <= now->memory_current)
		builder_error(rows->b, CGROUP_SECTION, MEMORY "/limit",
			      "cannot set the memory limit lower than its current usage: %lld <= %llu",
			      (long long)m->limit.value, (unsigned long long)now->memory_current);
	sum = now->memory_current + now->swap_current;
	if (m->swap.value > 0 && (uint64_t)m->swap.value <= sum)
		builder_error(rows->b, CGROUP_SECTION, MEMORY "/swap",
			      "cannot set the memory+swap limit lower than its current usage: %lld <= %llu",
			      (long long)m->swap.value, (unsigned long long)sum);
}

/* Of cgroup2 it is the limit of swap alone, without memory. */
static void build_swap(struct cgroup_rows *rows, const struct oci_memory *m)
{
	struct plan_cgroup_write *w;
	uint64_t alone;

	if (m->swap.value > 0) {
		/* A limit of -1 leaves the sum as it is: there is nothing to take off it. */
		alone = (uint64_t)m->swap.value - (m->limit.value > 0 ? (uint64_t)m->limit.value : 0);
		w = cgroup_rows_add_number(rows, MEMORY "/swap", "memory.swap.max", alone);
		if (w && alone == 0)
			w->missing_ok = true; /* a kernel without swap accounting, and none is wanted */
	} else if (m->swap.value == -1 || m->limit.value == -1) {
		/* Memory without a limit, and nothing said of swap: as much of that. */
		cgroup_rows_add_max(rows, MEMORY "/swap", "memory.swap.max");
	}
}

void build_cgroup_memory(struct cgroup_rows *rows, const struct oci_memory *m)
{
	if (!m)
		return;
	cgroup_rows_warn_v1(rows, m->kernel.value > 0, MEMORY "/kernel");
	cgroup_rows_warn_v1(rows, m->kernel_tcp.value > 0, MEMORY "/kernelTCP");
	cgroup_rows_warn_v1(rows, m->swappiness.set, MEMORY "/swappiness");
	cgroup_rows_warn_v1(rows, m->disable_oom_killer.value, MEMORY "/disableOOMKiller");
	cgroup_rows_warn_v1(rows, m->use_hierarchy.value, MEMORY "/useHierarchy");
	if (!check_memory(rows, m))
		return;
	check_usage(rows, m);
	/* Swap first: what a lower memory limit pushes out finds the new room there, not the old. */
	build_swap(rows, m);
	cgroup_rows_add_limit(rows, MEMORY "/limit", "memory.max", m->limit.value);
	cgroup_rows_add_limit(rows, MEMORY "/reservation", "memory.low", m->reservation.value);
}

/* CPU ---------------------------------------------------------------------------------------------------------- */

static void build_weight(struct cgroup_rows *rows, const struct oci_cpu *c)
{
	struct plan_cgroup_write *w;

	if (c->idle.value != 0 && c->idle.value != 1) {
		builder_error(rows->b, CGROUP_SECTION, CPU "/idle", "the value is neither 0 nor 1");
	} else if (c->idle.value == 1) { /* an idle group takes no weight */
		(void)cgroup_rows_add(rows, CPU "/idle", "cpu.idle", "1");
		return;
	} else if (c->idle.set && cgroup_rows_is_update(rows) && cgroup_rows_has(rows, "cpu.idle")) {
		w = cgroup_rows_add(rows, CPU "/idle", "cpu.idle", "0");
		if (w)
			w->missing_ok = true; /* before Linux 5.15 no group is idle */
	}
	if (c->shares.value > 0)
		(void)cgroup_rows_add_number(rows, CPU "/shares", "cpu.weight",
					     cgroup_convert_shares(c->shares.value));
}

/* Both numbers are in one file, so that the one that is not given is the one that there is. */
static void add_quota(struct cgroup_rows *rows, const struct oci_cpu *c, int64_t quota)
{
	const struct plan_cgroup_present *now = rows->b->present;
	uint64_t period = c->period.value;
	char value[64];

	if (quota == 0 && period == 0)
		return;
	if (period == 0)
		period = now && now->cpu_period > 0 ? now->cpu_period : DEFAULT_PERIOD;
	if (quota > 0) {
		(void)snprintf(value, sizeof(value), "%lld %llu", (long long)quota, (unsigned long long)period);
		(void)cgroup_rows_add(rows, c->quota.value != 0 ? CPU "/quota" : CPU "/period", "cpu.max", value);
		return;
	}
	/* No limit.  A period is kept for a quota to come, but nothing is made for it alone. */
	if (!cgroup_rows_has(rows, "cpu.max") || (!cgroup_rows_is_update(rows) && period == DEFAULT_PERIOD))
		return;
	(void)snprintf(value, sizeof(value), "max %llu", (unsigned long long)period);
	(void)cgroup_rows_add(rows, c->quota.value != 0 ? CPU "/quota" : CPU "/period", "cpu.max", value);
}

static void add_burst(struct cgroup_rows *rows, const struct oci_cpu *c)
{
	struct plan_cgroup_write *w;

	if (c->burst.value > 0) {
		(void)cgroup_rows_add_number(rows, CPU "/burst", "cpu.max.burst", c->burst.value);
	} else if (c->burst.set && cgroup_rows_is_update(rows) && cgroup_rows_has(rows, "cpu.max.burst")) {
		w = cgroup_rows_add(rows, CPU "/burst", "cpu.max.burst", "0");
		if (w)
			w->missing_ok = true; /* before Linux 5.14 nothing bursts */
	}
}

/* The kernel refuses each step at which the burst is above the quota. */
static void build_bandwidth(struct cgroup_rows *rows, const struct oci_cpu *c)
{
	const struct plan_cgroup_present *now = rows->b->present;
	const uint64_t old_burst = now ? now->cpu_burst : 0;
	const uint64_t burst = c->burst.set ? c->burst.value : old_burst;
	int64_t quota = c->quota.value < 0 ? -1 : c->quota.value;
	const int64_t in_force = quota == 0 && now ? now->cpu_quota : quota;

	if (quota == 0 && c->period.value > 0)
		quota = in_force;
	if (in_force > 0 && burst > (uint64_t)in_force) {
		builder_error(rows->b, CGROUP_SECTION, CPU "/burst", "the burst %llu is above the quota %lld",
			      (unsigned long long)burst, (long long)in_force);
		return;
	}
	if (quota > 0 && old_burst > (uint64_t)quota) {
		add_burst(rows, c);
		add_quota(rows, c, quota);
	} else {
		add_quota(rows, c, quota);
		add_burst(rows, c);
	}
}

void build_cgroup_cpu(struct cgroup_rows *rows, const struct oci_cpu *c)
{
	if (!c)
		return;
	if (c->realtime_runtime.value > 0 || c->realtime_period.value > 0)
		builder_unsupported(rows->b, CGROUP_SECTION, CPU, "cgroup2 has no realtime runtime or period");
	build_weight(rows, c);
	build_bandwidth(rows, c);
	if (c->cpus && c->cpus[0] != '\0')
		(void)cgroup_rows_add(rows, CPU "/cpus", "cpuset.cpus", c->cpus);
	if (c->mems && c->mems[0] != '\0')
		(void)cgroup_rows_add(rows, CPU "/mems", "cpuset.mems", c->mems);
}
