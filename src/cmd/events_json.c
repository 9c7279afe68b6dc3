/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/events_json.h"

/* A limit that is none, as runc has it: Go's math.MaxUint64, which CGROUP_NO_LIMIT is. */

static uint64_t to_nanoseconds(struct cgroup_value microseconds)
{
	uint64_t ns;

	return __builtin_mul_overflow(microseconds.value, 1000, &ns) ? UINT64_MAX : ns;
}

static uint64_t add(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

static void write_unless_zero(struct json *j, const char *key, uint64_t value)
{
	if (value != 0)
		json_kv_u64(j, key, value);
}

static void write_pressure_line(struct json *j, const char *key, const struct cgroup_pressure_line *line)
{
	json_key(j, key);
	json_begin_object(j);
	json_key(j, "avg10");
	json_double(j, line->avg10 / 100.0);
	json_key(j, "avg60");
	json_double(j, line->avg60 / 100.0);
	json_key(j, "avg300");
	json_double(j, line->avg300 / 100.0);
	json_kv_u64(j, "total", line->total);
	json_end_object(j);
}

static void write_pressure(struct json *j, const struct cgroup_pressure *p)
{
	if (!p->some.is_known && !p->full.is_known)
		return;
	json_key(j, "psi");
	json_begin_object(j);
	write_pressure_line(j, "some", &p->some);
	write_pressure_line(j, "full", &p->full);
	json_end_object(j);
}

static void write_cpu(struct json *j, const struct cgroup_stats *s)
{
	json_key(j, "cpu");
	json_begin_object(j);
	json_key(j, "usage");
	json_begin_object(j);
	write_unless_zero(j, "total", to_nanoseconds(s->cpu_usage));
	json_kv_u64(j, "kernel", to_nanoseconds(s->cpu_system));
	json_kv_u64(j, "user", to_nanoseconds(s->cpu_user));
	json_end_object(j);
	json_key(j, "throttling");
	json_begin_object(j);
	write_unless_zero(j, "periods", s->cpu_periods.value);
	write_unless_zero(j, "throttledPeriods", s->cpu_throttled_periods.value);
	write_unless_zero(j, "throttledTime", to_nanoseconds(s->cpu_throttled));
	json_end_object(j);
	write_pressure(j, &s->cpu_pressure);
	json_end_object(j);
}

/* Properties of v1's cpuset: cgroup2 has none of them. */
static void write_cpuset(struct json *j)
{
	static const char *const keys[] = {
		"cpu_exclusive", "mem_hardwall", "mem_exclusive", "memory_migrate", "memory_spread_page",
		"memory_spread_slab", "memory_pressure", "sched_load_balance", "sched_relax_domain_level",
	};

	json_key(j, "cpuset");
	json_begin_object(j);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		json_kv_u64(j, keys[i], 0);
	json_end_object(j);
}

static void write_memory_entry(struct json *j, const char *key, uint64_t limit, uint64_t usage, uint64_t max)
{
	json_key(j, key);
	json_begin_object(j);
	json_kv_u64(j, "limit", limit);
	write_unless_zero(j, "usage", usage);
	write_unless_zero(j, "max", max);
	json_kv_u64(j, "failcnt", 0);
	json_end_object(j);
}

static void write_memory(struct json *j, const struct cgroup_stats *s)
{
	json_key(j, "memory");
	json_begin_object(j);
	write_unless_zero(j, "cache", cgroup_stats_get_memory_stat(s, "file"));
	write_memory_entry(j, "usage", s->memory_limit.value, s->memory_usage.value, s->memory_peak.value);
	/* Memory and swap together, as v1 counts them. */
	write_memory_entry(j, "swap", add(s->memory_limit.value, s->swap_limit.value),
			   add(s->memory_usage.value, s->swap_usage.value), 0);
	write_memory_entry(j, "kernel", 0, 0, 0);
	write_memory_entry(j, "kernelTCP", 0, 0, 0);
	if (s->n_memory_stat > 0) {
		json_key(j, "raw");
		json_begin_object(j);
		for (unsigned i = 0; i < s->n_memory_stat; i++)
			json_kv_u64(j, s->memory_stat[i].key, s->memory_stat[i].value);
		json_end_object(j);
	}
	write_pressure(j, &s->memory_pressure);
	json_end_object(j);
}

static void write_pids(struct json *j, const struct cgroup_stats *s)
{
	json_key(j, "pids");
	json_begin_object(j);
	write_unless_zero(j, "current", s->pids.value);
	write_unless_zero(j, "limit", s->pids_limit.value == CGROUP_NO_LIMIT ? 0 : s->pids_limit.value);
	json_end_object(j);
}

static void write_io_entry(struct json *j, const struct cgroup_io *io, const char *op, struct cgroup_value value)
{
	if (!value.is_known)
		return;
	json_begin_object(j);
	write_unless_zero(j, "major", io->major);
	write_unless_zero(j, "minor", io->minor);
	json_kv_string(j, "op", op);
	write_unless_zero(j, "value", value.value);
	json_end_object(j);
}

static void write_io(struct json *j, const struct cgroup_stats *s)
{
	json_key(j, "blkio");
	json_begin_object(j);
	if (s->n_io > 0) {
		json_key(j, "ioServiceBytesRecursive");
		json_begin_array(j);
		for (unsigned i = 0; i < s->n_io; i++) {
			write_io_entry(j, &s->io[i], "Read", s->io[i].read_bytes);
			write_io_entry(j, &s->io[i], "Write", s->io[i].write_bytes);
		}
		json_end_array(j);
		json_key(j, "ioServicedRecursive");
		json_begin_array(j);
		for (unsigned i = 0; i < s->n_io; i++) {
			write_io_entry(j, &s->io[i], "Read", s->io[i].reads);
			write_io_entry(j, &s->io[i], "Write", s->io[i].writes);
		}
		json_end_array(j);
	}
	write_pressure(j, &s->io_pressure);
	json_end_object(j);
}

static void write_hugetlb(struct json *j, const struct cgroup_stats *s)
{
	json_key(j, "hugetlb");
	json_begin_object(j);
	for (unsigned i = 0; i < s->n_hugetlb; i++) {
		json_key(j, s->hugetlb[i].size);
		json_begin_object(j);
		write_unless_zero(j, "usage", s->hugetlb[i].usage);
		json_kv_u64(j, "failcnt", s->hugetlb[i].failed);
		json_end_object(j);
	}
	json_end_object(j);
}

static void write_network(struct json *j, const struct network_stats *devices, size_t n)
{
	json_key(j, "network_interfaces");
	if (n == 0) {
		json_null(j);
		return;
	}
	json_begin_array(j);
	for (size_t i = 0; i < n; i++) {
		json_begin_object(j);
		json_kv_string(j, "Name", devices[i].name);
		json_kv_u64(j, "RxBytes", devices[i].rx_bytes);
		json_kv_u64(j, "RxPackets", devices[i].rx_packets);
		json_kv_u64(j, "RxErrors", devices[i].rx_errors);
		json_kv_u64(j, "RxDropped", devices[i].rx_dropped);
		json_kv_u64(j, "TxBytes", devices[i].tx_bytes);
		json_kv_u64(j, "TxPackets", devices[i].tx_packets);
		json_kv_u64(j, "TxErrors", devices[i].tx_errors);
		json_kv_u64(j, "TxDropped", devices[i].tx_dropped);
		json_end_object(j);
	}
	json_end_array(j);
}

static void write_unless_null(struct json *j, const char *key, const char *value)
{
	if (value != NULL)
		json_kv_string(j, key, value);
}

static void write_rdt_info(struct json *j, const struct rdt_stats *rdt)
{
	if (rdt->cbm_mask != NULL) {
		json_key(j, "l3_cache_info");
		json_begin_object(j);
		json_kv_string(j, "cbm_mask", rdt->cbm_mask);
		write_unless_zero(j, "min_cbm_bits", rdt->min_cbm_bits);
		write_unless_zero(j, "num_closids", rdt->l3_num_closids);
		json_end_object(j);
	}
	write_unless_null(j, "l3_cache_schema_root", rdt->l3.schema_root);
	write_unless_null(j, "l3_cache_schema", rdt->l3.schema);
	if (rdt->mb_num_closids != 0) {
		json_key(j, "mem_bw_info");
		json_begin_object(j);
		write_unless_zero(j, "bandwidth_gran", rdt->bandwidth_gran);
		write_unless_zero(j, "delay_linear", rdt->delay_linear);
		write_unless_zero(j, "min_bandwidth", rdt->min_bandwidth);
		write_unless_zero(j, "num_closids", rdt->mb_num_closids);
		json_end_object(j);
	}
	write_unless_null(j, "mem_bw_schema_root", rdt->mb.schema_root);
	write_unless_null(j, "mem_bw_schema", rdt->mb.schema);
}

static void write_rdt_bandwidth(struct json *j, const struct rdt_stats *rdt)
{
	json_key(j, "mbm_stats");
	json_begin_array(j);
	for (unsigned i = 0; i < rdt->n_domains; i++) {
		json_begin_object(j);
		json_kv_u64(j, "mbm_total_bytes", rdt->domains[i].mbm_total_bytes);
		json_kv_u64(j, "mbm_local_bytes", rdt->domains[i].mbm_local_bytes);
		json_end_object(j);
	}
	json_end_array(j);
}

static void write_rdt_occupancy(struct json *j, const struct rdt_stats *rdt)
{
	json_key(j, "cmt_stats");
	json_begin_array(j);
	for (unsigned i = 0; i < rdt->n_domains; i++) {
		json_begin_object(j);
		json_kv_u64(j, "llc_occupancy", rdt->domains[i].llc_occupancy);
		json_end_object(j);
	}
	json_end_array(j);
}

static void write_rdt(struct json *j, const struct rdt_stats *rdt)
{
	json_key(j, "intel_rdt");
	json_begin_object(j);
	write_rdt_info(j, rdt);
	/* All caches of a machine count the same things. */
	if (rdt->n_domains > 0 && rdt->domains[0].has_bandwidth)
		write_rdt_bandwidth(j, rdt);
	if (rdt->n_domains > 0 && rdt->domains[0].has_occupancy)
		write_rdt_occupancy(j, rdt);
	json_end_object(j);
}

static void begin_event(const char *type, const char *id, struct json *j)
{
	json_begin_object(j);
	json_kv_string(j, "type", type);
	json_kv_string(j, "id", id);
}

void events_write_stats(const char *id, const struct events_stats *s, struct json *j)
{
	begin_event("stats", id, j);
	json_key(j, "data");
	json_begin_object(j);
	write_cpu(j, s->cgroup);
	write_cpuset(j);
	write_memory(j, s->cgroup);
	write_pids(j, s->cgroup);
	write_io(j, s->cgroup);
	write_hugetlb(j, s->cgroup);
	write_rdt(j, s->rdt);
	write_network(j, s->network, s->n_network);
	json_end_object(j);
	json_end_object(j);
}

void events_write_oom(const char *id, struct json *j)
{
	begin_event("oom", id, j);
	json_end_object(j);
}
