/* SPDX-License-Identifier: Apache-2.0 */
#include "run/rdt_stats.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/num.h"
#include "base/span.h"
#include "base/sys.h"
#include "run/rdt.h"

#define TEXT_SIZE 4096
#define DOMAIN_PREFIX "mon_L3_"
#define DOMAIN_NAME_SIZE sizeof("mon_L3_4294967295")
#define DOMAIN_PATH_SIZE (DOMAIN_NAME_SIZE + sizeof("/mbm_total_bytes"))

/* What a small file says, without the newline at its end; false if it is not there or too long. */
static bool has_text(int dir_fd, const char *path, char buf[static TEXT_SIZE])
{
	_cleanup_fd_ int fd = sys_openat(dir_fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
	struct err ignored = ERR_INIT; /* not known, whatever the reason */
	ssize_t n;

	if (fd < 0)
		return false;
	n = io_read_text(fd, buf, TEXT_SIZE, path, &ignored);
	if (n > 0 && buf[n - 1] == '\n')
		buf[n - 1] = '\0';
	return n >= 0;
}

static bool has_number(int dir_fd, const char *path, uint64_t *ret)
{
	char text[TEXT_SIZE];

	return has_text(dir_fd, path, text) && num_parse_u64(text, ret) == 0;
}

/* The line of a resource, without the blanks that align it. */
static const char *find_schema(const char *text, const char *resource, struct arena *a)
{
	size_t len = strlen(resource);

	while (*text != '\0') {
		size_t line;

		text += span_of(text, " \n");
		line = span_until(text, "\n");
		if (strncmp(text, resource, len) == 0)
			return arena_strndup(a, text, line);
		text += line;
	}
	return NULL;
}

static void read_schemata(int root_fd, int group_fd, struct arena *a, struct rdt_stats *ret)
{
	char text[TEXT_SIZE];

	if (has_text(root_fd, "schemata", text)) {
		ret->l3.schema_root = find_schema(text, "L3", a);
		ret->mb.schema_root = find_schema(text, "MB:", a);
	}
	if (has_text(group_fd, "schemata", text)) {
		ret->l3.schema = find_schema(text, "L3", a);
		ret->mb.schema = find_schema(text, "MB:", a);
	}
}

static void read_info(int root_fd, struct arena *a, struct rdt_stats *ret)
{
	const struct {
		const char *path;
		uint64_t *value;
	} numbers[] = {
		{ "info/L3/min_cbm_bits", &ret->min_cbm_bits },
		{ "info/L3/num_closids", &ret->l3_num_closids },
		{ "info/MB/bandwidth_gran", &ret->bandwidth_gran },
		{ "info/MB/delay_linear", &ret->delay_linear },
		{ "info/MB/min_bandwidth", &ret->min_bandwidth },
		{ "info/MB/num_closids", &ret->mb_num_closids },
	};
	char text[TEXT_SIZE];

	if (has_text(root_fd, "info/L3/cbm_mask", text))
		ret->cbm_mask = arena_strdup(a, text);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		(void)has_number(root_fd, numbers[i].path, numbers[i].value); /* stays 0 */
}

static bool has_count(int mon_fd, const char *domain, const char *file, uint64_t *ret)
{
	char path[DOMAIN_PATH_SIZE];

	(void)snprintf(path, sizeof(path), "%s/%s", domain, file); /* fits: DOMAIN is a file name */
	return has_number(mon_fd, path, ret);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* The names of domains in DIR, sorted; those beyond RDT_DOMAINS_MAX are left out. */
static size_t list_domains(DIR *dir, char names[static RDT_DOMAINS_MAX][DOMAIN_NAME_SIZE])
{
	const struct dirent *entry;
	size_t n = 0;

	while (n < RDT_DOMAINS_MAX && (entry = readdir(dir)) != NULL) {
		const size_t len = strlen(entry->d_name);

		if (strncmp(entry->d_name, DOMAIN_PREFIX, sizeof(DOMAIN_PREFIX) - 1) == 0 && len < DOMAIN_NAME_SIZE)
			memcpy(names[n++], entry->d_name, len + 1);
	}
	qsort(names, n, sizeof(names[0]), compare_names);
	return n;
}

static int read_domains(int mon_fd, struct rdt_stats *ret, struct err *e)
{
	char names[RDT_DOMAINS_MAX][DOMAIN_NAME_SIZE];
	_cleanup_fd_ int fd = sys_openat(mon_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	size_t n;

	if (dir == NULL)
		return err_errno(e, errno, "list mon_data");
	(void)fd_take(&fd); /* DIR owns it now */
	n = list_domains(dir, names);
	(void)closedir(dir); /* it was read */
	for (size_t i = 0; i < n; i++) {
		const char *name = names[i];
		struct rdt_domain d = { .has_occupancy = false };

		d.has_occupancy = has_count(mon_fd, name, "llc_occupancy", &d.llc_occupancy);
		d.has_bandwidth = has_count(mon_fd, name, "mbm_total_bytes", &d.mbm_total_bytes) &&
				  has_count(mon_fd, name, "mbm_local_bytes", &d.mbm_local_bytes);
		if (d.has_occupancy || d.has_bandwidth)
			ret->domains[ret->n_domains++] = d;
	}
	return 0;
}

static int read_monitor(const struct state *s, int group_fd, struct rdt_stats *ret, struct err *e)
{
	char path[NAME_MAX + sizeof("mon_groups//mon_data")] = "mon_data";
	_cleanup_fd_ int fd = -EBADF;

	if (s->rdt_monitor)
		(void)snprintf(path, sizeof(path), "mon_groups/%s/mon_data", s->id); /* fits: an id is a file name */
	else if (!s->rdt_created)
		return 0;
	fd = sys_openat(group_fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	return fd < 0 ? 0 : read_domains(fd, ret, e); /* a CPU that does not monitor has none */
}

int rdt_stats_read(const struct state *s, struct arena *arena, struct rdt_stats *ret, struct err *e)
{
	struct rdt_stats stats = { .n_domains = 0 };
	struct err ignored = ERR_INIT;
	_cleanup_fd_ int root_fd = -EBADF;
	_cleanup_fd_ int group_fd = -EBADF;

	if (s->rdt_group != NULL) {
		root_fd = rdt_open_mount(&ignored);
		group_fd = rdt_open_group(s, &ignored);
	}
	if (root_fd >= 0 && group_fd >= 0) {
		read_schemata(root_fd, group_fd, arena, &stats);
		read_info(root_fd, arena, &stats);
		if (read_monitor(s, group_fd, &stats, e) < 0)
			return -1;
	}
	*ret = stats;
	return arena_check(arena, e);
}
