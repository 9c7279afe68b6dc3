/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"

#define SIZE_MIN ((size_t)2 * JSON_ROOM)

void json_release(struct json *j)
{
	if (j->buf != j->room)
		free(j->buf);
	*j = (struct json)JSON_INIT(0);
}

/* Room for LEN bytes more and a NUL. */
static int grow(struct json *j, size_t len)
{
	const bool in_room = j->buf == NULL || j->buf == j->room;
	size_t size = j->size;
	char *larger;

	if (j->buf == NULL && len < sizeof(j->room)) {
		j->buf = j->room;
		j->size = sizeof(j->room);
		return 0;
	}
	for (size = size < SIZE_MIN ? SIZE_MIN : size; size - j->len <= len;)
		size *= 2;
	larger = realloc(in_room ? NULL : j->buf, size);
	if (larger == NULL)
		return -1;
	if (in_room)
		memcpy(larger, j->room, j->len);
	j->buf = larger;
	j->size = size;
	return 0;
}

static void append(struct json *j, const char *text, size_t len)
{
	if (j->failed)
		return;
	if (j->size - j->len <= len && grow(j, len) < 0) { /* "<=": room for a NUL stays */
		j->failed = true;
		return;
	}
	memcpy(j->buf + j->len, text, len);
	j->len += len;
}

static void append_text(struct json *j, const char *text)
{
	append(j, text, strlen(text));
}

static void new_line(struct json *j)
{
	unsigned i;

	if (j->indent == 0)
		return;
	append(j, "\n", 1);
	for (i = 0; i < j->depth * j->indent; i++)
		append(j, " ", 1);
}

/* What stands before every value and key. */
static void begin_item(struct json *j)
{
	if (j->after_key) {
		j->after_key = false;
		return;
	}
	if (j->need_comma)
		append(j, ",", 1);
	if (j->depth > 0)
		new_line(j);
}

static void begin_container(struct json *j, const char *bracket)
{
	begin_item(j);
	append(j, bracket, 1);
	j->depth++;
	j->need_comma = false;
}

static void end_container(struct json *j, const char *bracket)
{
	j->depth--;
	if (j->need_comma) /* an empty one stays on its line */
		new_line(j);
	append(j, bracket, 1);
	j->need_comma = true;
}

void json_begin_object(struct json *j)
{
	begin_container(j, "{");
}

void json_end_object(struct json *j)
{
	end_container(j, "}");
}

void json_begin_array(struct json *j)
{
	begin_container(j, "[");
}

void json_end_array(struct json *j)
{
	end_container(j, "]");
}

/* The length of the valid UTF-8 sequence at S (RFC 3629: shortest form, no surrogates), or 0. */
static size_t sequence_length(const char *s, size_t len)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t want = u[0] < 0x80 ? 1 : u[0] < 0xc2 ? 0 : u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : u[0] < 0xf5 ? 4 : 0;
	size_t i;

	if (want == 0 || want > len)
		return 0;
	for (i = 1; i < want; i++)
		if ((u[i] & 0xc0) != 0x80)
			return 0;
	if ((u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xed && u[1] > 0x9f) || (u[0] == 0xf0 && u[1] < 0x90) ||
	    (u[0] == 0xf4 && u[1] > 0x8f))
		return 0;
	return want;
}

static void append_escaped(struct json *j, unsigned char c)
{
	static const char short_form[128] = {
		['"'] = '"', ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
	};
	char text[8];
	int n;

	if (short_form[c] != '\0')
		n = snprintf(text, sizeof(text), "\\%c", short_form[c]);
	else
		n = snprintf(text, sizeof(text), "\\u%04x", c);
	append(j, text, n > 0 ? (size_t)n : 0);
}

static void append_string(struct json *j, const char *s, size_t len)
{
	size_t plain = 0; /* bytes at S that go out as they are */

	append(j, "\"", 1);
	while (plain < len) {
		unsigned char c = (unsigned char)s[plain];
		size_t n = sequence_length(s + plain, len - plain);

		if (n > 0 && c >= 0x20 && c != '"' && c != '\\') {
			plain += n;
			continue;
		}
		append(j, s, plain);
		if (n == 0)
			append_text(j, "\xef\xbf\xbd"); /* U+FFFD for what is no UTF-8 */
		else
			append_escaped(j, c);
		s += plain + 1;
		len -= plain + 1;
		plain = 0;
	}
	append(j, s, plain);
	append(j, "\"", 1);
}

void json_key(struct json *j, const char *key)
{
	begin_item(j);
	append_string(j, key, strlen(key));
	append(j, ": ", j->indent > 0 ? 2 : 1);
	j->need_comma = true;
	j->after_key = true;
}

void json_raw(struct json *j, const char *text, size_t len)
{
	begin_item(j);
	append(j, text, len);
	j->need_comma = true;
}

void json_string_n(struct json *j, const char *s, size_t len)
{
	begin_item(j);
	append_string(j, s, len);
	j->need_comma = true;
}

void json_string(struct json *j, const char *s)
{
	if (s == NULL)
		json_null(j);
	else
		json_string_n(j, s, strlen(s));
}

void json_u64(struct json *j, uint64_t v)
{
	char digits[21];

	num_format_u64(v, digits);
	json_raw(j, digits, strlen(digits));
}

void json_i64(struct json *j, int64_t v)
{
	char digits[22] = "-";

	if (v >= 0) {
		json_u64(j, (uint64_t)v);
		return;
	}
	num_format_u64(-(uint64_t)v, digits + 1);
	json_raw(j, digits, strlen(digits));
}

void json_double(struct json *j, double v)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%.15g", v);

	/* JSON has no infinity and no NaN. */
	if (!isfinite(v) || n < 0 || (size_t)n >= sizeof(text))
		json_null(j);
	else
		json_raw(j, text, (size_t)n);
}

void json_bool(struct json *j, bool v)
{
	if (v)
		json_raw(j, "true", 4);
	else
		json_raw(j, "false", 5);
}

void json_null(struct json *j)
{
	json_raw(j, "null", 4);
}

void json_newline(struct json *j)
{
	append(j, "\n", 1);
	j->need_comma = false;
}

void json_kv_string(struct json *j, const char *key, const char *s)
{
	json_key(j, key);
	json_string(j, s);
}

void json_kv_i64(struct json *j, const char *key, int64_t v)
{
	json_key(j, key);
	json_i64(j, v);
}

void json_kv_u64(struct json *j, const char *key, uint64_t v)
{
	json_key(j, key);
	json_u64(j, v);
}

void json_kv_bool(struct json *j, const char *key, bool v)
{
	json_key(j, key);
	json_bool(j, v);
}

int json_finish(struct json *j, const char **ret_text, size_t *ret_len, struct err *e)
{
	append(j, "", 0); /* makes the buffer if nothing was written */
	if (j->failed)
		return err_errno(e, ENOMEM, "JSON text");
	j->buf[j->len] = '\0';
	*ret_text = j->buf;
	*ret_len = j->len;
	return 0;
}
