/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <errno.h>

static void test_set_and_clear(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(err_set(&e, ERR_STATE, "container \"%s\" does not exist", "a"), -1);
	assert_int_equal(e.kind, ERR_STATE);
	assert_int_equal(e.errnum, 0);
	assert_string_equal(e.msg, "container \"a\" does not exist");
	assert_string_equal(e.hint, "");
	err_clear(&e);
	assert_int_equal(e.kind, ERR_NONE);
	assert_string_equal(e.msg, "");
}

static void test_errno_adds_its_text(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(err_errno(&e, ENOENT, "open %s", "/x"), -1);
	assert_int_equal(e.kind, ERR_SYSTEM);
	assert_int_equal(e.errnum, ENOENT);
	assert_string_equal(e.msg, "open /x: No such file or directory");
}

static void test_prefix(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	(void)err_errno(&e, EPERM, "open destination");
	assert_int_equal(err_prefix(&e, "mounts[%d] (%s)", 3, "/proc"), -1);
	assert_string_equal(e.msg, "mounts[3] (/proc): open destination: Operation not permitted");
	assert_int_equal(e.errnum, EPERM);
}

static void test_inner_hint_wins(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	(void)err_set(&e, ERR_SYSTEM, "x");
	assert_int_equal(err_hint(&e, "inner %d", 1), -1);
	assert_int_equal(err_hint(&e, "outer"), -1);
	assert_string_equal(e.hint, "inner 1");
	(void)err_set(&e, ERR_SYSTEM, "a new error forgets the hint");
	assert_string_equal(e.hint, "");
}

static void test_long_message_keeps_the_reason(void **state)
{
	char name[2 * ERR_MSG_MAX];
	struct err e = ERR_INIT;
	size_t len;

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	(void)err_errno(&e, EACCES, "open %s", name);
	len = strlen(e.msg);
	assert_int_equal(len, ERR_MSG_MAX - 1);
	assert_string_equal(e.msg + len - strlen(": Permission denied"), ": Permission denied");

	/* A long prefix is cut before the message is. */
	(void)err_errno(&e, EACCES, "open file");
	(void)err_prefix(&e, "%s", name);
	assert_true(strlen(e.msg) < ERR_MSG_MAX);
	assert_non_null(strstr(e.msg, "n: open file: Permission denied"));

	/* Both long: the prefix keeps some of its room. */
	(void)err_errno(&e, EACCES, "open %s", name);
	(void)err_prefix(&e, "prefix %s", name);
	assert_true(strlen(e.msg) < ERR_MSG_MAX);
	assert_memory_equal(e.msg, "prefix nnn", 10);
	assert_non_null(strstr(e.msg, "n: open nnn"));
}

static void test_cut_at_utf8_boundary(void **state)
{
	/* Shifted by one byte each time, so that every way of cutting a sequence is met. */
	static const char *const sequence[] = { "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80" };
	struct err e = ERR_INIT;
	size_t i, shift;

	(void)state;
	for (i = 0; i < N_OF(sequence); i++) {
		size_t width = strlen(sequence[i]);

		for (shift = 0; shift < width; shift++) {
			char text[2 * ERR_MSG_MAX] = "aaa";
			size_t at, len;

			for (at = shift; at + width < sizeof(text); at += width)
				memcpy(text + at, sequence[i], width);
			(void)err_set(&e, ERR_CONFIG, "%s", text);
			len = strlen(e.msg);
			assert_true(len > ERR_MSG_MAX - 1 - width);
			assert_int_equal((len - shift) % width, 0);
			assert_memory_equal(e.msg + len - width, sequence[i], width);
		}
	}
}

static void test_one_line(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	(void)err_set(&e, ERR_CONFIG, "id \"%s\"", "a\nb\x1b[1m");
	assert_string_equal(e.msg, "id \"a b [1m\"");
	(void)err_prefix(&e, "x\ty");
	assert_string_equal(e.msg, "x y: id \"a b [1m\"");
}

static void test_errno_texts_are_the_c_librarys(void **state)
{
	int errnum;
	unsigned known = 0;

	(void)state;
	for (errnum = 1; errnum < 140; errnum++) {
		char buf[24];
		const char *text = err_errno_text(errnum, buf);

		if (text == buf) {
			char expected[24];

			(void)snprintf(expected, sizeof(expected), "errno %d", errnum);
			assert_string_equal(text, expected);
		} else {
			known++;
			assert_string_equal(text, strerror(errnum));
		}
	}
	assert_true(known > 60);
}

static void test_errno_text_of_odd_numbers(void **state)
{
	static const int odd[] = { 0, -1, 41, 4095, 1 << 30, -2147483647 - 1 };
	size_t i;

	(void)state;
	for (i = 0; i < N_OF(odd); i++) {
		char buf[24];

		assert_ptr_equal(err_errno_text(odd[i], buf), buf);
		assert_memory_equal(buf, "errno ", 6);
	}
}

static void test_kind_names(void **state)
{
	(void)state;
	assert_string_equal(err_kind_name(ERR_CONFIG), "config");
	assert_string_equal(err_kind_name(ERR_INTERNAL), "internal");
	/* What comes from init is not trusted to be a kind. */
	assert_string_equal(err_kind_name((enum err_kind)77), "internal");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set_and_clear),
		cmocka_unit_test(test_errno_adds_its_text),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_inner_hint_wins),
		cmocka_unit_test(test_long_message_keeps_the_reason),
		cmocka_unit_test(test_cut_at_utf8_boundary),
		cmocka_unit_test(test_one_line),
		cmocka_unit_test(test_errno_texts_are_the_c_librarys),
		cmocka_unit_test(test_errno_text_of_odd_numbers),
		cmocka_unit_test(test_kind_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
