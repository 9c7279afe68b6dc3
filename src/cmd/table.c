/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/table.h"

#include <stdio.h>
#include <string.h>

/* The last column has no blanks behind it. */
static void print_row(const char *const *cells, const size_t *widths, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		printf("%-*s", (int)widths[i], cells[i]);
	puts(cells[n - 1]);
}

void table_print(const char *const *titles, const char *const *cells, size_t n_rows, size_t n_columns, size_t min,
		 size_t gap)
{
	size_t widths[TABLE_COLUMNS_MAX];

	for (size_t c = 0; c < n_columns; c++) {
		size_t width = strlen(titles[c]);

		for (size_t row = 0; row < n_rows; row++) {
			size_t len = strlen(cells[row * n_columns + c]);

			if (len > width)
				width = len;
		}
		widths[c] = width + gap < min ? min : width + gap;
	}
	print_row(titles, widths, n_columns);
	for (size_t row = 0; row < n_rows; row++)
		print_row(cells + row * n_columns, widths, n_columns);
}
