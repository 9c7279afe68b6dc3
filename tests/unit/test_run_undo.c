/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <errno.h>

#include "run/undo.h"

/* What ran, as letters. */
struct trace {
	char text[16];
	unsigned n;
};

static int note(void *context, char letter)
{
	struct trace *t = context;

	t->text[t->n++] = letter;
	return 0;
}

static int undo_a(void *context, struct err *e)
{
	(void)e;
	return note(context, 'a');
}

static int undo_b(void *context, struct err *e)
{
	(void)e;
	return note(context, 'b');
}

static int undo_failing(void *context, struct err *e)
{
	(void)note(context, 'x'); /* gives 0 */
	return err_errno(e, EBUSY, "remove");
}

static void test_last_in_first_out(void **state)
{
	struct trace t = { .n = 0 };
	struct undo u = { .context = &t };
	struct err e = ERR_INIT;

	(void)state;
	undo_push(&u, "a", undo_a);
	undo_push(&u, "b", undo_b);
	assert_int_equal(undo_run(&u, &e), 0);
	assert_string_equal(t.text, "ba");
	/* Each runs once. */
	assert_int_equal(undo_run(&u, &e), 0);
	assert_string_equal(t.text, "ba");
}

static void test_success_disarms(void **state)
{
	struct trace t = { .n = 0 };
	struct undo u = { .context = &t };
	struct err e = ERR_INIT;

	(void)state;
	undo_push(&u, "a", undo_a);
	undo_disarm(&u);
	assert_int_equal(undo_run(&u, &e), 0);
	assert_string_equal(t.text, "");
}

static void test_failure_keeps_the_record_and_goes_on(void **state)
{
	struct trace t = { .n = 0 };
	struct undo u = { .context = &t };
	struct err e = ERR_INIT;

	(void)state;
	undo_push(&u, "hooks", undo_a);
	undo_push_record(&u, "state directory", undo_b);
	undo_push(&u, "cgroup", undo_failing);
	undo_push(&u, "init", undo_a);
	assert_fails_with(undo_run(&u, &e), &e, ERR_SYSTEM, "undo cgroup: remove: Device or resource busy");
	assert_string_equal(t.text, "axa");
}

static void test_record_goes_when_all_went(void **state)
{
	struct trace t = { .n = 0 };
	struct undo u = { .context = &t };
	struct err e = ERR_INIT;

	(void)state;
	undo_push_record(&u, "state directory", undo_b);
	undo_push(&u, "cgroup", undo_a);
	assert_int_equal(undo_run(&u, &e), 0);
	assert_string_equal(t.text, "ab");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_last_in_first_out),
		cmocka_unit_test(test_success_disarms),
		cmocka_unit_test(test_failure_keeps_the_record_and_goes_on),
		cmocka_unit_test(test_record_goes_when_all_went),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
