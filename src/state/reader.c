/* SPDX-License-Identifier: Apache-2.0 */
#include "state/reader.h"

#include <errno.h>
#include <string.h>

static int refuse(const struct reader *r, const char *what, struct err *e)
{
	return err_set(e, ERR_STATE, "not a state document: %s, %zu bytes before its end", what,
		       (size_t)(r->end - r->p));
}

static void skip_blanks(struct reader *r)
{
	while (r->p < r->end && (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r'))
		r->p++;
}

/* Takes the character C, blanks before it. */
static bool take(struct reader *r, char c)
{
	skip_blanks(r);
	if (r->p == r->end || *r->p != c)
		return false;
	r->p++;
	return true;
}

static bool take_word(struct reader *r, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(r->end - r->p) < len || memcmp(r->p, word, len) != 0)
		return false;
	r->p += len;
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Four hexadecimal digits, or -1. */
static int take_hex4(struct reader *r)
{
	int value = 0;
	int i;

	if (r->end - r->p < 4)
		return -1;
	for (i = 0; i < 4; i++) {
		int digit = hex_digit(r->p[i]);

		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	r->p += 4;
	return value;
}

/* What follows "\u": the writer escapes control characters alone, so a surrogate or a NUL is not ours. */
static int take_unicode(struct reader *r, char **out)
{
	int c = take_hex4(r);

	if (c <= 0 || (c >= 0xd800 && c <= 0xdfff))
		return -1;
	if (c < 0x80) {
		*(*out)++ = (char)c;
	} else if (c < 0x800) {
		*(*out)++ = (char)(0xc0 | (c >> 6));
		*(*out)++ = (char)(0x80 | (c & 0x3f));
	} else {
		*(*out)++ = (char)(0xe0 | (c >> 12));
		*(*out)++ = (char)(0x80 | ((c >> 6) & 0x3f));
		*(*out)++ = (char)(0x80 | (c & 0x3f));
	}
	return 0;
}

static int take_escape(struct reader *r, char **out)
{
	static const char from[] = "\"\\/bfnrt";
	static const char to[] = "\"\\/\b\f\n\r\t";
	const char *at;

	if (r->p == r->end)
		return -1;
	if (*r->p == 'u') {
		r->p++;
		return take_unicode(r, out);
	}
	at = *r->p == '\0' ? NULL : strchr(from, *r->p);
	if (at == NULL)
		return -1;
	*(*out)++ = to[at - from];
	r->p++;
	return 0;
}

/* What take_string() gives: bytes of the document where nothing is escaped, else of the arena. */
struct slice {
	const char *at;
	size_t len;
	bool is_copy; /* in the arena, with a NUL behind it */
};

/* A string with escapes, behind its opening quote. */
static int unescape(struct reader *r, struct slice *ret, struct err *e)
{
	const char *close = r->p;
	char *out, *start;

	while (close < r->end && *close != '"')
		close += *close == '\\' && r->end - close > 1 ? 2 : 1;
	if (close >= r->end)
		return refuse(r, "unterminated string", e);
	/* Unescaping never makes a string longer. */
	start = out = arena_alloc(r->arena, (size_t)(close - r->p) + 1, 1);
	if (start == NULL)
		return arena_check(r->arena, e);
	while (r->p < close) {
		unsigned char c = (unsigned char)*r->p++;

		if (c < 0x20)
			return refuse(r, "control character in a string", e);
		if (c != '\\')
			*out++ = (char)c;
		else if (take_escape(r, &out) < 0)
			return refuse(r, "bad escape in a string", e);
	}
	*out = '\0';
	r->p = close + 1;
	*ret = (struct slice){ start, (size_t)(out - start), true };
	return 0;
}

/* A string behind its opening quote.  Most have no escapes: one look at each byte. */
static int take_string(struct reader *r, struct slice *ret, struct err *e)
{
	const char *p = r->p;

	while (p < r->end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20)
		p++;
	if (p == r->end || *p != '"')
		return unescape(r, ret, e);
	*ret = (struct slice){ r->p, (size_t)(p - r->p), false };
	r->p = p + 1;
	return 0;
}

static int take_number(struct reader *r, struct reader_value *ret, struct err *e)
{
	uint64_t value = 0;
	const char *first;

	ret->kind = READER_NUMBER;
	ret->is_negative = *r->p == '-';
	if (ret->is_negative)
		r->p++;
	first = r->p;
	while (r->p < r->end && *r->p >= '0' && *r->p <= '9') {
		unsigned digit = (unsigned)(*r->p - '0');

		if (value > (UINT64_MAX - digit) / 10)
			return refuse(r, "number out of range", e);
		value = value * 10 + digit;
		r->p++;
	}
	if (r->p == first || (*first == '0' && r->p - first > 1))
		return refuse(r, "bad number", e);
	ret->magnitude = value;
	return 0;
}

/* An object whose values are strings, behind its opening brace.  Its text is kept as it is. */
static int take_object(struct reader *r, const char *start, struct reader_value *ret, struct err *e)
{
	struct slice ignored;
	bool first = true;

	while (!take(r, '}')) {
		if (!first && !take(r, ','))
			return refuse(r, "expected ',' or '}'", e);
		first = false;
		if (!take(r, '"') || take_string(r, &ignored, e) < 0 || !take(r, ':') || !take(r, '"') ||
		    take_string(r, &ignored, e) < 0)
			return e->kind != ERR_NONE ? -1 : refuse(r, "expected a pair of strings", e);
	}
	ret->kind = READER_OBJECT;
	ret->string = arena_strndup(r->arena, start, (size_t)(r->p - start));
	return arena_check(r->arena, e);
}

static int take_value(struct reader *r, struct reader_value *ret, struct err *e)
{
	skip_blanks(r);
	if (r->p == r->end)
		return refuse(r, "value is missing", e);
	if (*r->p == '"') {
		struct slice string = { .at = NULL };

		r->p++;
		ret->kind = READER_STRING;
		if (take_string(r, &string, e) < 0)
			return -1;
		ret->string = string.is_copy ? string.at : arena_strndup(r->arena, string.at, string.len);
		return arena_check(r->arena, e);
	}
	if (*r->p == '{') {
		r->p++;
		return take_object(r, r->p - 1, ret, e);
	}
	if (*r->p == '-' || (*r->p >= '0' && *r->p <= '9'))
		return take_number(r, ret, e);
	ret->kind = READER_BOOL;
	ret->truth = take_word(r, "true");
	if (!ret->truth && !take_word(r, "false"))
		return refuse(r, "unexpected value", e);
	return 0;
}

int reader_begin(struct reader *r, const char *text, size_t len, struct arena *a, struct err *e)
{
	*r = (struct reader){ .p = text, .end = text + len, .arena = a, .at_first = true };
	if (!take(r, '{'))
		return refuse(r, "expected '{'", e);
	return 0;
}

/* Takes the key EXPECTED and its closing quote if that is what comes, else nothing. */
static bool take_expected(struct reader *r, const char *expected)
{
	const char *p = r->p;

	while (*expected != '\0' && p < r->end && *p == *expected) {
		p++;
		expected++;
	}
	if (*expected != '\0' || p == r->end || *p != '"')
		return false;
	r->p = p + 1;
	return true;
}

static int take_key(struct reader *r, const char *expected, const char **ret, struct err *e)
{
	struct slice key = { .at = NULL };

	if (take_expected(r, expected)) {
		*ret = expected;
		return 0;
	}
	if (take_string(r, &key, e) < 0)
		return -1;
	*ret = key.is_copy ? key.at : arena_strndup(r->arena, key.at, key.len);
	return arena_check(r->arena, e);
}

int reader_next(struct reader *r, const char *expected, const char **ret_key, struct reader_value *ret, struct err *e)
{
	struct reader_value value = { .kind = READER_BOOL };
	const char *key;

	if (take(r, '}')) {
		skip_blanks(r);
		return r->p == r->end ? 0 : refuse(r, "text behind the document", e);
	}
	if (!r->at_first && !take(r, ','))
		return refuse(r, "expected ',' or '}'", e);
	r->at_first = false;
	if (!take(r, '"'))
		return refuse(r, "expected a key", e);
	if (take_key(r, expected, &key, e) < 0)
		return -1;
	if (!take(r, ':'))
		return refuse(r, "expected ':'", e);
	if (take_value(r, &value, e) < 0)
		return -1;
	*ret_key = key;
	*ret = value;
	return 1;
}
