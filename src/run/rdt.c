/* SPDX-License-Identifier: Apache-2.0 */
#include "run/rdt.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/num.h"
#include "base/sys.h"
#include "run/rdt_schema.h"

#define RESCTRL_MAGIC 0x07655821 /* RDTGROUP_SUPER_MAGIC of <linux/magic.h> */
#define SCHEMATA_MAX 65536
#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* The mount, or -1 with errno; ENOENT where there is none. */
static int try_open_mount(void)
{
	_cleanup_fd_ int fd = sys_openat(AT_FDCWD, RDT_MOUNT, DIR_FLAGS, 0);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return -1;
	if (fs.f_type != RESCTRL_MAGIC) {
		errno = ENOENT;
		return -1;
	}
	return fd_take(&fd);
}

int rdt_open_mount(struct err *e)
{
	int fd = try_open_mount();

	if (fd >= 0)
		return fd;
	if (errno != ENOENT)
		return err_errno(e, errno, "open " RDT_MOUNT);
	(void)err_set(e, ERR_UNSUPPORTED, "linux.intelRdt: no resctrl file system is mounted at " RDT_MOUNT);
	return err_hint(e, "on a CPU with Intel RDT or AMD QoS: mount -t resctrl resctrl " RDT_MOUNT);
}

int rdt_open_group(const struct state *s, struct err *e)
{
	_cleanup_fd_ int mount_fd = rdt_open_mount(e);
	int fd;

	if (mount_fd < 0)
		return -1;
	fd = sys_openat(mount_fd, s->rdt_group[0] != '\0' ? s->rdt_group : ".", DIR_FLAGS, 0);
	return fd < 0 ? err_errno(e, errno, "resctrl group \"%s\"", s->rdt_group) : fd;
}

/* "mon_groups/ID" below a group.  It fits: an id is a file name. */
static const char *monitor_path(const struct state *s, char buf[static NAME_MAX + 16])
{
	(void)snprintf(buf, NAME_MAX + 16, "mon_groups/%s", s->id);
	return buf;
}

static bool has_directory(int dir_fd, const char *path)
{
	struct stat st;

	return fstatat(dir_fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

int rdt_describe(const struct plan_rdt *plan, struct state *s, struct err *e)
{
	_cleanup_fd_ int mount_fd = -EBADF;
	char monitor[NAME_MAX + 16];
	bool has_group;

	if (!plan->present)
		return 0;
	mount_fd = rdt_open_mount(e);
	if (mount_fd < 0)
		return -1;
	s->rdt_group = plan->group;
	has_group = plan->group[0] == '\0' || has_directory(mount_fd, plan->group);
	/* The specification: one that closID names stays, whoever has made it. */
	s->rdt_created = plan->group_of_container && !has_group;
	s->rdt_monitor = plan->monitoring;
	if (plan->monitoring && has_group) {
		_cleanup_fd_ int group_fd = rdt_open_group(s, e);

		if (group_fd < 0)
			return -1;
		/* Not ours: delete must not take it for the container's. */
		s->rdt_monitor = !has_directory(group_fd, monitor_path(s, monitor));
	}
	return 0;
}

/* What resctrl says to the last write, behind the error. */
static int explain(struct err *e)
{
	_cleanup_fd_ int mount_fd = try_open_mount();
	_cleanup_fd_ int fd = -EBADF;
	struct err ignored = ERR_INIT;
	char text[160];

	if (mount_fd >= 0)
		fd = sys_openat(mount_fd, "info/last_cmd_status", O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
	if (fd < 0 || io_read_text(fd, text, sizeof(text), "last_cmd_status", &ignored) <= 0)
		return -1;
	text[strcspn(text, "\n")] = '\0';
	return err_hint(e, "resctrl: %s", text);
}

static int write_schemata(int group_fd, const char *text, struct err *e)
{
	return io_write_file_at(group_fd, "schemata", text, e) < 0 ? explain(e) : 0;
}

/* resctrl takes a line with its newline, and in one write each domain once: so each is written alone. */
static int write_lines(int group_fd, const struct plan_rdt_line *lines, unsigned n, struct err *e)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		_cleanup_arena_ struct arena a = ARENA_INIT;
		const char *text = arena_printf(&a, "%s\n", lines[i].text);

		if (text == NULL)
			return arena_check(&a, e);
		if (write_schemata(group_fd, text, e) < 0)
			return err_prefix(e, "%s", lines[i].pointer);
	}
	return 0;
}

int rdt_write_lines(const struct state *s, const struct plan_rdt_line *lines, unsigned n, struct err *e)
{
	_cleanup_fd_ int group_fd = rdt_open_group(s, e);

	return group_fd < 0 ? -1 : write_lines(group_fd, lines, n, e);
}

/* A group that was there: it must be what is asked for.  Its text goes to the arena, for the undo. */
static int compare(int group_fd, const struct plan_rdt *plan, struct arena *arena, const char **ret, struct err *e)
{
	size_t len;
	unsigned i;

	if (io_read_document_at(group_fd, "schemata", SCHEMATA_MAX, arena, ret, &len, e) < 0)
		return -1;
	for (i = 0; i < plan->n_lines; i++) {
		if (plan->lines[i].is_compared && !rdt_schema_is_in(plan->lines[i].text, *ret))
			return err_set(e, ERR_CONFIG, "%s: the group exists with another schema than \"%.100s\"",
				       plan->lines[i].pointer, plan->lines[i].text);
	}
	return 0;
}

static int make_group(int mount_fd, const struct plan_rdt *plan, struct rdt_undo *ret, struct err *e)
{
	if (plan->group[0] == '\0')
		return 0;
	if (plan->must_exist) {
		if (has_directory(mount_fd, plan->group))
			return 0;
		return err_errno(e, errno, "closID without a schema names a group that must exist");
	}
	if (sys_mkdirat(mount_fd, plan->group, 0755) == 0) {
		ret->made_group = true;
		return 0;
	}
	if (errno == EEXIST)
		return 0;
	(void)err_errno(e, errno, "make the group");
	return explain(e);
}

static int fill_group(const struct plan_rdt *plan, const struct state *s, struct arena *arena, struct rdt_undo *ret,
		      struct err *e)
{
	_cleanup_fd_ int group_fd = rdt_open_group(s, e);
	char monitor[NAME_MAX + 16];

	if (group_fd < 0)
		return -1;
	if (plan->n_lines > 0 && !ret->made_group && compare(group_fd, plan, arena, &ret->schemata, e) < 0) {
		ret->schemata = NULL; /* nothing was written */
		return -1;
	}
	if (write_lines(group_fd, plan->lines, plan->n_lines, e) < 0)
		return -1;
	if (!plan->monitoring)
		return 0;
	if (sys_mkdirat(group_fd, monitor_path(s, monitor), 0755) < 0) {
		(void)err_errno(e, errno, "make the monitoring group \"%s\"", monitor);
		return explain(e);
	}
	ret->made_monitor = true;
	return 0;
}

int rdt_make(const struct plan_rdt *plan, const struct state *s, struct arena *arena, struct rdt_undo *ret_undo,
	     struct err *e)
{
	_cleanup_fd_ int mount_fd = rdt_open_mount(e);

	if (mount_fd < 0)
		return -1;
	if (make_group(mount_fd, plan, ret_undo, e) < 0 || fill_group(plan, s, arena, ret_undo, e) < 0)
		return err_prefix(e, "resctrl group \"%s\"", plan->group[0] != '\0' ? plan->group : "/");
	return 0;
}

static int remove_directory(int dir_fd, const char *path, struct err *e)
{
	if (sys_unlinkat(dir_fd, path, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return err_errno(e, errno, "remove the resctrl group \"%s\"", path);
	return 0;
}

static int remove_monitor(int mount_fd, const struct state *s, struct err *e)
{
	_cleanup_fd_ int group_fd = sys_openat(mount_fd, s->rdt_group[0] != '\0' ? s->rdt_group : ".", DIR_FLAGS, 0);
	char monitor[NAME_MAX + 16];

	if (group_fd < 0)
		return errno == ENOENT ? 0 : err_errno(e, errno, "resctrl group \"%s\"", s->rdt_group);
	return remove_directory(group_fd, monitor_path(s, monitor), e);
}

/* Whether processes are in a group: others may have come into one that has a name for all. */
static bool is_in_use(int mount_fd, const char *group)
{
	_cleanup_fd_ int group_fd = sys_openat(mount_fd, group, DIR_FLAGS, 0);
	_cleanup_fd_ int fd = group_fd < 0 ? -EBADF : sys_openat(group_fd, "tasks", O_RDONLY | O_CLOEXEC, 0);
	char byte;

	return fd >= 0 && sys_read(fd, &byte, 1) == 1;
}

int rdt_unmake(const struct rdt_undo *undo, const struct state *s, struct err *e)
{
	_cleanup_fd_ int mount_fd = rdt_open_mount(e);

	if (mount_fd < 0)
		return -1;
	if (undo->made_monitor && remove_monitor(mount_fd, s, e) < 0)
		return -1;
	if (undo->schemata != NULL) {
		_cleanup_fd_ int group_fd = rdt_open_group(s, e);

		return group_fd < 0 ? -1 : write_schemata(group_fd, undo->schemata, e);
	}
	if (undo->made_group && (s->rdt_created || !is_in_use(mount_fd, s->rdt_group)))
		return remove_directory(mount_fd, s->rdt_group, e);
	return 0;
}

int rdt_enter(const struct state *s, pid_t pid, struct err *e)
{
	_cleanup_fd_ int group_fd = -EBADF;
	char path[NAME_MAX + 16 + sizeof("/tasks")];
	char monitor[NAME_MAX + 16];
	char number[21];

	if (s->rdt_group == NULL)
		return 0;
	(void)num_format_u64((uint64_t)pid, number); /* gives NUMBER */
	group_fd = rdt_open_group(s, e);
	if (group_fd < 0)
		return -1;
	if (io_write_file_at(group_fd, "tasks", number, e) < 0)
		return explain(e);
	if (!s->rdt_monitor)
		return 0;
	/* After the group: a monitoring group takes only processes of the group that it is in. */
	(void)snprintf(path, sizeof(path), "%s/tasks", monitor_path(s, monitor)); /* fits by construction */
	return io_write_file_at(group_fd, path, number, e) < 0 ? explain(e) : 0;
}

int rdt_remove(const struct state *s, struct err *e)
{
	_cleanup_fd_ int mount_fd = -EBADF;

	if (s->rdt_group == NULL || (!s->rdt_created && !s->rdt_monitor))
		return 0;
	mount_fd = try_open_mount();
	if (mount_fd < 0) /* unmounted: what it had is gone */
		return errno == ENOENT ? 0 : err_errno(e, errno, "open " RDT_MOUNT);
	if (s->rdt_monitor && remove_monitor(mount_fd, s, e) < 0)
		return -1;
	return s->rdt_created ? remove_directory(mount_fd, s->rdt_group, e) : 0;
}
