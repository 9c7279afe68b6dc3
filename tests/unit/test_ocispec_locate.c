/* SPDX-License-Identifier: Apache-2.0 */
#include "ocispec.h"

static const char document[] = "{\n"
			       "  'ociVersion' : '1',\n"
			       "  'process': {'args': ['a', {'b': []}, -12 ] , 'cwd':'/'},\n"
			       "  'a/b': {'m~n': {'': true}},\n"
			       "  '\\u0061': null,\n"
			       "  'same': {'same': {'same': 1}, 'other': 2},\n"
			       "  'last': [[1], [2, [3]]]\n"
			       "}\n";

static void test_locate(void **state)
{
	static const struct {
		const char *pointer;
		unsigned line, column;
	} expected[] = {
		{ "", 1, 1 },
		{ "/ociVersion", 2, 18 },
		{ "/process", 3, 14 },
		{ "/process/args", 3, 23 },
		{ "/process/args/0", 3, 24 },
		{ "/process/args/1", 3, 29 },
		{ "/process/args/1/b", 3, 35 },
		{ "/process/args/2", 3, 40 },
		{ "/process/cwd", 3, 54 },
		{ "/a~1b/m~0n", 4, 18 },
		{ "/a~1b/m~0n/", 4, 23 },
		{ "/a", 5, 13 },
		{ "/same/same/same", 6, 29 },
		{ "/same/other", 6, 42 },
		{ "/last/1/1/0", 7, 22 },
		/* What does not exist is where it would have been looked for last. */
		{ "/nothing", 1, 1 },
		{ "/nothing/below", 1, 1 },
		{ "/process/nothing", 3, 14 },
		{ "/process/args/3", 3, 23 },
		{ "/process/args/01", 3, 23 },
		{ "/process/args/-", 3, 23 },
		{ "/process/args/", 3, 23 },
		{ "/process/args/1/b/0", 3, 35 },
		{ "/ociVersion/0", 2, 18 },
		{ "/same/same/other", 6, 20 },
		{ "/last/0/1", 7, 12 },
		{ "/process/cw", 3, 14 },
		{ "/process/cwdx", 3, 14 },
		{ "no pointer", 1, 1 },
	};
	char *text = json_text(document);

	(void)state;
	for (size_t i = 0; i < N_OF(expected); i++) {
		unsigned line = 0, column = 0;

		oci_locate(text, strlen(text), expected[i].pointer, &line, &column);
		if (line != expected[i].line || column != expected[i].column)
			fail_msg("%s is at %u:%u, not at %u:%u", expected[i].pointer, expected[i].line,
				 expected[i].column, line, column);
	}
	free(text);
}

/* As far as a broken text goes. */
static void test_locate_in_broken_text(void **state)
{
	static const char *const texts[] = { "", "{", "[1", "{\"a\":{\"b\"", "{\"a\" 1}", "\xff" };
	unsigned line, column;

	(void)state;
	for (size_t i = 0; i < N_OF(texts); i++) {
		char *exact = exact_copy(texts[i], strlen(texts[i]));

		oci_locate(exact, strlen(texts[i]), "/a/b/c", &line, &column);
		assert_int_equal(line, 1);
		assert_true(column >= 1 && column <= strlen(texts[i]) + 1);
		free(exact);
	}
	oci_locate("{\"x\":0,\n\"a\":{\"b\":[", 18, "/a/b/0", &line, &column);
	assert_int_equal(line, 2);
	assert_int_equal(column, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_locate),
		cmocka_unit_test(test_locate_in_broken_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
