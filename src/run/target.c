/* SPDX-License-Identifier: Apache-2.0 */
#include "run/target.h"

#include <errno.h>
#include <signal.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/process.h"
#include "base/sys.h"
#include "run/hooks.h"
#include "run/rdt.h"

#define KILL_TIMEOUT_MS 10000

void target_release(struct target *t)
{
	fd_close(&t->dir_fd);
	fd_close(&t->root_fd);
}

int target_open(struct target *t, const struct request *req, struct err *e)
{
	if (state_check_id(req->id, e) < 0)
		return -1;
	t->root_fd = state_open_root(req->root, false, e);
	if (t->root_fd < 0 && e->errnum == ENOENT) {
		err_clear(e);
		return state_set_missing(req->id, e);
	}
	if (t->root_fd < 0)
		return -1;
	t->dir_fd = state_open(t->root_fd, req->id, e);
	return t->dir_fd < 0 ? -1 : 0;
}

int target_lock_and_read(struct target *t, const struct request *req, struct err *e)
{
	if (state_lock(t->root_fd, t->dir_fd, req->id, e) < 0)
		return -1;
	return state_read(t->dir_fd, req->id, t->arena, &t->state, e);
}

int target_kill(const struct state *s, int pidfd, struct err *e)
{
	const struct cgroup_driver *driver = cgroup_driver_get(s->cgroup.driver);

	if (!s->has_own_pid_ns && s->cgroup.path[0] != '\0' && driver->kill(&s->cgroup, SIGKILL, e) < 0)
		return err_prefix(e, "kill the processes of \"%s\"", s->id);
	if (pidfd < 0)
		return 0;
	if (sys_pidfd_send_signal(pidfd, SIGKILL, NULL, 0) < 0 && errno != ESRCH)
		return err_errno(e, errno, "kill init of \"%s\"", s->id);
	switch (process_poll(pidfd, KILL_TIMEOUT_MS, e)) {
	case 0:
		return err_set(e, ERR_SYSTEM, "init of \"%s\" is still there %d s after SIGKILL", s->id,
			       KILL_TIMEOUT_MS / 1000);
	case 1:
		return 0;
	default:
		return -1;
	}
}

/* Whether what is in the cgroup of the record is not the container's. */
static bool has_cgroup_of_others(const struct state *s)
{
	/* The one of an intent that was there before.  init died with its rt. */
	if (!s->complete)
		return !s->cgroup.created;
	if (!cgroup_is_of_others(&s->cgroup))
		return false;
	log_warning("cgroup %s is not the one that \"%s\" was created with: it is left alone", s->cgroup.path, s->id);
	return true;
}

static int destroy(int root_fd, int dir_fd, const struct state *record, const char *boot_id, int pidfd, struct err *e)
{
	struct state own = *record;
	const struct state *s = &own;
	const struct cgroup_driver *driver = cgroup_driver_get(s->cgroup.driver);
	int is_of_this_boot = state_is_of_this_boot(s, boot_id, e);

	if (is_of_this_boot < 0)
		return -1;
	/* A cgroup that has the name of one of another boot is somebody else's, with all that is in it. */
	if (!is_of_this_boot)
		return state_remove(root_fd, dir_fd, s->id, e);
	if (has_cgroup_of_others(s))
		own.cgroup.path = "";
	if (target_kill(s, pidfd, e) < 0)
		return -1;
	if (s->cgroup.path[0] != '\0' && driver->destroy(&s->cgroup, e) < 0)
		return err_prefix(e, "remove the cgroup of \"%s\"", s->id);
	if (rdt_remove(s, e) < 0)
		return -1;
	/* After all that it records. */
	return state_remove(root_fd, dir_fd, s->id, e);
}

int target_destroy(int root_fd, int dir_fd, const struct state *s, const char *boot_id, int pidfd, struct err *e)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct plan_hooks hooks = { .stdout_path = NULL };
	struct err hooks_error = ERR_INIT;

	/* Before the config goes with the directory. */
	if (s->has_poststop && hooks_load(dir_fd, HOOK_POSTSTOP, &arena, &hooks, &hooks_error) < 0)
		log_warning("poststop hooks of \"%s\" do not run: %s", s->id, hooks_error.msg);
	if (destroy(root_fd, dir_fd, s, boot_id, pidfd, e) < 0)
		return err_hint(e, "`delete --force %.80s` removes what is left", s->id);
	hooks_run_all(HOOK_POSTSTOP, &hooks, s, STATUS_STOPPED);
	return 0;
}
