/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_NETWORK_STATS_H
#define RT_RUN_NETWORK_STATS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"

/*
 * What went through the network devices of a process's network namespace, from its /proc/PID/net/dev: read from
 * outside, so that rt stays where it is.
 */

struct network_stats {
	const char *name; /* as it is called inside */
	uint64_t rx_bytes;
	uint64_t rx_packets;
	uint64_t rx_errors;
	uint64_t rx_dropped;
	uint64_t tx_bytes;
	uint64_t tx_packets;
	uint64_t tx_errors;
	uint64_t tx_dropped;
};

/* All devices but the loopback one, in memory of ARENA; none if the process PID, which PIDFD names, has ended. */
int network_stats_read(int pidfd, pid_t pid, struct arena *arena, struct network_stats **ret, size_t *ret_n,
		       struct err *e);

/* Reads TEXT, the contents of such a file, which is changed.  Lines that can not be understood are left out. */
int network_stats_parse(char *text, struct arena *arena, struct network_stats **ret, size_t *ret_n, struct err *e);

#endif
