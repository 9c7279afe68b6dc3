/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup/driver.h"

/* --cgroup-manager=disabled, or no right to make one: the container stays in the cgroup that rt was started in. */

#define NONE_HINT "it gets one without --cgroup-manager=disabled, where the caller may make cgroups (rt(1), ROOTLESS)"

static int none_prepare(const struct plan_cgroup *plan, bool *ret_created, struct err *e)
{
	(void)plan; /* the plan has refused limits already */
	(void)e;
	*ret_created = false;
	return CGROUP_NO_FD;
}

static int none_open(const struct cgroup_record *rec, struct err *e)
{
	(void)rec;
	(void)e;
	return CGROUP_NO_FD;
}

static int no_cgroup(struct err *e)
{
	(void)err_set(e, ERR_STATE, "the container has no cgroup of its own, so its processes are not known");
	return err_hint(e, NONE_HINT);
}

static int refuse(struct err *e, const char *what)
{
	(void)err_set(e, ERR_UNSUPPORTED, "the container has no cgroup of its own: %s", what);
	return err_hint(e, NONE_HINT);
}

static int none_kill(const struct cgroup_record *rec, int sig, struct err *e)
{
	(void)rec;
	(void)sig;
	return no_cgroup(e);
}

/* NOLINTNEXTLINE(readability-non-const-parameter): the type is the driver's */
static int none_pids(const struct cgroup_record *rec, pid_t **ret, size_t *ret_n, struct err *e)
{
	(void)rec;
	(void)ret;
	(void)ret_n;
	return no_cgroup(e);
}

static int none_is_frozen(const struct cgroup_record *rec, struct err *e)
{
	(void)rec;
	(void)e;
	return 0;
}

static int none_update(const struct cgroup_record *rec, const struct plan_cgroup *plan, struct err *e)
{
	(void)rec;
	/* The plan refuses limits where there is no cgroup: what comes here asks for nothing. */
	return plan->n_writes == 0 && !plan->device_filter ? 0 : refuse(e, "it has no limits");
}

static int none_freeze(const struct cgroup_record *rec, bool frozen, struct err *e)
{
	(void)rec;
	return refuse(e, frozen ? "it can not be paused" : "it can not be resumed");
}

static int none_destroy(const struct cgroup_record *rec, struct err *e)
{
	(void)rec;
	(void)e;
	return 0;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): the type is the driver's */
static bool none_was_out_of_memory(const struct cgroup_record *rec, char *text, size_t size)
{
	(void)rec;
	(void)text;
	(void)size;
	return false;
}

const struct cgroup_driver cgroup_driver_none = {
	.name = "none",
	.prepare = none_prepare,
	.open = none_open,
	.kill = none_kill,
	.pids = none_pids,
	.is_frozen = none_is_frozen,
	.update = none_update,
	.freeze = none_freeze,
	.destroy = none_destroy,
	.was_out_of_memory = none_was_out_of_memory,
};
