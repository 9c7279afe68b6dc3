/* SPDX-License-Identifier: Apache-2.0 */
#include "run/network_stats.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/num.h"
#include "base/process.h"
#include "base/span.h"

/* Some 130 bytes a device. */
#define FILE_MAX ((size_t)4 << 20)

/* The columns behind the name: proc_pid_net(5). */
static const struct {
	unsigned column;
	size_t offset;
} columns[] = {
	{ 0, offsetof(struct network_stats, rx_bytes) },  { 1, offsetof(struct network_stats, rx_packets) },
	{ 2, offsetof(struct network_stats, rx_errors) }, { 3, offsetof(struct network_stats, rx_dropped) },
	{ 8, offsetof(struct network_stats, tx_bytes) },  { 9, offsetof(struct network_stats, tx_packets) },
	{ 10, offsetof(struct network_stats, tx_errors) }, { 11, offsetof(struct network_stats, tx_dropped) },
};
#define N_COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* "eth0: 1 2 3 ..." */
static int parse_line(char *line, struct network_stats *ret)
{
	struct network_stats device = { .name = line + span_of(line, " ") };
	char *next = line + span_until(line, ":");
	size_t found = 0;

	if (*next != ':')
		return -1;
	*next++ = '\0';
	for (unsigned column = 0; found < N_COLUMNS; column++) {
		char *word = next + span_of(next, " ");
		char *end = word + span_until(word, " ");
		uint64_t value;

		if (*word == '\0')
			return -1;
		next = end + (*end != '\0');
		*end = '\0';
		if (column != columns[found].column)
			continue;
		if (num_parse_u64(word, &value) < 0)
			return -1;
		memcpy((char *)&device + columns[found].offset, &value, sizeof(value));
		found++;
	}
	*ret = device;
	return 0;
}

static size_t count_lines(const char *text)
{
	size_t n = 1;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

int network_stats_parse(char *text, struct arena *arena, struct network_stats **ret, size_t *ret_n, struct err *e)
{
	struct network_stats *devices = arena_new_array(arena, struct network_stats, count_lines(text));
	size_t n = 0;

	if (devices == NULL)
		return arena_check(arena, e);
	while (*text != '\0') {
		char *line = text;
		size_t len = span_until(line, "\n");

		text += len + (line[len] != '\0');
		line[len] = '\0';
		/* The two lines of titles have no number behind a colon. */
		if (parse_line(line, &devices[n]) < 0 || strcmp(devices[n].name, "lo") == 0)
			continue;
		devices[n].name = arena_strdup(arena, devices[n].name);
		n++;
	}
	*ret = devices;
	*ret_n = n;
	return arena_check(arena, e);
}

int network_stats_read(int pidfd, pid_t pid, struct arena *arena, struct network_stats **ret, size_t *ret_n,
		       struct err *e)
{
	char path[64];
	char *text = NULL;
	size_t len = 0;
	int has_ended, r;
	bool is_missing;

	(void)snprintf(path, sizeof(path), "/proc/%d/net/dev", (int)pid); /* fits */
	r = io_read_file_at(AT_FDCWD, path, FILE_MAX, &text, &len, e);
	/* A process that exits leaves its namespaces before it has ended. */
	is_missing = r < 0 && (e->errnum == ENOENT || e->errnum == EINVAL || e->errnum == ESRCH);
	if (r < 0 && !is_missing)
		return -1;
	/* Asked afterwards: as long as it lives, the pid was its own. */
	has_ended = is_missing ? 1 : process_poll(pidfd, 0, e);
	if (has_ended == 0) {
		r = network_stats_parse(text, arena, ret, ret_n, e);
	} else if (has_ended == 1) {
		err_clear(e);
		*ret_n = 0;
		r = 0;
	} else {
		r = -1;
	}
	free(text);
	return r;
}
