/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CMD_TABLE_H
#define RT_CMD_TABLE_H

#include <stddef.h>

#define TABLE_COLUMNS_MAX 16

/*
 * Prints a table to standard output: a line of TITLES, then N_ROWS lines of N_COLUMNS (at most TABLE_COLUMNS_MAX) of
 * CELLS, which follow each other row by row.  A column is as wide as its widest cell and GAP blanks, and at least MIN.
 */
void table_print(const char *const *titles, const char *const *cells, size_t n_rows, size_t n_columns, size_t min,
		 size_t gap);

#endif
