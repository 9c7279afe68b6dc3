/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "run/command.h"

static int run_shell(const char *script, const char *input, int timeout, struct err *e)
{
	char *const argv[] = { (char *)"sh", (char *)"-c", (char *)script, NULL };
	char *const envp[] = { (char *)"PATH=/usr/bin:/bin", (char *)"WORD=from-env", NULL };
	const struct command c = {
		.program = "/bin/sh",
		.argv = argv,
		.envp = envp,
		.directory = "/tmp",
		.input = input,
		.input_len = strlen(input),
		.timeout = timeout,
	};

	*e = (struct err)ERR_INIT;
	return command_run(&c, e);
}

static void test_success(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(run_shell("test \"$(cat)\" = hello && test $WORD = from-env && test $PWD = /tmp", "hello", 0, &e),
			 0);
}

static void test_failure_tells_status_and_output(void **state)
{
	struct err e;

	(void)state;
	assert_fails_with(run_shell("echo to-out; echo to-err >&2; exit 3", "", 0, &e), &e, ERR_SYSTEM,
			  "exit status 3, stdout: to-out, stderr: to-err");
	assert_fails_with(run_shell("kill -TERM $$", "", 0, &e), &e, ERR_SYSTEM, "signal: SIGTERM");
}

static void test_missing_program(void **state)
{
	char *const argv[] = { (char *)"x", NULL };
	const struct command c = { .program = "/does/not/exist", .argv = argv, .envp = argv };
	struct err e = ERR_INIT;

	(void)state;
	assert_fails_with(command_run(&c, &e), &e, ERR_SYSTEM, "exec /does/not/exist: No such file or directory");
	assert_int_equal(e.errnum, ENOENT);
}

static void test_timeout(void **state)
{
	struct err e;
	time_t begin = time(NULL);

	(void)state;
	assert_fails_with(run_shell("exec sleep 60", "", 1, &e), &e, ERR_SYSTEM, "ran past its timeout of 1 s");
	assert_true(time(NULL) - begin < 20);
}

/* It does not read its input, and writes more than a pipe holds. */
static void test_neither_side_blocks(void **state)
{
	char *input = calloc(1, 300001);
	struct err e;

	(void)state;
	memset(input, 'x', 300000);
	assert_int_equal(run_shell("exit 0", input, 20, &e), 0);
	assert_int_equal(run_shell("head -c 300000 /dev/zero; cat >/dev/null", input, 20, &e), 0);
	free(input);
}

/* A child that it leaves behind keeps its standard output open. */
static void test_background_child_is_not_waited_for(void **state)
{
	time_t begin = time(NULL);
	struct err e;

	(void)state;
	assert_int_equal(run_shell("sleep 5 & exit 0", "", 0, &e), 0);
	assert_true(time(NULL) - begin < 4);
}

static void test_no_descriptor_leaks_in(void **state)
{
	struct err e;
	int fd = open("/dev/null", O_RDONLY); /* without O_CLOEXEC */

	(void)state;
	assert_true(fd > 2);
	assert_int_equal(run_shell("for f in /proc/self/fd/*; do n=${f##*/}; "
				   "test $n -le 3 || test ! -e /proc/$$/fd/$n || exit 1; done",
				   "", 0, &e),
			 0);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_success),
		cmocka_unit_test(test_failure_tells_status_and_output),
		cmocka_unit_test(test_missing_program),
		cmocka_unit_test(test_timeout),
		cmocka_unit_test(test_neither_side_blocks),
		cmocka_unit_test(test_background_child_is_not_waited_for),
		cmocka_unit_test(test_no_descriptor_leaks_in),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
