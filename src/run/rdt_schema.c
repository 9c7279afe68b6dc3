/* SPDX-License-Identifier: Apache-2.0 */
#include "run/rdt_schema.h"

#include <stddef.h>
#include <string.h>

/* A piece of a text. */
struct piece {
	const char *p;
	size_t len;
};

static struct piece trim(struct piece s)
{
	while (s.len > 0 && (*s.p == ' ' || *s.p == '\t')) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t'))
		s.len--;
	return s;
}

/* The piece up to END or the end of REST, which is moved behind it. */
static struct piece cut(struct piece *rest, char end)
{
	const char *at = rest->len > 0 ? memchr(rest->p, end, rest->len) : NULL;
	const size_t len = at != NULL ? (size_t)(at - rest->p) : rest->len;
	const struct piece head = { rest->p, len };

	rest->p += at != NULL ? len + 1 : len;
	rest->len -= at != NULL ? len + 1 : len;
	return trim(head);
}

static bool is_equal(struct piece a, struct piece b)
{
	return a.len == b.len && memcmp(a.p, b.p, a.len) == 0;
}

static int lower(char c)
{
	return c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c;
}

/* Numbers, decimal or hexadecimal: the same resource has the same base in both. */
static bool is_equal_number(struct piece a, struct piece b)
{
	size_t i;

	for (; a.len > 1 && *a.p == '0'; a.len--)
		a.p++;
	for (; b.len > 1 && *b.p == '0'; b.len--)
		b.p++;
	if (a.len != b.len)
		return false;
	for (i = 0; i < a.len; i++) {
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	}
	return true;
}

/* Whether DOMAINS, "0=7f0;1=1f", has ID with VALUE. */
static bool has_domain(struct piece domains, struct piece id, struct piece value)
{
	while (domains.len > 0) {
		struct piece its_value = cut(&domains, ';');
		const struct piece its_id = cut(&its_value, '=');

		if (is_equal_number(its_id, id))
			return is_equal_number(trim(its_value), value);
	}
	return false;
}

/* Whether PRESENT has a line of RESOURCE with all of DOMAINS. */
static bool has_line(struct piece present, struct piece resource, struct piece domains)
{
	while (present.len > 0) {
		struct piece its_domains = cut(&present, '\n');
		const struct piece its_resource = cut(&its_domains, ':');

		if (!is_equal(its_resource, resource))
			continue;
		while (domains.len > 0) {
			struct piece value = cut(&domains, ';');
			const struct piece id = cut(&value, '=');

			if (id.len > 0 && !has_domain(its_domains, id, trim(value)))
				return false;
		}
		return true;
	}
	return false;
}

bool rdt_schema_is_in(const char *wanted, const char *present)
{
	struct piece rest = { wanted, strlen(wanted) };
	const struct piece all = { present, strlen(present) };

	while (rest.len > 0) {
		struct piece domains = cut(&rest, '\n');
		const struct piece resource = cut(&domains, ':');

		if (resource.len > 0 && !has_line(all, resource, domains))
			return false;
	}
	return true;
}
