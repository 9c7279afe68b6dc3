/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/log.h"

/* Standard error and the log are files of this directory while a test runs. */
struct place {
	char dir[64];
	char log[80];
	int dir_fd;
	int real_stderr;
};

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	_cleanup_fd_ int fd = -EBADF;

	assert_non_null(p);
	(void)snprintf(p->dir, sizeof(p->dir), "/tmp/test-log.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	(void)snprintf(p->log, sizeof(p->log), "%s/log", p->dir);
	p->dir_fd = open(p->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	fd = openat(p->dir_fd, "stderr", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	p->real_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	assert_true(dup2(fd, STDERR_FILENO) >= 0);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	(void)unlinkat(p->dir_fd, "stderr", 0);
	(void)unlinkat(p->dir_fd, "log", 0);
	fd_close(&p->dir_fd);
	(void)rmdir(p->dir);
	(void)dup2(p->real_stderr, STDERR_FILENO);
	fd_close(&p->real_stderr);
	free(p);
	return 0;
}

/* The whole text of one of the two files, which the caller frees. */
static char *get(const struct place *p, const char *name)
{
	struct err e = ERR_INIT;
	char *text = NULL;
	size_t len;

	assert_succeeds(io_read_file_at(p->dir_fd, name, 1 << 16, &text, &len, &e), &e);
	return text;
}

static void assert_holds(const struct place *p, const char *name, const char *part)
{
	char *text = get(p, name);

	if (strstr(text, part) == NULL)
		print_message("%s: \"%s\"\n", name, text);
	assert_non_null(strstr(text, part));
	free(text);
}

static void assert_is(const struct place *p, const char *name, const char *expected)
{
	char *text = get(p, name);

	assert_string_equal(text, expected);
	free(text);
}

static void test_error_without_a_log(void **state)
{
	struct place *p = *state;
	struct err e = ERR_INIT;

	assert_succeeds(log_open(NULL, LOG_FORMAT_TEXT, LOG_WARNING, &e), &e);
	(void)err_set(&e, ERR_STATE, "it failed");
	(void)err_hint(&e, "try again");
	log_error(&e);
	log_warning("odd");
	log_info("not shown");
	/* The cause is the last line of the error. */
	assert_is(p, "stderr", "rt: hint: try again\nrt: it failed\nrt: warning: odd\n");
}

static void test_json_without_a_log(void **state)
{
	struct place *p = *state;
	struct err e = ERR_INIT;

	assert_succeeds(log_open("", LOG_FORMAT_JSON, LOG_WARNING, &e), &e);
	(void)err_set(&e, ERR_CONFIG, "a \"b\"");
	log_error(&e);
	assert_holds(p, "stderr", "{\"level\":\"error\",\"msg\":\"a \\\"b\\\"\",\"time\":\"20");
	assert_holds(p, "stderr", "Z\",\"code\":\"config\"}\n");
}

static void test_levels(void **state)
{
	struct place *p = *state;
	struct err e = ERR_INIT;

	assert_succeeds(log_open(NULL, LOG_FORMAT_TEXT, LOG_ERROR, &e), &e);
	log_warning("hidden");
	assert_false(log_is_enabled(LOG_WARNING));
	assert_is(p, "stderr", "");
	assert_succeeds(log_open(NULL, LOG_FORMAT_TEXT, LOG_DEBUG, &e), &e);
	assert_true(log_is_enabled(LOG_DEBUG));
	log_debug("value %d", 7);
	log_info("told\nin %s", "two lines");
	assert_is(p, "stderr", "rt: value 7\nrt: told in two lines\n");
}

/* From here on the log is a file: it stays open until the process ends, so these tests come last. */

static void test_json_log(void **state)
{
	struct place *p = *state;
	struct err e = ERR_INIT;

	assert_succeeds(log_open(p->log, LOG_FORMAT_JSON, LOG_WARNING, &e), &e);
	log_warning("odd %s", "thing");
	(void)err_set(&e, ERR_UNSUPPORTED, "it failed");
	(void)err_hint(&e, "try again");
	log_error(&e);
	assert_holds(p, "log", "{\"level\":\"warning\",\"msg\":\"odd thing\",\"time\":\"20");
	assert_holds(p, "log", "\"code\":\"unsupported\",\"hint\":\"try again\"}\n");
	/* Warnings are for the log alone; errors for those who read standard error too. */
	assert_is(p, "stderr", "rt: hint: try again\nrt: it failed\n");
}

static void test_text_log_is_appended_to(void **state)
{
	struct place *p = *state;
	struct err e = ERR_INIT;
	_cleanup_fd_ int fd = openat(p->dir_fd, "log", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	char target[100];
	char *text;

	assert_int_equal(write(fd, "before\n", 7), 7);
	(void)snprintf(target, sizeof(target), "file:%s", p->log);
	assert_succeeds(log_open(target, LOG_FORMAT_TEXT, LOG_WARNING, &e), &e);
	(void)err_set(&e, ERR_SYSTEM, "path \"a\\b\"");
	log_error(&e);
	text = get(p, "log");
	assert_memory_equal(text, "before\ntime=\"20", 14);
	assert_non_null(strstr(text, "Z\" level=error msg=\"path \\\"a\\\\b\\\"\"\n"));
	free(text);
}

static void test_long_messages_are_one_line(void **state)
{
	struct place *p = *state;
	struct err e = ERR_INIT;
	char long_text[3000];
	char *text;

	memset(long_text, '"', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	assert_succeeds(log_open(p->log, LOG_FORMAT_TEXT, LOG_WARNING, &e), &e);
	log_warning("%s", long_text);
	text = get(p, "log");
	assert_true(strlen(text) > 1024);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	assert_string_equal(text + strlen(text) - 4, "\\\"\"\n");
	free(text);
}

static void test_full_disk_fails_nothing(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_succeeds(log_open("/dev/full", LOG_FORMAT_JSON, LOG_WARNING, &e), &e);
	log_warning("lost");
}

static void test_targets_that_can_not_be(void **state)
{
	struct place *p = *state;
	struct err e = ERR_INIT;

	assert_fails_with(log_open("/nonexistent/log", LOG_FORMAT_TEXT, LOG_WARNING, &e), &e, ERR_SYSTEM,
			  "open log file /nonexistent/log: No such file");
	assert_fails_with(log_open("journald:rt", LOG_FORMAT_TEXT, LOG_WARNING, &e), &e, ERR_UNSUPPORTED, "journald:rt");
	assert_is(p, "stderr", "");
}

#define place_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		place_test(test_error_without_a_log),
		place_test(test_json_without_a_log),
		place_test(test_levels),
		place_test(test_targets_that_can_not_be),
		place_test(test_json_log),
		place_test(test_text_log_is_appended_to),
		place_test(test_long_messages_are_one_line),
		place_test(test_full_disk_fails_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
