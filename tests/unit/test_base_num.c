/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <errno.h>
#include <limits.h>

#include "base/num.h"

/* What no parser accepts. */
static const char *const garbage[] = {
	"", " ", "-", "+1", " 1", "1 ", "1x", "x", "0x10", "1.0", "--1", "1-", "\xc2\xb2", "99999999999999999999999x",
};

static void test_garbage(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < N_OF(garbage); i++) {
		uint64_t u64 = 7;
		int64_t i64 = 7;
		uint32_t u32 = 7;
		int n = 7;

		errno = 0;
		assert_int_equal(num_parse_u64(garbage[i], &u64), -1);
		assert_int_equal(errno, EINVAL);
		assert_int_equal(num_parse_i64(garbage[i], &i64), -1);
		assert_int_equal(errno, EINVAL);
		assert_int_equal(num_parse_u32(garbage[i], &u32), -1);
		assert_int_equal(num_parse_int(garbage[i], &n), -1);
		assert_int_equal(num_parse_mode(garbage[i], &u32), -1);
		assert_true(u64 == 7 && i64 == 7 && u32 == 7 && n == 7);
	}
}

static void test_u64(void **state)
{
	uint64_t v = 7;

	(void)state;
	assert_int_equal(num_parse_u64("0", &v), 0);
	assert_true(v == 0);
	assert_int_equal(num_parse_u64("18446744073709551615", &v), 0);
	assert_true(v == UINT64_MAX);
	assert_int_equal(num_parse_u64("18446744073709551616", &v), -1);
	assert_int_equal(errno, ERANGE);
	assert_int_equal(num_parse_u64("-1", &v), -1);
	assert_int_equal(errno, EINVAL);
	assert_true(v == UINT64_MAX);
}

static void test_i64(void **state)
{
	int64_t v = 7;

	(void)state;
	assert_int_equal(num_parse_i64("-9223372036854775808", &v), 0);
	assert_true(v == INT64_MIN);
	assert_int_equal(num_parse_i64("9223372036854775807", &v), 0);
	assert_true(v == INT64_MAX);
	assert_int_equal(num_parse_i64("-1", &v), 0);
	assert_true(v == -1);
	assert_int_equal(num_parse_i64("-0", &v), 0);
	assert_true(v == 0);
	assert_int_equal(num_parse_i64("9223372036854775808", &v), -1);
	assert_int_equal(errno, ERANGE);
	assert_int_equal(num_parse_i64("-9223372036854775809", &v), -1);
	assert_int_equal(errno, ERANGE);
}

static void test_narrow(void **state)
{
	uint32_t u = 7;
	int n = 7;

	(void)state;
	assert_int_equal(num_parse_u32("4294967295", &u), 0);
	assert_true(u == UINT32_MAX);
	assert_int_equal(num_parse_u32("4294967296", &u), -1);
	assert_int_equal(errno, ERANGE);
	assert_int_equal(num_parse_int("-2147483648", &n), 0);
	assert_int_equal(n, INT_MIN);
	assert_int_equal(num_parse_int("2147483648", &n), -1);
	assert_int_equal(errno, ERANGE);
	assert_int_equal(n, INT_MIN);
}

static void test_mode(void **state)
{
	uint32_t mode = 7;

	(void)state;
	assert_int_equal(num_parse_mode("1777", &mode), 0);
	assert_int_equal(mode, 01777);
	assert_int_equal(num_parse_mode("0755", &mode), 0);
	assert_int_equal(mode, 0755);
	assert_int_equal(num_parse_mode("7777", &mode), 0);
	assert_int_equal(num_parse_mode("10000", &mode), -1);
	assert_int_equal(errno, ERANGE);
	assert_int_equal(num_parse_mode("8", &mode), -1);
	assert_int_equal(errno, EINVAL);
}

static void test_mask(void **state)
{
	static const char *const wrong[] = { "", " 1", "0x1", "1F", "1g", "1\n", "-1", "fg" };
	uint64_t mask = 7;
	size_t i;

	(void)state;
	for (i = 0; i < N_OF(wrong); i++) {
		errno = 0;
		assert_int_equal(num_parse_mask(wrong[i], &mask), -1);
		assert_int_equal(errno, EINVAL);
	}
	assert_int_equal(num_parse_mask("10000000000000000", &mask), -1);
	assert_int_equal(errno, ERANGE);
	assert_true(mask == 7);
	assert_int_equal(num_parse_mask("000001ffffffff09", &mask), 0);
	assert_true(mask == 0x1ffffffff09);
	assert_int_equal(num_parse_mask("ffffffffffffffff", &mask), 0);
	assert_true(mask == UINT64_MAX);
}

static void test_format(void **state)
{
	char buf[21];

	(void)state;
	assert_string_equal(num_format_u64(0, buf), "0");
	assert_string_equal(num_format_u64(1203, buf), "1203");
	assert_string_equal(num_format_u64(UINT64_MAX, buf), "18446744073709551615");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_garbage), cmocka_unit_test(test_u64),  cmocka_unit_test(test_i64),
		cmocka_unit_test(test_narrow),  cmocka_unit_test(test_mode),
		cmocka_unit_test(test_mask),    cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
