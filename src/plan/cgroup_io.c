/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/num.h"
#include "plan/cgroup_convert.h"
#include "plan/cgroup_rows.h"

#define BLOCK_IO CGROUP_RESOURCES "/blockIO"

static bool check_weight(struct cgroup_rows *rows, const char *at, unsigned weight)
{
	if (weight >= 10 && weight <= 1000)
		return true;
	builder_error(rows->b, "config-linux.md#block-io", at, "the weight %u is not in 10..1000", weight);
	return false;
}

/* The scheduler BFQ has weights of its own, which are as those of cgroup v1; without it those of the cost model do. */
static void add_weight(struct cgroup_rows *rows, const char *at, const char *bfq_value, const char *device,
		       unsigned weight)
{
	struct plan_cgroup_write *w = cgroup_rows_add(rows, at, "io.bfq.weight", bfq_value);

	if (!w)
		return;
	w->instead_file = builder_keep(rows->b, "io.weight");
	w->instead_value = arena_printf(rows->b->arena, "%s %u", device, cgroup_convert_blkio_weight(weight));
}

static void build_weights(struct cgroup_rows *rows, const struct oci_block_io *io)
{
	char value[96], device[64];

	cgroup_rows_warn_v1(rows, io->leaf_weight.value > 0, BLOCK_IO "/leafWeight");
	if (io->weight.value > 0 && check_weight(rows, BLOCK_IO "/weight", io->weight.value)) {
		(void)snprintf(value, sizeof(value), "%u", io->weight.value);
		add_weight(rows, BLOCK_IO "/weight", value, "default", io->weight.value);
	}
	for (size_t i = 0; i < io->weight_device.n; i++) {
		const struct oci_weight_device *d = &io->weight_device.items[i];
		const char *at = builder_at(rows->b, BLOCK_IO "/weightDevice/%zu", i);

		if (!d->weight.set && !d->leaf_weight.set) {
			builder_error(rows->b, "config-linux.md#block-io", at, "neither weight nor leafWeight");
			continue;
		}
		cgroup_rows_warn_v1(rows, d->leaf_weight.value > 0, builder_at(rows->b, "%s/leafWeight", at));
		if (d->weight.value == 0 || !check_weight(rows, at, d->weight.value))
			continue;
		(void)snprintf(device, sizeof(device), "%lld:%lld", (long long)d->major, (long long)d->minor);
		(void)snprintf(value, sizeof(value), "%s %u", device, d->weight.value);
		add_weight(rows, at, value, device, d->weight.value);
	}
}

static void build_throttle(struct cgroup_rows *rows, const struct oci_throttle_devices *list, const char *name,
			   const char *key)
{
	char value[96], rate[21];

	for (size_t i = 0; i < list->n; i++) {
		const struct oci_throttle_device *d = &list->items[i];

		if (d->rate == 0 && (!cgroup_rows_is_update(rows) || !cgroup_rows_has(rows, "io.max")))
			continue; /* no limit, as a new cgroup has it */
		(void)snprintf(value, sizeof(value), "%lld:%lld %s=%s", (long long)d->major, (long long)d->minor,
			       key, d->rate == 0 ? "max" : num_format_u64(d->rate, rate));
		(void)cgroup_rows_add(rows, builder_at(rows->b, BLOCK_IO "/%s/%zu", name, i), "io.max", value);
	}
}

void build_cgroup_block_io(struct cgroup_rows *rows, const struct oci_block_io *io)
{
	if (!io)
		return;
	build_weights(rows, io);
	build_throttle(rows, &io->throttle_read_bps_device, "throttleReadBpsDevice", "rbps");
	build_throttle(rows, &io->throttle_write_bps_device, "throttleWriteBpsDevice", "wbps");
	build_throttle(rows, &io->throttle_read_iops_device, "throttleReadIOPSDevice", "riops");
	build_throttle(rows, &io->throttle_write_iops_device, "throttleWriteIOPSDevice", "wiops");
}
