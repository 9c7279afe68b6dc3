/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CMD_EVENTS_JSON_H
#define RT_CMD_EVENTS_JSON_H

#include "base/json.h"
#include "cgroup/stats.h"
#include "run/network_stats.h"
#include "run/rdt_stats.h"

/*
 * The lines of `rt events`, in the form of runc's (its package "types"), which engines' clients decode: the same names,
 * the same units (nanoseconds of CPU time; bytes), and nothing where that leaves out what is zero.
 */

struct events_stats {
	const struct cgroup_stats *cgroup;
	const struct network_stats *network;
	size_t n_network;
	const struct rdt_stats *rdt;
};

/* {"type":"stats","id":ID,"data":{...}} */
void events_write_stats(const char *id, const struct events_stats *s, struct json *j);

/* {"type":"oom","id":ID} */
void events_write_oom(const char *id, struct json *j);

#endif
