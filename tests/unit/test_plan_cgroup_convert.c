/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "plan/cgroup_convert.h"

/* weight = ceil(10^((l^2 + 125 l) / 612 - 7/34)), l = log2(shares), computed with 60 digits. */
static void test_shares(void **state)
{
	static const struct {
		uint64_t shares;
		uint32_t weight;
	} cases[] = {
		{ 0, 1 }, { 1, 1 }, { 2, 1 }, { 3, 2 }, { 10, 4 }, { 64, 12 }, { 100, 17 }, { 102, 17 },
		{ 128, 21 }, { 256, 35 }, { 512, 59 }, { 768, 80 }, { 1000, 99 }, { 1023, 100 },
		{ 1024, 100 }, { 1025, 101 }, { 2048, 174 }, { 3072, 240 }, { 4096, 303 }, { 5000, 356 },
		{ 10240, 639 }, { 32768, 1681 }, { 65536, 3023 }, { 100000, 4340 }, { 131072, 5478 },
		{ 200000, 7899 }, { 262143, 10000 }, { 262144, 10000 }, { 262145, 10000 },
	};

	(void)state;
	for (size_t i = 0; i < N_OF(cases); i++)
		assert_int_equal(cgroup_convert_shares(cases[i].shares), cases[i].weight);
}

static void test_shares_grow(void **state)
{
	uint32_t last = 0;

	(void)state;
	for (uint64_t shares = 0; shares <= 262144 + 100; shares++) {
		uint32_t weight = cgroup_convert_shares(shares);

		assert_true(weight >= last && weight >= 1 && weight <= 10000);
		last = weight;
	}
	assert_int_equal(cgroup_convert_shares(UINT64_MAX), 10000);
}

static void test_blkio_weight(void **state)
{
	(void)state;
	assert_int_equal(cgroup_convert_blkio_weight(0), 1);
	assert_int_equal(cgroup_convert_blkio_weight(10), 1);
	assert_int_equal(cgroup_convert_blkio_weight(500), 4950);
	assert_int_equal(cgroup_convert_blkio_weight(1000), 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_shares_grow),
		cmocka_unit_test(test_blkio_weight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
