/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "plan/builder.h"

#define SECTION "config-linux.md#allowed-device-list"
#define RULES_MAX 480 /* with the defaults, what the device program takes */

/*
 * What every container may use, whatever the list says: the default devices, the terminals and the making of nodes
 * (which is not their use).  They come last, and the last match decides.
 */
/* clang-format off */
static const struct plan_cgroup_device defaults[] = {
	{ true, 'c', false, false, true, -1, -1 }, /* mknod */
	{ true, 'b', false, false, true, -1, -1 },
	{ true, 'c', true, true, true, 1, 3 },     /* null */
	{ true, 'c', true, true, true, 1, 8 },     /* random */
	{ true, 'c', true, true, true, 1, 7 },     /* full */
	{ true, 'c', true, true, true, 5, 0 },     /* tty */
	{ true, 'c', true, true, true, 1, 5 },     /* zero */
	{ true, 'c', true, true, true, 1, 9 },     /* urandom */
	{ true, 'c', true, true, true, 5, 1 },     /* console */
	{ true, 'c', true, true, true, 136, -1 },  /* pts */
	{ true, 'c', true, true, true, 5, 2 },     /* ptmx */
	{ true, 'c', true, true, true, 10, 200 },  /* net/tun: what it reaches is the container's network namespace */
};
/* clang-format on */
#define N_DEFAULTS (sizeof(defaults) / sizeof(defaults[0]))

static void read_access(struct builder *b, const char *access, const char *at, struct plan_cgroup_device *out)
{
	if (!access || access[0] == '\0') {
		out->read = out->write = out->mknod = true;
		return;
	}
	for (; *access; access++) {
		switch (*access) {
		case 'r':
			out->read = true;
			break;
		case 'w':
			out->write = true;
			break;
		case 'm':
			out->mknod = true;
			break;
		default:
			builder_error(b, SECTION, at, "the access is composed of r, w and m");
			return;
		}
	}
}

static int64_t read_number(struct builder *b, const struct oci_opt_i64 *n, const char *at)
{
	if (!n->set || n->value == -1)
		return -1;
	if (n->value < 0 || n->value > UINT32_MAX)
		builder_error(b, SECTION, at, "%lld is no device number", (long long)n->value);
	return n->value;
}

static void read_rule(struct builder *b, size_t i, struct plan_cgroup_device *out)
{
	const struct oci_device_rule *in = &builder_linux(b)->resources->devices.items[i];
	const char *type = in->type && in->type[0] != '\0' ? in->type : "a";

	*out = (struct plan_cgroup_device){ .allow = in->allow, .type = type[0] };
	if (strlen(type) != 1 || !strchr("abc", type[0]))
		builder_error(b, SECTION, builder_at(b, "/linux/resources/devices/%zu/type", i),
			      "\"%s\" is no type of device (a, b or c)", type);
	out->major = read_number(b, &in->major, builder_at(b, "/linux/resources/devices/%zu/major", i));
	out->minor = read_number(b, &in->minor, builder_at(b, "/linux/resources/devices/%zu/minor", i));
	read_access(b, in->access, builder_at(b, "/linux/resources/devices/%zu/access", i), out);
	if (out->type == 'a') { /* the kernel's list had no "all" with numbers or less than all access */
		out->major = out->minor = -1;
		out->read = out->write = out->mknod = true;
	}
}

/* Whether the list comes out as "everything is allowed": then no program is needed. */
static bool allows_all(const struct plan_cgroup_device *rules, size_t n)
{
	bool all = false;

	for (size_t i = 0; i < n; i++) {
		if (!rules[i].allow)
			all = false;
		else if (rules[i].type == 'a')
			all = true;
	}
	return all;
}

static bool is_deny_all(const struct oci_device_rule *rule)
{
	return !rule->allow && (!rule->type || rule->type[0] == '\0' || strcmp(rule->type, "a") == 0);
}

void build_cgroup_devices(struct builder *b)
{
	const struct oci_resources *in = builder_linux(b)->resources;
	const size_t n_in = in ? in->devices.n : 0;
	struct plan_cgroup *out = &b->plan->cgroup;
	struct plan_cgroup_device *rules;
	unsigned n = 0;

	if (n_in > RULES_MAX) {
		builder_error(b, SECTION, "/linux/resources/devices", "more than %d rules", RULES_MAX);
		return;
	}
	rules = arena_new_array(b->arena, struct plan_cgroup_device, n_in + N_DEFAULTS + 1);
	if (!rules)
		return;
	/* What no rule speaks of is denied; most lists begin by saying so. */
	rules[n++] = (struct plan_cgroup_device){ false, 'a', true, true, true, -1, -1 };
	if (n_in > 0 && is_deny_all(&in->devices.items[0]))
		n = 0;
	for (size_t i = 0; i < n_in; i++)
		read_rule(b, i, &rules[n++]);
	/* Without a list, an update leaves the rules that there are; with one, they may become more or fewer. */
	if (b->present ? n_in == 0 : allows_all(rules, n))
		return;
	/* bpf(2) for a cgroup needs rights on the host.  Without them there are no device nodes to be made either. */
	if (out->driver == CGROUP_DRIVER_NONE || !builder_is_privileged(b) || b->host->in_userns)
		return;
	memcpy(&rules[n], defaults, sizeof(defaults));
	out->devices = rules;
	out->n_devices = n + N_DEFAULTS;
	out->device_filter = true;
}
