/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup/v2_limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/span.h"
#include "base/sys.h"
#include "cgroup/v2_dir.h"

/* Enabling a controller fails with EBUSY while a process that left the parent is not quite gone. */
#define ENABLE_ATTEMPTS 10
#define ENABLE_SLEEP_NS 1000000L

struct target {
	const struct plan_cgroup *plan;
	int mount_fd;
	int fd;
	const char *const *controllers; /* NULL-terminated */
	bool gently;                    /* only in parents without processes */
	/* Why the first controller that could not be enabled could not be; errnum 0 = all could. */
	int enable_errnum;
	char enable_where[128];
	char enable_name[32];
};

/* ---- controllers ------------------------------------------------------------------------------------------------ */

static bool has_controllers(int dir_fd, const char *file, const char *const *names)
{
	char list[512];

	if (v2_read(dir_fd, file, list, sizeof(list)) < 0)
		return false;
	for (; *names != NULL; names++)
		if (!v2_has_word(list, *names))
			return false;
	return true;
}

static int enable_one(int dir_fd, const char *name)
{
	struct err e = ERR_INIT;
	char word[40];

	(void)snprintf(word, sizeof(word), "+%s", name); /* a cut name is not one of the kernel's: EINVAL below */
	for (unsigned attempt = 1;; attempt++) {
		if (io_write_file_at(dir_fd, "cgroup.subtree_control", word, &e) == 0)
			return 0;
		if (e.errnum != EBUSY || attempt == ENABLE_ATTEMPTS)
			return e.errnum;
		/* Cut short by a signal is fine. */
		(void)nanosleep(&(struct timespec){ .tv_nsec = ENABLE_SLEEP_NS }, NULL);
	}
}

/* Only the root may have processes beside cgroups with controllers; it alone has no type (cgroup-v2.rst). */
static bool can_have_controllers(int dir_fd)
{
	char text[64];

	if (v2_read(dir_fd, "cgroup.type", text, sizeof(text)) < 0)
		return errno == ENOENT;
	return v2_read(dir_fd, "cgroup.procs", text, sizeof(text)) == 0;
}

/*
 * Enables in one parent what is missing there, each controller for itself: one that is refused must not take the
 * others along.  A refusal is remembered, not an error: only a limit that then has no file is one.
 */
static void enable_in(struct target *t, int dir_fd, const char *where)
{
	char enabled[512];

	if (v2_read(dir_fd, "cgroup.subtree_control", enabled, sizeof(enabled)) < 0)
		enabled[0] = '\0';
	for (const char *const *name = t->controllers; *name != NULL; name++) {
		int errnum;

		if (v2_has_word(enabled, *name))
			continue;
		if (t->gently && !can_have_controllers(dir_fd))
			return;
		errnum = enable_one(dir_fd, *name);
		if (errnum == 0 || t->enable_errnum != 0)
			continue;
		t->enable_errnum = errnum;
		/* For the error's hint: cut text is fine. */
		(void)snprintf(t->enable_where, sizeof(t->enable_where), "%s/%s", t->plan->mount, where);
		(void)snprintf(t->enable_name, sizeof(t->enable_name), "%s", *name);
	}
}

/* The end of the component of PATH that follows position POS. */
static size_t next_end(const char *path, size_t pos)
{
	if (path[pos] == '/')
		pos++;
	return pos + span_until(path + pos, "/");
}

int v2_join_threaded(const struct plan_cgroup *plan, int cgroup_fd, struct err *e)
{
	char type[64];

	if (v2_read(cgroup_fd, "cgroup.type", type, sizeof(type)) < 0)
		return err_errno(e, errno, "read cgroup.type of cgroup %s", plan->path);
	if (strcmp(type, "domain invalid\n") != 0)
		return 0;
	if (io_write_file_at(cgroup_fd, "cgroup.type", "threaded", e) < 0)
		return err_prefix(e, "cgroup %s is below a threaded one", plan->path);
	return 0;
}

/* Top-down: a parent can only pass on what its own parent has passed on to it. */
static void enable_in_parents(struct target *t)
{
	const char *relative = t->plan->path + 1; /* v2_relative() has looked at it */
	char prefix[V2_PATH_MAX];
	_cleanup_fd_ int root_fd = sys_openat(t->mount_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

	if (root_fd >= 0)
		enable_in(t, root_fd, "");
	for (size_t end = next_end(relative, 0); relative[end] != '\0'; end = next_end(relative, end)) {
		_cleanup_fd_ int fd = -EBADF;

		memcpy(prefix, relative, end);
		prefix[end] = '\0';
		fd = v2_open_below(t->mount_fd, prefix);
		if (fd >= 0)
			enable_in(t, fd, prefix);
	}
}

static int enable_controllers(struct target *t, struct err *e)
{
	if (t->controllers == NULL || t->controllers[0] == NULL ||
	    has_controllers(t->fd, "cgroup.controllers", t->controllers))
		return 0;
	enable_in_parents(t);
	/* A threaded controller makes a parent that has processes the root of a threaded subtree. */
	return v2_join_threaded(t->plan, t->fd, e);
}

void v2_enable_accounting(const struct plan_cgroup *plan, int mount_fd, int cgroup_fd)
{
	static const char *const wanted[] = { "cpu", "io", "memory", "pids" }; /* what engines show is in their files */
	const char *names[5] = { NULL };
	struct target t = { .plan = plan, .mount_fd = mount_fd, .fd = cgroup_fd, .controllers = names, .gently = true };
	char available[512];
	unsigned n = 0;

	if (v2_read(mount_fd, "cgroup.controllers", available, sizeof(available)) < 0)
		return;
	for (unsigned i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (v2_has_word(available, wanted[i]))
			names[n++] = wanted[i];
	if (n > 0 && !has_controllers(cgroup_fd, "cgroup.controllers", names))
		enable_in_parents(&t);
}

/* ---- rows ------------------------------------------------------------------------------------------------------- */

/* Says why FILE is not there: its controller is not enabled, or this kernel has no such file. */
static int explain_missing(const struct target *t, const struct plan_cgroup_write *w, struct err *e)
{
	char controller[32];
	const char *names[2] = { controller, NULL };
	char text[24];

	(void)snprintf(controller, sizeof(controller), "%.*s", (int)span_until(w->file, "."), w->file);
	(void)err_set(e, ERR_UNSUPPORTED, "%s can not be applied: cgroup %s has no file %s%s%s", w->pointer,
		      t->plan->path, w->file, w->instead_file != NULL ? " and no " : "",
		      w->instead_file != NULL ? w->instead_file : "");
	e->errnum = ENOENT;
	if (has_controllers(t->fd, "cgroup.controllers", names))
		return err_hint(e, "this kernel's %s controller does not have it", controller);
	if (t->enable_errnum == EACCES || t->enable_errnum == EPERM)
		return err_hint(e, "the %s controller is not delegated to uid %u: as root, `systemctl edit "
				   "user@.service` with [Service] Delegate=cpu cpuset io memory pids", controller,
				(unsigned)geteuid());
	if (t->enable_errnum != 0 && strcmp(t->enable_name, controller) == 0)
		return err_hint(e, "enabling the %s controller in %s failed: %s%s", controller, t->enable_where,
				err_errno_text(t->enable_errnum, text),
				/* EOPNOTSUPP: and the controllers enabled there have made it threaded. */
				t->enable_errnum == EBUSY || t->enable_errnum == EOPNOTSUPP ?
					"; it has processes of its own" : "");
	return err_hint(e, "the %s controller is not available below %s", controller, t->plan->mount);
}

/* A kernel without FILE may have another one for the same purpose. */
static int write_row(const struct target *t, const struct plan_cgroup_write *w, struct err *e)
{
	if (io_write_file_at(t->fd, w->file, w->value, e) == 0)
		return 0;
	if (e->errnum == ENOENT && w->instead_file != NULL) {
		err_clear(e);
		if (io_write_file_at(t->fd, w->instead_file, w->instead_value, e) == 0)
			return 0;
	}
	if (e->errnum != ENOENT)
		return err_prefix(e, "%s: cgroup %s", w->pointer, t->plan->path);
	if (!w->missing_ok)
		return explain_missing(t, w, e);
	err_clear(e);
	return 0;
}

int v2_apply_limits(const struct plan_cgroup *plan, int mount_fd, int cgroup_fd, struct err *e)
{
	struct target t = {
		.plan = plan, .mount_fd = mount_fd, .fd = cgroup_fd, .controllers = plan->controllers
	};

	if (enable_controllers(&t, e) < 0)
		return -1;
	for (unsigned i = 0; i < plan->n_writes; i++)
		if (write_row(&t, &plan->writes[i], e) < 0)
			return -1;
	return 0;
}
