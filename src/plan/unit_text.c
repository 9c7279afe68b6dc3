/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/unit_text.h"

#include <stdint.h>
#include <string.h>

#include "base/num.h"
#include "base/span.h"

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define TUPLE_MAX 8
#define USEC_PER_SEC 1000000U

struct reader {
	const char *p;
	struct arena *arena;
	const char *why;
	struct plan_unit_value *values;
	unsigned n;
	unsigned size;
};

/* clang-format off */
static const struct number_type {
	const char *word;
	char type;
	int64_t min;
	uint64_t max;
} number_types[] = {
	{ "byte",   'y', 0,         UINT8_MAX },
	{ "int16",  'n', INT16_MIN, INT16_MAX },
	{ "uint16", 'q', 0,         UINT16_MAX },
	{ "int32",  'i', INT32_MIN, INT32_MAX },
	{ "uint32", 'u', 0,         UINT32_MAX },
	{ "int64",  'x', INT64_MIN, INT64_MAX },
	{ "uint64", 't', 0,         UINT64_MAX },
};
/* clang-format on */
#define N_NUMBER_TYPES (sizeof(number_types) / sizeof(number_types[0]))

static int fail(struct reader *r, const char *why)
{
	if (!r->why)
		r->why = why;
	return -1;
}

static void skip_blanks(struct reader *r)
{
	r->p += span_of(r->p, " \t\n");
}

static bool take(struct reader *r, char c)
{
	skip_blanks(r);
	if (*r->p != c)
		return false;
	r->p++;
	return true;
}

static struct plan_unit_value *grow(struct reader *r)
{
	if (r->n == UNIT_VALUES_MAX) {
		(void)fail(r, "too many values");
		return NULL;
	}
	if (r->n == r->size) {
		unsigned size = r->size ? r->size * 2 : 4;
		struct plan_unit_value *values = arena_new_array(r->arena, struct plan_unit_value, size);

		if (!values) {
			(void)fail(r, "out of memory");
			return NULL;
		}
		if (r->n > 0)
			memcpy(values, r->values, r->n * sizeof(*values));
		r->values = values;
		r->size = size;
	}
	return &r->values[r->n++];
}

/* Where the text that begins at P has its closing QUOTE, or ends. */
static size_t length_of_string(const char *p, char quote)
{
	size_t n = 0;

	for (; p[n] != '\0' && p[n] != quote; n++) {
		if (p[n] == '\\' && p[n + 1] != '\0')
			n++;
	}
	return n;
}

/* The text up to the quote it began with; a backslash takes the next byte as it is, but for \n and \t. */
static int read_string(struct reader *r)
{
	const char quote = *r->p++;
	size_t size = length_of_string(r->p, quote);
	struct plan_unit_value *v;
	size_t len = 0;
	char *text;

	if (r->p[size] == '\0')
		return fail(r, "a string without an end");
	text = arena_alloc(r->arena, size + 1, 1);
	v = grow(r);
	if (!text || !v)
		return fail(r, "out of memory");
	for (; *r->p != quote; r->p++) {
		char c = *r->p;

		if (c == '\\') {
			c = *++r->p;
			c = (char)(c == 'n' ? '\n' : c == 't' ? '\t' : c);
		}
		text[len++] = c;
	}
	r->p++;
	v->text = text;
	return 's';
}

static int read_number(struct reader *r, const struct number_type *t)
{
	const char *begin;
	char digits[24];
	struct plan_unit_value *v;
	size_t len;
	int64_t low = 0;
	uint64_t high = 0;

	skip_blanks(r);
	begin = r->p;
	len = (size_t)(*begin == '-') + span_of(begin + (*begin == '-'), DIGITS);
	if (len == 0 || len >= sizeof(digits))
		return fail(r, "no value");
	memcpy(digits, begin, len);
	digits[len] = '\0';
	if (*begin == '-' ? num_parse_i64(digits, &low) < 0 || low < t->min
			  : num_parse_u64(digits, &high) < 0 || high > t->max)
		return fail(r, "a number out of its type's range");
	r->p += len;
	v = grow(r);
	if (!v)
		return -1;
	v->number = *begin == '-' ? (uint64_t)low : high;
	return t->type;
}

static bool is_word(const char *p, size_t len, const char *word)
{
	return strlen(word) == len && strncmp(p, word, len) == 0;
}

/* A basic value; TYPE is what the one before it in a list had, or 0.  Its type, or -1. */
static int read_basic(struct reader *r, int type)
{
	size_t len;

	skip_blanks(r);
	if (*r->p == '\'' || *r->p == '"')
		return read_string(r);
	len = span_of(r->p, LETTERS DIGITS);
	if (is_word(r->p, len, "true") || is_word(r->p, len, "false")) {
		struct plan_unit_value *v = grow(r);

		if (!v)
			return -1;
		v->number = len == strlen("true");
		r->p += len;
		return 'b';
	}
	for (size_t i = 0; i < N_NUMBER_TYPES; i++) {
		if (is_word(r->p, len, number_types[i].word)) {
			r->p += len;
			return read_number(r, &number_types[i]);
		}
	}
	for (size_t i = 0; i < N_NUMBER_TYPES; i++) {
		if (number_types[i].type == (type ? type : 'i'))
			return read_number(r, &number_types[i]);
	}
	return fail(r, "values of different types");
}

/* (A, B, ..): the types of its members into TYPES, compared with those that the first one has put there. */
static int read_tuple(struct reader *r, bool is_first, char types[static TUPLE_MAX + 1])
{
	unsigned i = 0;

	do {
		int type;

		if (i == TUPLE_MAX)
			return fail(r, "a tuple with too many members");
		type = read_basic(r, types[i]);
		if (type < 0)
			return -1;
		if (!is_first && types[i] != type)
			return fail(r, "values of different types");
		types[i++] = (char)type;
	} while (take(r, ','));
	if (!take(r, ')'))
		return fail(r, "a tuple without an end");
	return types[i] ? fail(r, "values of different types") : 0;
}

static const char *read_list(struct reader *r)
{
	char types[TUPLE_MAX + 1] = "";
	bool is_tuple = false;
	unsigned n = 0;

	if (take(r, ']')) {
		(void)fail(r, "an empty list without a type, as in @as []");
		return NULL;
	}
	do {
		if (take(r, '(')) {
			if ((n > 0 && !is_tuple) || read_tuple(r, n == 0, types) < 0)
				goto different;
			n++;
			is_tuple = true;
		} else {
			int type = read_basic(r, types[0]);

			if (type < 0 || (n++ > 0 && (is_tuple || types[0] != type)))
				goto different;
			types[0] = (char)type;
		}
	} while (take(r, ','));
	if (!take(r, ']')) {
		(void)fail(r, "a list without an end");
		return NULL;
	}
	return arena_printf(r->arena, is_tuple ? "a(%s)" : "a%s", types);
different:
	(void)fail(r, "values of different types");
	return NULL;
}

/* @as []: what is behind the type must be empty: a list that is not needs no type. */
static const char *read_empty_list(struct reader *r)
{
	const char *type = r->p;
	size_t len = span_until(type, " \t\n");

	r->p += len;
	if (len != 2 || type[0] != 'a' || !span_has("bynqiuxtso", type[1]) || !take(r, '[') || !take(r, ']')) {
		(void)fail(r, "after @ only the type of an empty list, as in @as []");
		return NULL;
	}
	return arena_strndup(r->arena, type, len);
}

int unit_text_parse(const char *text, struct arena *a, struct plan_unit_property *ret, const char **ret_why)
{
	struct reader r = { .p = text, .arena = a };
	const char *type = NULL;

	if (take(&r, '[')) {
		type = read_list(&r);
	} else if (take(&r, '@')) {
		type = read_empty_list(&r);
	} else {
		int basic = read_basic(&r, 0);

		if (basic >= 0)
			type = arena_printf(a, "%c", basic);
	}
	skip_blanks(&r);
	if (!type || *r.p != '\0') {
		*ret_why = r.why ? r.why : "something behind the value";
		return -1;
	}
	ret->type = type;
	ret->values = r.values;
	ret->n_values = r.n;
	return 0;
}

/* ".5" of "1.5", in microseconds; finer digits are cut. */
static uint64_t read_fraction(const char **p)
{
	uint64_t usec = 0;
	unsigned unit = USEC_PER_SEC / 10;

	if (**p != '.')
		return 0;
	for ((*p)++; span_has(DIGITS, **p) && **p; (*p)++, unit /= 10)
		usec += (uint64_t)(**p - '0') * unit;
	return usec;
}

int unit_text_parse_seconds(const char *text, struct arena *a, struct plan_unit_property *ret, const char **ret_why)
{
	struct reader r = { .p = text, .arena = a };
	int type = read_basic(&r, 0);
	const char *p = r.p;
	uint64_t usec;

	if (type < 0 || type == 's' || type == 'b' || (int64_t)r.values[0].number < 0 ||
	    r.values[0].number > UINT64_MAX / USEC_PER_SEC - 1) {
		*ret_why = "no time in seconds";
		return -1;
	}
	usec = r.values[0].number * USEC_PER_SEC + read_fraction(&p);
	p += span_of(p, " \t\n");
	if (*p != '\0') {
		*ret_why = "something behind the value";
		return -1;
	}
	r.values[0].number = usec;
	ret->type = "t";
	ret->values = r.values;
	ret->n_values = 1;
	return 0;
}
