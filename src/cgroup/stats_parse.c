/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup/stats_parse.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/span.h"
#include "cgroup/v2_dir.h"

/* Cuts the text at *CURSOR behind its first part, which SEPARATORS end, and gives that part; NULL at the end. */
static char *take_part(char **cursor, const char *separators)
{
	char *part = *cursor + span_of(*cursor, separators);
	char *end = part + span_until(part, separators);

	if (*part == '\0')
		return NULL;
	*cursor = end + (*end != '\0');
	*end = '\0';
	return part;
}

void stats_parse_value(const char *text, struct cgroup_value *ret)
{
	char number[24];
	size_t len = span_until(text, "\n");

	if (len >= sizeof(number))
		return;
	memcpy(number, text, len);
	number[len] = '\0';
	if (strcmp(number, "max") == 0)
		ret->value = CGROUP_NO_LIMIT;
	else if (num_parse_u64(number, &ret->value) < 0)
		return;
	ret->is_known = true;
}

void stats_parse_key(const char *text, const char *key, struct cgroup_value *ret)
{
	if (v2_get_key(text, key, &ret->value) == 0)
		ret->is_known = true;
}

/* "12.34" as 1234. */
static int parse_hundredths(char *text, uint32_t *ret)
{
	size_t whole_len = span_until(text, ".");
	uint32_t whole, fraction;

	if (text[whole_len] != '.' || strlen(text + whole_len) != 3)
		return -1;
	text[whole_len] = '\0';
	if (num_parse_u32(text, &whole) < 0 || num_parse_u32(text + whole_len + 1, &fraction) < 0 || whole > 100)
		return -1;
	*ret = whole * 100 + fraction;
	return 0;
}

static int parse_pressure_word(char *word, struct cgroup_pressure_line *line, unsigned *ret_seen)
{
	size_t len = span_until(word, "=");
	char *value = word + len + 1;
	int r;

	if (word[len] != '=')
		return -1;
	word[len] = '\0';
	if (strcmp(word, "avg10") == 0)
		r = parse_hundredths(value, &line->avg10);
	else if (strcmp(word, "avg60") == 0)
		r = parse_hundredths(value, &line->avg60);
	else if (strcmp(word, "avg300") == 0)
		r = parse_hundredths(value, &line->avg300);
	else if (strcmp(word, "total") == 0)
		r = num_parse_u64(value, &line->total);
	else
		return 0; /* of a later kernel */
	(*ret_seen)++;
	return r;
}

static void parse_pressure_line(char *words, struct cgroup_pressure_line *ret)
{
	struct cgroup_pressure_line line = { .is_known = true };
	unsigned seen = 0;
	char *word;

	while ((word = take_part(&words, " ")) != NULL)
		if (parse_pressure_word(word, &line, &seen) < 0)
			return;
	if (seen == 4)
		*ret = line;
}

void stats_parse_pressure(char *text, struct cgroup_pressure *ret)
{
	char *line;

	while ((line = take_part(&text, "\n")) != NULL) {
		if (strncmp(line, "some ", 5) == 0)
			parse_pressure_line(line + 5, &ret->some);
		else if (strncmp(line, "full ", 5) == 0)
			parse_pressure_line(line + 5, &ret->full);
	}
}

void stats_parse_memory(char *text, struct cgroup_stats *ret)
{
	char *line;

	while ((line = take_part(&text, "\n")) != NULL && ret->n_memory_stat < CGROUP_MEMORY_STAT_MAX) {
		struct cgroup_stat *stat = &ret->memory_stat[ret->n_memory_stat];
		size_t len = span_until(line, " ");

		if (len == 0 || len >= sizeof(stat->key) || line[len] != ' ' ||
		    num_parse_u64(line + len + 1, &stat->value) < 0)
			continue;
		memcpy(stat->key, line, len);
		stat->key[len] = '\0';
		ret->n_memory_stat++;
	}
}

/* "8:0" */
static int parse_device(char *word, struct cgroup_io *ret)
{
	struct cgroup_io io = { .major = 0 };
	size_t len = span_until(word, ":");

	if (word[len] != ':')
		return -1;
	word[len] = '\0';
	if (num_parse_u32(word, &io.major) < 0 || num_parse_u32(word + len + 1, &io.minor) < 0)
		return -1;
	*ret = io;
	return 0;
}

static void parse_io_value(const char *word, struct cgroup_io *io)
{
	static const struct {
		const char *key;
		size_t offset;
	} keys[] = {
		{ "rbytes=", offsetof(struct cgroup_io, read_bytes) },
		{ "wbytes=", offsetof(struct cgroup_io, write_bytes) },
		{ "rios=", offsetof(struct cgroup_io, reads) },
		{ "wios=", offsetof(struct cgroup_io, writes) },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct cgroup_value *value = (struct cgroup_value *)(void *)((char *)io + keys[i].offset);
		size_t len = strlen(keys[i].key);

		if (strncmp(word, keys[i].key, len) == 0)
			value->is_known = num_parse_u64(word + len, &value->value) == 0;
	}
}

void stats_parse_io(char *text, struct cgroup_stats *ret)
{
	char *line;

	while ((line = take_part(&text, "\n")) != NULL && ret->n_io < CGROUP_IO_MAX) {
		struct cgroup_io io = { .major = 0 };
		bool has_device = false;
		char *word;

		while ((word = take_part(&line, " ")) != NULL) {
			/* Some kernels put devices without numbers on the line of the next one. */
			if (strchr(word, '=') == NULL)
				has_device = parse_device(word, &io) == 0;
			else if (has_device)
				parse_io_value(word, &io);
		}
		if (has_device)
			ret->io[ret->n_io++] = io;
	}
}
