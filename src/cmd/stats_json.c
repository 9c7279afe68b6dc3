/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/stats.h"

/*
 * `rt stats --format json`: an array of containers.  Bytes, microseconds, per cent; what is not known is left out, and
 * a limit that there is not is null.
 */

static void write_value(struct json *j, const char *key, struct cgroup_value v)
{
	if (v.is_known)
		json_kv_u64(j, key, v.value);
}

static void write_limit(struct json *j, const char *key, struct cgroup_value v)
{
	if (!v.is_known)
		return;
	json_key(j, key);
	if (v.value == CGROUP_NO_LIMIT)
		json_null(j);
	else
		json_u64(j, v.value);
}

static void write_percent(struct json *j, const char *key, double value)
{
	json_key(j, key);
	json_double(j, (double)(uint64_t)(value * 100 + 0.5) / 100);
}

static void write_pressure_line(struct json *j, const char *key, const struct cgroup_pressure_line *line)
{
	if (!line->is_known)
		return;
	json_key(j, key);
	json_begin_object(j);
	write_percent(j, "avg10", line->avg10 / 100.0);
	write_percent(j, "avg60", line->avg60 / 100.0);
	write_percent(j, "avg300", line->avg300 / 100.0);
	json_kv_u64(j, "total", line->total);
	json_end_object(j);
}

static void write_pressure(struct json *j, const struct cgroup_pressure *p)
{
	if (!p->some.is_known && !p->full.is_known)
		return;
	json_key(j, "pressure");
	json_begin_object(j);
	write_pressure_line(j, "some", &p->some);
	write_pressure_line(j, "full", &p->full);
	json_end_object(j);
}

static void write_cpu(struct json *j, const struct stats_sample *sample)
{
	const struct cgroup_stats *s = &sample->cgroup;

	json_key(j, "cpu");
	json_begin_object(j);
	if (sample->has_cpu_percent)
		write_percent(j, "percent", sample->cpu_percent);
	write_value(j, "usage", s->cpu_usage);
	write_value(j, "user", s->cpu_user);
	write_value(j, "system", s->cpu_system);
	write_value(j, "periods", s->cpu_periods);
	write_value(j, "throttledPeriods", s->cpu_throttled_periods);
	write_value(j, "throttled", s->cpu_throttled);
	write_pressure(j, &s->cpu_pressure);
	json_end_object(j);
}

static void write_memory(struct json *j, const struct cgroup_stats *s)
{
	double percent;

	json_key(j, "memory");
	json_begin_object(j);
	write_value(j, "usage", s->memory_usage);
	write_limit(j, "limit", s->memory_limit);
	if (stats_get_memory_percent(s, &percent))
		write_percent(j, "percent", percent);
	write_value(j, "peak", s->memory_peak);
	write_value(j, "swapUsage", s->swap_usage);
	write_limit(j, "swapLimit", s->swap_limit);
	write_value(j, "oomKills", s->oom_kills);
	write_pressure(j, &s->memory_pressure);
	json_end_object(j);
}

static void write_io(struct json *j, const struct cgroup_stats *s)
{
	json_key(j, "io");
	json_begin_object(j);
	json_key(j, "devices");
	json_begin_array(j);
	for (unsigned i = 0; i < s->n_io; i++) {
		json_begin_object(j);
		json_kv_u64(j, "major", s->io[i].major);
		json_kv_u64(j, "minor", s->io[i].minor);
		write_value(j, "readBytes", s->io[i].read_bytes);
		write_value(j, "writeBytes", s->io[i].write_bytes);
		write_value(j, "reads", s->io[i].reads);
		write_value(j, "writes", s->io[i].writes);
		json_end_object(j);
	}
	json_end_array(j);
	write_pressure(j, &s->io_pressure);
	json_end_object(j);
}

void stats_write_json(const struct stats_set *set, struct json *j)
{
	json_begin_array(j);
	for (size_t i = 0; i < set->n; i++) {
		const struct stats_sample *sample = set->items[i];

		json_begin_object(j);
		json_kv_string(j, "id", sample->id);
		json_kv_string(j, "status", sample->status);
		write_cpu(j, sample);
		write_memory(j, &sample->cgroup);
		json_key(j, "pids");
		json_begin_object(j);
		write_value(j, "current", sample->cgroup.pids);
		write_limit(j, "limit", sample->cgroup.pids_limit);
		json_end_object(j);
		write_io(j, &sample->cgroup);
		json_end_object(j);
	}
	json_end_array(j);
}
