/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/log.h"
#include "base/num.h"
#include "cgroup/driver.h"
#include "cgroup/systemd_manager.h"
#include "cgroup/v2.h"
#include "cgroup/v2_dir.h"

/*
 * Scopes of systemd.  systemd makes the cgroup around a process that waits, with the limits that it knows as
 * properties; all else is done on the cgroup's directory as the driver v2 does it: the other limits, the device
 * program, signals, the freezer.
 *
 * The device rules are our own program and not DevicePolicy=: that has no order of rules and no denials.
 */

#define MOVE_SLEEP_NS 2000000L

static int systemd_prepare(const struct plan_cgroup *plan, bool *ret_created, struct err *e)
{
	(void)plan;
	(void)e;
	*ret_created = false;
	return CGROUP_NO_FD; /* systemd_attach() makes it */
}

static bool is_in_unit(const char *path, const char *unit)
{
	const char *last = strrchr(path, '/');

	return last != NULL && strcmp(last + 1, unit) == 0;
}

/* systemd knows where the unit's cgroup is, and has put the process there. */
static const char *find_scope(const struct systemd_manager *m, const char *unit, pid_t pid, struct arena *arena,
			      struct err *e)
{
	char path[V2_PATH_MAX];

	for (;;) {
		if (cgroup_read_path_of(pid, path, sizeof(path), e) < 0)
			return NULL;
		if (is_in_unit(path, unit))
			return arena_strdup(arena, path);
		if (systemd_manager_left(m) == 0)
			break;
		(void)nanosleep(&(struct timespec){ .tv_nsec = MOVE_SLEEP_NS }, NULL); /* cut short is fine */
	}
	(void)err_set(e, ERR_SYSTEM, "systemd has not moved process %d into %s: it is in %s", (int)pid, unit, path);
	e->errnum = ETIMEDOUT;
	return NULL;
}

/* A slice takes no processes from systemd, but its cgroup does. */
static int enter_slice(const struct plan_cgroup *plan, pid_t pid, struct err *e)
{
	_cleanup_fd_ int fd = v2_open(plan->mount, plan->path, e);
	char number[21];

	if (fd < 0)
		return -1;
	return io_write_file_at(fd, "cgroup.procs", num_format_u64((uint64_t)pid, number), e);
}

static int systemd_attach(const struct plan_cgroup *plan, pid_t pid, struct arena *arena, struct cgroup_record *rec,
			  struct err *e)
{
	const struct systemd_manager m = systemd_manager_begin(plan->user_manager, SYSTEMD_TIMEOUT_MS);
	struct plan_cgroup actual = *plan;

	if (systemd_manager_start_unit(&m, plan, pid, &rec->created, e) < 0)
		return -1;
	if (plan->unit_is_slice) {
		if (enter_slice(plan, pid, e) < 0)
			return -1;
	} else {
		actual.path = find_scope(&m, plan->unit, pid, arena, e);
		if (actual.path == NULL)
			return e->kind == ERR_NONE ? arena_check(arena, e) : -1;
	}
	rec->path = actual.path;
	return v2_configure(&actual, e);
}

/* Below the unit's own cgroup there may be others, of the container. */
static const char *find_subgroup(const struct cgroup_record *rec)
{
	const size_t len = strlen(rec->unit);
	const char *at = rec->path;

	while ((at = strstr(at, rec->unit)) != NULL) {
		if (at > rec->path && at[-1] == '/' && (at[len] == '\0' || at[len] == '/'))
			return at + len;
		at += len;
	}
	return "";
}

static int systemd_adopt(const struct cgroup_record *rec, pid_t pid, struct err *e)
{
	const struct systemd_manager m = systemd_manager_begin(rec->user_manager, SYSTEMD_TIMEOUT_MS);

	if (rec->unit == NULL)
		return err_set(e, ERR_STATE, "the state names no unit");
	return systemd_manager_attach_process(&m, rec->unit, find_subgroup(rec), pid, e);
}

/* The properties too, or systemd would write the old values when it reloads. */
static int systemd_update(const struct cgroup_record *rec, const struct plan_cgroup *plan, struct err *e)
{
	const struct systemd_manager m = systemd_manager_begin(rec->user_manager, SYSTEMD_TIMEOUT_MS);

	if (rec->unit != NULL && plan->n_properties > 0 &&
	    systemd_manager_set_properties(&m, rec->unit, plan->properties, plan->n_properties, e) < 0)
		return -1;
	return v2_update(rec, plan, e);
}

static int stop(const struct cgroup_record *rec, struct err *e)
{
	const struct systemd_manager m = systemd_manager_begin(rec->user_manager, SYSTEMD_TIMEOUT_MS);

	return systemd_manager_stop_unit(&m, rec->unit, e);
}

static int systemd_destroy(const struct cgroup_record *rec, struct err *e)
{
	struct err stop_error = ERR_INIT;

	if (rec->unit != NULL && rec->created) {
		struct err ignored = ERR_INIT; /* v2_destroy() tries again, and says why not */

		/* At once, or a program that ignores SIGTERM would keep systemd waiting for minutes. */
		(void)v2_kill(rec, SIGKILL, &ignored);
		(void)stop(rec, &stop_error); /* dealt with below */
	}
	/* What systemd has not removed, and could not: its unit ends as well when the cgroup is empty. */
	if (v2_destroy(rec, e) < 0)
		return stop_error.kind == ERR_NONE ? -1 : err_prefix(e, "%.150s; then", stop_error.msg);
	if (stop_error.kind != ERR_NONE)
		log_warning("the cgroup is removed, but %s may be left: %s", rec->unit, stop_error.msg);
	return 0;
}

const struct cgroup_driver cgroup_driver_systemd = {
	.name = "systemd",
	.prepare = systemd_prepare,
	.attach = systemd_attach,
	.adopt = systemd_adopt,
	.open = v2_open_record,
	.kill = v2_kill,
	.pids = v2_get_pids,
	.is_frozen = v2_is_frozen,
	.update = systemd_update,
	.freeze = v2_freeze,
	.destroy = systemd_destroy,
	.was_out_of_memory = v2_was_out_of_memory,
};
