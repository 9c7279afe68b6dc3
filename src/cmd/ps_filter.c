/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/ps_filter.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/span.h"

#define BLANKS " \t\n"

/* The field of LINE with that number, from 0; its length is 0 if there are fewer. */
static const char *find_field(const char *line, unsigned number, size_t *ret_len)
{
	const char *p = line + span_of(line, BLANKS);

	for (; number > 0 && *p != '\0'; number--) {
		p += span_until(p, BLANKS);
		p += span_of(p, BLANKS);
	}
	*ret_len = span_until(p, BLANKS);
	return p;
}

static int find_column(const char *titles, const char *name, unsigned *ret)
{
	unsigned column;

	for (column = 0;; column++) {
		size_t len;
		const char *field = find_field(titles, column, &len);

		if (len == 0)
			return -1;
		if (len == strlen(name) && memcmp(field, name, len) == 0) {
			*ret = column;
			return 0;
		}
	}
}

static bool is_listed(const char *line, unsigned column, const struct pid_set *pids)
{
	size_t len, i;
	const char *field = find_field(line, column, &len);
	char text[16];
	int pid;

	if (len == 0 || len >= sizeof(text))
		return false;
	memcpy(text, field, len);
	text[len] = '\0';
	if (num_parse_int(text, &pid) < 0)
		return false;
	for (i = 0; i < pids->n; i++)
		if (pids->items[i] == pid)
			return true;
	return false;
}

int ps_filter(FILE *in, FILE *out, const struct pid_set *pids, struct err *e)
{
	char *line = NULL;
	size_t size = 0;
	unsigned column = 0;
	int r = 0;

	if (getline(&line, &size, in) < 0 || find_column(line, "PID", &column) < 0)
		r = err_set(e, ERR_SYSTEM, "the output of ps has no PID column");
	else
		(void)fputs(line, out); /* main() looks at the stream's state */
	while (r == 0 && getline(&line, &size, in) >= 0)
		if (is_listed(line, column, pids))
			(void)fputs(line, out);
	free(line);
	return r;
}
