/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BASE_SPAN_H
#define RT_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * strspn(3) and strcspn(3) for short strings and sets, as our own: the C library's are vectorised, and their code and
 * tables lie apart from all else that rt uses.  The kernel maps 64 KiB around each page that is touched, so one
 * call of them adds 128 KiB to the memory of every rt.
 */

static inline bool span_has(const char *set, char c)
{
	for (; *set != '\0'; set++) {
		if (*set == c)
			return true;
	}
	return false;
}

/* The length of S's beginning that has only bytes of SET. */
static inline size_t span_of(const char *s, const char *set)
{
	size_t n = 0;

	while (s[n] != '\0' && span_has(set, s[n]))
		n++;
	return n;
}

/* The length of S's beginning that has no byte of SET. */
static inline size_t span_until(const char *s, const char *set)
{
	size_t n = 0;

	while (s[n] != '\0' && !span_has(set, s[n]))
		n++;
	return n;
}

#endif
