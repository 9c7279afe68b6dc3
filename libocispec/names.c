/* SPDX-License-Identifier: Apache-2.0 */
#include "libocispec/names.h"

#include <stdlib.h>
#include <string.h>

int oci_names_push(struct oci_names *names, const char *text, size_t len, size_t gap)
{
	if (names->items == NULL) {
		names->items = names->first;
		names->size = sizeof(names->first) / sizeof(names->first[0]);
	}
	if (names->n == names->size) {
		bool moved = names->items != names->first;
		size_t bytes = names->size * 2 * sizeof(*names->items);
		struct oci_name *items = realloc(moved ? names->items : NULL, bytes);

		if (items == NULL)
			return -1;
		if (!moved)
			memcpy(items, names->first, sizeof(names->first));
		names->items = items;
		names->size *= 2;
	}
	names->items[names->n++] = (struct oci_name){ .text = text, .len = (uint32_t)len, .gap = (uint32_t)gap };
	return 0;
}

static int compare(const void *x, const void *y)
{
	const struct oci_name *a = x, *b = y;
	int order;

	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	order = memcmp(a->text, b->text, a->len);
	if (order != 0)
		return order;
	return a->gap < b->gap ? -1 : a->gap > b->gap;
}

void oci_names_sort(struct oci_names *names, size_t first)
{
	if (names->n - first > 1)
		qsort(names->items + first, names->n - first, sizeof(*names->items), compare);
}

bool oci_name_equals(const struct oci_name *a, const struct oci_name *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

void oci_names_release(struct oci_names *names)
{
	if (names->items != names->first)
		free(names->items);
}
