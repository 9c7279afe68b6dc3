/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_PLAN_CGROUP_CONVERT_H
#define RT_PLAN_CGROUP_CONVERT_H

#include <stdint.h>

/* Values of cgroup v1, in which the specification speaks, as those of cgroup2. */

/* cpu.shares (2..262144, 1024 is the default) -> cpu.weight (1..10000, 100 is the default).  The curve goes through
 * the three points (minimum, default, maximum); the linear one of older runtimes made 39 of the default. */
uint32_t cgroup_convert_shares(uint64_t shares);

/* blkio.weight (10..1000) -> io.weight (1..10000) */
uint32_t cgroup_convert_blkio_weight(uint32_t weight);

#endif
