/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_TESTS_GOLDEN_HOSTS_H
#define RT_TESTS_GOLDEN_HOSTS_H

#include "host/host.h"

/* Kernels and hosts as literals: what a plan depends on, and nothing of the machine that the test runs on. */
struct golden_host {
	const char *name; /* NULL ends the table */
	struct host host;
};

extern const struct golden_host golden_hosts[];

/* NULL if there is none of that name. */
const struct host *golden_host_find(const char *name);

#endif
