/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/builder.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/path.h"
#include "libocispec/codec.h"

const struct oci_linux builder_no_linux = { .cgroups_path = NULL };

const char *builder_at(struct builder *b, const char *fmt, ...)
{
	va_list ap;
	char *at;

	va_start(ap, fmt);
	at = arena_vprintf(b->findings->arena, fmt, ap);
	va_end(ap);
	return at ? at : "";
}

const char *builder_at_key(struct builder *b, const char *base, const char *key)
{
	size_t len = strlen(base);
	char *at = arena_alloc(b->findings->arena, len + 2 * strlen(key) + 2, 1);
	char *p = at;

	if (!at)
		return "";
	memcpy(p, base, len);
	p += len;
	*p++ = '/';
	for (; *key; key++) {
		if (*key == '~' || *key == '/') {
			*p++ = '~';
			*p++ = *key == '~' ? '0' : '1';
		} else {
			*p++ = *key;
		}
	}
	*p = '\0';
	return at;
}

const char *builder_place(struct builder *b, const char *pointer)
{
	static const char resources[] = "/linux/resources";

	if (!b->resources_at || strncmp(pointer, resources, sizeof(resources) - 1) != 0)
		return pointer;
	return builder_at(b, "%s%s", b->resources_at, pointer + sizeof(resources) - 1);
}

/* Findings are rare: the text is parsed again for each, rather than positions being kept for every value. */
void plan_document_locate_last(const struct plan_document *doc, struct findings *findings)
{
	struct finding *f;

	if (findings->n == 0 || findings->n_dropped > 0)
		return; /* the one that was added last is not among those kept */
	f = &findings->items[findings->n - 1];
	f->file = doc->name;
	if (doc->bytes)
		oci_locate(doc->bytes, doc->len, f->pointer, &f->line, &f->column);
}

__attribute__((format(printf, 6, 0)))
static void add(struct builder *b, enum finding_severity severity, enum err_kind kind, const char *section,
		const char *pointer, const char *fmt, va_list ap)
{
	const char *text = arena_vprintf(b->findings->arena, fmt, ap);

	findings_add(b->findings, severity, kind, section, builder_place(b, pointer), "%s",
		     text ? text : "out of memory");
	plan_document_locate_last(b->doc, b->findings);
}

void builder_error(struct builder *b, const char *section, const char *pointer, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(b, FINDING_ERROR, ERR_CONFIG, section, pointer, fmt, ap);
	va_end(ap);
}

void builder_unsupported(struct builder *b, const char *section, const char *pointer, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(b, FINDING_ERROR, ERR_UNSUPPORTED, section, pointer, fmt, ap);
	va_end(ap);
}

void builder_warn(struct builder *b, const char *section, const char *pointer, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(b, FINDING_WARNING, ERR_CONFIG, section, pointer, fmt, ap);
	va_end(ap);
}

const char *builder_keep(struct builder *b, const char *s)
{
	return s ? arena_strdup(b->arena, s) : NULL;
}

char *builder_keep_clean(struct builder *b, const char *path)
{
	char *copy = arena_strdup(b->arena, path);

	if (copy)
		path_clean(copy);
	return copy;
}

const char *builder_keep_host_path(struct builder *b, const char *path)
{
	if (path_is_absolute(path))
		return builder_keep(b, path);
	return arena_printf(b->arena, "%s/%s", b->bundle, path);
}

const char *const *builder_keep_list(struct builder *b, const char *const *items, size_t n)
{
	const char **copy = arena_new_array(b->arena, const char *, n + 1);

	if (!copy)
		return NULL;
	for (size_t i = 0; i < n; i++)
		copy[i] = builder_keep(b, items[i]);
	return copy;
}

size_t plan_append(char *buf, size_t size, size_t len, const char *text)
{
	const size_t more = strlen(text);

	if (len >= size || more >= size - len)
		return len;
	memcpy(buf + len, text, more + 1);
	return len + more;
}

/* One decimal number of at most 9 digits at *P, which is moved behind it. */
static int parse_index(const char **p, unsigned *ret)
{
	unsigned value = 0;
	unsigned digits = 0;

	for (; **p >= '0' && **p <= '9'; (*p)++) {
		if (++digits > 9)
			return -1;
		value = value * 10 + (unsigned)(**p - '0');
	}
	if (digits == 0)
		return -1;
	*ret = value;
	return 0;
}

static void skip_blanks(const char **p)
{
	while (**p == ' ')
		(*p)++;
}

int builder_parse_list(const char *list, unsigned long *mask, unsigned n_bits)
{
	const unsigned word_bits = CHAR_BIT * sizeof(unsigned long);
	const char *p = list;

	for (;;) {
		unsigned first, last;

		skip_blanks(&p);
		if (parse_index(&p, &first) < 0)
			return -1;
		last = first;
		if (*p == '-') {
			p++;
			if (parse_index(&p, &last) < 0)
				return -1;
		}
		if (last < first || last >= n_bits)
			return -1;
		for (unsigned i = first; i <= last; i++)
			mask[i / word_bits] |= 1UL << (i % word_bits);
		skip_blanks(&p);
		if (*p == '\0')
			return 0;
		if (*p++ != ',')
			return -1;
	}
}

const struct plan_word *plan_word_find(const struct plan_word *table, const char *name)
{
	for (; table->name; table++) {
		if (strcmp(table->name, name) == 0)
			return table;
	}
	return NULL;
}

const char *plan_word_name(const struct plan_word *table, uint64_t value)
{
	for (; table->name; table++) {
		if (table->value == value)
			return table->name;
	}
	return NULL;
}
