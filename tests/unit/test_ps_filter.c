/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <stdlib.h>

#include "cmd/ps_filter.h"

/* Filters INPUT for the pids 12 and 345. */
static int filter(const char *input, char *output, size_t size, struct err *e)
{
	pid_t pids[] = { 12, 345 };
	const struct pid_set set = { .items = pids, .n = N_OF(pids) };
	FILE *in = fmemopen((void *)(uintptr_t)input, strlen(input), "r");
	FILE *out = fmemopen(output, size, "w");
	int r;

	assert_non_null(in);
	assert_non_null(out);
	r = ps_filter(in, out, &set, e);
	(void)fclose(in);
	assert_int_equal(fclose(out), 0);
	return r;
}

static void test_keeps_lines_of_the_container(void **state)
{
	char output[400] = "";
	struct err e = ERR_INIT;

	(void)state;
	assert_succeeds(filter("UID          PID    PPID CMD\n"
			       "root           1       0 init\n"
			       "root          12     345 sh 345\n"
			       "user         345      12 sleep 12\n"
			       "user        3456      12 PID 345\n",
			       output, sizeof(output), &e),
			&e);
	assert_string_equal(output, "UID          PID    PPID CMD\n"
				    "root          12     345 sh 345\n"
				    "user         345      12 sleep 12\n");
}

static void test_column_is_looked_up(void **state)
{
	char output[200] = "";
	struct err e = ERR_INIT;

	(void)state;
	assert_succeeds(filter("  PID COMMAND\n   12 x\n  13 y\n345 z", output, sizeof(output), &e), &e);
	assert_string_equal(output, "  PID COMMAND\n   12 x\n345 z");
	memset(output, 0, sizeof(output));
	/* "PPID" is another column. */
	assert_succeeds(filter("PPID PID\n12 1\n1 12\n", output, sizeof(output), &e), &e);
	assert_string_equal(output, "PPID PID\n1 12\n");
}

static void test_odd_lines_are_left_out(void **state)
{
	char output[200] = "";
	struct err e = ERR_INIT;

	(void)state;
	assert_succeeds(filter("C PID\n\n x \nx 12y\nx 0000000000000000000012\nx +12\nx 12\n", output, sizeof(output), &e),
			&e);
	assert_string_equal(output, "C PID\nx 12\n");
}

static void test_no_column(void **state)
{
	char output[200] = "";
	struct err e = ERR_INIT;

	(void)state;
	assert_fails_with(filter("COMMAND\nx\n", output, sizeof(output), &e), &e, ERR_SYSTEM, "no PID column");
	assert_fails_with(filter("\n", output, sizeof(output), &e), &e, ERR_SYSTEM, "no PID column");
	assert_string_equal(output, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeps_lines_of_the_container),
		cmocka_unit_test(test_column_is_looked_up),
		cmocka_unit_test(test_odd_lines_are_left_out),
		cmocka_unit_test(test_no_column),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
