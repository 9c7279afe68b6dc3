/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <yajl/yajl_parse.h>

#include "libocispec/codec.h"
#include "libocispec/text.h"

/*
 * Follows a JSON pointer (RFC 6901) through the events.  The *path* is the objects and arrays that the pointer has led
 * into so far; only names and items of the innermost of these are compared.
 */
struct locator {
	yajl_handle parser;
	struct oci_input in;
	size_t end;           /* of the token before */
	bool at_eof;

	const char *segment;  /* of the pointer: what to find in the innermost container of the path */
	size_t segment_len;
	const char *rest;     /* of the pointer: "" or "/..." */
	unsigned depth;       /* containers that are open */
	unsigned path;        /* of these, on the path: the outermost ones */
	bool is_array;        /* the innermost one of the path */
	uint64_t index;       /* ... the items seen in it */
	bool is_next;         /* the next value is the one that the pointer names so far */
	size_t best;          /* offset of the last value found on the path */
};

static size_t advance(struct locator *l)
{
	size_t start = oci_text_skip_gap(&l->in, l->end);

	l->end = l->at_eof ? l->in.len : yajl_get_bytes_consumed(l->parser);
	return start;
}

/* True if the segment, once ~1 and ~0 are undone, is NAME. */
static bool is_segment(const struct locator *l, const char *name, size_t len)
{
	size_t i = 0, k = 0;

	for (; i < l->segment_len && k < len; i++, k++) {
		char c = l->segment[i];

		if (c == '~' && i + 1 < l->segment_len)
			c = l->segment[++i] == '1' ? '/' : '~';
		if (c != name[k])
			return false;
	}
	return i == l->segment_len && k == len;
}

static bool is_segment_index(const struct locator *l, uint64_t index)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%llu", (unsigned long long)index);

	return is_segment(l, text, (size_t)n);
}

/* A value starts at START.  False if the search is over. */
static bool on_value(struct locator *l, size_t start, bool is_container, bool is_array)
{
	if (l->depth > 0 && l->depth == l->path && l->is_array)
		l->is_next = is_segment_index(l, l->index++);
	if (l->is_next) {
		l->is_next = false;
		l->best = start;
		if (*l->rest != '/' || !is_container)
			return false; /* this is it, or as near as it gets */
		l->segment = l->rest + 1;
		l->segment_len = strcspn(l->segment, "/");
		l->rest = l->segment + l->segment_len;
		l->is_array = is_array;
		l->index = 0;
		l->path++;
	}
	if (is_container)
		l->depth++;
	return true;
}

static int on_scalar(struct locator *l)
{
	return on_value(l, advance(l), false, false);
}

static int on_null(void *ctx)
{
	return on_scalar(ctx);
}

static int on_boolean(void *ctx, int value)
{
	(void)value; /* only the place matters */
	return on_scalar(ctx);
}

static int on_number(void *ctx, const char *value, size_t len)
{
	(void)value; /* only the place matters */
	(void)len;
	return on_scalar(ctx);
}

static int on_string(void *ctx, const unsigned char *value, size_t len)
{
	(void)value; /* only the place matters */
	(void)len;
	return on_scalar(ctx);
}

static int on_object(void *ctx)
{
	struct locator *l = ctx;

	return on_value(l, advance(l), true, false);
}

static int on_array(void *ctx)
{
	struct locator *l = ctx;

	return on_value(l, advance(l), true, true);
}

static int on_name(void *ctx, const unsigned char *value, size_t len)
{
	struct locator *l = ctx;

	(void)advance(l); /* the place of the name is not asked for */
	if (l->depth == l->path)
		l->is_next = is_segment(l, (const char *)value, len);
	return 1;
}

static int on_end(void *ctx)
{
	struct locator *l = ctx;

	(void)advance(l); /* the place of the bracket is not asked for */
	return l->depth-- != l->path; /* the path ends here: the pointer leads nowhere further */
}

void oci_locate(const char *buf, size_t len, const char *pointer, unsigned *ret_line, unsigned *ret_column)
{
	static const yajl_callbacks callbacks = {
		.yajl_null = on_null,
		.yajl_boolean = on_boolean,
		.yajl_number = on_number,
		.yajl_string = on_string,
		.yajl_start_map = on_object,
		.yajl_map_key = on_name,
		.yajl_end_map = on_end,
		.yajl_start_array = on_array,
		.yajl_end_array = on_end,
	};
	struct locator l = { .in = { buf, len }, .rest = pointer, .is_next = true };
	struct oci_cursor c = OCI_CURSOR_INIT;

	l.parser = yajl_alloc(&callbacks, NULL, &l);
	if (l.parser != NULL) {
		/* The text was decoded before.  If it breaks off all the same, what was found until then is best. */
		if (yajl_parse(l.parser, (const unsigned char *)buf, len) == yajl_status_ok) {
			l.at_eof = true;
			(void)yajl_complete_parse(l.parser); /* as above */
		}
		yajl_free(l.parser);
	}
	oci_cursor_advance(&c, &l.in, l.best);
	*ret_line = c.line;
	*ret_column = c.column;
}
