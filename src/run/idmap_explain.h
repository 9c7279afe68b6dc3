/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_IDMAP_EXPLAIN_H
#define RT_RUN_IDMAP_EXPLAIN_H

#include <sys/types.h>

#include "base/err.h"
#include "plan/plan.h"

/* newuidmap(1) or newgidmap(1), and what it goes by. */
struct idmap_helper {
	const char *program;
	const char *ranges;  /* subuid(5) or subgid(5): "/etc/subuid" */
	const char *option;  /* of usermod(8): "--add-subuids" */
	uint32_t own_id;     /* the caller's uid or gid, which needs no range */
	uid_t uid;           /* the caller's; its name is looked for in passwd(5) */
	const char *path;    /* PATH, where the program is looked for; NULL: nowhere */
	const char *root;    /* in front of all paths that are looked at: "" but in tests */
};

/* The helper H was to write N MAPS and has failed with E, which gets a hint. */
void idmap_explain(const struct idmap_helper *h, const struct plan_id_map *maps, unsigned n, struct err *e);

#endif
