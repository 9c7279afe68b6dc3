/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_LIBS_SYSTEMD_BUS_H
#define RT_LIBS_SYSTEMD_BUS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "libs/libs.h"
#include "plan/plan.h"

/*
 * Calls to systemd's manager: org.freedesktop.systemd1(5).  libsystemd is opened at the first connection.
 *
 * A connection lives as long as one operation and has one deadline: whatever does not answer by then is an error that
 * says what was waited for (errnum ETIMEDOUT).
 */

struct systemd_bus;

/* Connects to the system's bus, or to the USER's: $DBUS_SESSION_BUS_ADDRESS, or $XDG_RUNTIME_DIR/bus.  NULL on
 * failure.  DEADLINE: CLOCK_MONOTONIC, microseconds; TIMEOUT_MS, how far away it was in the begin, is for messages. */
struct systemd_bus *systemd_bus_open(bool user, unsigned timeout_ms, uint64_t deadline, struct err *e);
void systemd_bus_close(struct systemd_bus **bus);
#define _cleanup_systemd_bus_ __attribute__((cleanup(systemd_bus_close)))

/*
 * Makes and starts the unit of R, with its pid in it where it is a scope, and waits until systemd has done so.  A unit
 * of that name that has failed before is reset.  *RET_MAY_BE_OURS (always set): false if there is certainly no unit
 * that this call made.  ERR_STATE: somebody has a unit of that name.
 */
int systemd_start_unit(struct systemd_bus *bus, const struct libs_request *r, bool *ret_may_be_ours, struct err *e);

/* Stops a unit, waits until it is, and lets systemd forget it.  One that is not loaded is success. */
int systemd_stop_unit(struct systemd_bus *bus, const char *unit, struct err *e);

/* Changes properties of a unit that runs, until the next boot at most. */
int systemd_set_properties(struct systemd_bus *bus, const char *unit, const struct plan_unit_property *properties,
			   unsigned n, struct err *e);

/* Moves a process into the cgroup SUBGROUP ("" or "/...") of a unit. */
int systemd_attach_process(struct systemd_bus *bus, const char *unit, const char *subgroup, pid_t pid, struct err *e);

#endif
