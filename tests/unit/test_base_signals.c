/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <signal.h>

#include "base/signals.h"

static void test_names_and_numbers(void **state)
{
	static const struct {
		const char *text;
		int sig;
	} rows[] = {
		{ "KILL", SIGKILL }, { "SIGKILL", SIGKILL }, { "sigterm", SIGTERM }, { "Hup", SIGHUP },
		{ "9", 9 },          { "0", 0 },             { "64", 64 },           { "SIGCLD", SIGCHLD },
		{ "IOT", SIGABRT },  { "POLL", SIGIO },      { "WINCH", SIGWINCH },
	};
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < N_OF(rows); i++) {
		int sig = -1;

		if (signal_parse(rows[i].text, &sig, &e) < 0 || sig != rows[i].sig)
			fail_msg("%s gives %d", rows[i].text, sig);
	}
}

static void test_real_time(void **state)
{
	struct err e = ERR_INIT;
	int sig;

	(void)state;
	assert_int_equal(signal_parse("RTMIN", &sig, &e), 0);
	assert_int_equal(sig, 34); /* whatever C library this is */
	assert_int_equal(signal_parse("SIGRTMIN+3", &sig, &e), 0);
	assert_int_equal(sig, 37);
	assert_int_equal(signal_parse("rtmax-1", &sig, &e), 0);
	assert_int_equal(sig, 63);
}

static void test_refused(void **state)
{
	static const char *const bad[] = { "", "SIG", "FOO", "SIGSIGKILL", "65", "-1", "9x", " 9", "+9", "RTMIN-1", "RTMAX+1",
					   "RTMIN+99", "RTMIN+", "RTMINx", "99999999999" };
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < N_OF(bad); i++) {
		int sig = -7;

		assert_fails_with(signal_parse(bad[i], &sig, &e), &e, ERR_USAGE, "unknown signal");
		assert_int_equal(sig, -7);
	}
}

static void test_printing(void **state)
{
	(void)state;
	assert_string_equal(signal_name(SIGKILL), "SIGKILL");
	assert_string_equal(signal_name(SIGCHLD), "SIGCHLD");
	assert_null(signal_name(0));
	assert_null(signal_name(63));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_and_numbers),
		cmocka_unit_test(test_real_time),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_printing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
