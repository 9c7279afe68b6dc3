/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/table.h"

#include <stdio.h>
#include <string.h>

/* As printf("%-*s"), which takes four times as long. */
static void print_cell(const char *text, size_t width)
{
	static const char blanks[] = "                                                                ";
	const size_t len = strlen(text);
	size_t left = width > len ? width - len : 0;

	(void)fwrite(text, 1, len, stdout); /* main() asks for what has failed */
	while (left > 0) {
		const size_t n = left < sizeof(blanks) - 1 ? left : sizeof(blanks) - 1;

		(void)fwrite(blanks, 1, n, stdout); /* as above */
		left -= n;
	}
}

/* The last column has no blanks behind it. */
static void print_row(const char *const *cells, const size_t *widths, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		print_cell(cells[i], widths[i]);
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
