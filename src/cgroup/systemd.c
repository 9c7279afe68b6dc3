/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup/driver.h"
#include "cgroup/v2.h"

/*
 * Scopes of systemd.  Making one is not supported yet and is refused; all that works on the directory of a scope is
 * what the driver v2 does.
 */
static int systemd_prepare(const struct plan_cgroup *plan, bool *ret_created, struct err *e)
{
	*ret_created = false;
	(void)err_set(e, ERR_UNSUPPORTED,
		      "cgroup manager systemd: scope %s can not be made: not supported by this rt",
		      plan->unit != NULL ? plan->unit : "");
	return err_hint(e, "use --cgroup-manager=cgroupfs and a cgroupsPath that is a path");
}

const struct cgroup_driver cgroup_driver_systemd = {
	.name = "systemd",
	.prepare = systemd_prepare,
	.open = v2_open_record,
	.kill = v2_kill,
	.pids = v2_get_pids,
	.is_frozen = v2_is_frozen,
	.update = v2_update,
	.freeze = v2_freeze,
	.destroy = v2_destroy,
	.was_oom_killed = v2_was_oom_killed,
};
