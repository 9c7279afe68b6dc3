/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cmd/stats.h"

/*
 * `rt stats --format openmetrics`: the text format of OpenMetrics 1.0, for a collector that reads files or standard
 * output.  One family of metrics is one row; what is not known has no sample.
 */

enum scale { SCALE_ONE, SCALE_MICROSECONDS, SCALE_HUNDREDTHS_OF_PERCENT };

struct family {
	const char *name;    /* ends with "_" and the unit */
	const char *type;
	const char *unit;    /* NULL: none */
	const char *help;
	enum scale scale;
	size_t offset;       /* of a struct cgroup_value in struct cgroup_stats, or in struct cgroup_io */
};

#define FIELD(member) offsetof(struct cgroup_stats, member)
#define IO_FIELD(member) offsetof(struct cgroup_io, member)

static const struct family families[] = {
	{ "rt_container_cpu_usage_seconds", "counter", "seconds", "CPU time.", SCALE_MICROSECONDS, FIELD(cpu_usage) },
	{ "rt_container_cpu_user_seconds", "counter", "seconds", "CPU time in user mode.", SCALE_MICROSECONDS,
	  FIELD(cpu_user) },
	{ "rt_container_cpu_system_seconds", "counter", "seconds", "CPU time in the kernel.", SCALE_MICROSECONDS,
	  FIELD(cpu_system) },
	{ "rt_container_cpu_throttled_seconds", "counter", "seconds", "Time that the CPU quota took away.",
	  SCALE_MICROSECONDS, FIELD(cpu_throttled) },
	{ "rt_container_cpu_periods", "counter", NULL, "Periods of the CPU quota.", SCALE_ONE, FIELD(cpu_periods) },
	{ "rt_container_cpu_throttled_periods", "counter", NULL, "Periods in which the CPU quota was used up.",
	  SCALE_ONE, FIELD(cpu_throttled_periods) },
	{ "rt_container_memory_usage_bytes", "gauge", "bytes", "Memory in use.", SCALE_ONE, FIELD(memory_usage) },
	{ "rt_container_memory_peak_bytes", "gauge", "bytes", "The most memory that was in use.", SCALE_ONE,
	  FIELD(memory_peak) },
	{ "rt_container_memory_limit_bytes", "gauge", "bytes", "Limit of memory, where there is one.", SCALE_ONE,
	  FIELD(memory_limit) },
	{ "rt_container_swap_usage_bytes", "gauge", "bytes", "Swap in use.", SCALE_ONE, FIELD(swap_usage) },
	{ "rt_container_swap_limit_bytes", "gauge", "bytes", "Limit of swap, where there is one.", SCALE_ONE,
	  FIELD(swap_limit) },
	{ "rt_container_oom_kills", "counter", NULL, "Processes that the OOM killer has killed.", SCALE_ONE,
	  FIELD(oom_kills) },
	{ "rt_container_pids", "gauge", NULL, "Tasks.", SCALE_ONE, FIELD(pids) },
	{ "rt_container_pids_limit", "gauge", NULL, "Limit of tasks, where there is one.", SCALE_ONE,
	  FIELD(pids_limit) },
};

static const struct family io_families[] = {
	{ "rt_container_io_read_bytes", "counter", "bytes", "Bytes read from block devices.", SCALE_ONE,
	  IO_FIELD(read_bytes) },
	{ "rt_container_io_write_bytes", "counter", "bytes", "Bytes written to block devices.", SCALE_ONE,
	  IO_FIELD(write_bytes) },
	{ "rt_container_io_reads", "counter", NULL, "Read operations on block devices.", SCALE_ONE, IO_FIELD(reads) },
	{ "rt_container_io_writes", "counter", NULL, "Write operations on block devices.", SCALE_ONE,
	  IO_FIELD(writes) },
};

static const struct family pressure_total = {
	"rt_container_pressure_seconds", "counter", "seconds", "Time in which some or all tasks waited for a resource.",
	SCALE_MICROSECONDS, 0,
};

static const struct family pressure_share = {
	"rt_container_pressure_ratio", "gauge", "ratio",
	"Share of the last ten seconds in which some or all tasks waited for a resource.", SCALE_HUNDREDTHS_OF_PERCENT,
	0,
};

static const struct {
	const char *name;
	size_t offset;
} resources[] = {
	{ "cpu", FIELD(cpu_pressure) },
	{ "memory", FIELD(memory_pressure) },
	{ "io", FIELD(io_pressure) },
};

static void print_head(const struct family *f)
{
	printf("# HELP %s %s\n# TYPE %s %s\n", f->name, f->help, f->name, f->type);
	if (f->unit != NULL)
		printf("# UNIT %s %s\n", f->name, f->unit);
}

/* The value of a label: a backslash, a quote and a newline are escaped. */
static void print_escaped(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n') {
			fputs("\\n", stdout);
			continue;
		}
		if (*text == '\\' || *text == '"')
			putchar('\\');
		putchar(*text);
	}
}

/* NAME{id="ID" without the brace that ends the labels. */
static void begin_sample(const struct family *f, const struct stats_sample *sample)
{
	printf("%s%s{id=\"", f->name, strcmp(f->type, "counter") == 0 ? "_total" : "");
	print_escaped(sample->id);
	putchar('"');
}

static void end_sample(const struct family *f, uint64_t value)
{
	switch (f->scale) {
	case SCALE_ONE:
		printf("} %" PRIu64 "\n", value);
		break;
	case SCALE_MICROSECONDS:
		printf("} %" PRIu64 ".%06" PRIu64 "\n", value / 1000000, value % 1000000);
		break;
	case SCALE_HUNDREDTHS_OF_PERCENT:
		printf("} %" PRIu64 ".%04" PRIu64 "\n", value / 10000, value % 10000);
		break;
	}
}

static void print_family(const struct family *f, const struct stats_set *set)
{
	print_head(f);
	for (size_t i = 0; i < set->n; i++) {
		const char *s = (const char *)&set->items[i]->cgroup;
		const struct cgroup_value *v = (const struct cgroup_value *)(const void *)(s + f->offset);

		if (!v->is_known || v->value == CGROUP_NO_LIMIT)
			continue;
		begin_sample(f, set->items[i]);
		end_sample(f, v->value);
	}
}

static void print_io_family(const struct family *f, const struct stats_set *set)
{
	print_head(f);
	for (size_t i = 0; i < set->n; i++) {
		const struct cgroup_stats *s = &set->items[i]->cgroup;

		for (unsigned k = 0; k < s->n_io; k++) {
			const char *io = (const char *)&s->io[k];
			const struct cgroup_value *v = (const struct cgroup_value *)(const void *)(io + f->offset);

			if (!v->is_known)
				continue;
			begin_sample(f, set->items[i]);
			printf(",device=\"%" PRIu32 ":%" PRIu32 "\"", s->io[k].major, s->io[k].minor);
			end_sample(f, v->value);
		}
	}
}

static void print_pressure_line(const struct family *f, const struct stats_sample *sample, const char *resource,
				const char *share, const struct cgroup_pressure_line *line)
{
	if (!line->is_known)
		return;
	begin_sample(f, sample);
	printf(",resource=\"%s\",share=\"%s\"", resource, share);
	end_sample(f, f == &pressure_total ? line->total : line->avg10);
}

static void print_pressure(const struct family *f, const struct stats_set *set)
{
	print_head(f);
	for (size_t i = 0; i < set->n; i++) {
		const char *s = (const char *)&set->items[i]->cgroup;

		for (size_t k = 0; k < sizeof(resources) / sizeof(resources[0]); k++) {
			const struct cgroup_pressure *p =
				(const struct cgroup_pressure *)(const void *)(s + resources[k].offset);

			print_pressure_line(f, set->items[i], resources[k].name, "some", &p->some);
			print_pressure_line(f, set->items[i], resources[k].name, "full", &p->full);
		}
	}
}

void stats_print_openmetrics(const struct stats_set *set)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		print_family(&families[i], set);
	for (size_t i = 0; i < sizeof(io_families) / sizeof(io_families[0]); i++)
		print_io_family(&io_families[i], set);
	print_pressure(&pressure_total, set);
	print_pressure(&pressure_share, set);
	puts("# EOF");
}
