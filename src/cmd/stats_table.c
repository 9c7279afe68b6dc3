/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "cmd/stats.h"
#include "cmd/table.h"

/* The table of `rt stats`.  "-" is what is not known. */

enum {
	COLUMN_ID, COLUMN_CPU, COLUMN_MEMORY, COLUMN_LIMIT, COLUMN_PERCENT, COLUMN_PIDS, COLUMN_THROTTLED,
	COLUMN_CPU_PSI, COLUMN_MEMORY_PSI, COLUMN_IO_PSI, N_COLUMNS
};

static const char *const titles[N_COLUMNS] = {
	"ID", "CPU%", "MEMORY", "LIMIT", "MEM%", "PIDS", "THROTTLED", "CPU-PSI", "MEM-PSI", "IO-PSI",
};

static const char unknown[] = "-";

static const char *format_bytes(struct cgroup_value v, struct arena *a)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double value = (double)v.value;
	size_t unit = 0;

	if (!v.is_known)
		return unknown;
	if (v.value == CGROUP_NO_LIMIT)
		return "max";
	for (; value >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
		value /= 1024;
	return arena_printf(a, unit == 0 ? "%.0f%s" : "%.1f%s", value, units[unit]);
}

static const char *format_pids(const struct cgroup_stats *s, struct arena *a)
{
	if (!s->pids.is_known)
		return unknown;
	if (!s->pids_limit.is_known || s->pids_limit.value == CGROUP_NO_LIMIT)
		return arena_printf(a, "%" PRIu64, s->pids.value);
	return arena_printf(a, "%" PRIu64 "/%" PRIu64, s->pids.value, s->pids_limit.value);
}

static const char *format_seconds(struct cgroup_value microseconds, struct arena *a)
{
	return microseconds.is_known ? arena_printf(a, "%.2fs", (double)microseconds.value / 1e6) : unknown;
}

/* Of the last ten seconds: some / full. */
static const char *format_pressure(const struct cgroup_pressure *p, struct arena *a)
{
	if (!p->some.is_known)
		return unknown;
	if (!p->full.is_known)
		return arena_printf(a, "%.2f/%s", p->some.avg10 / 100.0, unknown);
	return arena_printf(a, "%.2f/%.2f", p->some.avg10 / 100.0, p->full.avg10 / 100.0);
}

static void fill_row(const struct stats_sample *sample, struct arena *a, const char **row)
{
	const struct cgroup_stats *s = &sample->cgroup;
	double percent;

	row[COLUMN_ID] = sample->id;
	row[COLUMN_CPU] = sample->has_cpu_percent ? arena_printf(a, "%.2f", sample->cpu_percent) : unknown;
	row[COLUMN_MEMORY] = format_bytes(s->memory_usage, a);
	row[COLUMN_LIMIT] = format_bytes(s->memory_limit, a);
	row[COLUMN_PERCENT] = stats_get_memory_percent(s, &percent) ? arena_printf(a, "%.2f", percent) : unknown;
	row[COLUMN_PIDS] = format_pids(s, a);
	row[COLUMN_THROTTLED] = format_seconds(s->cpu_throttled, a);
	row[COLUMN_CPU_PSI] = format_pressure(&s->cpu_pressure, a);
	row[COLUMN_MEMORY_PSI] = format_pressure(&s->memory_pressure, a);
	row[COLUMN_IO_PSI] = format_pressure(&s->io_pressure, a);
}

int stats_print_table(struct stats_set *set, struct err *e)
{
	const char **cells = arena_new_array(&set->arena, const char *, set->n * N_COLUMNS);

	for (size_t i = 0; i < set->n && cells != NULL; i++)
		fill_row(set->items[i], &set->arena, cells + i * N_COLUMNS);
	if (arena_check(&set->arena, e) < 0)
		return -1;
	table_print(titles, cells, set->n, N_COLUMNS, 0, 2);
	return 0;
}
