/* SPDX-License-Identifier: Apache-2.0 */
#include "libocispec/decoder.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#define PARSER_ROOM ((size_t)4 << 10) /* what a document without long strings needs */

/* The events of objects and arrays, and the whole. */

static const struct oci_row *find_row(const struct oci_table *table, const char *name, size_t len)
{
	for (size_t i = 0; i < table->n_rows; i++) {
		const struct oci_row *row = &table->rows[i];

		if (row->name_len == len && memcmp(row->name, name, len) == 0)
			return row;
	}
	return NULL;
}

/* A name that no table knows: kept until its object ends, to find its duplicates. */
static int keep_name(struct oci_decoder *d, struct oci_frame *f, const char *name, size_t len)
{
	bool can_refer = oci_decoder_has(d, name) && f->kind != OCI_FRAME_MAP;
	const char *kept = can_refer ? name : arena_strndup(d->arena, name, len);

	if (kept == NULL || oci_names_push(&d->names, kept, len, d->gap) < 0)
		return oci_decoder_no_memory(d);
	f->name = kept;
	f->name_len = len;
	return 1;
}

static int name_in_object(struct oci_decoder *d, struct oci_frame *f, const char *name, size_t len)
{
	const struct oci_row *row = find_row(f->table, name, len);
	uint32_t bit;

	f->row = row;
	if (row == NULL) {
		if (!keep_name(d, f, name, len))
			return 0;
		if (d->want_unknown)
			oci_decoder_note(d, OCI_FINDING_UNKNOWN, oci_decoder_here(d), "unknown property");
		return 1;
	}
	f->name = row->name;
	f->name_len = row->name_len;
	bit = UINT32_C(1) << (row - f->table->rows);
	if ((f->seen & bit) != 0) {
		oci_decoder_note(d, OCI_FINDING_ERROR, oci_decoder_here(d), "duplicate property");
		f->row = NULL;
		f->present |= bit; /* whatever the first was: one message is enough */
	}
	f->seen |= bit;
	return 1;
}

static int name_in_map(struct oci_decoder *d, struct oci_frame *f, const char *name, size_t len)
{
	char *entry = oci_decoder_append(d, f);

	if (entry == NULL)
		return oci_decoder_no_memory(d);
	if (!keep_name(d, f, name, len))
		return 0;
	memcpy(entry, &f->name, sizeof(f->name)); /* every entry begins with its key */
	return 1;
}

static int on_name(void *ctx, const unsigned char *value, size_t len)
{
	struct oci_decoder *d = ctx;
	struct oci_frame *f = oci_decoder_top(d);

	oci_decoder_advance(d);
	d->after = OCI_AFTER_NAME;
	if (!oci_decoder_check_text(d, value, len, true)) {
		f->name = NULL;
		if (f->kind == OCI_FRAME_OBJECT)
			f->row = NULL;
		/* The value that follows needs a place. */
		return f->kind == OCI_FRAME_MAP && oci_decoder_append(d, f) == NULL ? oci_decoder_no_memory(d) : 1;
	}
	if (f->kind == OCI_FRAME_OBJECT)
		return name_in_object(d, f, (const char *)value, len);
	if (f->kind == OCI_FRAME_MAP)
		return name_in_map(d, f, (const char *)value, len);
	return keep_name(d, f, (const char *)value, len);
}

static int push(struct oci_decoder *d, struct oci_frame f)
{
	if (d->depth == OCI_DEPTH_MAX) {
		oci_decoder_note(d, OCI_FINDING_ERROR, oci_decoder_here(d), "nested deeper than %d levels",
				 OCI_DEPTH_MAX);
		return 0;
	}
	f.gap = d->gap;
	f.first_name = d->names.n;
	d->frames[d->depth++] = f;
	d->after = OCI_AFTER_OPEN;
	return 1;
}

static int on_object(void *ctx)
{
	struct oci_decoder *d = ctx;
	struct oci_target t;
	char *object;

	oci_decoder_advance(d);
	if (!oci_decoder_target(d, &t))
		return 0;
	if (t.shape == OCI_MAP)
		return push(d, (struct oci_frame){ .kind = OCI_FRAME_MAP, .row = t.row, .member = t.at });
	if (t.shape == OCI_OTHER || t.kind != OCI_OBJECT || t.shape == OCI_LIST) {
		oci_decoder_mismatch(d, &t, "an object");
		return push(d, (struct oci_frame){ .kind = OCI_FRAME_SKIPPED_OBJECT });
	}
	object = t.at;
	if (t.shape == OCI_POINTER) {
		object = arena_alloc(d->arena, t.table->size, OCI_ALIGN);
		if (object == NULL)
			return oci_decoder_no_memory(d);
		memcpy(t.at, &object, sizeof(object));
	}
	return push(d, (struct oci_frame){ .kind = OCI_FRAME_OBJECT, .table = t.table, .base = object });
}

static int on_array(void *ctx)
{
	struct oci_decoder *d = ctx;
	struct oci_target t;

	oci_decoder_advance(d);
	if (!oci_decoder_target(d, &t))
		return 0;
	if (t.shape != OCI_LIST) {
		oci_decoder_mismatch(d, &t, "an array");
		return push(d, (struct oci_frame){ .kind = OCI_FRAME_SKIPPED_ARRAY });
	}
	return push(d, (struct oci_frame){ .kind = OCI_FRAME_LIST, .row = t.row, .member = t.at });
}

/* The property NAME of the object that ends; it, or for a missing one the object, stands after GAP. */
static struct oci_place property(const struct oci_decoder *d, size_t gap, const char *name, size_t len)
{
	return (struct oci_place){ oci_text_skip_gap(&d->in, gap), d->depth - 1, name, len };
}

static void check_duplicates(struct oci_decoder *d, const struct oci_frame *f)
{
	const struct oci_name *name;

	oci_names_sort(&d->names, f->first_name);
	for (size_t i = f->first_name + 1; i < d->names.n; i++) {
		name = &d->names.items[i];
		if (oci_name_equals(name - 1, name))
			oci_decoder_note(d, OCI_FINDING_ERROR, property(d, name->gap, name->text, name->len),
					 "duplicate property");
	}
	d->names.n = f->first_name;
}

static void check_required(struct oci_decoder *d, const struct oci_frame *f)
{
	for (size_t i = 0; i < f->table->n_rows; i++) {
		const struct oci_row *row = &f->table->rows[i];
		uint32_t bit = UINT32_C(1) << i;

		/* Absent or null.  One of the wrong type has been noted already. */
		if (row->required && (f->present & bit) == 0)
			oci_decoder_note(d, OCI_FINDING_ERROR, property(d, f->gap, row->name, row->name_len),
					 "required property is missing");
	}
}

static int store_list(struct oci_decoder *d, const struct oci_frame *f)
{
	struct oci_any_list list = { f->base, f->n };

	/* Empty is not absent. */
	if (list.items == NULL)
		list.items = arena_alloc(d->arena, 0, OCI_ALIGN);
	if (list.items == NULL)
		return oci_decoder_no_memory(d);
	memcpy(f->member, &list, sizeof(list));
	return 1;
}

static int on_object_end(void *ctx)
{
	struct oci_decoder *d = ctx;
	const struct oci_frame *f = oci_decoder_top(d);
	int ok = 1;

	oci_decoder_advance(d);
	check_duplicates(d, f);
	if (f->kind == OCI_FRAME_OBJECT)
		check_required(d, f);
	else if (f->kind == OCI_FRAME_MAP)
		ok = store_list(d, f);
	d->depth--;
	d->after = OCI_AFTER_VALUE;
	return ok;
}

static int on_array_end(void *ctx)
{
	struct oci_decoder *d = ctx;
	const struct oci_frame *f = oci_decoder_top(d);
	int ok = 1;

	oci_decoder_advance(d);
	if (f->kind == OCI_FRAME_LIST)
		ok = store_list(d, f);
	d->depth--;
	d->after = OCI_AFTER_VALUE;
	return ok;
}

static const yajl_callbacks callbacks = {
	.yajl_null = oci_decoder_null,
	.yajl_boolean = oci_decoder_boolean,
	.yajl_number = oci_decoder_number,
	.yajl_string = oci_decoder_string,
	.yajl_start_map = on_object,
	.yajl_map_key = on_name,
	.yajl_end_map = on_object_end,
	.yajl_start_array = on_array,
	.yajl_end_array = on_array_end,
};

static void note_syntax(struct oci_decoder *d)
{
	const struct oci_frame *f = oci_decoder_top(d);
	enum oci_syntax_in inside = OCI_IN_NOTHING;
	struct oci_place where = { .n = d->depth };
	const char *text;

	if (f != NULL)
		inside = oci_frame_is_array(f) ? OCI_IN_ARRAY : OCI_IN_OBJECT;
	text = oci_syntax_problem(&d->in, d->end, d->after, inside, d->arena, &where.offset);
	/* Before its name, or its comma, a value is none yet: then it is the object or array that is broken. */
	if (f != NULL && d->after != OCI_AFTER_NAME)
		where.n--;
	if (text != NULL)
		oci_decoder_note(d, OCI_FINDING_ERROR, where, "%s", text);
}

/* yajl takes \v and \f for white space.  In JSON they may stand nowhere. */
static void check_space(struct oci_decoder *d)
{
	static const char extra[] = { '\v', '\f' };
	for (size_t i = 0; i < sizeof(extra); i++) {
		const char *p = memchr(d->in.buf, extra[i], d->in.len);

		if (p != NULL)
			oci_decoder_note(d, OCI_FINDING_ERROR,
					 (struct oci_place){ .offset = (size_t)(p - d->in.buf) },
					 "not valid JSON: control character between two values");
	}
}

/* What the parser has for itself: not the arena of the document, whose end it would not notice. */
struct parser_block {
	size_t size;
	_Alignas(16) char data[];
};

static void *parser_malloc(void *ctx, size_t size)
{
	struct arena *memory = ctx;
	struct parser_block *b = arena_alloc(memory, sizeof(*b) + size, _Alignof(struct parser_block));

	if (b == NULL)
		return NULL;
	b->size = size;
	return b->data;
}

static void *parser_realloc(void *ctx, void *data, size_t size)
{
	const struct parser_block *b;
	void *larger;

	if (data == NULL)
		return parser_malloc(ctx, size);
	b = (const void *)((const char *)data - offsetof(struct parser_block, data));
	if (size <= b->size)
		return data;
	larger = parser_malloc(ctx, size);
	if (larger != NULL)
		memcpy(larger, data, b->size);
	return larger;
}

static void parser_free(void *ctx, void *data)
{
	(void)ctx; /* all at once, at the end */
	(void)data;
}

/* Runs the parser over the document; what goes wrong is in the decoder. */
static void parse(struct oci_decoder *d)
{
	_cleanup_arena_ struct arena memory = ARENA_INIT;
	yajl_alloc_funcs funcs = { parser_malloc, parser_realloc, parser_free, &memory };
	void *room = arena_alloc(d->arena, PARSER_ROOM, 16);
	yajl_status status;

	if (room != NULL)
		arena_init_room(&memory, room, PARSER_ROOM);
	d->parser = yajl_alloc(&callbacks, &funcs, d);
	if (d->parser == NULL) {
		d->out_of_memory = true;
		return;
	}
	/* Its check lets overlong sequences and surrogates pass; ours does not. */
	(void)yajl_config(d->parser, yajl_dont_validate_strings, 1); /* fails for an unknown option only */
	status = yajl_parse(d->parser, (const unsigned char *)d->in.buf, d->in.len);
	if (status == yajl_status_ok) {
		d->at_eof = true;
		status = yajl_complete_parse(d->parser);
	}
	if (status == yajl_status_ok)
		check_space(d);
	else if (status == yajl_status_error)
		note_syntax(d);
	d->parser = NULL; /* gone with its memory */
}

int oci_decode(const struct oci_table *table, const struct oci_input *in, const char *name, struct arena *a,
	       struct oci_report *report, void *ret, struct err *e)
{
	struct oci_decoder d;

	/* The frames are written when they are pushed; they would be most of what there is to clear. */
	memset(&d, 0, offsetof(struct oci_decoder, frames));
	d.in = *in;
	d.arena = a;
	d.table = table;
	d.want_unknown = report != NULL;
	d.findings.arena = a;
	if (in->len > OCI_SIZE_MAX)
		oci_decoder_note(&d, OCI_FINDING_ERROR, (struct oci_place){ .offset = 0 },
				 "a document has at most %zu bytes, this one has %zu", OCI_SIZE_MAX, in->len);
	else
		parse(&d);
	oci_names_release(&d.names);
	oci_findings_locate(&d.findings, in);
	if (report != NULL)
		*report = (struct oci_report){ d.findings.items, d.findings.n, d.findings.n_dropped };
	/* Before the arena: errors by the million are what may exhaust it. */
	if (oci_findings_check(&d.findings, name, e) < 0)
		return -1;
	if (arena_check(a, e) < 0)
		return err_prefix(e, "%s", name);
	if (d.out_of_memory)
		return err_errno(e, ENOMEM, "%s", name);
	memcpy(ret, &d.document, sizeof(d.document));
	return 0;
}
