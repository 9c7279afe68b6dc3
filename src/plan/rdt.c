/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "plan/builder.h"

#define SECTION "config-linux.md#intelrdt"

/* Directories of resctrl that are no groups (Documentation/filesystems/resctrl.rst). */
static bool is_taken(const char *name)
{
	static const char *const names[] = { ".", "..", "info", "mon_data", "mon_groups" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

/* Groups are directories of the mount itself: resctrl has no deeper ones. */
static void build_group(struct builder *b, const char *clos_id)
{
	struct plan_rdt *rdt = &b->plan->rdt;

	if (!clos_id) {
		rdt->group_of_container = true;
		rdt->group = b->plan->id;
		if (is_taken(b->plan->id))
			builder_error(b, SECTION, "/linux/intelRdt",
				      "resctrl can have no group named after this container: \"%s\"", b->plan->id);
		return;
	}
	if (strcmp(clos_id, "/") == 0) {
		rdt->group = "";
		return;
	}
	rdt->group = builder_keep(b, clos_id);
	if (is_taken(clos_id) || strpbrk(clos_id, "/\n") || strlen(clos_id) > NAME_MAX)
		builder_error(b, SECTION, "/linux/intelRdt/closID",
			      "\"%s\" is no name of a resctrl group: one directory, or \"/\"", clos_id);
}

/* "" is what an engine writes that does not leave it out. */
static bool is_set(const char *text)
{
	return text && text[0] != '\0';
}

static void add_line(struct builder *b, struct plan_rdt_line *lines, const char *text, const char *pointer,
		     bool is_compared)
{
	lines[b->plan->rdt.n_lines++] = (struct plan_rdt_line){
		.text = builder_keep(b, text),
		.pointer = builder_keep(b, pointer),
		.is_compared = is_compared,
	};
}

/* The specification's order: the cache, memory bandwidth, then the rest. */
static void build_lines(struct builder *b, const struct oci_intel_rdt *c)
{
	struct plan_rdt_line *lines = arena_new_array(b->arena, struct plan_rdt_line, c->schemata.n + 2);

	if (!lines)
		return;
	b->plan->rdt.lines = lines;
	if (is_set(c->l3_cache_schema)) {
		if (strncmp(c->l3_cache_schema, "L3:", 3) != 0)
			builder_warn(b, SECTION, "/linux/intelRdt/l3CacheSchema", "it does not start with \"L3:\"");
		if (strchr(c->l3_cache_schema, '\n'))
			builder_warn(b, SECTION, "/linux/intelRdt/l3CacheSchema", "it has more than one line");
		add_line(b, lines, c->l3_cache_schema, "/linux/intelRdt/l3CacheSchema", true);
	}
	if (is_set(c->mem_bw_schema)) {
		if (strncmp(c->mem_bw_schema, "MB:", 3) != 0 || strchr(c->mem_bw_schema, '\n'))
			builder_error(b, SECTION, "/linux/intelRdt/memBwSchema",
				      "it is not one line that starts with \"MB:\"");
		add_line(b, lines, c->mem_bw_schema, "/linux/intelRdt/memBwSchema", true);
	}
	for (size_t i = 0; i < c->schemata.n; i++) {
		const char *at = builder_at(b, "/linux/intelRdt/schemata/%zu", i);

		if (!is_set(c->schemata.items[i]) || strchr(c->schemata.items[i], '\n'))
			builder_error(b, SECTION, at, "it is not one line");
		add_line(b, lines, c->schemata.items[i], at, false);
	}
}

void build_rdt(struct builder *b)
{
	const struct oci_intel_rdt *c = builder_linux(b)->intel_rdt;
	const char *clos_id;

	if (!c)
		return;
	clos_id = is_set(c->clos_id) ? c->clos_id : NULL;
	b->plan->rdt.present = true;
	build_group(b, clos_id);
	build_lines(b, c);
	b->plan->rdt.must_exist = clos_id && b->plan->rdt.n_lines == 0;
	b->plan->rdt.monitoring = c->enable_monitoring.value;
}
