/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup/present.h"

#include <string.h>

#include "base/num.h"
#include "base/span.h"
#include "cgroup/v2_dir.h"

#define LINE_SIZE 64

/* The one line of a file, without its end. */
static int read_line(int cgroup_fd, const char *file, char buf[static LINE_SIZE])
{
	if (v2_read(cgroup_fd, file, buf, LINE_SIZE) <= 0)
		return -1;
	buf[span_until(buf, "\n")] = '\0';
	return 0;
}

/* A word that is no number leaves *RET. */
static void read_number(int cgroup_fd, const char *file, uint64_t *ret)
{
	char line[LINE_SIZE];

	if (read_line(cgroup_fd, file, line) == 0)
		(void)num_parse_u64(line, ret);
}

/* "QUOTA PERIOD", where QUOTA may be "max" */
static void read_bandwidth(int cgroup_fd, struct plan_cgroup_present *ret)
{
	char line[LINE_SIZE];
	char *period;

	if (read_line(cgroup_fd, "cpu.max", line) < 0)
		return;
	period = strchr(line, ' ');
	if (period == NULL)
		return;
	*period++ = '\0';
	if (num_parse_i64(line, &ret->cpu_quota) < 0)
		ret->cpu_quota = -1;
	(void)num_parse_u64(period, &ret->cpu_period); /* no number: it is not known */
}

void cgroup_read_present(int cgroup_fd, struct plan_cgroup_present *ret)
{
	*ret = (struct plan_cgroup_present){ .cpu_quota = 0 };
	read_bandwidth(cgroup_fd, ret);
	read_number(cgroup_fd, "cpu.max.burst", &ret->cpu_burst);
	read_number(cgroup_fd, "memory.current", &ret->memory_current);
	read_number(cgroup_fd, "memory.swap.current", &ret->swap_current);
}
