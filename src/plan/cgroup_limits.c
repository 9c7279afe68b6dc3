/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/span.h"
#include "plan/cgroup_rows.h"

/*
 * Limits as rows {file, value} of cgroup2.  Engines always send a resources object, so that three things are told
 * apart: what is requested becomes a row, or an error where it can not be applied; what says "no limit" in one of the
 * usual spellings asks for nothing, but for an end of the limit in an update; and what exists on cgroup v1 alone is
 * reported and passed over.
 */

static void build_pids(struct cgroup_rows *rows, const struct oci_pids *p)
{
	if (!p || !p->limit.set)
		return;
	if (p->limit.value < -1)
		builder_error(rows->b, CGROUP_SECTION, CGROUP_RESOURCES "/pids/limit", "a limit below -1");
	else if (p->limit.value == 0) /* the first process could not be born with it; 1 leaves room for no other */
		(void)cgroup_rows_add(rows, CGROUP_RESOURCES "/pids/limit", "pids.max", "1");
	else
		cgroup_rows_add_limit(rows, CGROUP_RESOURCES "/pids/limit", "pids.max", p->limit.value);
}

/* "2MB": digits and a unit of base 1024 */
static bool is_page_size(const char *size)
{
	size_t digits = span_of(size, "0123456789");

	return digits > 0 && digits < 10 && size[0] != '0' && strlen(size) == digits + 2 &&
	       strchr("KMG", size[digits]) && size[digits + 1] == 'B';
}

static void build_hugepages(struct cgroup_rows *rows, const struct oci_hugepage_limits *list)
{
	char file[64];

	for (size_t i = 0; i < list->n; i++) {
		const struct oci_hugepage_limit *h = &list->items[i];
		const char *at = builder_at(rows->b, CGROUP_RESOURCES "/hugepageLimits/%zu", i);
		struct plan_cgroup_write *w;

		if (!is_page_size(h->page_size)) {
			builder_error(rows->b, CGROUP_SECTION, builder_at(rows->b, "%s/pageSize", at),
				      "\"%s\" is no page size, such as \"2MB\"", h->page_size);
			continue;
		}
		(void)snprintf(file, sizeof(file), "hugetlb.%s.max", h->page_size);
		(void)cgroup_rows_add_number(rows, at, file, h->limit);
		(void)snprintf(file, sizeof(file), "hugetlb.%s.rsvd.max", h->page_size);
		w = cgroup_rows_has(rows, file) ? cgroup_rows_add_number(rows, at, file, h->limit) : NULL;
		if (w)
			w->missing_ok = true; /* reservations: Linux 5.7, where it is configured */
	}
}

static void build_network(struct cgroup_rows *rows, const struct oci_network *n)
{
	if (!n)
		return;
	if (n->class_id.value > 0)
		builder_unsupported(rows->b, CGROUP_SECTION, CGROUP_RESOURCES "/network/classID",
				    "cgroup2 has no network classes");
	if (n->priorities.n > 0)
		builder_unsupported(rows->b, CGROUP_SECTION, CGROUP_RESOURCES "/network/priorities",
				    "cgroup2 has no network priorities");
}

static void build_rdma(struct cgroup_rows *rows, const struct oci_rdmas *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct oci_rdma *r = &list->items[i];
		const char *at = builder_at_key(rows->b, CGROUP_RESOURCES "/rdma", r->key);
		char handles[40] = "", objects[40] = "";
		const char *value;

		if (!r->hca_handles.set && !r->hca_objects.set) {
			builder_error(rows->b, CGROUP_SECTION, at, "neither hcaHandles nor hcaObjects");
			continue;
		}
		if (strpbrk(r->key, " \n")) {
			builder_error(rows->b, CGROUP_SECTION, at, "no device has such a name");
			continue;
		}
		if (r->hca_handles.set)
			(void)snprintf(handles, sizeof(handles), " hca_handle=%u", r->hca_handles.value);
		if (r->hca_objects.set)
			(void)snprintf(objects, sizeof(objects), " hca_object=%u", r->hca_objects.value);
		value = builder_at(rows->b, "%s%s%s", r->key, handles, objects);
		(void)cgroup_rows_add(rows, at, "rdma.max", value);
	}
}

/* Files that would move processes, or take the cgroup out of rt's hands. */
static bool is_reserved(const char *file)
{
	static const char *const allowed[] = { "cgroup.max.depth", "cgroup.max.descendants", "cgroup.pressure" };

	if (strncmp(file, "cgroup.", 7) != 0)
		return false;
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		if (strcmp(file, allowed[i]) == 0)
			return false;
	}
	return true;
}

static void build_unified(struct cgroup_rows *rows, const struct oci_pairs *list)
{
	const char *section = "config-linux.md#unified";

	for (size_t i = 0; i < list->n; i++) {
		const char *file = list->items[i].key;
		const char *at = builder_at_key(rows->b, CGROUP_RESOURCES "/unified", file);

		if (strchr(file, '/') || !strchr(file, '.') || file[0] == '.') {
			builder_error(rows->b, section, at, "\"%s\" is no file of a cgroup (CONTROLLER.NAME)", file);
			continue;
		}
		if (is_reserved(file)) {
			builder_error(rows->b, section, at, "\"%s\" is not a limit", file);
			continue;
		}
		/* A file takes one line in a write. */
		for (const char *line = list->items[i].value; *line;) {
			size_t len = span_until(line, "\n");

			if (len > 0 && !cgroup_rows_add_len(rows, at, file, line, len))
				break;
			line += len + (line[len] == '\n');
		}
	}
}

void build_cgroup_limits(struct builder *b)
{
	const struct oci_resources *in = builder_linux(b)->resources;
	struct cgroup_rows rows = { .b = b };

	if (in) {
		build_cgroup_memory(&rows, in->memory);
		build_cgroup_cpu(&rows, in->cpu);
		build_pids(&rows, in->pids);
		build_cgroup_block_io(&rows, in->block_io);
		build_hugepages(&rows, &in->hugepage_limits);
		build_network(&rows, in->network);
		build_rdma(&rows, &in->rdma);
		/* Last: who names a file means it, whatever else has been written there. */
		build_unified(&rows, &in->unified);
	}
	cgroup_rows_finish(&rows);
}
