/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/span.h"
#include "plan/builder.h"
#include "plan/cgroup_convert.h"

#define SECTION "config-linux.md#control-groups"
#define RESOURCES "/linux/resources"
#define WRITES_MAX 1024

/*
 * Limits as rows {file, value} of cgroup2.  Engines always send a resources object, so that three things are told
 * apart: what is requested becomes a row, or an error where it can not be applied; what says "no limit" in one of the
 * usual spellings asks for nothing; and what exists on cgroup v1 alone is reported and passed over.
 */

struct limits {
	struct builder *b;
	struct plan_cgroup_write *writes;
	unsigned n;
	unsigned size;
	const char *controllers[16];
	unsigned n_controllers;
};

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

static void report_missing(struct limits *l, const char *at, const char *controller, size_t len)
{
	struct builder *b = l->b;

	if (b->plan->cgroup.driver == CGROUP_DRIVER_NONE) {
		builder_unsupported(b, SECTION, at,
				    "the limit can not be applied: the container has no cgroup of its own");
	} else if (b->host->cgroup_layout == HOST_CGROUP_HYBRID) {
		builder_unsupported(
			b, SECTION, at,
			"the limit can not be applied: the controller \"%.*s\" is not on cgroup2 here but, if "
			"anywhere, on cgroup v1",
			(int)len, controller);
		findings_hint(b->findings, "boot with systemd.unified_cgroup_hierarchy=1");
	} else {
		builder_unsupported(b, SECTION, at,
				    "the limit can not be applied: there is no cgroup controller \"%.*s\"",
				    (int)len, controller);
	}
}

static void enable(struct limits *l, const char *controller, size_t len)
{
	for (unsigned i = 0; i < l->n_controllers; i++) {
		if (strlen(l->controllers[i]) == len && strncmp(l->controllers[i], controller, len) == 0)
			return;
	}
	if (l->n_controllers < sizeof(l->controllers) / sizeof(l->controllers[0]))
		l->controllers[l->n_controllers++] = arena_strndup(l->b->arena, controller, len);
}

/* A place for one more row, beside the plan: finish() copies them in one piece. */
static struct plan_cgroup_write *grow(struct limits *l)
{
	if (l->n == l->size) {
		unsigned size = l->size ? l->size * 2 : 8;
		struct plan_cgroup_write *writes =
			arena_new_array(l->b->findings->arena, struct plan_cgroup_write, size);

		if (!writes)
			return NULL;
		if (l->n > 0)
			memcpy(writes, l->writes, l->n * sizeof(*writes));
		l->writes = writes;
		l->size = size;
	}
	return &l->writes[l->n++];
}

/* One row; NULL, after a finding, where the file's controller is not there. */
static struct plan_cgroup_write *add_len(struct limits *l, const char *at, const char *file, const char *value,
					 size_t len)
{
	struct builder *b = l->b;
	size_t controller = span_until(file, ".");
	struct plan_cgroup_write *w;

	/* "cgroup." files are there without a controller. */
	if (b->plan->cgroup.driver == CGROUP_DRIVER_NONE ||
	    (strncmp(file, "cgroup.", 7) != 0 && !has_word(b->host->cgroup_controllers, file, controller))) {
		report_missing(l, at, file, controller);
		return NULL;
	}
	if (l->n == WRITES_MAX) {
		builder_error(b, SECTION, at, "more than %d limits", WRITES_MAX);
		return NULL;
	}
	if (strncmp(file, "cgroup.", 7) != 0)
		enable(l, file, controller);
	w = grow(l);
	if (!w)
		return NULL;
	w->file = builder_keep(b, file);
	w->value = arena_strndup(b->arena, value, len);
	w->pointer = builder_keep(b, at);
	return w;
}

static struct plan_cgroup_write *add(struct limits *l, const char *at, const char *file, const char *value)
{
	return add_len(l, at, file, value, strlen(value));
}

static struct plan_cgroup_write *add_number(struct limits *l, const char *at, const char *file, uint64_t value)
{
	char digits[21];

	return add(l, at, file, num_format_u64(value, digits));
}

static void warn_v1(struct limits *l, bool asked, const char *at)
{
	if (asked)
		builder_warn(l->b, SECTION, at, "exists on cgroup v1 alone and is left out");
}

static bool check_memory(struct limits *l, const struct oci_memory *m)
{
	bool ok = true;

	if (m->limit.value < -1 || m->reservation.value < -1 || m->swap.value < -1) {
		builder_error(l->b, SECTION, RESOURCES "/memory", "a limit below -1");
		ok = false;
	}
	if (m->swap.value > 0 && m->limit.value == 0) {
		builder_error(l->b, SECTION, RESOURCES "/memory/swap",
			      "unable to set swap limit without memory limit");
		ok = false;
	} else if (m->swap.value > 0 && m->limit.value > 0 && m->swap.value < m->limit.value) {
		builder_error(l->b, SECTION, RESOURCES "/memory/swap",
			      "memory+swap limit should be >= memory limit");
		ok = false;
	}
	return ok;
}

static void build_memory(struct limits *l, const struct oci_memory *m)
{
	struct plan_cgroup_write *swap;

	if (!m)
		return;
	warn_v1(l, m->kernel.value > 0, RESOURCES "/memory/kernel");
	warn_v1(l, m->kernel_tcp.value > 0, RESOURCES "/memory/kernelTCP");
	warn_v1(l, m->swappiness.set, RESOURCES "/memory/swappiness");
	warn_v1(l, m->disable_oom_killer.value, RESOURCES "/memory/disableOOMKiller");
	warn_v1(l, m->use_hierarchy.value, RESOURCES "/memory/useHierarchy");
	if (!check_memory(l, m))
		return;
	/* The order is that of growing: swap before memory. */
	if (m->swap.value > 0) {
		/* A limit of -1 leaves the sum as it is: there is nothing to take off it. */
		uint64_t alone = (uint64_t)m->swap.value - (m->limit.value > 0 ? (uint64_t)m->limit.value : 0);

		swap = add_number(l, RESOURCES "/memory/swap", "memory.swap.max", alone);
		if (swap && alone == 0)
			swap->missing_ok = true; /* a kernel without swap accounting, and none is wanted */
	}
	if (m->limit.value > 0)
		(void)add_number(l, RESOURCES "/memory/limit", "memory.max", (uint64_t)m->limit.value);
	if (m->reservation.value > 0)
		(void)add_number(l, RESOURCES "/memory/reservation", "memory.low", (uint64_t)m->reservation.value);
}

static void build_cpu(struct limits *l, const struct oci_cpu *c)
{
	char value[64];

	if (!c)
		return;
	if (c->realtime_runtime.value > 0 || c->realtime_period.value > 0)
		builder_unsupported(l->b, SECTION, RESOURCES "/cpu", "cgroup2 has no realtime runtime or period");
	if (c->idle.value != 0 && c->idle.value != 1)
		builder_error(l->b, SECTION, RESOURCES "/cpu/idle", "the value is neither 0 nor 1");
	if (c->idle.value == 1)
		(void)add(l, RESOURCES "/cpu/idle", "cpu.idle", "1");
	else if (c->shares.value > 0) /* an idle group takes no weight */
		(void)add_number(l, RESOURCES "/cpu/shares", "cpu.weight", cgroup_convert_shares(c->shares.value));
	if (c->quota.value > 0) {
		(void)snprintf(value, sizeof(value), "%lld %llu", (long long)c->quota.value,
			       (unsigned long long)(c->period.value ? c->period.value : 100000));
		(void)add(l, RESOURCES "/cpu/quota", "cpu.max", value);
		if (c->burst.value > (uint64_t)c->quota.value)
			builder_error(l->b, SECTION, RESOURCES "/cpu/burst", "the burst is above the quota");
	}
	if (c->burst.value > 0) /* after the quota, which bounds it */
		(void)add_number(l, RESOURCES "/cpu/burst", "cpu.max.burst", c->burst.value);
	if (c->cpus && c->cpus[0] != '\0')
		(void)add(l, RESOURCES "/cpu/cpus", "cpuset.cpus", c->cpus);
	if (c->mems && c->mems[0] != '\0')
		(void)add(l, RESOURCES "/cpu/mems", "cpuset.mems", c->mems);
}

static void build_pids(struct limits *l, const struct oci_pids *p)
{
	if (!p || !p->limit.set || p->limit.value == -1)
		return;
	if (p->limit.value < -1)
		builder_error(l->b, SECTION, RESOURCES "/pids/limit", "a limit below -1");
	else /* with 0 the container's first process could not be born into the cgroup; 1 leaves room for no other */
		(void)add_number(l, RESOURCES "/pids/limit", "pids.max",
				 p->limit.value == 0 ? 1 : (uint64_t)p->limit.value);
}

static void build_weights(struct limits *l, const struct oci_block_io *io)
{
	char value[96];

	warn_v1(l, io->leaf_weight.value > 0, RESOURCES "/blockIO/leafWeight");
	if (io->weight.value > 0) {
		struct plan_cgroup_write *w;

		if (io->weight.value < 10 || io->weight.value > 1000)
			builder_error(l->b, SECTION, RESOURCES "/blockIO/weight", "%u is not in 10..1000",
				      io->weight.value);
		w = add_number(l, RESOURCES "/blockIO/weight", "io.bfq.weight", io->weight.value);
		if (w) {
			w->instead_file = builder_keep(l->b, "io.weight");
			w->instead_value = arena_printf(l->b->arena, "default %u",
							cgroup_convert_blkio_weight(io->weight.value));
		}
	}
	for (size_t i = 0; i < io->weight_device.n; i++) {
		const struct oci_weight_device *d = &io->weight_device.items[i];
		const char *at = builder_at(l->b, RESOURCES "/blockIO/weightDevice/%zu", i);

		warn_v1(l, d->leaf_weight.value > 0, builder_at(l->b, "%s/leafWeight", at));
		if (d->weight.value == 0)
			continue;
		(void)snprintf(value, sizeof(value), "%lld:%lld %u", (long long)d->major, (long long)d->minor,
			       d->weight.value);
		(void)add(l, at, "io.bfq.weight", value);
	}
}

static void build_throttle(struct limits *l, const struct oci_throttle_devices *list, const char *name,
			   const char *key)
{
	char value[96], rate[21];

	for (size_t i = 0; i < list->n; i++) {
		const struct oci_throttle_device *d = &list->items[i];

		if (d->rate == 0)
			continue; /* no limit, as a new cgroup has it */
		(void)snprintf(value, sizeof(value), "%lld:%lld %s=%s", (long long)d->major, (long long)d->minor,
			       key, num_format_u64(d->rate, rate));
		(void)add(l, builder_at(l->b, RESOURCES "/blockIO/%s/%zu", name, i), "io.max", value);
	}
}

static void build_block_io(struct limits *l, const struct oci_block_io *io)
{
	if (!io)
		return;
	build_weights(l, io);
	build_throttle(l, &io->throttle_read_bps_device, "throttleReadBpsDevice", "rbps");
	build_throttle(l, &io->throttle_write_bps_device, "throttleWriteBpsDevice", "wbps");
	build_throttle(l, &io->throttle_read_iops_device, "throttleReadIOPSDevice", "riops");
	build_throttle(l, &io->throttle_write_iops_device, "throttleWriteIOPSDevice", "wiops");
}

/* "2MB": digits and a unit of base 1024 */
static bool is_page_size(const char *size)
{
	size_t digits = span_of(size, "0123456789");

	return digits > 0 && digits < 10 && size[0] != '0' && strlen(size) == digits + 2 &&
	       strchr("KMG", size[digits]) && size[digits + 1] == 'B';
}

static void build_hugepages(struct limits *l, const struct oci_hugepage_limits *list)
{
	char file[64];

	for (size_t i = 0; i < list->n; i++) {
		const struct oci_hugepage_limit *h = &list->items[i];
		const char *at = builder_at(l->b, RESOURCES "/hugepageLimits/%zu", i);
		struct plan_cgroup_write *w;

		if (!is_page_size(h->page_size)) {
			builder_error(l->b, SECTION, builder_at(l->b, "%s/pageSize", at),
				      "\"%s\" is no page size, such as \"2MB\"", h->page_size);
			continue;
		}
		(void)snprintf(file, sizeof(file), "hugetlb.%s.max", h->page_size);
		(void)add_number(l, at, file, h->limit);
		(void)snprintf(file, sizeof(file), "hugetlb.%s.rsvd.max", h->page_size);
		w = l->b->plan->cgroup.driver == CGROUP_DRIVER_NONE ? NULL : add_number(l, at, file, h->limit);
		if (w)
			w->missing_ok = true; /* reservations: Linux 5.7, where it is configured */
	}
}

static void build_network(struct limits *l, const struct oci_network *n)
{
	if (!n)
		return;
	if (n->class_id.value > 0)
		builder_unsupported(l->b, SECTION, RESOURCES "/network/classID", "cgroup2 has no network classes");
	if (n->priorities.n > 0)
		builder_unsupported(l->b, SECTION, RESOURCES "/network/priorities",
				    "cgroup2 has no network priorities");
}

static void build_rdma(struct limits *l, const struct oci_rdmas *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct oci_rdma *r = &list->items[i];
		const char *at = builder_at_key(l->b, RESOURCES "/rdma", r->key);
		char handles[40] = "", objects[40] = "";
		const char *value;

		if (!r->hca_handles.set && !r->hca_objects.set) {
			builder_error(l->b, SECTION, at, "neither hcaHandles nor hcaObjects");
			continue;
		}
		if (strpbrk(r->key, " \n")) {
			builder_error(l->b, SECTION, at, "no device has such a name");
			continue;
		}
		if (r->hca_handles.set)
			(void)snprintf(handles, sizeof(handles), " hca_handle=%u", r->hca_handles.value);
		if (r->hca_objects.set)
			(void)snprintf(objects, sizeof(objects), " hca_object=%u", r->hca_objects.value);
		value = builder_at(l->b, "%s%s%s", r->key, handles, objects);
		(void)add(l, at, "rdma.max", value);
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

static void build_unified(struct limits *l, const struct oci_pairs *list)
{
	const char *section = "config-linux.md#unified";

	for (size_t i = 0; i < list->n; i++) {
		const char *file = list->items[i].key;
		const char *at = builder_at_key(l->b, RESOURCES "/unified", file);

		if (strchr(file, '/') || !strchr(file, '.') || file[0] == '.') {
			builder_error(l->b, section, at, "\"%s\" is no file of a cgroup (CONTROLLER.NAME)", file);
			continue;
		}
		if (is_reserved(file)) {
			builder_error(l->b, section, at, "\"%s\" is not a limit", file);
			continue;
		}
		/* A file takes one line in a write. */
		for (const char *line = list->items[i].value; *line;) {
			size_t len = span_until(line, "\n");

			if (len > 0 && !add_len(l, at, file, line, len))
				break;
			line += len + (line[len] == '\n');
		}
	}
}

static void finish(struct limits *l)
{
	struct plan_cgroup *out = &l->b->plan->cgroup;
	const char **controllers = arena_new_array(l->b->arena, const char *, l->n_controllers + 1);
	struct plan_cgroup_write *writes = arena_new_array(l->b->arena, struct plan_cgroup_write, l->n);

	if (!controllers || !writes)
		return;
	if (l->n > 0)
		memcpy(writes, l->writes, l->n * sizeof(*writes));
	if (l->n_controllers > 0)
		memcpy(controllers, l->controllers, l->n_controllers * sizeof(*controllers));
	out->controllers = controllers;
	out->writes = writes;
	out->n_writes = l->n;
	out->required |= l->n > 0;
}

void build_cgroup_limits(struct builder *b)
{
	const struct oci_resources *in = builder_linux(b)->resources;
	struct limits l = { .b = b };

	if (in) {
		build_memory(&l, in->memory);
		build_cpu(&l, in->cpu);
		build_pids(&l, in->pids);
		build_block_io(&l, in->block_io);
		build_hugepages(&l, &in->hugepage_limits);
		build_network(&l, in->network);
		build_rdma(&l, &in->rdma);
		build_unified(&l, &in->unified);
	}
	finish(&l);
}
