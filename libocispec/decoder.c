/* SPDX-License-Identifier: Apache-2.0 */
#include "libocispec/decoder.h"

#include <string.h>

struct oci_frame *oci_decoder_top(struct oci_decoder *d)
{
	return d->depth > 0 ? &d->frames[d->depth - 1] : NULL;
}

bool oci_frame_is_array(const struct oci_frame *f)
{
	return f->kind == OCI_FRAME_LIST || f->kind == OCI_FRAME_SKIPPED_ARRAY;
}

int oci_decoder_no_memory(struct oci_decoder *d)
{
	d->out_of_memory = true;
	return 0;
}

static void pointer_to(const struct oci_decoder *d, const struct oci_place *where, struct oci_pointer *p)
{
	p->len = 0;
	p->cut = false;
	for (unsigned i = 0; i < where->n; i++) {
		const struct oci_frame *f = &d->frames[i];

		if (oci_frame_is_array(f))
			oci_pointer_add_index(p, f->n - 1); /* only a value in it can have been noted */
		else if (f->name != NULL)
			oci_pointer_add_name(p, f->name, f->name_len);
	}
	if (where->name != NULL)
		oci_pointer_add_name(p, where->name, where->name_len);
}

struct oci_place oci_decoder_here(const struct oci_decoder *d)
{
	return (struct oci_place){ .offset = oci_text_skip_gap(&d->in, d->gap), .n = d->depth };
}

void oci_decoder_note(struct oci_decoder *d, enum oci_severity severity, struct oci_place where, const char *fmt,
		      ...)
{
	struct oci_pointer p;
	va_list ap;

	if (!oci_findings_take(&d->findings, severity))
		return;
	pointer_to(d, &where, &p);
	va_start(ap, fmt);
	oci_findings_add(&d->findings, severity, where.offset, &p, fmt, ap);
	va_end(ap);
}

void oci_decoder_advance(struct oci_decoder *d)
{
	d->gap = d->end;
	d->end = d->at_eof ? d->in.len : yajl_get_bytes_consumed(d->parser);
}

bool oci_decoder_has(const struct oci_decoder *d, const char *p)
{
	return p >= d->in.buf && p < d->in.buf + d->in.len;
}

char *oci_decoder_append(struct oci_decoder *d, struct oci_frame *f)
{
	size_t item = oci_item_size(f->row);

	if (f->n == f->size) {
		size_t size = f->size == 0 ? 4 : f->size * 2;
		char *items = arena_array(d->arena, size, item, OCI_ALIGN);

		if (items == NULL)
			return NULL;
		if (f->n > 0)
			memcpy(items, f->base, f->n * item);
		f->base = items;
		f->size = size;
	}
	return f->base + item * f->n++;
}

int oci_decoder_target(struct oci_decoder *d, struct oci_target *ret)
{
	struct oci_frame *f = oci_decoder_top(d);
	struct oci_target t = { .shape = OCI_OTHER };

	if (f == NULL) {
		t = (struct oci_target){ OCI_POINTER, OCI_OBJECT, NULL, d->table, (char *)&d->document };
	} else if (f->kind == OCI_FRAME_OBJECT && f->row != NULL) {
		f->present |= UINT32_C(1) << (f->row - f->table->rows);
		t = (struct oci_target){ f->row->shape, f->row->kind, f->row, f->row->table,
					 f->base + f->row->offset };
	} else if (f->kind == OCI_FRAME_LIST) {
		t = (struct oci_target){ OCI_VALUE, f->row->kind, f->row, f->row->table,
					 oci_decoder_append(d, f) };
	} else if (f->kind == OCI_FRAME_MAP) {
		/* The entry was made by its name. */
		t = (struct oci_target){ OCI_VALUE, f->row->kind, f->row, f->row->table,
					 f->base + oci_item_size(f->row) * (f->n - 1) };
		if (f->row->kind == OCI_STRING)
			t.at += offsetof(struct oci_pair, value);
	} else if (f->kind == OCI_FRAME_SKIPPED_ARRAY) {
		f->n++;
	}
	if (t.at == NULL && t.shape != OCI_OTHER)
		return oci_decoder_no_memory(d);
	*ret = t;
	return 1;
}
