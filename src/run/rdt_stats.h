/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_RDT_STATS_H
#define RT_RUN_RDT_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "state/state.h"

/*
 * What resctrl says of a container's group (Documentation/filesystems/resctrl.rst).  What is missing is not known; for
 * a container without such a group, and when resctrl is not mounted any more, that is all.
 */

/* Of one cache, that is a "domain": a file each in mon_data/mon_L3_NN. */
struct rdt_domain {
	bool has_occupancy;
	bool has_bandwidth;
	uint64_t llc_occupancy;   /* bytes */
	uint64_t mbm_total_bytes;
	uint64_t mbm_local_bytes;
};

/* One resource, L3 or MB: its line in the schemata, here and in the root group.  NULL: none. */
struct rdt_resource {
	const char *schema;
	const char *schema_root;
};

#define RDT_DOMAINS_MAX 64

struct rdt_stats {
	struct rdt_resource l3;
	struct rdt_resource mb;
	/* info/L3, info/MB; 0 and NULL: not known */
	const char *cbm_mask;
	uint64_t min_cbm_bits;
	uint64_t l3_num_closids;
	uint64_t bandwidth_gran;
	uint64_t delay_linear;
	uint64_t min_bandwidth;
	uint64_t mb_num_closids;
	/* of the container's own group or monitoring group only: another's counts others, too */
	struct rdt_domain domains[RDT_DOMAINS_MAX];
	unsigned n_domains;
};

/* Strings are in ARENA. */
int rdt_stats_read(const struct state *s, struct arena *arena, struct rdt_stats *ret, struct err *e);

#endif
