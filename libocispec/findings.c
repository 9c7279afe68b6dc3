/* SPDX-License-Identifier: Apache-2.0 */
#include "libocispec/findings.h"

#include <stdio.h>
#include <string.h>

static void append(struct oci_pointer *p, const char *s, size_t len)
{
	static const char dots[] = "...";

	if (p->cut)
		return;
	if (len > sizeof(p->text) - sizeof(dots) - p->len) {
		p->cut = true;
		s = dots;
		len = sizeof(dots) - 1;
	}
	memcpy(p->text + p->len, s, len);
	p->len += len;
}

/* The bytes of the character at S, which is valid UTF-8. */
static size_t character(const char *s, size_t len)
{
	size_t n = 1;

	while (n < len && ((unsigned char)s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

void oci_pointer_add_name(struct oci_pointer *p, const char *name, size_t len)
{
	append(p, "/", 1);
	for (size_t i = 0, n; i < len && !p->cut; i += n) {
		unsigned char c = (unsigned char)name[i];
		char escape[8];

		n = character(name + i, len - i);
		if (c == '~') {
			append(p, "~0", 2);
		} else if (c == '/') {
			append(p, "~1", 2);
		} else if (c < 0x20 || c == 0x7f) {
			/* Such a byte must not reach a terminal or break a line of the log. */
			(void)snprintf(escape, sizeof(escape), "\\u%04X", c); /* always six characters */
			append(p, escape, 6);
		} else {
			append(p, name + i, n);
		}
	}
}

void oci_pointer_add_index(struct oci_pointer *p, size_t index)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "/%zu", index);

	append(p, text, (size_t)n);
}

static struct oci_finding *grow(struct oci_findings *f)
{
	struct oci_finding *items;
	size_t size = f->size == 0 ? 8 : f->size * 2;

	if (f->n < f->size)
		return &f->items[f->n++];
	items = arena_new_array(f->arena, struct oci_finding, size);
	if (items == NULL)
		return NULL;
	if (f->n > 0)
		memcpy(items, f->items, f->n * sizeof(*items));
	f->items = items;
	f->size = size;
	return &f->items[f->n++];
}

bool oci_findings_take(struct oci_findings *f, enum oci_severity severity)
{
	if (f->n_of[severity] < OCI_FINDINGS_MAX)
		return true;
	f->n_dropped++;
	return false;
}

void oci_findings_add(struct oci_findings *f, enum oci_severity severity, size_t offset,
		      const struct oci_pointer *pointer, const char *fmt, va_list ap)
{
	const char *copy = arena_strndup(f->arena, pointer->text, pointer->len);
	const char *text = arena_vprintf(f->arena, fmt, ap);
	struct oci_finding *finding;

	if (copy == NULL || text == NULL)
		return;
	finding = grow(f);
	if (finding == NULL)
		return;
	f->n_of[severity]++;
	*finding = (struct oci_finding){ .severity = severity, .pointer = copy, .text = text, .offset = offset };
}

/* Stable, and quick for what is nearly in order: most findings are made where they stand. */
static void sort(struct oci_finding *items, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct oci_finding moved = items[i];
		size_t k = i;

		for (; k > 0 && items[k - 1].offset > moved.offset; k--)
			items[k] = items[k - 1];
		items[k] = moved;
	}
}

void oci_findings_locate(struct oci_findings *f, const struct oci_input *in)
{
	struct oci_cursor c = OCI_CURSOR_INIT;

	sort(f->items, f->n);
	for (size_t i = 0; i < f->n; i++) {
		oci_cursor_advance(&c, in, f->items[i].offset);
		f->items[i].line = c.line;
		f->items[i].column = c.column;
	}
}

int oci_findings_check(const struct oci_findings *f, const char *name, struct err *e)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct oci_finding *x = &f->items[i];

		if (x->severity == OCI_FINDING_ERROR)
			return err_set(e, ERR_CONFIG, "%s:%u:%u: %s%s%s", name, x->line, x->column, x->pointer,
				       x->pointer[0] != '\0' ? ": " : "", x->text);
	}
	return 0;
}
