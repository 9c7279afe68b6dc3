/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <math.h>

#include "base/json.h"
#include "base/timestamp.h"

/* Ends J and compares. */
static void check(struct json *j, const char *expected)
{
	struct err e = ERR_INIT;
	const char *text;
	size_t len;

	assert_succeeds(json_finish(j, &text, &len, &e), &e);
	assert_string_equal(text, expected);
	assert_int_equal(len, strlen(expected));
	json_release(j);
}

static void write_sample(struct json *j)
{
	json_begin_object(j);
	json_kv_string(j, "a", "b");
	json_key(j, "list");
	json_begin_array(j);
	json_i64(j, -1);
	json_null(j);
	json_begin_object(j);
	json_end_object(j);
	json_begin_array(j);
	json_end_array(j);
	json_end_array(j);
	json_kv_bool(j, "c", true);
	json_end_object(j);
}

static void test_one_line(void **state)
{
	struct json j = JSON_INIT(0);

	(void)state;
	write_sample(&j);
	check(&j, "{\"a\":\"b\",\"list\":[-1,null,{},[]],\"c\":true}");
}

static void test_indented(void **state)
{
	struct json j = JSON_INIT(2);

	(void)state;
	write_sample(&j);
	check(&j, "{\n  \"a\": \"b\",\n  \"list\": [\n    -1,\n    null,\n    {},\n    []\n  ],\n  \"c\": true\n}");
}

static void test_numbers(void **state)
{
	struct json j = JSON_INIT(0);

	(void)state;
	json_begin_array(&j);
	json_i64(&j, INT64_MIN);
	json_i64(&j, INT64_MAX);
	json_u64(&j, UINT64_MAX);
	json_double(&j, 1.5);
	json_double(&j, (double)NAN);
	json_double(&j, (double)INFINITY);
	json_bool(&j, false);
	json_end_array(&j);
	check(&j, "[-9223372036854775808,9223372036854775807,18446744073709551615,1.5,null,null,false]");
}

static void test_strings(void **state)
{
	static const struct {
		const char *in;
		const char *out;
	} rows[] = {
		{ "", "\"\"" },
		{ "/usr/bin", "\"/usr/bin\"" },
		{ "q\"b\\", "\"q\\\"b\\\\\"" },
		{ "\b\f\n\r\t\x01\x1f", "\"\\b\\f\\n\\r\\t\\u0001\\u001f\"" },
		{ "\x7f", "\"\x7f\"" },
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"" },
		/* no UTF-8: a lone continuation, overlong, a surrogate, cut, too large */
		{ "a\x80z", "\"a\xef\xbf\xbdz\"" },
		{ "\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xe2\x82", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xf4\x90\x80\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N_OF(rows); i++) {
		struct json j = JSON_INIT(0);

		json_string(&j, rows[i].in);
		check(&j, rows[i].out);
	}
}

static void test_string_with_length(void **state)
{
	struct json j = JSON_INIT(0);

	(void)state;
	json_begin_array(&j);
	json_string_n(&j, "a\0b", 3);
	json_string_n(&j, "\xe2\x82\xac", 2);
	json_string(&j, NULL);
	json_raw(&j, "{\"x\":1}", 7);
	json_end_array(&j);
	check(&j, "[\"a\\u0000b\",\"\xef\xbf\xbd\xef\xbf\xbd\",null,{\"x\":1}]");
}

static void test_lines(void **state)
{
	struct json j = JSON_INIT(0);

	(void)state;
	json_begin_object(&j);
	json_kv_u64(&j, "n", 1);
	json_end_object(&j);
	json_newline(&j);
	json_begin_array(&j);
	json_end_array(&j);
	json_newline(&j);
	check(&j, "{\"n\":1}\n[]\n");
}

static void test_grows(void **state)
{
	struct json j = JSON_INIT(0);
	struct err e = ERR_INIT;
	const char *text;
	size_t len;
	int i;

	(void)state;
	json_begin_array(&j);
	for (i = 0; i < 10000; i++)
		json_i64(&j, i);
	json_end_array(&j);
	assert_succeeds(json_finish(&j, &text, &len, &e), &e);
	assert_int_equal(len, 48891);
	assert_string_equal(text + len - 10, "9998,9999]");
	json_release(&j);
}

static void test_timestamps(void **state)
{
	static const struct {
		struct timespec t;
		const char *seconds;
		const char *nano;
	} rows[] = {
		{ { 0, 0 }, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z" },
		{ { 951782400, 1 }, "2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000000001Z" },
		{ { 951868799, 120000000 }, "2000-02-29T23:59:59Z", "2000-02-29T23:59:59.12Z" },
		{ { 951868800, 999999999 }, "2000-03-01T00:00:00Z", "2000-03-01T00:00:00.999999999Z" },
		{ { 4107542399, 0 }, "2100-02-28T23:59:59Z", "2100-02-28T23:59:59Z" },
		{ { 4107542400, 0 }, "2100-03-01T00:00:00Z", "2100-03-01T00:00:00Z" },
		{ { -1, 0 }, "1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z" },
		{ { 1795366800, 500 }, "2026-11-22T17:00:00Z", "2026-11-22T17:00:00.0000005Z" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N_OF(rows); i++) {
		char buf[TIMESTAMP_SIZE];

		assert_string_equal(timestamp_format(&rows[i].t, buf), rows[i].seconds);
		assert_string_equal(timestamp_format_nano(&rows[i].t, buf), rows[i].nano);
	}
}

static void test_timestamps_agree_with_the_c_library(void **state)
{
	int64_t seconds;

	(void)state;
	/* A step that is prime to the day's length: all times of day and all months, over 500 years. */
	for (seconds = -4000000000; seconds < 12000000000; seconds += 7654321) {
		struct timespec t = { .tv_sec = seconds };
		char buf[TIMESTAMP_SIZE], expected[TIMESTAMP_SIZE];
		struct tm tm;

		assert_non_null(gmtime_r(&t.tv_sec, &tm));
		assert_true(strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%SZ", &tm) > 0);
		assert_string_equal(timestamp_format(&t, buf), expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_line),
		cmocka_unit_test(test_indented),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_string_with_length),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_grows),
		cmocka_unit_test(test_timestamps),
		cmocka_unit_test(test_timestamps_agree_with_the_c_library),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
