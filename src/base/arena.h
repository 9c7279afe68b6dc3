/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BASE_ARENA_H
#define RT_BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * A bump allocator.  Everything that lives as long as one document or one plan is taken from one
 * arena and released with it; nothing is freed alone.  Memory is zeroed.
 *
 * Two kinds: a *growing* arena chains malloc'ed chunks, perhaps after a first range that the caller owns; a *fixed*
 * arena hands out one range that the caller owns (the plan's, at PLAN_ADDRESS, so that init can map it at the same
 * place).
 * An arena that can not give memory records that and gives NULL from then on: builders allocate
 * freely and check once, at the end, with arena_check().
 */

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks; /* growing: newest first; fixed: NULL */
	char *next;
	char *end;
	size_t limit;   /* growing: total bytes allowed, 0 = ARENA_DEFAULT_LIMIT */
	size_t used;    /* total bytes handed out, alignment included */
	bool is_fixed;
	bool exhausted;
};

#define ARENA_DEFAULT_LIMIT ((size_t)256 << 20)

/* A growing arena.  Nothing is allocated before the first request. */
#define ARENA_INIT { .chunks = NULL }

/* A fixed arena over [base, base + size), which must be zeroed and aligned to 16. */
void arena_init_fixed(struct arena *a, void *base, size_t size);

/*
 * A growing arena that uses [base, base + size) first, which must be zeroed and aligned to 16.  Memory of the program
 * itself costs neither the calls nor the pages of a heap, and most commands need little.
 */
void arena_init_room(struct arena *a, void *base, size_t size);

/* Releases what a growing arena holds; a no-op for a fixed one.  For cleanup attributes. */
void arena_release(struct arena *a);
#define _cleanup_arena_ __attribute__((cleanup(arena_release)))

/* SIZE bytes, zeroed, aligned to ALIGN (a power of two).  NULL when exhausted. */
void *arena_alloc(struct arena *a, size_t size, size_t align);

/* COUNT * SIZE bytes with the overflow checked.  A zero COUNT gives a valid, non-NULL pointer. */
void *arena_array(struct arena *a, size_t count, size_t size, size_t align);

char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type), _Alignof(type)))
#define arena_new_array(a, type, count) ((type *)arena_array((a), (count), sizeof(type), _Alignof(type)))

/* 0, or -1 with ERR_SYSTEM/ENOMEM if a request was refused since the arena was made. */
int arena_check(const struct arena *a, struct err *e);

#endif
