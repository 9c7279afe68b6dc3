/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <stdlib.h>

#include "libocispec/oci.h"
#include "plan/build.h"
#include "plan/update.h"
#include "plan/update_options.h"

#define ROOT_CAPS (~0ULL >> 23)

/* A host with every controller. */
static const struct host host = {
	.known = HOST_ALL,
	.caps_effective = ROOT_CAPS,
	.caps_bounding = ROOT_CAPS,
	.cgroup_layout = HOST_CGROUP_UNIFIED,
	.cgroup_mount = "/sys/fs/cgroup",
	.cgroup_controllers = "cpuset cpu io memory hugetlb pids rdma misc",
};

static const char config_text[] =
	"{\"ociVersion\":\"1.2.0\",\"root\":{\"path\":\"r\"},\"linux\":{\"resources\":{\"devices\":["
	"{\"allow\":false,\"access\":\"rwm\"},{\"allow\":true,\"type\":\"c\",\"major\":1,\"access\":\"r\"}]}}}";

struct built {
	struct arena documents;
	struct arena plan;
	struct findings findings;
	const struct plan_cgroup *cgroup;
	struct err e;
	int r;
};

static void release(struct built *b)
{
	arena_release(&b->plan);
	arena_release(&b->documents);
}
#define _cleanup_built_ __attribute__((cleanup(release)))

/* TEXT is a resources object, or NULL for the options. */
static void build(struct built *b, const char *text, const struct update_options *options,
		  const struct plan_cgroup_present *present)
{
	static const struct request req = { .verb = REQUEST_OTHER };
	struct plan_update update = {
		.options = options,
		.bytes = text,
		.len = text ? strlen(text) : 0,
		.name = "r.json",
		.driver = CGROUP_DRIVER_V2,
		.mount = "/sys/fs/cgroup",
		.path = "/box",
	};
	struct plan_document *config;

	if (present)
		update.present = *present;
	*b = (struct built){ .documents = ARENA_INIT, .plan = ARENA_INIT, .e = ERR_INIT };
	b->findings.arena = &b->documents;
	assert_succeeds(plan_document_decode(config_text, sizeof(config_text) - 1, "config.json", &b->documents,
					     &config, &b->e),
			&b->e);
	b->r = plan_build_update(config, &update, &req, &host, &b->plan, &b->findings, &b->cgroup, &b->e);
}

/* "file=value file=value", in order */
static void assert_rows(const struct built *b, const char *expected)
{
	char rows[1024] = "";
	size_t len = 0;

	if (b->r < 0)
		fail_msg("%s", b->e.msg);
	for (unsigned i = 0; i < b->cgroup->n_writes; i++)
		len += (size_t)snprintf(rows + len, sizeof(rows) - len, "%s%s=%s", i > 0 ? " " : "",
					b->cgroup->writes[i].file, b->cgroup->writes[i].value);
	assert_string_equal(rows, expected);
}

static void test_sizes(void **state)
{
	static const struct {
		const char *text;
		int64_t size; /* -2: refused */
	} cases[] = {
		{ "0", 0 }, { "1", 1 }, { "4096", 4096 }, { "-1", -1 }, { "1b", 1 }, { "2B", 2 },
		{ "1k", 1024 }, { "1K", 1024 }, { "3m", 3 << 20 }, { "3MB", 3 << 20 }, { "3MiB", 3 << 20 },
		{ "2g", 2LL << 30 }, { "2Gb", 2LL << 30 }, { "1t", 1LL << 40 }, { "1p", 1LL << 50 },
		{ "9223372036854775807", INT64_MAX }, { "8191p", 8191LL << 50 }, { "8192p", -2 },
		{ "9223372036854775808", -2 }, { "", -2 }, { "m", -2 }, { "1 m", -2 }, { "-2", -2 }, { "+1", -2 },
		{ "1.5g", -2 }, { "1mm", -2 }, { "1e3", -2 }, { "0x10", -2 }, { "1ib", -2 }, { "1bb", -2 },
		{ "99999999999999999999999999", -2 },
	};

	(void)state;
	for (size_t i = 0; i < N_OF(cases); i++) {
		int64_t size = -2;
		int r = update_parse_size(cases[i].text, &size);

		assert_int_equal(r, cases[i].size == -2 ? -1 : 0);
		assert_int_equal(size, cases[i].size);
	}
}

/* A table of documents, of what the cgroup has, and of the rows that come out. */
static void test_rows(void **state)
{
	static const struct {
		const char *text;
		struct plan_cgroup_present present;
		const char *rows;
	} cases[] = {
		{ "{}", { 0 }, "" },
		{ "{\"memory\":{\"limit\":4096}}", { 0 }, "memory.max=4096" },
		{ "{\"memory\":{\"limit\":-1}}", { 0 }, "memory.swap.max=max memory.max=max" },
		{ "{\"memory\":{\"limit\":-1,\"swap\":8192}}", { 0 }, "memory.swap.max=8192 memory.max=max" },
		{ "{\"memory\":{\"limit\":4096,\"swap\":-1}}", { 0 }, "memory.swap.max=max memory.max=4096" },
		{ "{\"memory\":{\"limit\":4096,\"swap\":4096}}", { 0 }, "memory.swap.max=0 memory.max=4096" },
		{ "{\"memory\":{\"limit\":4096,\"swap\":0,\"reservation\":-1}}", { 0 },
		  "memory.max=4096 memory.low=max" },
		{ "{\"memory\":{\"limit\":4097,\"checkBeforeUpdate\":true}}", { .memory_current = 4096 },
		  "memory.max=4097" },
		{ "{\"cpu\":{\"quota\":5000}}", { .cpu_quota = -1, .cpu_period = 70000 }, "cpu.max=5000 70000" },
		{ "{\"cpu\":{\"quota\":5000}}", { 0 }, "cpu.max=5000 100000" },
		{ "{\"cpu\":{\"quota\":-1}}", { .cpu_quota = 5000, .cpu_period = 70000 }, "cpu.max=max 70000" },
		{ "{\"cpu\":{\"period\":9000}}", { .cpu_quota = 5000, .cpu_period = 70000 }, "cpu.max=5000 9000" },
		{ "{\"cpu\":{\"period\":9000}}", { .cpu_quota = -1, .cpu_period = 70000 }, "cpu.max=max 9000" },
		{ "{\"cpu\":{\"quota\":0,\"period\":0,\"shares\":0,\"cpus\":\"\"}}", { .cpu_quota = 5000 }, "" },
		/* growing: the quota first; shrinking: the burst first */
		{ "{\"cpu\":{\"quota\":9000,\"burst\":9000}}", { .cpu_quota = 5000, .cpu_burst = 5000 },
		  "cpu.max=9000 100000 cpu.max.burst=9000" },
		{ "{\"cpu\":{\"quota\":4000,\"burst\":3000}}", { .cpu_quota = 5000, .cpu_burst = 5000 },
		  "cpu.max.burst=3000 cpu.max=4000 100000" },
		{ "{\"cpu\":{\"quota\":4000,\"burst\":0}}", { .cpu_quota = 5000, .cpu_burst = 5000 },
		  "cpu.max.burst=0 cpu.max=4000 100000" },
		{ "{\"cpu\":{\"burst\":7000}}", { .cpu_quota = -1 }, "cpu.max.burst=7000" },
		{ "{\"cpu\":{\"idle\":1,\"shares\":1024}}", { 0 }, "cpu.idle=1" },
		{ "{\"cpu\":{\"idle\":0,\"shares\":1024}}", { 0 }, "cpu.idle=0 cpu.weight=100" },
		{ "{\"pids\":{\"limit\":-1}}", { 0 }, "pids.max=max" },
		{ "{\"pids\":{\"limit\":0}}", { 0 }, "pids.max=1" },
		{ "{\"blockIO\":{\"throttleReadBpsDevice\":[{\"major\":8,\"minor\":1,\"rate\":0}]}}", { 0 },
		  "io.max=8:1 rbps=max" },
		{ "{\"unified\":{\"memory.high\":\"max\"},\"memory\":{\"limit\":4096}}", { 0 },
		  "memory.max=4096 memory.high=max" },
	};

	(void)state;
	for (size_t i = 0; i < N_OF(cases); i++) {
		static const struct update_options options = { .resources = "-" };
		_cleanup_built_ struct built b;

		build(&b, cases[i].text, &options, &cases[i].present);
		assert_rows(&b, cases[i].rows);
	}
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *text;
		struct plan_cgroup_present present;
		const char *message;
	} cases[] = {
		{ "{\"memory\":{\"swap\":4096}}", { 0 },
		  "r.json:1:19: /memory/swap: unable to set swap limit without memory limit" },
		{ "{\"memory\":{\"limit\":4096,\"checkBeforeUpdate\":true}}", { .memory_current = 4096 },
		  "/memory/limit: cannot set the memory limit lower than its current usage: 4096 <= 4096" },
		{ "{\"memory\":{\"limit\":4096,\"swap\":5000,\"checkBeforeUpdate\":true}}",
		  { .memory_current = 1000, .swap_current = 4000 }, "/memory/swap: cannot set the memory+swap limit" },
		{ "{\"cpu\":{\"quota\":4000}}", { .cpu_quota = 5000, .cpu_burst = 5000 },
		  "the burst 5000 is above the quota 4000" },
		{ "{\"cpu\":{\"burst\":6000}}", { .cpu_quota = 5000 }, "the burst 6000 is above the quota 5000" },
		{ "{\"pids\":{\"limit\":-2}}", { 0 }, "/pids/limit: a limit below -1" },
		{ "{\"unified\":{\"nope.max\":\"1\"}}", { 0 }, "/unified/nope.max: " },
		{ "{\"memory\":{\"limit\":\"1\"}}", { 0 }, "r.json:1:20: /memory/limit: " },
	};

	(void)state;
	for (size_t i = 0; i < N_OF(cases); i++) {
		static const struct update_options options = { .resources = "-" };
		_cleanup_built_ struct built b;

		build(&b, cases[i].text, &options, &cases[i].present);
		assert_int_equal(b.r, -1);
		if (strstr(b.e.msg, cases[i].message) == NULL)
			fail_msg("\"%s\" does not hold \"%s\"", b.e.msg, cases[i].message);
	}
}

static void test_options(void **state)
{
	static const struct update_options all = {
		.memory = "64m", .memory_swap = "96m", .memory_reservation = "1k", .cpu_share = "512",
		.cpu_quota = "5000", .cpu_period = "50000", .cpu_burst = "10", .cpu_idle = "0", .cpuset_cpus = "0-1",
		.cpuset_mems = "0", .pids_limit = "7", .blkio_weight = "500",
	};
	static const struct update_options bad = { .cpu_quota = "5s" };
	static const struct update_options both = { .resources = "-", .pids_limit = "7" };
	_cleanup_built_ struct built b;
	_cleanup_built_ struct built second;
	_cleanup_built_ struct built third;

	(void)state;
	build(&b, NULL, &all, NULL);
	assert_rows(&b, "memory.swap.max=33554432 memory.max=67108864 memory.low=1024 cpu.idle=0 cpu.weight=59 "
			"cpu.max=5000 50000 cpu.max.burst=10 cpuset.cpus=0-1 cpuset.mems=0 pids.max=7 "
			"io.bfq.weight=500");
	build(&second, NULL, &bad, NULL);
	assert_int_equal(second.r, -1);
	assert_int_equal(second.e.kind, ERR_USAGE);
	assert_string_equal(second.e.msg, "update: --cpu-quota: bad value \"5s\"");
	build(&third, "{}", &both, NULL);
	assert_int_equal(third.r, -1);
	assert_int_equal(third.e.kind, ERR_USAGE);
}

/* The list of create is no wish to change the devices; none is none; another one is. */
static void test_devices(void **state)
{
	static const struct update_options options = { .resources = "-" };
	static const struct {
		const char *text;
		bool filter;
		bool as_created;
	} cases[] = {
		{ "{}", false, false },
		{ "{\"devices\":[]}", false, false },
		{ "{\"devices\":[{\"allow\":false,\"access\":\"rwm\"},"
		  "{\"allow\":true,\"type\":\"c\",\"major\":1,\"access\":\"r\"}]}", true, true },
		{ "{\"devices\":[{\"allow\":false,\"access\":\"rwm\"},"
		  "{\"allow\":true,\"type\":\"c\",\"major\":1,\"minor\":3,\"access\":\"r\"}]}", true, false },
		{ "{\"devices\":[{\"allow\":true}]}", true, false },
	};

	(void)state;
	for (size_t i = 0; i < N_OF(cases); i++) {
		_cleanup_built_ struct built b;

		build(&b, cases[i].text, &options, NULL);
		assert_rows(&b, "");
		assert_int_equal(b.cgroup->device_filter, cases[i].filter);
		assert_int_equal(b.cgroup->devices_as_created, cases[i].as_created);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),   cmocka_unit_test(test_rows),    cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_options), cmocka_unit_test(test_devices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
