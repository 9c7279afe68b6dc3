/* SPDX-License-Identifier: Apache-2.0 */
/* What rt makes of the page that init has written to: whatever it holds, the trace is JSON, and in bounds. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/trace.h"
#include "run/trace.h"
#include "unit/test.h"

#define OUTPUT_MAX ((size_t)65536)

struct fixture {
	char path[64];
	char output[OUTPUT_MAX];
	struct trace trace;
	struct err e;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int fd;

	f->trace = (struct trace)TRACE_INIT;
	memcpy(f->path, "/tmp/test-trace.XXXXXX", sizeof("/tmp/test-trace.XXXXXX"));
	fd = mkstemp(f->path);
	assert_true(fd >= 0);
	close(fd);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	trace_close(&f->trace);
	unlink(f->path);
	free(f);
	return 0;
}

static void begin(struct fixture *f)
{
	assert_int_equal(trace_open(&f->trace, f->path, "run", &f->e), 0);
	trace_phase(&f->trace, "first");
	f->trace.init = 77;
}

static void put_page(struct fixture *f, const struct trace_page *page)
{
	int fd = trace_share(&f->trace, &f->e);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, page, sizeof(*page), 0), sizeof(*page));
	close(fd);
}

static const char *finish(struct fixture *f)
{
	ssize_t n;
	int fd;

	trace_close(&f->trace);
	fd = open(f->path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	n = read(fd, f->output, sizeof(f->output) - 1);
	close(fd);
	assert_true(n >= 0);
	f->output[n] = '\0';
	return f->output;
}

static unsigned count(const char *text, const char *what)
{
	unsigned n = 0;

	for (text = strstr(text, what); text != NULL; text = strstr(text + 1, what))
		n++;
	return n;
}

static void test_without(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(trace_open(&f->trace, NULL, "run", &f->e), 0);
	trace_phase(&f->trace, "first");
	trace_end_steps(&f->trace);
	assert_int_equal(f->trace.n, 0);
	assert_true(f->trace.steps_end_ns == 0);
	assert_string_equal(finish(f), "");
}

static void test_phases(void **state)
{
	struct fixture *f = *state;
	const char *text;

	begin(f);
	trace_phase(&f->trace, "second");
	text = finish(f);
	assert_int_equal(count(text, "\"ph\":\"X\""), 3);
	assert_non_null(strstr(text, "[{\"name\":\"run\",\"cat\":\"rt\",\"ph\":\"X\",\"ts\":0.000,\"dur\":"));
	assert_true(strstr(text, "\"first\"") < strstr(text, "\"second\""));
}

static void test_many_phases(void **state)
{
	struct fixture *f = *state;
	unsigned i;

	begin(f);
	for (i = 0; i < 2 * TRACE_PHASES_MAX; i++)
		trace_phase(&f->trace, "more");
	assert_int_equal(count(finish(f), "\"ph\""), TRACE_PHASES_MAX + 1);
}

static void test_empty_page(void **state)
{
	struct fixture *f = *state;
	struct trace_page page = { .n = 0 };

	begin(f);
	put_page(f, &page);
	assert_int_equal(count(finish(f), "\"cat\":\"init\""), 0);
}

static void test_wild_count(void **state)
{
	struct fixture *f = *state;
	struct trace_page page = { .n = UINT32_MAX };

	begin(f);
	put_page(f, &page);
	assert_int_equal(count(finish(f), "\"cat\":\"init\""), TRACE_STEPS_MAX);
}

static void test_wild_names_and_times(void **state)
{
	struct fixture *f = *state;
	struct trace_page page = { .n = 3 };
	const char *text;

	memset(page.steps[0].name, 'a', TRACE_NAME_SIZE); /* no end */
	page.steps[0].begin_ns = UINT64_MAX;
	page.steps[0].end_ns = 1;
	memcpy(page.steps[1].name, "x\xff\n\"", 4);
	page.steps[1].begin_ns = 1;
	page.steps[1].end_ns = UINT64_MAX;
	begin(f);
	put_page(f, &page);
	text = finish(f);
	assert_int_equal(count(text, "\"cat\":\"init\""), 3);
	assert_non_null(strstr(text, "\"aaaaaaaaaaaaaaaaaaaaaaa\""));
	assert_non_null(strstr(text, "\"x??\\\"\""));
	assert_null(strchr(text, '-')); /* no negative number */
	assert_int_equal(count(text, "\"pid\":77"), 3);
	/* A step that was put at the end of time has the length of nothing, and so have those behind it. */
	assert_int_equal(count(text, "\"dur\":0.000,\"pid\":77"), 3);
}

static void test_open_step(void **state)
{
	struct fixture *f = *state;
	struct trace_page page = { .n = 1, .steps = { { .name = "exec" } } };

	begin(f);
	page.steps[0].begin_ns = trace_now();
	put_page(f, &page);
	trace_end_steps(&f->trace);
	f->trace.steps_end_ns = page.steps[0].begin_ns + 5250;
	assert_non_null(strstr(finish(f), "\"dur\":5.250,\"pid\":77"));
}

static void test_file_is_emptied(void **state)
{
	struct fixture *f = *state;
	int fd = open(f->path, O_WRONLY | O_CLOEXEC);

	assert_int_equal(write(fd, "old text", 8), 8);
	close(fd);
	begin(f);
	assert_int_equal(finish(f)[0], '[');
	assert_null(strstr(f->output, "old"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_without, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_phases, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_many_phases, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_empty_page, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_wild_count, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_wild_names_and_times, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_open_step, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_file_is_emptied, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
