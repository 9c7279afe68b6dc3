/* SPDX-License-Identifier: Apache-2.0 */
#include "run/idmap_explain.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/num.h"
#include "base/span.h"
#include "host/explain.h"

#define FILE_SIZE_MAX ((size_t)1 << 20)
#define USER_SIZE 33 /* a login name, with its NUL: useradd(8) */

/* The absolute path of the program, without the root, as execvp(3) finds it. */
static bool find_program(const struct idmap_helper *h, char ret[static PATH_MAX])
{
	const char *dir = h->path != NULL ? h->path : "";

	while (*dir != '\0') {
		size_t len = span_until(dir, ":");
		char full[2 * PATH_MAX];
		int n = snprintf(ret, PATH_MAX, "%.*s/%s", (int)len, dir, h->program);

		if (n > 0 && n < PATH_MAX && dir[0] == '/') {
			(void)snprintf(full, sizeof(full), "%s%s", h->root, ret); /* a cut path is not found */
			if (access(full, X_OK) == 0)
				return true;
		}
		dir += len;
		dir += *dir == ':';
	}
	return false;
}

/* A file of the host, malloc'ed, "" where it can not be read. */
static char *read_file(const struct idmap_helper *h, const char *path)
{
	struct err ignored = ERR_INIT; /* nobody is in such a file */
	char full[PATH_MAX];
	char *text = NULL;
	size_t len;

	(void)snprintf(full, sizeof(full), "%s%s", h->root, path); /* a cut path is not found */
	if (io_read_file_at(AT_FDCWD, full, FILE_SIZE_MAX, &text, &len, &ignored) < 0)
		text = calloc(1, 1);
	return text;
}

/* Takes the next line from TEXT, and its first three fields; false at the end. */
static bool next_line(char **text, char *fields[static 3])
{
	char *at = *text;

	if (*at == '\0')
		return false;
	*text += span_until(at, "\n");
	if (**text == '\n')
		*(*text)++ = '\0';
	for (unsigned i = 0; i < 3; i++) {
		fields[i] = at;
		at += span_until(at, ":");
		if (*at == ':')
			*at++ = '\0';
	}
	return true;
}

/* passwd(5) alone: what else knows names would be code of the host in rt. */
static void find_user(const struct idmap_helper *h, char ret[static USER_SIZE])
{
	char *text = read_file(h, "/etc/passwd");
	char *rest = text;
	char *fields[3];
	uint32_t uid;

	ret[0] = '\0';
	while (rest != NULL && ret[0] == '\0' && next_line(&rest, fields)) {
		if (strlen(fields[0]) < USER_SIZE && num_parse_u32(fields[2], &uid) == 0 && uid == h->uid)
			(void)snprintf(ret, USER_SIZE, "%s", fields[0]); /* fits */
	}
	free(text);
}

/* Whether a line "user:first:count" gives the caller, by name or by number, all ids of M. */
static bool has_range(const struct idmap_helper *h, const char *user, const struct plan_id_map *m)
{
	char *text = read_file(h, h->ranges);
	char *rest = text;
	char number[12];
	char *fields[3];
	bool found = false;

	(void)snprintf(number, sizeof(number), "%u", (unsigned)h->uid); /* fits: a 32-bit number */
	while (rest != NULL && !found && next_line(&rest, fields)) {
		uint64_t first, count;

		if (strcmp(fields[0], number) != 0 && (user[0] == '\0' || strcmp(fields[0], user) != 0))
			continue;
		if (num_parse_u64(fields[1], &first) == 0 && num_parse_u64(fields[2], &count) == 0)
			found = m->host_id >= first && count >= m->size && m->host_id - first <= count - m->size;
	}
	free(text);
	return found;
}

static void explain_ranges(const struct idmap_helper *h, const struct plan_id_map *maps, unsigned n, struct err *e)
{
	char user[USER_SIZE];
	unsigned i;

	find_user(h, user);
	for (i = 0; i < n; i++) {
		const struct plan_id_map *m = &maps[i];
		const uint32_t last = m->host_id + m->size - 1;

		if ((m->size == 1 && m->host_id == h->own_id) || has_range(h, user, m))
			continue;
		(void)err_hint(e, "%s gives %s no range with the ids %u to %u; as root: usermod %s %u-%u %s",
			       h->ranges, user[0] != '\0' ? user : "this user", m->host_id, last, h->option,
			       m->host_id, last, user[0] != '\0' ? user : "USER");
		return;
	}
}

void idmap_explain(const struct idmap_helper *h, const struct plan_id_map *maps, unsigned n, struct err *e)
{
	char path[PATH_MAX];

	if (!find_program(h, path)) {
		(void)err_hint(e, "%s is not in PATH: it is in the package uidmap, or shadow-utils", h->program);
		return;
	}
	explain_no_rights(h->root, path, e);
	explain_ranges(h, maps, n, e);
}
