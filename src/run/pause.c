/* SPDX-License-Identifier: Apache-2.0 */
#include "run/run.h"
#include "run/target.h"

/* What other runtimes say; engines look for it. */
static int check_status(const struct state *s, enum state_status status, bool pause, struct err *e)
{
	if (pause && status != STATUS_RUNNING && status != STATUS_CREATED)
		return err_set(e, ERR_STATE, "container \"%s\": container not running (%s)", s->id,
			       state_status_name(status));
	if (!pause && status != STATUS_PAUSED)
		return err_set(e, ERR_STATE, "container \"%s\": container not paused (%s)", s->id,
			       state_status_name(status));
	return 0;
}

static int set_frozen(const struct request *req, bool frozen, struct err *e)
{
	_cleanup_target_ struct target t = TARGET_INIT(req);
	enum cgroup_driver_kind kind;
	enum state_status status;

	if (target_open(&t, req, e) < 0 || target_lock_and_read(&t, req, e) < 0 ||
	    state_get_status(t.dir_fd, &t.state, &status, NULL, e) < 0 ||
	    check_status(&t.state, status, frozen, e) < 0)
		return -1;
	/* Without a path, the driver that says why there is nothing to freeze. */
	kind = t.state.cgroup.path[0] == '\0' ? CGROUP_DRIVER_NONE : t.state.cgroup.driver;
	return cgroup_driver_get(kind)->freeze(&t.state.cgroup, frozen, e);
}

int run_pause(const struct request *req, struct err *e)
{
	return set_frozen(req, true, e);
}

int run_resume(const struct request *req, struct err *e)
{
	return set_frozen(req, false, e);
}
