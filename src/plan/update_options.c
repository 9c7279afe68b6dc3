/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/update_options.h"

#include <string.h>

#include "base/num.h"
#include "base/span.h"

#define DIGITS "0123456789"

/* The power of two that SUFFIX stands for; -1 for none that is known. */
static int parse_suffix(const char *suffix)
{
	static const char units[] = "kKmMgGtTpP";
	const char *unit;

	if (*suffix == '\0')
		return 0;
	if (strcmp(suffix, "b") == 0 || strcmp(suffix, "B") == 0)
		return 0;
	unit = strchr(units, *suffix);
	if (!unit)
		return -1;
	suffix++;
	if (*suffix == 'i')
		suffix++;
	if (*suffix == 'b' || *suffix == 'B')
		suffix++;
	return *suffix == '\0' ? (int)((unit - units) / 2 + 1) * 10 : -1;
}

int update_parse_size(const char *text, int64_t *ret)
{
	const size_t len = span_of(text, DIGITS);
	char digits[24];
	int64_t value;
	int shift;

	if (strcmp(text, "-1") == 0) {
		*ret = -1;
		return 0;
	}
	if (len == 0 || len >= sizeof(digits))
		return -1;
	memcpy(digits, text, len);
	digits[len] = '\0';
	shift = parse_suffix(text + len);
	if (shift < 0 || num_parse_i64(digits, &value) < 0 || value > INT64_MAX >> shift)
		return -1;
	*ret = value << shift;
	return 0;
}

/* Where an option's value goes.  Exactly one of the members is set. */
struct slot {
	const char *name;
	const char *text;
	struct oci_opt_i64 *size;
	struct oci_opt_i64 *i64;
	struct oci_opt_u64 *u64;
	struct oci_opt_u16 *u16;
	const char **string;
};

static int read_u16(const struct slot *s)
{
	uint32_t value;

	if (num_parse_u32(s->text, &value) < 0 || value > UINT16_MAX)
		return -1;
	s->u16->value = (uint16_t)value;
	s->u16->set = true;
	return 0;
}

static int read_slot(const struct slot *s)
{
	if (s->string) {
		*s->string = s->text;
		return 0;
	}
	if (s->size) {
		s->size->set = true;
		return update_parse_size(s->text, &s->size->value);
	}
	if (s->i64) {
		s->i64->set = true;
		return num_parse_i64(s->text, &s->i64->value);
	}
	if (s->u64) {
		s->u64->set = true;
		return num_parse_u64(s->text, &s->u64->value);
	}
	return read_u16(s);
}

struct objects {
	struct oci_resources resources;
	struct oci_memory memory;
	struct oci_cpu cpu;
	struct oci_pids pids;
	struct oci_block_io block_io;
};

static int read_slots(const struct slot *slots, size_t n, const char *document, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		const struct slot *s = &slots[i];

		if (!s->text)
			continue;
		if (document) {
			(void)err_set(e, ERR_USAGE, "update: --resources and --%s exclude each other", s->name);
			return err_hint(e, "write it into the document");
		}
		if (read_slot(s) < 0) {
			(void)err_set(e, ERR_USAGE, "update: --%s: bad value \"%s\"", s->name, s->text);
			if (s->size)
				(void)err_hint(e, "bytes, or a number with k, m or g; -1 is no limit");
			return -1;
		}
	}
	return 0;
}

int update_options_read(const struct update_options *o, struct arena *a, const struct oci_resources **ret,
			struct err *e)
{
	struct objects *to = arena_new(a, struct objects);

	if (!to)
		return arena_check(a, e);
	{
		const struct slot slots[] = {
			{ "memory", o->memory, .size = &to->memory.limit },
			{ "memory-reservation", o->memory_reservation, .size = &to->memory.reservation },
			{ "memory-swap", o->memory_swap, .size = &to->memory.swap },
			{ "kernel-memory", o->kernel_memory, .size = &to->memory.kernel },
			{ "kernel-memory-tcp", o->kernel_memory_tcp, .size = &to->memory.kernel_tcp },
			{ "cpu-share", o->cpu_share, .u64 = &to->cpu.shares },
			{ "cpu-quota", o->cpu_quota, .i64 = &to->cpu.quota },
			{ "cpu-period", o->cpu_period, .u64 = &to->cpu.period },
			{ "cpu-burst", o->cpu_burst, .u64 = &to->cpu.burst },
			{ "cpu-idle", o->cpu_idle, .i64 = &to->cpu.idle },
			{ "cpu-rt-runtime", o->cpu_rt_runtime, .i64 = &to->cpu.realtime_runtime },
			{ "cpu-rt-period", o->cpu_rt_period, .u64 = &to->cpu.realtime_period },
			{ "cpuset-cpus", o->cpuset_cpus, .string = &to->cpu.cpus },
			{ "cpuset-mems", o->cpuset_mems, .string = &to->cpu.mems },
			{ "pids-limit", o->pids_limit, .i64 = &to->pids.limit },
			{ "blkio-weight", o->blkio_weight, .u16 = &to->block_io.weight },
		};

		if (read_slots(slots, sizeof(slots) / sizeof(slots[0]), o->resources, e) < 0)
			return -1;
	}
	to->resources.memory = &to->memory;
	to->resources.cpu = &to->cpu;
	to->resources.pids = &to->pids;
	to->resources.block_io = &to->block_io;
	*ret = &to->resources;
	return 0;
}
