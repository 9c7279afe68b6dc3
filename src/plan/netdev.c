/* SPDX-License-Identifier: Apache-2.0 */
#include <net/if.h>
#include <string.h>

#include "plan/builder.h"

#define SECTION "config-linux.md#network-devices"

/* What the kernel takes for a name (dev_valid_name() of net/core/dev.c): it has no space, '/' or ':', and is short. */
static bool is_name(const char *name)
{
	const size_t len = strlen(name);

	if (len == 0 || len >= IFNAMSIZ || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	for (const char *p = name; *p; p++) {
		const unsigned char c = (unsigned char)*p;

		/* The last one is what the kernel takes for a blank too, whatever the character it is part of. */
		if (c == '/' || c == ':' || c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0)
			return false;
	}
	return true;
}

/* A '%' in a new name asks the kernel for a number; it knows nothing but one "%d". */
static bool is_template(const char *name)
{
	const char *percent = strchr(name, '%');

	return percent && percent[1] == 'd';
}

static void check_new_name(struct builder *b, const char *at, const char *name)
{
	const char *percent = strchr(name, '%');

	if (!is_name(name))
		builder_error(b, SECTION, at, "\"%s\" is no name of a network device", name);
	else if (percent && (!is_template(name) || strchr(percent + 1, '%')))
		builder_error(b, SECTION, at, "\"%s\": the only template is one \"%%d\"", name);
	else if (strcmp(name, "lo") == 0)
		builder_error(b, SECTION, at, "each network namespace has its own \"lo\"");
}

static void check_host_name(struct builder *b, const char *at, const char *name)
{
	if (!is_name(name))
		builder_error(b, SECTION, at, "\"%s\" is no name of a network device", name);
	else if (strcmp(name, "lo") == 0)
		builder_error(b, SECTION, at, "the loopback device can not be moved");
}

/* Two devices can not have one name; templates give each its own. */
static void check_twice(struct builder *b, const struct plan_netdev *devices, size_t i, const char *at)
{
	for (size_t k = 0; k < i; k++) {
		if (!is_template(devices[i].name) && strcmp(devices[i].name, devices[k].name) == 0)
			builder_error(b, SECTION, at, "\"%s\" and \"%s\" would both be \"%s\"", devices[k].host_name,
				      devices[i].host_name, devices[i].name);
	}
}

static void build_device(struct builder *b, const struct oci_net_device *item, struct plan_netdev *devices, size_t i)
{
	const char *at = builder_at_key(b, "/linux/netDevices", item->key);
	const bool has_name = item->name && item->name[0] != '\0';

	check_host_name(b, at, item->key);
	if (has_name)
		check_new_name(b, builder_at(b, "%s/name", at), item->name);
	devices[i].host_name = builder_keep(b, item->key);
	devices[i].name = has_name ? builder_keep(b, item->name) : devices[i].host_name;
	if (devices[i].name)
		check_twice(b, devices, i, at);
}

void build_netdevs(struct builder *b)
{
	const struct oci_net_devices *list = &builder_linux(b)->net_devices;
	struct plan_netdev *devices;

	if (list->n == 0)
		return;
	if (list->n > PLAN_NETDEVS_MAX) {
		builder_error(b, SECTION, "/linux/netDevices", "%zu network devices, rt moves at most %d", list->n,
			      PLAN_NETDEVS_MAX);
		return;
	}
	if (b->plan->ns.mode[NS_NET] == NS_MODE_HOST) {
		builder_error(b, SECTION, "/linux/netDevices",
			      "network devices can not be moved without a network namespace of the container's own");
		return;
	}
	devices = arena_new_array(b->arena, struct plan_netdev, list->n);
	if (!devices)
		return;
	for (size_t i = 0; i < list->n; i++)
		build_device(b, &list->items[i], devices, i);
	b->plan->netdevs = devices;
	b->plan->n_netdevs = (unsigned)list->n;
}
