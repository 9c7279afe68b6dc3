/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <errno.h>

#include "base/duration.h"

static void takes_what_go_takes(void **state)
{
	static const struct {
		const char *text;
		uint64_t expected;
	} cases[] = {
		{ "0", 0 },
		{ "0s", 0 },
		{ "5s", UINT64_C(5000000000) },
		{ "100ms", 100000000 },
		{ "1m30s", UINT64_C(90000000000) },
		{ "1h0m0.5s", UINT64_C(3600500000000) },
		{ "1.5h", UINT64_C(5400000000000) },
		{ "0.1m", UINT64_C(6000000000) },
		{ ".5s", 500000000 },
		{ "5.s", UINT64_C(5000000000) },
		{ "1.5ns", 1 },
		{ "7us", 7000 },
		{ "7\xc2\xb5s", 7000 },
		{ "7\xce\xbcs", 7000 },
		{ "9223372036854775us", UINT64_C(9223372036854775000) },
		{ "2562047h", UINT64_C(9223369200000000000) },
	};

	(void)state;
	for (size_t i = 0; i < N_OF(cases); i++) {
		uint64_t value = 42;

		if (duration_parse(cases[i].text, &value) < 0)
			fail_msg("%s is refused", cases[i].text);
		if (value != cases[i].expected)
			fail_msg("%s is %llu", cases[i].text, (unsigned long long)value);
	}
}

static void refuses_the_rest(void **state)
{
	static const struct {
		const char *text;
		int errnum;
	} cases[] = {
		{ "", EINVAL },     { "5", EINVAL },    { "s", EINVAL },    { ".s", EINVAL },   { "-5s", EINVAL },
		{ "+5s", EINVAL },  { "5 s", EINVAL },  { " 5s", EINVAL },  { "5s ", EINVAL },  { "5d", EINVAL },
		{ "5S", EINVAL },   { "1m30", EINVAL }, { "1..5s", EINVAL }, { "0x5s", EINVAL }, { "5mss", EINVAL },
		{ "2562048h", ERANGE },
		{ "2562047h2562047h", ERANGE },
		{ "9223372036854775807ns", ERANGE },
		{ "99999999999999999999999999999999999999s", ERANGE },
	};

	(void)state;
	for (size_t i = 0; i < N_OF(cases); i++) {
		uint64_t value = 42;

		if (duration_parse(cases[i].text, &value) == 0)
			fail_msg("\"%s\" is taken as %llu", cases[i].text, (unsigned long long)value);
		assert_int_equal(errno, cases[i].errnum);
		assert_int_equal(value, 42);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_go_takes),
		cmocka_unit_test(refuses_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
