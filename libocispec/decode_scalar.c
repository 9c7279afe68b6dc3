/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/num.h"
#include "libocispec/decoder.h"

/* The events of values without parts. */

static const char *expected_text(const struct oci_target *t)
{
	if (t->shape == OCI_LIST)
		return "an array";
	if (t->shape == OCI_MAP || t->kind == OCI_OBJECT)
		return "an object";
	if (t->kind == OCI_STRING)
		return "a string";
	return t->kind == OCI_BOOL ? "true or false" : "an integer";
}

void oci_decoder_mismatch(struct oci_decoder *d, const struct oci_target *t, const char *found)
{
	if (t->shape != OCI_OTHER)
		oci_decoder_note(d, OCI_FINDING_ERROR, oci_decoder_here(d), "expected %s, found %s",
				 expected_text(t), found);
}

static bool is_scalar_target(const struct oci_target *t)
{
	return t->shape == OCI_VALUE || t->shape == OCI_OPTIONAL;
}

/* Stores SIZE bytes of VALUE, the presence marker too where there is one. */
static int store(const struct oci_target *t, const void *value, size_t size)
{
	char *at = t->at;

	if (t->shape == OCI_OPTIONAL) {
		*(bool *)at = true;
		at += oci_optional_offset(t->kind);
	}
	memcpy(at, value, size);
	return 1;
}

int oci_decoder_null(void *ctx)
{
	struct oci_decoder *d = ctx;
	struct oci_frame *f = oci_decoder_top(d);
	struct oci_target t;

	oci_decoder_advance(d);
	if (!oci_decoder_target(d, &t))
		return 0;
	d->after = OCI_AFTER_VALUE;
	/* A property that is null is absent; an item of a list or a map can not be. */
	if (f == NULL || f->kind != OCI_FRAME_OBJECT)
		oci_decoder_mismatch(d, &t, "null");
	else if (f->row != NULL)
		f->present &= ~(UINT32_C(1) << (f->row - f->table->rows));
	return 1;
}

int oci_decoder_boolean(void *ctx, int value)
{
	struct oci_decoder *d = ctx;
	struct oci_target t;
	bool flag = value != 0;

	oci_decoder_advance(d);
	if (!oci_decoder_target(d, &t))
		return 0;
	d->after = OCI_AFTER_VALUE;
	if (is_scalar_target(&t) && t.kind == OCI_BOOL)
		return store(&t, &flag, sizeof(flag));
	oci_decoder_mismatch(d, &t, value != 0 ? "true" : "false");
	return 1;
}

/* The bounds of the integers; those of the 64-bit types are the parser's. */
static const struct bounds {
	int64_t min;
	uint64_t max;
} bounds[OCI_KIND_COUNT] = {
	[OCI_U16] = { 0, UINT16_MAX },
	[OCI_U32] = { 0, UINT32_MAX },
	[OCI_U64] = { 0, UINT64_MAX },
	[OCI_I32] = { INT32_MIN, INT32_MAX },
	[OCI_I64] = { INT64_MIN, INT64_MAX },
};

/* TEXT is an integer by the grammar of JSON. */
static int store_integer(struct oci_decoder *d, const struct oci_target *t, const char *text)
{
	const struct bounds *b = &bounds[t->kind];
	uint64_t u = 0;
	int64_t i = 0;
	bool fits;

	if (b->min < 0)
		fits = num_parse_i64(text, &i) == 0 && i >= b->min && (i < 0 || (uint64_t)i <= b->max);
	else
		fits = num_parse_u64(text, &u) == 0 && u <= b->max;
	if (!fits) {
		oci_decoder_note(d, OCI_FINDING_ERROR, oci_decoder_here(d),
				 "expected an integer from %lld to %llu, found %s", (long long)b->min,
				 (unsigned long long)b->max, text);
		return 1;
	}
	switch (t->kind) {
	case OCI_U16:
		return store(t, &(uint16_t){ (uint16_t)u }, sizeof(uint16_t));
	case OCI_U32:
		return store(t, &(uint32_t){ (uint32_t)u }, sizeof(uint32_t));
	case OCI_I32:
		return store(t, &(int32_t){ (int32_t)i }, sizeof(int32_t));
	case OCI_I64:
		return store(t, &i, sizeof(i));
	case OCI_U64:
	case OCI_STRING:
	case OCI_BOOL:
	case OCI_OBJECT:
	case OCI_KIND_COUNT:
		break; /* the caller has sorted out all but U64 */
	}
	return store(t, &u, sizeof(u));
}

static bool is_integer_kind(enum oci_kind kind)
{
	return bounds[kind].max != 0;
}

int oci_decoder_number(void *ctx, const char *value, size_t len)
{
	struct oci_decoder *d = ctx;
	char text[32]; /* longer than any integer that fits; a longer number is cut, and does not fit either */
	struct oci_target t;
	size_t text_len;

	oci_decoder_advance(d);
	if (!oci_decoder_target(d, &t))
		return 0;
	d->after = OCI_AFTER_VALUE;
	if (t.shape == OCI_OTHER)
		return 1;
	text_len = len < sizeof(text) ? len : sizeof(text) - 1;
	memcpy(text, value, text_len);
	text[text_len] = '\0';
	if (!is_scalar_target(&t) || !is_integer_kind(t.kind)) {
		oci_decoder_mismatch(d, &t, "a number");
		return 1;
	}
	if (memchr(value, '.', len) != NULL || memchr(value, 'e', len) != NULL ||
	    memchr(value, 'E', len) != NULL) {
		oci_decoder_note(d, OCI_FINDING_ERROR, oci_decoder_here(d),
				 "expected an integer without fraction and exponent, found %s", text);
		return 1;
	}
	return store_integer(d, &t, text);
}

bool oci_decoder_check_text(struct oci_decoder *d, const unsigned char *value, size_t len, bool is_name)
{
	const char *raw = (const char *)value;
	bool has_escapes = !oci_decoder_has(d, raw);
	struct oci_place where = { .n = d->depth };
	const char *problem;
	size_t at = 0;

	/* With escapes in it VALUE is a decoded copy; to be looked at is what stands between the quotes. */
	if (has_escapes) {
		size_t first = oci_text_skip_gap(&d->in, d->gap) + 1;

		raw = d->in.buf + first;
		len = d->end - 1 - first;
	}
	problem = oci_text_problem(raw, len, &at);
	if (problem == NULL && has_escapes)
		problem = oci_text_escape_problem(raw, len, &at);
	if (problem == NULL)
		return true;
	where.offset = (size_t)(raw - d->in.buf) + at;
	if (is_name)
		where.n--; /* without the name: it may not be fit to print */
	oci_decoder_note(d, OCI_FINDING_ERROR, where, "%s%s", problem,
			 is_name ? " in the name of a property" : "");
	return false;
}

int oci_decoder_string(void *ctx, const unsigned char *value, size_t len)
{
	struct oci_decoder *d = ctx;
	struct oci_target t;
	const char *copy;

	oci_decoder_advance(d);
	if (!oci_decoder_target(d, &t))
		return 0;
	d->after = OCI_AFTER_VALUE;
	if (!oci_decoder_check_text(d, value, len, false))
		return 1;
	if (!is_scalar_target(&t) || t.kind != OCI_STRING) {
		oci_decoder_mismatch(d, &t, "a string");
		return 1;
	}
	copy = arena_strndup(d->arena, (const char *)value, len);
	return copy != NULL ? store(&t, &copy, sizeof(copy)) : oci_decoder_no_memory(d);
}
