/* SPDX-License-Identifier: Apache-2.0 */
#include "ocispec.h"

#include <errno.h>
#include <time.h>

/* A buffer that texts are put together in. */
struct builder {
	char *text;
	size_t len;
	size_t size;
};

static void build(struct builder *b, const char *s)
{
	size_t len = strlen(s);

	assert_true(b->len + len <= b->size);
	memcpy(b->text + b->len, s, len);
	b->len += len;
}

static struct builder make_builder(size_t size)
{
	struct builder b = { .text = malloc(size), .size = size };

	assert_non_null(b.text);
	return b;
}

static int decode_config(const struct builder *b, struct arena *a, struct oci_report *report, struct err *e)
{
	const struct oci_config *config;

	return oci_config_decode(b->text, b->len, "c", a, report, &config, e);
}

/* A document whose unknown property x holds arrays in arrays, DEPTH levels in all. */
static void build_deep(struct builder *b, unsigned depth)
{
	b->len = 0;
	build(b, "{\"ociVersion\":\"1\",\"x\":");
	for (unsigned i = 1; i < depth; i++)
		build(b, "[");
	for (unsigned i = 1; i < depth; i++)
		build(b, "]");
	build(b, "}");
}

static void test_depth(void **state)
{
	struct builder b = make_builder(4096);
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;

	(void)state;
	build_deep(&b, OCI_DEPTH_MAX);
	assert_succeeds(decode_config(&b, &a, NULL, &e), &e);
	build_deep(&b, OCI_DEPTH_MAX + 1);
	assert_fails_with(decode_config(&b, &a, NULL, &e), &e, ERR_CONFIG, "c:1:86: /x/0/0/0/");
	assert_non_null(strstr(e.msg, ": nested deeper than 64 levels"));
	/* Where there is no end to it, only so much is looked at. */
	b.len = 0;
	for (unsigned i = 0; i < 4000; i++)
		build(&b, "[");
	assert_fails_with(decode_config(&b, &a, NULL, &e), &e, ERR_CONFIG, "expected an object, found an array");
	free(b.text);
}

/* White space up to SIZE. */
static void pad(struct builder *b, size_t size)
{
	memset(b->text + b->len, ' ', size - b->len);
	b->len = size;
}

static void test_size(void **state)
{
	struct builder b = make_builder(OCI_SIZE_MAX + 1);
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;

	(void)state;
	build(&b, "{\"ociVersion\":\"1\"}");
	pad(&b, OCI_SIZE_MAX);
	assert_succeeds(decode_config(&b, &a, NULL, &e), &e);
	pad(&b, OCI_SIZE_MAX + 1);
	assert_fails_with(decode_config(&b, &a, NULL, &e), &e, ERR_CONFIG,
			  "c:1:1: a document has at most 16777216 bytes, this one has 16777217");
	free(b.text);
}

/* A pointer that would be longer than a message is cut, between two characters. */
static void test_long_pointer(void **state)
{
	struct builder b = make_builder(8192);
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct oci_report report;
	size_t len;

	(void)state;
	build(&b, "{\"ociVersion\":\"1\",\"annotations\":{\"");
	for (unsigned i = 0; i < 2000; i++)
		build(&b, "\xc3\xbc");
	build(&b, "\":1}}");
	assert_true(decode_config(&b, &a, &report, &e) < 0);
	assert_int_equal(report.n, 1);
	len = strlen(report.items[0].pointer);
	assert_true(len > 300 && len < 320);
	assert_string_equal(report.items[0].pointer + len - 5, "\xc3\xbc...");
	assert_non_null(strstr(e.msg, "...: expected a string, found a number"));
	free(b.text);
}

static void test_exhausted_arena(void **state)
{
	struct builder b = make_builder(65536);
	_cleanup_arena_ struct arena a = { .limit = 16384 };
	struct err e = ERR_INIT;

	(void)state;
	build(&b, "{\"ociVersion\":\"1\",\"process\":{\"cwd\":\"/\",\"args\":[\"\"");
	for (unsigned i = 0; i < 10000; i++)
		build(&b, ",\"\"");
	build(&b, "]}}");
	assert_fails_with(decode_config(&b, &a, NULL, &e), &e, ERR_SYSTEM, "c: arena");
	assert_int_equal(e.errnum, ENOMEM);
	free(b.text);
}

/* The same while findings are made: the error is one or the other. */
static void test_exhausted_by_findings(void **state)
{
	static const char text[] = "{'x':1,'annotations':{'a':1},'root':{},'y':{'z':[1,2,3],'z':2}}";
	bool was_config = false, was_system = false;

	(void)state;
	for (size_t limit = 1; limit < 8192; limit += 8) {
		_cleanup_arena_ struct arena a = { .limit = limit };
		struct err e = ERR_INIT;
		struct oci_report report;
		const void *document;

		assert_true(decode_text(&oci_config_table, text, &a, &report, &document, &e) < 0);
		was_config = was_config || e.kind == ERR_CONFIG;
		was_system = was_system || e.kind == ERR_SYSTEM;
		assert_true(e.kind == ERR_CONFIG || e.kind == ERR_SYSTEM);
		assert_true(e.msg[0] != '\0');
	}
	assert_true(was_config && was_system);
}

/* ---- Time ---- */

static double seconds(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now), 0);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* HEAD, then ITEM (a number for %u in it) as often as fits into SIZE, separated by commas, then TAIL. */
static void build_many(struct builder *b, size_t size, const char *head, const char *item, const char *tail)
{
	char text[128];

	b->len = 0;
	build(b, head);
	for (unsigned i = 0; b->len + sizeof(text) + strlen(tail) < size; i++) {
		char number[16];
		const char *hole = strchr(item, '#');
		size_t before = hole != NULL ? (size_t)(hole - item) : strlen(item);

		(void)snprintf(number, sizeof(number), "%u", i); /* fits: ten digits */
		(void)snprintf(text, sizeof(text), "%s%.*s%s%s", i > 0 ? "," : "", (int)before, item,
			       hole != NULL ? number : "", hole != NULL ? hole + 1 : ""); /* fits: items are short */
		build(b, text);
	}
	build(b, tail);
}

static double time_of(const struct builder *b, bool succeeds)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct oci_report report;
	double start = seconds();
	int r = decode_config(b, &a, &report, &e);

	if ((r == 0) != succeeds)
		fail_msg("decoding gave %d: %s", r, e.msg);
	return seconds() - start;
}

#define CONFIG_HEAD "{\"ociVersion\":\"1\","

static void test_time_grows_with_size(void **state)
{
	static const struct {
		const char *head, *item, *tail;
		bool succeeds;
	} shapes[] = {
		{ CONFIG_HEAD "\"annotations\":{", "\"#\":\"\"", "}}", true },
		{ CONFIG_HEAD, "\"#\":[]", "}", true },
		{ CONFIG_HEAD "\"x\":{", "\"\\u0061#\":0", "}}", true },
		{ CONFIG_HEAD "\"annotations\":{", "\"k\":\"#\"", "}}", false },
		{ CONFIG_HEAD "\"process\":{\"cwd\":\"/\",\"args\":[", "#", "]}}", false },
		{ CONFIG_HEAD "\"mounts\":[", "{}", "]}", false },
		{ CONFIG_HEAD "\"mounts\":[", "{\"destination\":\"/#\",\"options\":[]}", "]}", true },
		{ CONFIG_HEAD "\"x\":[", "{\"\":{}}", "]}", true },
	};
	const size_t size = (size_t)1 << 20;
	struct builder b = make_builder(4 * size);

	(void)state;
	for (size_t i = 0; i < N_OF(shapes); i++) {
		double small, large;

		build_many(&b, size, shapes[i].head, shapes[i].item, shapes[i].tail);
		small = time_of(&b, shapes[i].succeeds);
		build_many(&b, 4 * size, shapes[i].head, shapes[i].item, shapes[i].tail);
		large = time_of(&b, shapes[i].succeeds);
		/* Four times the input, sixteen times the time if it were quadratic; short times say nothing. */
		if (large > 0.5 && large > 10 * small)
			fail_msg("%s: 1 MiB took %.3f s, 4 MiB %.3f s", shapes[i].item, small, large);
	}
	free(b.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_long_pointer),
		cmocka_unit_test(test_exhausted_arena),
		cmocka_unit_test(test_exhausted_by_findings),
		cmocka_unit_test(test_time_grows_with_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
