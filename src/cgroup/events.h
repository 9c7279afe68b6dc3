/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CGROUP_EVENTS_H
#define RT_CGROUP_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/*
 * The OOM killer's work in a cgroup and below it, as memory.events counts it.  The kernel tells of a change of the file
 * (Documentation/admin-guide/cgroup-v2.rst, "memory.events"): poll(2) for POLLPRI on its descriptor returns.  So
 * nothing is looked at as long as nothing happens.
 */
struct cgroup_events {
	int fd;             /* of memory.events, to be polled; -EBADF: no memory controller, nothing to wait for */
	uint64_t oom_kills; /* as of the last look */
};

#define CGROUP_EVENTS_INIT { .fd = -EBADF }

/* Looks for the first time: what happened before is not reported. */
int cgroup_events_open(int cgroup_fd, struct cgroup_events *ret, struct err *e);

/* Looks again.  1 if processes were killed since the last look, 0 if not, -1.  When the cgroup is gone: 0, and the
 * descriptor is closed. */
int cgroup_events_look(struct cgroup_events *events, struct err *e);

void cgroup_events_close(struct cgroup_events *events);
#define _cleanup_events_ __attribute__((cleanup(cgroup_events_close)))

#endif
