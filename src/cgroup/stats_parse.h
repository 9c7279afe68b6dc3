/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CGROUP_STATS_PARSE_H
#define RT_CGROUP_STATS_PARSE_H

#include "cgroup/stats.h"

/* The forms of a cgroup's files.  TEXT is changed where it is no const; what can not be understood is left out. */

/* A number or "max", with or without a newline behind it. */
void stats_parse_value(const char *text, struct cgroup_value *ret);

/* The number behind KEY in a flat keyed file. */
void stats_parse_key(const char *text, const char *key, struct cgroup_value *ret);

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=0", and the same with "full". */
void stats_parse_pressure(char *text, struct cgroup_pressure *ret);

/* All keys of memory.stat. */
void stats_parse_memory(char *text, struct cgroup_stats *ret);

/* "8:0 rbytes=1 wbytes=2 rios=3 wios=4 ..." */
void stats_parse_io(char *text, struct cgroup_stats *ret);

#endif
