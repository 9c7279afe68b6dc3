/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/cgroup_rows.h"

#include <string.h>

#include "base/num.h"
#include "base/span.h"

#define ROWS_MAX 1024

static bool has_word(const char *list, const char *word, size_t len)
{
	for (const char *p = list; p && *p;) {
		size_t n = span_until(p, " \n");

		if (n == len && strncmp(p, word, len) == 0)
			return true;
		p += n;
		p += span_of(p, " \n");
	}
	return false;
}

/* Under the name that cgroup v1 has for it. */
static bool is_on_v1(const struct host *host, const char *controller, size_t len)
{
	if (len == 2 && strncmp(controller, "io", 2) == 0)
		return has_word(host->cgroup_v1_controllers, "blkio", 5);
	return has_word(host->cgroup_v1_controllers, controller, len);
}

static void report_missing(struct cgroup_rows *rows, const char *at, const char *controller, size_t len)
{
	struct builder *b = rows->b;
	const bool on_v1 = is_on_v1(b->host, controller, len);

	if (b->plan->cgroup.driver == CGROUP_DRIVER_NONE)
		builder_unsupported(b, CGROUP_SECTION, at,
				    "the limit can not be applied: the container has no cgroup of its own");
	else if (on_v1)
		builder_unsupported(
			b, CGROUP_SECTION, at,
			"the limit can not be applied: the controller \"%.*s\" is on cgroup v1 here, which is not used",
			(int)len, controller);
	else
		builder_unsupported(b, CGROUP_SECTION, at,
				    "the limit can not be applied: there is no cgroup controller \"%.*s\"",
				    (int)len, controller);
	/* Not where it was the caller who wanted no cgroup. */
	if (on_v1 && b->req->cgroup_manager != REQUEST_DISABLED)
		findings_hint(b->findings, "boot with systemd.unified_cgroup_hierarchy=1");
}

static void enable(struct cgroup_rows *rows, const char *controller, size_t len)
{
	for (unsigned i = 0; i < rows->n_controllers; i++) {
		if (strlen(rows->controllers[i]) == len && strncmp(rows->controllers[i], controller, len) == 0)
			return;
	}
	if (rows->n_controllers < sizeof(rows->controllers) / sizeof(rows->controllers[0]))
		rows->controllers[rows->n_controllers++] = arena_strndup(rows->b->arena, controller, len);
}

/* A place for one more row, beside the plan: finish() copies them in one piece. */
static struct plan_cgroup_write *grow(struct cgroup_rows *rows)
{
	if (rows->n == rows->size) {
		unsigned size = rows->size ? rows->size * 2 : 8;
		struct plan_cgroup_write *writes =
			arena_new_array(rows->b->findings->arena, struct plan_cgroup_write, size);

		if (!writes)
			return NULL;
		if (rows->n > 0)
			memcpy(writes, rows->writes, rows->n * sizeof(*writes));
		rows->writes = writes;
		rows->size = size;
	}
	return &rows->writes[rows->n++];
}

/* "cgroup." files are there without a controller. */
static bool is_core(const char *file)
{
	return strncmp(file, "cgroup.", 7) == 0;
}

bool cgroup_rows_has(const struct cgroup_rows *rows, const char *file)
{
	const struct builder *b = rows->b;

	if (b->plan->cgroup.driver == CGROUP_DRIVER_NONE)
		return false;
	return is_core(file) || has_word(b->host->cgroup_controllers, file, span_until(file, "."));
}

struct plan_cgroup_write *cgroup_rows_add_len(struct cgroup_rows *rows, const char *at, const char *file,
					      const char *value, size_t len)
{
	struct builder *b = rows->b;
	size_t controller = span_until(file, ".");
	struct plan_cgroup_write *w;

	if (!cgroup_rows_has(rows, file)) {
		report_missing(rows, at, file, controller);
		return NULL;
	}
	if (rows->n == ROWS_MAX) {
		builder_error(b, CGROUP_SECTION, at, "more than %d limits", ROWS_MAX);
		return NULL;
	}
	if (!is_core(file))
		enable(rows, file, controller);
	w = grow(rows);
	if (!w)
		return NULL;
	w->file = builder_keep(b, file);
	w->value = arena_strndup(b->arena, value, len);
	w->pointer = builder_keep(b, builder_place(b, at));
	return w;
}

struct plan_cgroup_write *cgroup_rows_add(struct cgroup_rows *rows, const char *at, const char *file,
					  const char *value)
{
	return cgroup_rows_add_len(rows, at, file, value, strlen(value));
}

struct plan_cgroup_write *cgroup_rows_add_number(struct cgroup_rows *rows, const char *at, const char *file,
						 uint64_t value)
{
	char digits[21];

	return cgroup_rows_add(rows, at, file, num_format_u64(value, digits));
}

void cgroup_rows_add_max(struct cgroup_rows *rows, const char *at, const char *file)
{
	struct plan_cgroup_write *w;

	if (!cgroup_rows_is_update(rows) || !cgroup_rows_has(rows, file))
		return;
	w = cgroup_rows_add(rows, at, file, "max");
	if (w)
		w->missing_ok = true; /* what is not there does not limit */
}

void cgroup_rows_add_limit(struct cgroup_rows *rows, const char *at, const char *file, int64_t value)
{
	if (value > 0)
		(void)cgroup_rows_add_number(rows, at, file, (uint64_t)value);
	else if (value == -1)
		cgroup_rows_add_max(rows, at, file);
}

void cgroup_rows_warn_v1(struct cgroup_rows *rows, bool asked, const char *at)
{
	if (asked)
		builder_warn(rows->b, CGROUP_SECTION, at, "exists on cgroup v1 alone and is left out");
}

void cgroup_rows_finish(struct cgroup_rows *rows)
{
	struct plan_cgroup *out = &rows->b->plan->cgroup;
	const char **controllers = arena_new_array(rows->b->arena, const char *, rows->n_controllers + 1);
	struct plan_cgroup_write *writes = arena_new_array(rows->b->arena, struct plan_cgroup_write, rows->n);

	if (!controllers || !writes)
		return;
	if (rows->n > 0)
		memcpy(writes, rows->writes, rows->n * sizeof(*writes));
	if (rows->n_controllers > 0)
		memcpy(controllers, rows->controllers, rows->n_controllers * sizeof(*controllers));
	out->controllers = controllers;
	out->writes = writes;
	out->n_writes = rows->n;
	out->required |= rows->n > 0;
}
