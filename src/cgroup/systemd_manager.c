/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup/systemd_manager.h"

#include "base/clock.h"
#include "embed/call.h"
#include "libs/libs.h"

#define NSEC_PER_USEC 1000U
#define USEC_PER_MSEC 1000U

/* rt-libs keeps the deadline itself, and says what it has waited for: it comes first. */
#define GRACE_MS 2000

static uint64_t now_usec(void)
{
	return clock_now_ns() / NSEC_PER_USEC;
}

struct systemd_manager systemd_manager_begin(bool user, unsigned timeout_ms)
{
	return (struct systemd_manager){
		.user = user,
		.timeout_ms = timeout_ms,
		.deadline = now_usec() + (uint64_t)timeout_ms * USEC_PER_MSEC,
	};
}

unsigned systemd_manager_left(const struct systemd_manager *m)
{
	const uint64_t now = now_usec();

	return now < m->deadline ? (unsigned)((m->deadline - now) / USEC_PER_MSEC) : 0;
}

static int call(const struct systemd_manager *m, struct libs_request *request, bool *ret_may_be_ours, struct err *e)
{
#ifdef HAVE_SYSTEMD
	struct answer answer;
	int r;

	request->user_manager = m->user;
	request->timeout_ms = m->timeout_ms;
	request->deadline = m->deadline;
	r = libs_call(request, systemd_manager_left(m) + GRACE_MS, &answer, e);
	answer_release(&answer);
	*ret_may_be_ours = answer.unit_may_be_ours;
	return r;
#else
	(void)m;
	(void)request;
	*ret_may_be_ours = false;
	(void)err_set(e, ERR_UNSUPPORTED, "cgroup manager systemd: this rt was built without it");
	return err_hint(e, "use --cgroup-manager=cgroupfs and a cgroupsPath that is a path");
#endif
}

int systemd_manager_start_unit(const struct systemd_manager *m, const struct plan_cgroup *plan, pid_t pid,
			       bool *ret_may_be_ours, struct err *e)
{
	struct libs_request request = {
		.operation = LIBS_START_UNIT,
		.unit = plan->unit,
		.unit_is_slice = plan->unit_is_slice,
		.properties = plan->properties,
		.n_properties = plan->n_properties,
		.pid = pid,
	};

	return call(m, &request, ret_may_be_ours, e);
}

int systemd_manager_stop_unit(const struct systemd_manager *m, const char *unit, struct err *e)
{
	struct libs_request request = { .operation = LIBS_STOP_UNIT, .unit = unit };
	bool ignored;

	return call(m, &request, &ignored, e);
}

int systemd_manager_set_properties(const struct systemd_manager *m, const char *unit,
				   const struct plan_unit_property *properties, unsigned n, struct err *e)
{
	struct libs_request request = {
		.operation = LIBS_SET_PROPERTIES,
		.unit = unit,
		.properties = properties,
		.n_properties = n,
	};
	bool ignored;

	return call(m, &request, &ignored, e);
}

int systemd_manager_attach_process(const struct systemd_manager *m, const char *unit, const char *subgroup, pid_t pid,
				   struct err *e)
{
	struct libs_request request = {
		.operation = LIBS_ATTACH_PROCESS,
		.unit = unit,
		.subgroup = subgroup,
		.pid = pid,
	};
	bool ignored;

	return call(m, &request, &ignored, e);
}
