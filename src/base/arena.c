/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first chunk is small: most documents are a few kB.  Each further one doubles, up to CHUNK_MAX. */
#define CHUNK_MIN ((size_t)8 << 10)
#define CHUNK_MAX ((size_t)1 << 20)

struct arena_chunk {
	struct arena_chunk *older;
	size_t size;
	_Alignas(16) char data[];
};

void arena_init_fixed(struct arena *a, void *base, size_t size)
{
	*a = (struct arena){ .next = base, .end = (char *)base + size, .limit = size, .is_fixed = true };
}

void arena_init_room(struct arena *a, void *base, size_t size)
{
	*a = (struct arena){ .next = base, .end = (char *)base + size };
}

void arena_release(struct arena *a)
{
	struct arena_chunk *c = a->chunks;

	while (c != NULL) {
		struct arena_chunk *older = c->older;

		free(c);
		c = older;
	}
	*a = (struct arena)ARENA_INIT;
}

/* A new chunk that holds at least SIZE bytes. */
static int grow(struct arena *a, size_t size)
{
	size_t want = a->chunks == NULL ? CHUNK_MIN : a->chunks->size * 2;
	struct arena_chunk *c;

	if (want > CHUNK_MAX)
		want = CHUNK_MAX;
	if (want < size)
		want = size;
	c = calloc(1, sizeof(*c) + want);
	if (c == NULL)
		return -1;
	c->older = a->chunks;
	c->size = want;
	a->chunks = c;
	a->next = c->data;
	a->end = c->data + want;
	return 0;
}

static void *refuse(struct arena *a)
{
	a->exhausted = true;
	return NULL;
}

void *arena_alloc(struct arena *a, size_t size, size_t align)
{
	size_t limit = a->limit != 0 ? a->limit : ARENA_DEFAULT_LIMIT;
	size_t pad = (size_t)(-(uintptr_t)a->next & (align - 1));
	char *p;

	if (a->exhausted || size > limit || pad > limit - size || a->used > limit - size - pad)
		return refuse(a);
	if ((size_t)(a->end - a->next) < size + pad || a->next == NULL) {
		/* ALIGN more than needed: malloc aligns to 16, ALIGN may be a page. */
		if (a->is_fixed || grow(a, size + align) < 0)
			return refuse(a);
		pad = (size_t)(-(uintptr_t)a->next & (align - 1));
	}
	p = a->next + pad;
	a->next = p + size;
	a->used += pad + size;
	return p;
}

void *arena_array(struct arena *a, size_t count, size_t size, size_t align)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		return refuse(a);
	return arena_alloc(a, total, align);
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *copy = len < SIZE_MAX ? arena_alloc(a, len + 1, 1) : refuse(a);

	if (copy != NULL)
		memcpy(copy, s, len); /* the NUL is there: the arena's memory is zeroed */
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char *text;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		return refuse(a);
	text = arena_alloc(a, (size_t)n + 1, 1);
	if (text != NULL)
		(void)vsnprintf(text, (size_t)n + 1, fmt, ap); /* measured above */
	return text;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return text;
}

int arena_check(const struct arena *a, struct err *e)
{
	if (!a->exhausted)
		return 0;
	return err_errno(e, ENOMEM, "arena (%zu bytes in use, %zu allowed)", a->used,
			 a->limit != 0 ? a->limit : ARENA_DEFAULT_LIMIT);
}
