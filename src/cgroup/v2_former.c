/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup/v2_former.h"

#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "base/span.h"
#include "cgroup/v2_dir.h"

#define TEXT_SIZE 4096

/* Files with a line for each device, "8:0 rbps=1 wbps=max": what ends the line of one that had none. */
static const struct {
	const char *file;
	const char *none;
} tables[] = {
	{ "io.max", "rbps=max wbps=max riops=max wiops=max" },
	{ "io.weight", "default" },
	{ "io.bfq.weight", "default" },
	{ "rdma.max", "hca_handle=max hca_object=max" },
};

/* What ends the line of a device in FILE, or NULL for a file of one line. */
static const char *find_none(const char *file)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (strcmp(tables[i].file, file) == 0)
			return tables[i].none;
	return NULL;
}

/* The line of TEXT that begins with the first word of VALUE; LEN is without its end.  NULL if there is none. */
static const char *find_line(const char *text, const char *value, size_t *ret_len)
{
	const size_t word = span_until(value, " ");

	while (*text != '\0') {
		*ret_len = span_until(text, "\n");
		if (*ret_len > word && strncmp(text, value, word) == 0 && text[word] == ' ')
			return text;
		text += *ret_len + (text[*ret_len] != '\0');
	}
	return NULL;
}

/* What has to be written into FILE to take back a row of VALUE; TEXT is what the file has.  NULL: no memory. */
static const char *make_former(const char *file, const char *value, const char *text, struct arena *a)
{
	const char *none = find_none(file);
	const char *line;
	size_t len;

	if (none == NULL) /* an empty list is one line too, of no character: it has to be written */
		return arena_strndup(a, text, span_until(text, "\n") + (strchr(text, '\n') != NULL));
	line = find_line(text, value, &len);
	if (line != NULL)
		return arena_strndup(a, line, len);
	return arena_printf(a, "%.*s %s", (int)span_until(value, " "), value, none);
}

int v2_former_read(const struct plan_cgroup *plan, int cgroup_fd, struct arena *a, struct plan_cgroup_write **ret,
		   struct err *e)
{
	struct plan_cgroup_write *rows = arena_new_array(a, struct plan_cgroup_write, plan->n_writes);
	char text[TEXT_SIZE];

	if (rows == NULL)
		return arena_check(a, e);
	for (unsigned i = 0; i < plan->n_writes; i++) {
		const struct plan_cgroup_write *w = &plan->writes[i];
		const char *file = w->file, *value = w->value;
		ssize_t len = v2_read(cgroup_fd, file, text, sizeof(text));

		if (len < 0 && w->instead_file != NULL) {
			file = w->instead_file;
			value = w->instead_value;
			len = v2_read(cgroup_fd, file, text, sizeof(text));
		}
		if (len >= 0)
			rows[i] = (struct plan_cgroup_write){ .file = file, .pointer = w->pointer,
							      .value = make_former(file, value, text, a) };
	}
	*ret = rows;
	return arena_check(a, e);
}

void v2_former_write(const struct plan_cgroup_write *rows, unsigned n, int cgroup_fd)
{
	/* The last one first: two files may bound each other. */
	while (n-- > 0) {
		struct err e = ERR_INIT;

		if (rows[n].value != NULL && io_write_file_at(cgroup_fd, rows[n].file, rows[n].value, &e) < 0)
			log_warning("%s is not taken back: %s", rows[n].pointer, e.msg);
	}
}
