/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup/stats.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/sys.h"
#include "cgroup/stats_parse.h"
#include "cgroup/v2_dir.h"

/* The largest of the files: io.stat with CGROUP_IO_MAX devices. */
#define TEXT_SIZE 32768
/* "hugetlb.2MB.rsvd.current" */
#define HUGETLB_NAME_SIZE 48

struct key_row {
	const char *key; /* NULL ends a table */
	size_t offset;   /* of a struct cgroup_value */
};

enum file_kind { FILE_VALUE, FILE_KEYS, FILE_PRESSURE, FILE_MEMORY, FILE_IO };

struct file_row {
	const char *controller; /* NULL: there without any */
	const char *name;
	enum file_kind kind;
	size_t offset;              /* FILE_VALUE, FILE_PRESSURE */
	const struct key_row *keys; /* FILE_KEYS */
};

#define FIELD(member) offsetof(struct cgroup_stats, member)

static const struct key_row cpu_keys[] = {
	{ "usage_usec", FIELD(cpu_usage) },
	{ "user_usec", FIELD(cpu_user) },
	{ "system_usec", FIELD(cpu_system) },
	{ "nr_periods", FIELD(cpu_periods) },
	{ "nr_throttled", FIELD(cpu_throttled_periods) },
	{ "throttled_usec", FIELD(cpu_throttled) },
	{ NULL, 0 },
};

static const struct key_row memory_event_keys[] = {
	{ "oom_kill", FIELD(oom_kills) },
	{ NULL, 0 },
};

static const struct file_row files[] = {
	{ NULL, "cpu.stat", FILE_KEYS, .keys = cpu_keys },
	{ NULL, "cpu.pressure", FILE_PRESSURE, .offset = FIELD(cpu_pressure) },
	{ NULL, "memory.pressure", FILE_PRESSURE, .offset = FIELD(memory_pressure) },
	{ NULL, "io.pressure", FILE_PRESSURE, .offset = FIELD(io_pressure) },
	{ "memory", "memory.current", FILE_VALUE, .offset = FIELD(memory_usage) },
	{ "memory", "memory.peak", FILE_VALUE, .offset = FIELD(memory_peak) },
	{ "memory", "memory.max", FILE_VALUE, .offset = FIELD(memory_limit) },
	{ "memory", "memory.swap.current", FILE_VALUE, .offset = FIELD(swap_usage) },
	{ "memory", "memory.swap.max", FILE_VALUE, .offset = FIELD(swap_limit) },
	{ "memory", "memory.events", FILE_KEYS, .keys = memory_event_keys },
	{ .controller = "memory", .name = "memory.stat", .kind = FILE_MEMORY },
	{ "pids", "pids.current", FILE_VALUE, .offset = FIELD(pids) },
	{ "pids", "pids.max", FILE_VALUE, .offset = FIELD(pids_limit) },
	{ .controller = "io", .name = "io.stat", .kind = FILE_IO },
};

/* What a file that is not there, switched off, or of a cgroup that was removed meanwhile fails with. */
static bool is_missing(int errnum)
{
	return errnum == ENOENT || errnum == EOPNOTSUPP || errnum == ENODEV;
}

/* 1 and the text, which ends with a complete line; 0 if it is not there; -1. */
static int read_file(int cgroup_fd, const char *name, char *buf, size_t size, struct err *e)
{
	ssize_t n = v2_read(cgroup_fd, name, buf, size);

	if (n < 0)
		return is_missing(errno) ? 0 : err_errno(e, errno, "read %s", name);
	/* Full: there is more than fits, and the last line is perhaps a part of one. */
	while ((size_t)n == size - 1 && n > 0 && buf[n - 1] != '\n')
		buf[--n] = '\0';
	return 1;
}

static struct cgroup_value *value_at(struct cgroup_stats *s, size_t offset)
{
	return (struct cgroup_value *)(void *)((char *)s + offset);
}

static void parse(const struct file_row *row, char *text, struct cgroup_stats *s)
{
	const struct key_row *key;

	switch (row->kind) {
	case FILE_VALUE:
		stats_parse_value(text, value_at(s, row->offset));
		break;
	case FILE_KEYS:
		for (key = row->keys; key->key != NULL; key++)
			stats_parse_key(text, key->key, value_at(s, key->offset));
		break;
	case FILE_PRESSURE:
		stats_parse_pressure(text, (struct cgroup_pressure *)(void *)((char *)s + row->offset));
		break;
	case FILE_MEMORY:
		stats_parse_memory(text, s);
		break;
	case FILE_IO:
		stats_parse_io(text, s);
		break;
	}
}

/* The page size of "hugetlb.SIZE.current"; 0 for other names, those of reservations too. */
static size_t get_hugetlb_size(const char *name, const char **ret)
{
	static const char prefix[] = "hugetlb.";
	size_t len;

	if (strncmp(name, prefix, sizeof(prefix) - 1) != 0)
		return 0;
	name += sizeof(prefix) - 1;
	len = strcspn(name, ".");
	if (strcmp(name + len, ".current") != 0 || len >= sizeof(((struct cgroup_hugetlb *)NULL)->size))
		return 0;
	*ret = name;
	return len;
}

/* One file of a page size: what was reserved, else (Linux before 5.7) what was used. */
static int read_hugetlb_file(int cgroup_fd, const char *size, const char *suffix, char *text, size_t text_size,
			     struct err *e)
{
	char name[HUGETLB_NAME_SIZE];
	int r;

	(void)snprintf(name, sizeof(name), "hugetlb.%s.rsvd.%s", size, suffix); /* fits: SIZE is short */
	r = read_file(cgroup_fd, name, text, text_size, e);
	if (r != 0)
		return r;
	(void)snprintf(name, sizeof(name), "hugetlb.%s.%s", size, suffix);
	return read_file(cgroup_fd, name, text, text_size, e);
}

static int add_hugetlb(int cgroup_fd, const char *size, size_t size_len, struct cgroup_stats *s, struct err *e)
{
	struct cgroup_hugetlb page = { .usage = 0 };
	struct cgroup_value usage = { .value = 0 };
	struct cgroup_value failed = { .value = 0 };
	char text[256];
	int r;

	memcpy(page.size, size, size_len); /* with the zero behind it: the member is longer */
	r = read_hugetlb_file(cgroup_fd, page.size, "current", text, sizeof(text), e);
	if (r < 0)
		return -1;
	if (r > 0)
		stats_parse_value(text, &usage);
	r = read_hugetlb_file(cgroup_fd, page.size, "events", text, sizeof(text), e);
	if (r < 0)
		return -1;
	if (r > 0)
		stats_parse_key(text, "max", &failed);
	if (!usage.is_known || s->n_hugetlb == CGROUP_HUGETLB_MAX)
		return 0;
	page.usage = usage.value;
	page.failed = failed.value;
	s->hugetlb[s->n_hugetlb++] = page;
	return 0;
}

/* The page sizes are those that the directory has files of. */
static int read_hugetlb(int cgroup_fd, struct cgroup_stats *s, struct err *e)
{
	_cleanup_fd_ int fd = sys_openat(cgroup_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	_cleanup_children_ DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (dir == NULL)
		return err_errno(e, errno, "list the files of the cgroup");
	(void)fd_take(&fd); /* DIR owns it now */
	while ((entry = readdir(dir)) != NULL) {
		const char *size = NULL;
		size_t len = get_hugetlb_size(entry->d_name, &size);

		if (len > 0 && add_hugetlb(cgroup_fd, size, len, s, e) < 0)
			return -1;
	}
	return 0;
}

int cgroup_stats_read(int cgroup_fd, struct cgroup_stats *ret, struct err *e)
{
	struct cgroup_stats s = { .n_io = 0 };
	char controllers[512];
	char text[TEXT_SIZE];
	int r = read_file(cgroup_fd, "cgroup.controllers", controllers, sizeof(controllers), e);

	if (r < 0)
		return -1;
	if (r == 0)
		return err_set(e, ERR_STATE, "the cgroup is gone");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const struct file_row *row = &files[i];

		if (row->controller != NULL && !v2_has_word(controllers, row->controller))
			continue;
		r = read_file(cgroup_fd, row->name, text, sizeof(text), e);
		if (r < 0)
			return -1;
		if (r > 0)
			parse(row, text, &s);
	}
	if (v2_has_word(controllers, "hugetlb") && read_hugetlb(cgroup_fd, &s, e) < 0)
		return -1;
	*ret = s;
	return 0;
}

uint64_t cgroup_stats_get_memory_stat(const struct cgroup_stats *s, const char *key)
{
	for (unsigned i = 0; i < s->n_memory_stat; i++)
		if (strcmp(s->memory_stat[i].key, key) == 0)
			return s->memory_stat[i].value;
	return 0;
}
