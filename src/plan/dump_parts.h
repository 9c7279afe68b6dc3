/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_PLAN_DUMP_PARTS_H
#define RT_PLAN_DUMP_PARTS_H

#include "base/json.h"
#include "plan/plan.h"

/* A bit, or a value of several, and its name. */
struct dump_flag {
	uint64_t value;
	const char *name;
};

/* FLAGS by name, in one string; bits without a name as a hexadecimal word. */
void dump_flags(struct json *j, const char *key, uint64_t flags, const struct dump_flag *names);

/* As above, but nothing at all for 0. */
void dump_flags_if(struct json *j, const char *key, uint64_t flags, const struct dump_flag *names);

/* KEY: value, left out where there is nothing to say: NULL, false, 0. */
void dump_string_if(struct json *j, const char *key, const char *s);
void dump_true_if(struct json *j, const char *key, bool v);
void dump_u64_if(struct json *j, const char *key, uint64_t v);
void dump_i64_if(struct json *j, const char *key, int64_t v);

void dump_strings(struct json *j, const char *key, const char *const *items, unsigned n);
void dump_vector(struct json *j, const char *key, const char *const *items); /* NULL-terminated */

/* "0:100000:65536", one string for each row */
void dump_maps_if(struct json *j, const char *key, const struct plan_id_map *maps, unsigned n);

extern const struct dump_flag dump_clone_flags[];
extern const struct dump_flag dump_mount_flags[];

void dump_namespaces(struct json *j, const struct plan_ns *ns);
void dump_root(struct json *j, const struct plan *p);
void dump_mounts(struct json *j, const struct plan *p);
void dump_devices(struct json *j, const struct plan *p);
void dump_process(struct json *j, const struct plan_process *p);
void dump_hooks(struct json *j, const struct plan_hooks *h);
void dump_seccomp(struct json *j, const struct plan *p);
void dump_cgroup(struct json *j, const struct plan_cgroup *c);
void dump_unit_properties(struct json *j, const struct plan_cgroup *c);

#endif
