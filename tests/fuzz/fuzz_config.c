/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes through every decoder.  Beyond what the sanitizers see:
 *   - what decodes, encodes; that decodes again without a finding, and encodes to the same text;
 *   - what does not decode has an error with a place in the text, in the order of the text;
 *   - a finding's pointer leads to a place in the text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libocispec/codec.h"
#include "libocispec/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

static void check_report(const struct oci_report *report, const struct oci_input *in)
{
	size_t last = 0;

	for (size_t i = 0; i < report->n; i++) {
		const struct oci_finding *f = &report->items[i];
		unsigned line = 0, column = 0;

		require(f->offset >= last && f->offset <= in->len, "findings are in order and in the text");
		require(f->line >= 1 && f->column >= 1, "findings have a line and a column");
		last = f->offset;
		if (i < 10) /* each one parses the text again */
			oci_locate(in->buf, in->len, f->pointer, &line, &column);
		require(i >= 10 || (line >= 1 && column >= 1), "pointers lead to a line and a column");
	}
}

static void check_document(const struct oci_table *table, const void *document)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	_cleanup_json_ struct json first = JSON_INIT(0), second = JSON_INIT(0);
	const char *text, *again;
	struct oci_report report;
	struct err e = ERR_INIT;
	const void *copy;
	size_t len, again_len;

	oci_encode(table, document, &first);
	require(json_finish(&first, &text, &len, &e) == 0, "a document encodes");
	require(oci_decode(table, &(struct oci_input){ text, len }, "copy", &a, &report, &copy, &e) == 0,
		"what was encoded decodes");
	require(report.n == 0, "what was encoded is known");
	oci_encode(table, copy, &second);
	require(json_finish(&second, &again, &again_len, &e) == 0, "a copy encodes");
	require(len == again_len && memcmp(text, again, len) == 0, "a copy is the same");
}

static void check(const struct oci_table *table, const struct oci_input *in)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct oci_report report;
	const void *document = NULL;
	int r = oci_decode(table, in, "input", &a, &report, &document, &e);

	check_report(&report, in);
	if (r == 0)
		check_document(table, document);
	else
		require(e.kind == ERR_CONFIG && strncmp(e.msg, "input:", 6) == 0, "errors have a place");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct oci_table *const tables[] = {
		&oci_config_table,	  &oci_process_table,  &oci_resources_table,
		&oci_process_state_table, &oci_features_table,
	};
	struct oci_input in = { (const char *)data, size };

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		check(tables[i], &in);
	return 0;
}
