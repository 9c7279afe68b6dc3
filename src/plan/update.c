/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/update.h"

#include <string.h>

#include "libocispec/codec.h"
#include "plan/builder.h"
#include "plan/update_options.h"

uint32_t plan_update_needs(void)
{
	return HOST_IDENTITY | HOST_CGROUP_CONTROLLERS;
}

static bool is_same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool is_same_number(const struct oci_opt_i64 *a, const struct oci_opt_i64 *b)
{
	return a->set == b->set && a->value == b->value;
}

static bool is_same_list(const struct oci_device_rules *a, const struct oci_device_rules *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		const struct oci_device_rule *x = &a->items[i];
		const struct oci_device_rule *y = &b->items[i];

		if (x->allow != y->allow || !is_same_text(x->type, y->type) || !is_same_text(x->access, y->access) ||
		    !is_same_number(&x->major, &y->major) || !is_same_number(&x->minor, &y->minor))
			return false;
	}
	return true;
}

/* Engines send back what create was given: that is no wish to change the devices. */
static bool has_devices_of_create(const struct plan_document *config, const struct oci_resources *resources)
{
	const struct oci_linux *created = config->config->linux_;

	return created && created->resources && is_same_list(&created->resources->devices, &resources->devices);
}

static int read_resources(const struct plan_update *u, struct arena *a, const struct oci_resources **ret,
			  struct err *e)
{
	/* With a document too: for what excludes it. */
	if (update_options_read(u->options, a, ret, e) < 0)
		return -1;
	return u->bytes ? oci_resources_decode(u->bytes, u->len, u->name, a, NULL, ret, e) : 0;
}

int plan_build_update(const struct plan_document *config, const struct plan_update *u, const struct request *req,
		      const struct host *host, struct arena *arena, struct findings *findings,
		      const struct plan_cgroup **ret_cgroup, struct err *e)
{
	const struct plan_document doc = { .bytes = u->bytes, .len = u->len, .name = u->name };
	const struct oci_resources *resources;
	struct oci_linux linux_ = { .cgroups_path = NULL };
	struct oci_config wanted = { .linux_ = &linux_ };
	const struct finding *first;
	struct builder b = {
		.doc = &doc,
		.config = &wanted,
		.req = req,
		.host = host,
		.present = &u->present,
		.resources_at = "",
		.arena = arena,
		.findings = findings,
		.plan = arena_new(arena, struct plan),
	};

	if (!b.plan) {
		(void)arena_check(arena, e); /* it says that there is no memory */
		return -1;
	}
	if (read_resources(u, findings->arena, &resources, e) < 0)
		return -1;
	linux_.resources = resources;
	b.plan->cgroup.driver = u->driver;
	b.plan->cgroup.mount = builder_keep(&b, u->mount);
	b.plan->cgroup.path = builder_keep(&b, u->path);
	b.plan->cgroup.unit = builder_keep(&b, u->unit);
	b.plan->cgroup.required = true;
	b.plan->cgroup.devices_as_created = has_devices_of_create(config, resources);
	build_cgroup_devices(&b);
	build_cgroup_limits(&b);
	if (u->driver == CGROUP_DRIVER_SYSTEMD)
		build_systemd_limits(&b);
	if (arena_check(arena, e) < 0 || arena_check(findings->arena, e) < 0)
		return -1;
	first = findings_first_error(findings);
	if (first)
		return finding_to_err(first, e);
	*ret_cgroup = &b.plan->cgroup;
	return 0;
}
