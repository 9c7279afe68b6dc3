/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "cmd/container_options.h"
#include "cmd/dry_run.h"
#include "cmd/output.h"
#include "cmd/verbs.h"

static const struct option_word formats[] = {
	{ "text", FORMAT_TABLE },
	{ "json", FORMAT_JSON },
	{ NULL, 0 },
};

static const struct option_row check_rows[] = {
	{ .name = "format", .kind = OPTION_WORD, ARGS_FIELD(format), .words = formats, .arg = "FORMAT",
	  .help = "output format" },
	{ 0 },
};

const struct option_row *const check_options[] = { bundle_rows, check_rows, NULL };

static const char *severity_name(const struct finding *f)
{
	return f->severity == FINDING_ERROR ? "error" : "warning";
}

static void print_text(const struct finding *f)
{
	if (f->file != NULL)
		printf("%s:", f->file);
	if (f->file != NULL && f->line > 0)
		printf("%u:%u:", f->line, f->column);
	printf("%s%s: ", f->file != NULL ? " " : "", severity_name(f));
	if (f->pointer != NULL && f->pointer[0] != '\0')
		printf("%s: ", f->pointer);
	fputs(f->text, stdout);
	if (f->section != NULL)
		printf(" (%s)", f->section);
	putchar('\n');
	if (f->hint != NULL)
		printf("\thint: %s\n", f->hint);
}

static void write_json(const struct finding *f, struct json *j)
{
	json_begin_object(j);
	json_kv_string(j, "severity", severity_name(f));
	json_kv_string(j, "code", err_kind_name(f->kind));
	if (f->file != NULL)
		json_kv_string(j, "file", f->file);
	if (f->line > 0) {
		json_kv_u64(j, "line", f->line);
		json_kv_u64(j, "column", f->column);
	}
	json_kv_string(j, "pointer", f->pointer != NULL ? f->pointer : "");
	json_kv_string(j, "text", f->text);
	if (f->section != NULL)
		json_kv_string(j, "section", f->section);
	if (f->hint != NULL)
		json_kv_string(j, "hint", f->hint);
	json_end_object(j);
}

static int print_findings(const struct findings *findings, enum args_format format, struct err *e)
{
	_cleanup_json_ struct json j = JSON_INIT(2);
	unsigned i;

	json_begin_array(&j);
	for (i = 0; i < findings->n; i++) {
		if (format == FORMAT_JSON)
			write_json(&findings->items[i], &j);
		else
			print_text(&findings->items[i]);
	}
	json_end_array(&j);
	if (format == FORMAT_JSON)
		return output_json(&j, e);
	if (findings->n_dropped > 0)
		printf("%u more\n", findings->n_dropped);
	return 0;
}

int cmd_check(const struct args *args, int *ret_status, struct err *e)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct findings findings = FINDINGS_INIT(&a);
	struct request req = args->req;
	struct bundle bundle;
	const struct plan *plan;

	if (args->n_operands > 0)
		req.bundle = args->operands[0];
	req.id = "ID"; /* any will do: nothing is made */
	if (bundle_read(&req, &a, &bundle, e) < 0)
		return -1;
	/* A failure for another reason than what was found is an error of the verb, not of the bundle. */
	if (dry_run(&req, &bundle, true, &a, &findings, &plan, e) < 0 && findings.n_errors == 0)
		return -1;
	if (print_findings(&findings, args->format, e) < 0)
		return -1;
	*ret_status = findings.n_errors > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
	return 0;
}
