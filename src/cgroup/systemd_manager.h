/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CGROUP_SYSTEMD_MANAGER_H
#define RT_CGROUP_SYSTEMD_MANAGER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "plan/plan.h"

/*
 * Calls to systemd's manager.  libsystemd is opened by rt-libs, a process for each call (embed/call.h).
 *
 * An operation has one deadline: whatever does not answer by then is an error that says what was waited for (errnum
 * ETIMEDOUT).
 */

/* From the begin of an operation. */
#define SYSTEMD_TIMEOUT_MS 30000

struct systemd_manager {
	bool user;         /* the systemd of the USER: $DBUS_SESSION_BUS_ADDRESS, or $XDG_RUNTIME_DIR/bus */
	unsigned timeout_ms;
	uint64_t deadline; /* CLOCK_MONOTONIC, microseconds */
};

/* An operation begins. */
struct systemd_manager systemd_manager_begin(bool user, unsigned timeout_ms);

/* Milliseconds that are left. */
unsigned systemd_manager_left(const struct systemd_manager *m);

/*
 * Makes and starts the unit of PLAN, with PID in it where it is a scope, and waits until systemd has done so.  A unit
 * of that name that has failed before is reset.  *RET_MAY_BE_OURS (always set): false if there is certainly no unit
 * that this call made.  ERR_STATE: somebody has a unit of that name.
 */
int systemd_manager_start_unit(const struct systemd_manager *m, const struct plan_cgroup *plan, pid_t pid,
			       bool *ret_may_be_ours, struct err *e);

/* Stops a unit, waits until it is, and lets systemd forget it.  One that is not loaded is success. */
int systemd_manager_stop_unit(const struct systemd_manager *m, const char *unit, struct err *e);

/* Changes properties of a unit that runs, until the next boot at most. */
int systemd_manager_set_properties(const struct systemd_manager *m, const char *unit,
				   const struct plan_unit_property *properties, unsigned n, struct err *e);

/* Moves a process into the cgroup SUBGROUP ("" or "/...") of a unit. */
int systemd_manager_attach_process(const struct systemd_manager *m, const char *unit, const char *subgroup, pid_t pid,
				   struct err *e);

#endif
