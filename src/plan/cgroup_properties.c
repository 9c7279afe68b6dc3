/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/span.h"
#include "plan/annotations.h"
#include "plan/builder.h"
#include "plan/unit_text.h"

#define SECTION "config-linux.md#control-groups"
#define SECTION_ANNOTATIONS "config.md#annotations"
#define PROPERTIES_MAX 128
#define USEC_PER_SEC 1000000U
#define QUOTA_STEP_USEC 10000U /* systemd keeps percents */
#define MASK_BITS 8192U
#define MASK_WORD_BITS (8 * sizeof(unsigned long))

/*
 * What the unit of the driver systemd is made with.  Limits are rows {file, value} first (cgroup_limits.c), and those
 * that systemd knows by a property become one here as well: it writes them again when it reloads, and would write its
 * defaults otherwise.  What it has no property for, only the file gets.
 */

struct properties {
	struct builder *b;
	struct plan_unit_property items[PROPERTIES_MAX];
	unsigned n;
};

static struct plan_unit_property *find(struct properties *p, const char *name)
{
	for (unsigned i = 0; i < p->n; i++) {
		if (strcmp(p->items[i].name, name) == 0)
			return &p->items[i];
	}
	return NULL;
}

/* The row of NAME, which takes the place of one that is there; NULL where there are too many. */
static struct plan_unit_property *put(struct properties *p, const char *name, const char *type, unsigned since)
{
	struct plan_unit_property *out = find(p, name);

	if (!out && p->n == PROPERTIES_MAX) {
		builder_error(p->b, SECTION, "", "more than %d properties of the unit", PROPERTIES_MAX);
		return NULL;
	}
	if (!out)
		out = &p->items[p->n++];
	*out = (struct plan_unit_property){ .name = builder_keep(p->b, name),
					    .type = builder_keep(p->b, type),
					    .since = since };
	return out;
}

/* One more value, or NULL. */
static struct plan_unit_value *add_value(struct properties *p, struct plan_unit_property *out)
{
	struct plan_unit_value *values;

	if (!out || out->n_values == UNIT_VALUES_MAX)
		return NULL;
	/* Room for twice as many, at each power of two. */
	if ((out->n_values & (out->n_values - 1)) == 0) {
		values = arena_new_array(p->b->arena, struct plan_unit_value,
					 out->n_values ? 2 * (size_t)out->n_values : 1);
		if (!values)
			return NULL;
		if (out->n_values > 0)
			memcpy(values, out->values, out->n_values * sizeof(*values));
		out->values = values;
	}
	return &out->values[out->n_values++];
}

static void add_number(struct properties *p, struct plan_unit_property *out, uint64_t number)
{
	struct plan_unit_value *v = add_value(p, out);

	if (v)
		v->number = number;
}

static void add_text(struct properties *p, struct plan_unit_property *out, const char *text)
{
	struct plan_unit_value *v = add_value(p, out);

	if (v)
		v->text = builder_keep(p->b, text);
}

static void put_number(struct properties *p, const char *name, const char *type, unsigned since, uint64_t number)
{
	add_number(p, put(p, name, type, since), number);
}

static void put_text(struct properties *p, const char *name, const char *type, const char *text)
{
	add_text(p, put(p, name, type, 0), text);
}

/* Rows ------------------------------------------------------------------------------------------------------------ */

struct conversion {
	const char *file;
	void (*convert)(struct properties *p, const struct conversion *c, const char *value);
	const char *name;
	unsigned since;
};

/* A number, or "max", which is infinity. */
static bool parse_limit(const char *text, size_t len, uint64_t *ret)
{
	char digits[24];

	if (len == 3 && strncmp(text, "max", 3) == 0) {
		*ret = UINT64_MAX;
		return true;
	}
	if (len == 0 || len >= sizeof(digits))
		return false;
	memcpy(digits, text, len);
	digits[len] = '\0';
	return num_parse_u64(digits, ret) == 0;
}

static void convert_limit(struct properties *p, const struct conversion *c, const char *value)
{
	uint64_t limit;

	if (parse_limit(value, strlen(value), &limit))
		put_number(p, c->name, "t", c->since, limit);
}

/* systemd takes no zero here. */
static void convert_tasks(struct properties *p, const struct conversion *c, const char *value)
{
	uint64_t limit;

	if (parse_limit(value, strlen(value), &limit))
		put_number(p, c->name, "t", c->since, limit ? limit : 1);
}

/* To systemd, an idle group is one of the weight 0. */
static void convert_idle(struct properties *p, const struct conversion *c, const char *value)
{
	if (strcmp(value, "1") == 0)
		put_number(p, c->name, "t", c->since, 0);
}

/* "QUOTA PERIOD", both in microseconds, the second perhaps not there. */
static void convert_quota(struct properties *p, const struct conversion *c, const char *value)
{
	const size_t len = span_until(value, " ");
	const char *rest = value + len + span_of(value + len, " ");
	uint64_t quota, period = 100000, per_second;

	if (!parse_limit(value, len, &quota) || (*rest && num_parse_u64(rest, &period) < 0) || period == 0)
		return;
	per_second = quota;
	if (quota != UINT64_MAX) {
		if (quota > UINT64_MAX / USEC_PER_SEC - QUOTA_STEP_USEC)
			return; /* no processor has it: the file's own check is enough */
		per_second = quota * USEC_PER_SEC / period;
		/* Up, so that the unit never gets less than asked for. */
		per_second = (per_second + QUOTA_STEP_USEC - 1) / QUOTA_STEP_USEC * QUOTA_STEP_USEC;
	}
	put_number(p, c->name, "t", c->since, per_second);
	put_number(p, "CPUQuotaPeriodUSec", "t", 242, period);
}

/* "0-3,7" as bytes, of which the lowest bit of the first is number 0. */
static void convert_mask(struct properties *p, const struct conversion *c, const char *value)
{
	unsigned long mask[MASK_BITS / MASK_WORD_BITS] = { 0 };
	struct plan_unit_property *out;
	unsigned n = MASK_BITS / 8;

	if (builder_parse_list(value, mask, MASK_BITS) < 0)
		return; /* the kernel judges the file's text */
#define MASK_BYTE(i) ((mask[(i)*8 / MASK_WORD_BITS] >> ((i)*8 % MASK_WORD_BITS)) & 0xff)
	while (n > 0 && MASK_BYTE(n - 1) == 0)
		n--;
	out = put(p, c->name, "ay", c->since);
	for (unsigned i = 0; i < n; i++)
		add_number(p, out, MASK_BYTE(i));
#undef MASK_BYTE
}

static void convert_oom_group(struct properties *p, const struct conversion *c, const char *value)
{
	struct plan_unit_property *out = put(p, c->name, "s", c->since);

	add_text(p, out, strcmp(value, "1") == 0 ? "kill" : "continue");
}

/* A limit of one device, "MAJOR:MINOR", into a list of them. */
static void add_device(struct properties *p, const char *name, const char *device, size_t len, uint64_t number)
{
	struct plan_unit_property *out = find(p, name);
	struct plan_unit_value *v;

	if (!out)
		out = put(p, name, "a(st)", 0);
	v = add_value(p, out);
	if (v)
		v->text = arena_printf(p->b->arena, "/dev/block/%.*s", (int)len, device);
	add_number(p, out, number);
}

/* "default N", "N", or "MAJOR:MINOR N" */
static void convert_io_weight(struct properties *p, const struct conversion *c, const char *value)
{
	const size_t len = span_until(value, " ");
	const char *last = value[len] ? value + len + 1 : value;
	uint64_t weight;

	if (num_parse_u64(last, &weight) < 0)
		return;
	if (span_has("0123456789", value[0]) && value[len])
		add_device(p, "IODeviceWeight", value, len, weight);
	else
		put_number(p, c->name, "t", c->since, weight);
}

/* "MAJOR:MINOR KEY=N ..." */
static void convert_io_max(struct properties *p, const struct conversion *c, const char *value)
{
	static const struct plan_word keys[] = {
		{ "rbps=", 0 }, { "wbps=", 1 }, { "riops=", 2 }, { "wiops=", 3 }, { NULL, 0 }
	};
	static const char *const names[] = { "IOReadBandwidthMax", "IOWriteBandwidthMax", "IOReadIOPSMax",
					     "IOWriteIOPSMax" };
	const size_t device_len = span_until(value, " ");

	(void)c;
	for (const char *word = value + device_len; *word;) {
		const size_t blanks = span_of(word, " ");
		const size_t len = span_until(word + blanks, " ");
		uint64_t limit;

		word += blanks;
		for (const struct plan_word *k = keys; k->name; k++) {
			const size_t n = strlen(k->name);

			if (strncmp(word, k->name, n) == 0 && parse_limit(word + n, len - n, &limit))
				add_device(p, names[k->value], value, device_len, limit);
		}
		word += len;
	}
}

/* clang-format off */
static const struct conversion conversions[] = {
	{ "cpu.idle",         convert_idle,      "CPUWeight",          252 },
	{ "cpu.max",          convert_quota,     "CPUQuotaPerSecUSec", 0 },
	{ "cpu.weight",       convert_limit,     "CPUWeight",          0 },
	{ "cpuset.cpus",      convert_mask,      "AllowedCPUs",        244 },
	{ "cpuset.mems",      convert_mask,      "AllowedMemoryNodes", 244 },
	{ "io.max",           convert_io_max,    NULL,                 0 },
	{ "io.weight",        convert_io_weight, "IOWeight",           0 },
	{ "memory.high",      convert_limit,     "MemoryHigh",         0 },
	{ "memory.low",       convert_limit,     "MemoryLow",          0 },
	{ "memory.max",       convert_limit,     "MemoryMax",          0 },
	{ "memory.min",       convert_limit,     "MemoryMin",          240 },
	{ "memory.oom.group", convert_oom_group, "OOMPolicy",          253 },
	{ "memory.swap.max",  convert_limit,     "MemorySwapMax",      0 },
	{ "memory.zswap.max", convert_limit,     "MemoryZSwapMax",     253 },
	{ "pids.max",         convert_tasks,     "TasksMax",           0 },
};
/* clang-format on */

static void convert_row(struct properties *p, const char *file, const char *value)
{
	for (size_t i = 0; i < sizeof(conversions) / sizeof(conversions[0]); i++) {
		if (strcmp(conversions[i].file, file) == 0)
			conversions[i].convert(p, &conversions[i], value);
	}
}

static void convert_rows(struct properties *p)
{
	const struct plan_cgroup *c = &p->b->plan->cgroup;

	for (unsigned i = 0; i < c->n_writes; i++) {
		convert_row(p, c->writes[i].file, c->writes[i].value);
		/* io.bfq.weight: systemd has its own scale, that of io.weight, and converts it itself. */
		if (c->writes[i].instead_file)
			convert_row(p, c->writes[i].instead_file, c->writes[i].instead_value);
	}
}

/* Annotations ----------------------------------------------------------------------------------------------------- */

/* What the driver itself says of the unit. */
static bool is_own(const char *name)
{
	static const char *const own[] = { "PIDs", "Slice", "Wants", "Delegate" };

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		if (strcmp(own[i], name) == 0)
			return true;
	}
	return false;
}

static void add_annotation(struct properties *p, const char *key, const char *value)
{
	struct builder *b = p->b;
	const char *at = builder_at_key(b, "/annotations", key);
	const char *name = key + strlen(ANNOTATION_SYSTEMD_PROPERTY);
	const size_t len = span_of(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
	struct plan_unit_property parsed = { .name = name };
	struct plan_unit_property *out;
	const char *why = "";
	int r;

	if (len < 3 || name[len] != '\0') {
		builder_error(b, SECTION_ANNOTATIONS, at, "\"%s\" is no name of a property: three letters at least",
			      name);
		return;
	}
	if (is_own(name)) {
		builder_error(b, SECTION_ANNOTATIONS, at, "the property %s is not for a configuration to choose", name);
		return;
	}
	/* On the bus, times are in microseconds, and their names say so. */
	if (len > 3 && strcmp(name + len - 3, "Sec") == 0 && strcmp(name + len - 4, "USec") != 0) {
		name = builder_at(b, "%.*sUSec", (int)(len - 3), name);
		r = unit_text_parse_seconds(value, b->arena, &parsed, &why);
	} else {
		r = unit_text_parse(value, b->arena, &parsed, &why);
	}
	if (r < 0) {
		builder_error(b, SECTION_ANNOTATIONS, at, "can not read the value as a GVariant text: %s", why);
		return;
	}
	out = put(p, name, parsed.type, 0);
	if (out) {
		out->values = parsed.values;
		out->n_values = parsed.n_values;
	}
}

static void add_annotations(struct properties *p)
{
	const struct oci_pairs *list = &p->b->config->annotations;

	for (size_t i = 0; i < list->n; i++) {
		if (strncmp(list->items[i].key, ANNOTATION_SYSTEMD_PROPERTY, strlen(ANNOTATION_SYSTEMD_PROPERTY)) == 0)
			add_annotation(p, list->items[i].key, list->items[i].value);
	}
}

/* All of it ------------------------------------------------------------------------------------------------------- */

static void add_base(struct properties *p)
{
	static const char *const yes[] = { "Delegate", "MemoryAccounting", "CPUAccounting", "IOAccounting",
					   "TasksAccounting" };
	const struct plan_cgroup *c = &p->b->plan->cgroup;
	const char *id = p->b->plan->id;

	put_text(p, "Description", "s", builder_at(p->b, "rt container %s", id));
	/* A slice has its place by its name. */
	if (c->unit_is_slice)
		put_text(p, "Wants", "as", c->slice);
	else
		put_text(p, "Slice", "s", c->slice);
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		/* Only services and scopes are delegated. */
		if (i > 0 || !c->unit_is_slice)
			put_number(p, yes[i], "b", 0, true);
	}
	put_number(p, "DefaultDependencies", "b", 0, false);
	/* One that ends by an OOM kill would stay loaded as failed, until somebody resets it. */
	put_text(p, "CollectMode", "s", "inactive-or-failed");
}

static void finish(struct properties *p)
{
	struct plan_cgroup *out = &p->b->plan->cgroup;
	struct plan_unit_property *items = arena_new_array(p->b->arena, struct plan_unit_property, p->n);

	if (!items)
		return;
	memcpy(items, p->items, p->n * sizeof(*items));
	out->properties = items;
	out->n_properties = p->n;
}

void build_systemd_properties(struct builder *b)
{
	struct properties *p = arena_new(b->findings->arena, struct properties);

	if (!p)
		return;
	p->b = b;
	add_base(p);
	convert_rows(p);
	add_annotations(p); /* after the limits, which they may change */
	finish(p);
}

void build_systemd_limits(struct builder *b)
{
	struct properties *p = arena_new(b->findings->arena, struct properties);

	if (!p)
		return;
	p->b = b;
	convert_rows(p);
	finish(p);
}
