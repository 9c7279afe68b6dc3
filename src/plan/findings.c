/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/findings.h"

#include <stdarg.h>
#include <string.h>

#define FINDINGS_FIRST 16

/* A place for one more: the list doubles.  NULL when the arena is exhausted, which its owner finds out. */
static struct finding *grow(struct findings *f)
{
	if (f->n == f->size) {
		unsigned size = f->size ? f->size * 2 : FINDINGS_FIRST;
		struct finding *items = arena_new_array(f->arena, struct finding, size);

		if (!items)
			return NULL;
		if (f->n > 0)
			memcpy(items, f->items, f->n * sizeof(*items));
		f->items = items;
		f->size = size;
	}
	return &f->items[f->n];
}

void findings_add(struct findings *f, enum finding_severity severity, enum err_kind kind, const char *section,
		  const char *pointer, const char *fmt, ...)
{
	struct finding *item;
	va_list ap;

	if (severity == FINDING_ERROR)
		f->n_errors++;
	item = f->n < FINDINGS_MAX ? grow(f) : NULL;
	if (!item) {
		f->n_dropped++;
		return;
	}
	*item = (struct finding){ .severity = severity, .kind = kind, .pointer = pointer, .section = section };
	va_start(ap, fmt);
	item->text = arena_vprintf(f->arena, fmt, ap);
	va_end(ap);
	f->n++;
}

void findings_hint(struct findings *f, const char *fmt, ...)
{
	va_list ap;

	if (f->n == 0 || f->n_dropped > 0)
		return; /* the finding that the hint belongs to is not among those kept */
	va_start(ap, fmt);
	f->items[f->n - 1].hint = arena_vprintf(f->arena, fmt, ap);
	va_end(ap);
}

const struct finding *findings_first_error(const struct findings *f)
{
	for (unsigned i = 0; i < f->n; i++) {
		if (f->items[i].severity == FINDING_ERROR)
			return &f->items[i];
	}
	return NULL;
}

int finding_to_err(const struct finding *finding, struct err *e)
{
	const char *pointer = finding->pointer && finding->pointer[0] != '\0' ? finding->pointer : NULL;

	(void)err_set(e, finding->kind, "%s%s%s%s%s%s", pointer ? pointer : "", pointer ? ": " : "", finding->text,
		      finding->section ? " (" : "", finding->section ? finding->section : "",
		      finding->section ? ")" : "");
	if (finding->file && finding->line > 0)
		(void)err_prefix(e, "%s:%u:%u", finding->file, finding->line, finding->column);
	else if (finding->file)
		(void)err_prefix(e, "%s", finding->file);
	if (finding->hint)
		(void)err_hint(e, "%s", finding->hint);
	return -1;
}
