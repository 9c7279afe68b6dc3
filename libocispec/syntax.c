/* SPDX-License-Identifier: Apache-2.0 */
#include "libocispec/text.h"

#include <string.h>

/* yajl's own messages name neither what was found nor, always, the right place; this looks at the text again. */

struct expectation {
	const char *what;
	bool string_fits; /* a string may stand here: one that does not fit is broken itself */
	bool value_fits;
};

/* What the grammar allows after the last good token; moves AT over the one separator that it demands. */
static struct expectation expected(const struct oci_input *in, size_t *at, enum oci_syntax_after after,
				   enum oci_syntax_in inside)
{
	static const struct expectation value = { "a value", true, true };
	char next = '\0';

	*at = oci_text_skip_space(in, *at);
	if (*at < in->len)
		next = in->buf[*at];
	if (after == OCI_AFTER_NOTHING)
		return value;
	if (after == OCI_AFTER_OPEN)
		return inside == OCI_IN_OBJECT ? (struct expectation){ "a property name or '}'", true, false }
					       : (struct expectation){ "a value or ']'", true, true };
	if (inside == OCI_IN_NOTHING)
		return (struct expectation){ "the end of the document", false, false };
	if (after == OCI_AFTER_NAME) {
		if (next != ':')
			return (struct expectation){ "':' after the property name", false, false };
		*at = oci_text_skip_space(in, *at + 1);
		return value;
	}
	if (next != ',')
		return (struct expectation){ inside == OCI_IN_OBJECT ? "',' or '}'" : "',' or ']'", false, false };
	*at = oci_text_skip_space(in, *at + 1);
	return inside == OCI_IN_OBJECT ? (struct expectation){ "a property name", true, false } : value;
}

/* What is wrong inside the string that opens at AT. */
static const char *string_problem(const struct oci_input *in, size_t at, struct arena *a, size_t *ret_at)
{
	for (size_t i = at + 1; i < in->len; i++) {
		unsigned char c = (unsigned char)in->buf[i];

		*ret_at = i;
		if (c < 0x20)
			return arena_printf(a, "control character 0x%02X in a string: it must be escaped", c);
		if (c == '"')
			return "malformed string";
		if (c != '\\')
			continue;
		if (++i >= in->len)
			break;
		if (in->buf[i] == 'u') {
			for (int k = 1; k <= 4 && i + 1 < in->len; k++, i++)
				if (strchr("0123456789abcdefABCDEF", in->buf[i + 1]) == NULL || in->buf[i + 1] == '\0')
					return "\\u must be followed by four hexadecimal digits";
		} else if (strchr("\"\\/bfnrt", in->buf[i]) == NULL || in->buf[i] == '\0') {
			return "unknown escape sequence in a string";
		}
	}
	*ret_at = at;
	return "the string that begins here is not closed";
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static const char *found(const struct oci_input *in, size_t at, struct arena *a)
{
	const char *p = in->buf + at;
	size_t n = 0;

	if (at >= in->len)
		return "the end of the file";
	if (in->len - at >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		return "a byte order mark";
	if (*p == '"')
		return "a string";
	if (*p == '-' || (*p >= '0' && *p <= '9'))
		return "a number";
	while (n < 16 && at + n < in->len && is_word(p[n]))
		n++;
	if (n > 0)
		return arena_printf(a, "'%.*s'", (int)n, p);
	if (*p > 0x20 && *p < 0x7f)
		return arena_printf(a, "'%c'", *p);
	return arena_printf(a, "the byte 0x%02X", (unsigned)(unsigned char)*p);
}

const char *oci_syntax_problem(const struct oci_input *in, size_t at, enum oci_syntax_after after,
			       enum oci_syntax_in inside, struct arena *a, size_t *ret_at)
{
	struct expectation want = expected(in, &at, after, inside);
	const char *what;

	*ret_at = at;
	if (after == OCI_AFTER_NOTHING && at >= in->len)
		return "the document is empty";
	if (at < in->len && in->buf[at] == '"' && want.string_fits)
		return string_problem(in, at, a, ret_at);
	if (at < in->len && (in->buf[at] == '-' || (in->buf[at] >= '0' && in->buf[at] <= '9')) && want.value_fits)
		return "malformed number";
	what = found(in, at, a);
	if (what == NULL)
		return NULL; /* the arena remembers */
	return arena_printf(a, "not valid JSON: expected %s, found %s", want.what, what);
}
