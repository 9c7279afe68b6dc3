/* SPDX-License-Identifier: Apache-2.0 */
#include "libocispec/text.h"

#include <stdint.h>
#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

size_t oci_text_skip_space(const struct oci_input *in, size_t at)
{
	while (at < in->len && is_space(in->buf[at]))
		at++;
	return at;
}

size_t oci_text_skip_gap(const struct oci_input *in, size_t at)
{
	while (at < in->len && (is_space(in->buf[at]) || in->buf[at] == ',' || in->buf[at] == ':'))
		at++;
	return at;
}

/* The length of the UTF-8 sequence at S, 0 if it is none.  The table of RFC 3629, section 4. */
static size_t utf8_sequence(const unsigned char *s, size_t len)
{
	unsigned char lo = 0x80, hi = 0xbf;
	size_t n;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (n > len)
		return 0;
	if (s[0] == 0xe0)
		lo = 0xa0; /* overlong below */
	else if (s[0] == 0xed)
		hi = 0x9f; /* surrogates above */
	else if (s[0] == 0xf0)
		lo = 0x90; /* overlong below */
	else if (s[0] == 0xf4)
		hi = 0x8f; /* above U+10FFFF */
	if (s[1] < lo || s[1] > hi)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

static unsigned hex4(const char *s)
{
	unsigned value = 0;

	for (int i = 0; i < 4; i++) {
		unsigned char c = (unsigned char)s[i];

		value = value << 4 | (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return value;
}

static bool is_low_surrogate(const char *s, size_t len)
{
	return len >= 6 && s[0] == '\\' && s[1] == 'u' && (hex4(s + 2) & 0xfc00) == 0xdc00;
}

const char *oci_text_escape_problem(const char *s, size_t len, size_t *ret_at)
{
	const char *p = s;

	while ((p = memchr(p, '\\', len - (size_t)(p - s))) != NULL) {
		size_t left = len - (size_t)(p - s);
		unsigned unit;

		*ret_at = (size_t)(p - s);
		if (p[1] != 'u') {
			p += 2;
			continue;
		}
		unit = hex4(p + 2);
		if (unit == 0)
			return "a string must not hold \\u0000";
		if ((unit & 0xfc00) == 0xdc00)
			return "\\u escape is the second half of a surrogate pair without the first";
		p += 6;
		if ((unit & 0xfc00) != 0xd800)
			continue;
		if (!is_low_surrogate(p, left - 6))
			return "\\u escape is the first half of a surrogate pair without the second";
		p += 6;
	}
	return NULL;
}

const char *oci_text_problem(const char *s, size_t len, size_t *ret_at)
{
	size_t i = 0;

	while (i < len) {
		uint64_t word;
		size_t n;

		/* Nearly all text is ASCII. */
		if (len - i >= sizeof(word)) {
			memcpy(&word, s + i, sizeof(word));
			if ((word & UINT64_C(0x8080808080808080)) == 0) {
				i += sizeof(word);
				continue;
			}
		}
		n = utf8_sequence((const unsigned char *)s + i, len - i);
		if (n == 0) {
			*ret_at = i;
			return "invalid UTF-8";
		}
		i += n;
	}
	return NULL;
}

void oci_cursor_advance(struct oci_cursor *c, const struct oci_input *in, size_t offset)
{
	for (; c->offset < offset && c->offset < in->len; c->offset++) {
		unsigned char byte = (unsigned char)in->buf[c->offset];

		if (byte == '\n') {
			c->line++;
			c->column = 1;
		} else if ((byte & 0xc0) != 0x80) {
			c->column++; /* a continuation byte belongs to the character before it */
		}
	}
}
