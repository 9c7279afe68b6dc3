/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/options.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/span.h"
#include "plan/request.h"

#define NAME_MAX_LEN 40 /* no option or verb is longer */

/* What is read, and how far. */
struct parser {
	const struct option_set *set;
	char *target;
	struct arena *arena;
	char *const *argv;
	int argc;
	int next; /* the argument to read next */
};

/* An option as it was written: for messages. */
struct spelling {
	const char *text; /* with dashes, without the value */
	size_t len;
};

static const struct option_word bool_words[] = {
	{ "true", 1 },  { "1", 1 }, { "t", 1 }, { "T", 1 }, { "TRUE", 1 },  { "True", 1 },
	{ "false", 0 }, { "0", 0 }, { "f", 0 }, { "F", 0 }, { "FALSE", 0 }, { "False", 0 },
	{ NULL, 0 },
};

bool option_takes_value(const struct option_row *row)
{
	return row->kind != OPTION_FLAG && row->kind != OPTION_SET;
}

const struct option_row *options_find(const struct option_row *const *tables, const char *name, size_t len)
{
	const struct option_row *row;

	for (; *tables != NULL; tables++)
		for (row = *tables; row->name != NULL; row++)
			if (strncmp(row->name, name, len) == 0 && row->name[len] == '\0')
				return row;
	return NULL;
}

static const struct option_row *find_letter(const struct option_row *const *tables, char letter)
{
	const struct option_row *row;

	for (; *tables != NULL; tables++)
		for (row = *tables; row->name != NULL; row++)
			if (row->letter == letter)
				return row;
	return NULL;
}

size_t options_distance(const char *a, size_t len, const char *b)
{
	size_t b_len = strlen(b);
	size_t row[NAME_MAX_LEN + 1];
	size_t i, k;

	if (len > NAME_MAX_LEN || b_len > NAME_MAX_LEN)
		return SIZE_MAX;
	for (k = 0; k <= b_len; k++)
		row[k] = k;
	for (i = 1; i <= len; i++) {
		size_t diagonal = row[0]; /* the cell to the upper left */

		row[0] = i;
		for (k = 1; k <= b_len; k++) {
			size_t above = row[k];
			size_t best = diagonal + (a[i - 1] != b[k - 1]);

			if (above + 1 < best)
				best = above + 1;
			if (row[k - 1] + 1 < best)
				best = row[k - 1] + 1;
			row[k] = best;
			diagonal = above;
		}
	}
	return row[b_len];
}

bool options_is_near(size_t distance, size_t len)
{
	return distance <= (len < 4 ? 1 : len < 8 ? 2 : 3);
}

/* The row whose name is nearest to NAME, if it is near at all. */
static const struct option_row *find_nearest(const struct option_row *const *tables, const char *name, size_t len)
{
	const struct option_row *nearest = NULL;
	const struct option_row *row;
	size_t best = SIZE_MAX;

	for (; *tables != NULL; tables++) {
		for (row = *tables; row->name != NULL; row++) {
			size_t distance = options_distance(name, len, row->name);

			if (!row->hidden && distance < best && options_is_near(distance, len)) {
				best = distance;
				nearest = row;
			}
		}
	}
	return nearest;
}

static int refuse_unknown(const struct parser *p, struct spelling s, struct err *e)
{
	size_t dashes = span_of(s.text, "-");
	const char *name = s.text + dashes;
	size_t len = s.len - dashes;
	const struct option_row *nearest;

	if (p->set->global != NULL && options_find(p->set->global, name, len) != NULL)
		return err_set(e, ERR_USAGE, "option \"%.*s\" is a global one: put it before the command", (int)s.len,
			       s.text);
	nearest = find_nearest(p->set->tables, name, len);
	if (nearest != NULL)
		return err_set(e, ERR_USAGE, "unknown option \"%.*s\" (did you mean \"--%s\"?)", (int)s.len, s.text,
			       nearest->name);
	return err_set(e, ERR_USAGE, "unknown option \"%.*s\"", (int)s.len, s.text);
}

static int find_word(const struct option_word *words, const char *text, int *ret)
{
	for (; words->name != NULL; words++) {
		if (strcmp(words->name, text) == 0) {
			*ret = words->value;
			return 0;
		}
	}
	return -1;
}

static int refuse_word(const struct option_row *row, const char *value, struct err *e)
{
	char list[120] = "";
	size_t used = 0;
	const struct option_word *w;

	for (w = row->words; w->name != NULL && used < sizeof(list); w++) {
		int n;

		if (w > row->words && w[-1].value == w->value)
			continue; /* a synonym */
		n = snprintf(list + used, sizeof(list) - used, "%s%s", used > 0 ? ", " : "", w->name);
		if (n > 0)
			used += (size_t)n;
	}
	return err_set(e, ERR_USAGE, "invalid %s: %s (not one of %s)", row->name, value, list);
}

static int append(struct parser *p, struct request_list *list, const char *value, struct err *e)
{
	/* As long as the command line at the first value: no list can grow beyond that. */
	if (list->items == NULL)
		list->items = arena_new_array(p->arena, const char *, (size_t)p->argc);
	if (list->items == NULL)
		return arena_check(p->arena, e);
	((const char **)list->items)[list->n++] = value;
	return 0;
}

static int set_flag(struct parser *p, const struct option_row *row, const char *value, struct err *e)
{
	int on = 1;

	if (value != NULL && find_word(bool_words, value, &on) < 0)
		return err_set(e, ERR_USAGE, "option --%s: \"%s\" is neither true nor false", row->name, value);
	if (row->kind == OPTION_FLAG) {
		const bool flag = on != 0;

		memcpy(p->target + row->offset, &flag, sizeof(flag));
	} else if (on != 0) {
		memcpy(p->target + row->offset, &row->value, sizeof(row->value));
	}
	return 0;
}

static int set_value(struct parser *p, const struct option_row *row, const char *value, struct err *e)
{
	uint32_t number;
	int word;

	switch (row->kind) {
	case OPTION_STRING:
		memcpy(p->target + row->offset, &value, sizeof(value));
		return 0;
	case OPTION_U32:
		if (num_parse_u32(value, &number) < 0)
			return err_set(e, ERR_USAGE, "option --%s: \"%s\" is not a number from 0 to %u", row->name,
				       value, UINT32_MAX);
		memcpy(p->target + row->offset, &number, sizeof(number));
		return 0;
	case OPTION_LIST:
		return append(p, (struct request_list *)(void *)(p->target + row->offset), value, e);
	case OPTION_WORD:
		if (find_word(row->words, value, &word) < 0)
			return refuse_word(row, value, e);
		memcpy(p->target + row->offset, &word, sizeof(word));
		return 0;
	case OPTION_FLAG:
	case OPTION_SET:
		break;
	}
	return set_flag(p, row, value, e);
}

/* Applies ROW.  VALUE is what was attached to it, or NULL: then one that needs a value takes the next argument. */
static int apply(struct parser *p, const struct option_row *row, const char *value, struct err *e)
{
	if (value == NULL && option_takes_value(row)) {
		if (p->next == p->argc)
			return err_set(e, ERR_USAGE, "option --%s needs a value: %s", row->name, row->arg);
		value = p->argv[p->next++];
	}
	return set_value(p, row, value, e);
}

/* `-xyz`: flags x, y and z, or option x with the value "yz", or flags and an option whose value comes next. */
static int parse_cluster(struct parser *p, const char *arg, size_t name_len, struct err *e)
{
	const struct spelling whole = { arg, 1 + name_len };
	const char *letters = arg + 1;
	const struct option_row *row = find_letter(p->set->tables, letters[0]);
	size_t i;

	if (row == NULL)
		return refuse_unknown(p, whole, e);
	if (option_takes_value(row) && letters[1] != '\0') {
		if (letters[1] == '=')
			return apply(p, row, letters + 2, e);
		/* `-bundel x` is a misspelt name rather than the value "undel". */
		if (name_len > 3 && find_nearest(p->set->tables, letters, name_len) != NULL)
			return refuse_unknown(p, whole, e);
		return apply(p, row, letters + 1, e);
	}
	/* All letters are looked at before the first is applied. */
	for (i = 0; i < name_len; i++) {
		row = find_letter(p->set->tables, letters[i]);
		if (row == NULL || (option_takes_value(row) && i + 1 < name_len))
			return refuse_unknown(p, whole, e);
	}
	for (i = 0; i < name_len; i++) {
		const char *value = i + 1 == name_len && letters[name_len] == '=' ? letters + name_len + 1 : NULL;

		if (apply(p, find_letter(p->set->tables, letters[i]), value, e) < 0)
			return -1;
	}
	return 0;
}

static int parse_option(struct parser *p, const char *arg, struct err *e)
{
	size_t dashes = arg[1] == '-' ? 2 : 1;
	const char *name = arg + dashes;
	size_t len = span_until(name, "=");
	const struct option_row *row = options_find(p->set->tables, name, len);

	if (row != NULL)
		return apply(p, row, name[len] == '=' ? name + len + 1 : NULL, e);
	if (dashes == 2 || len == 0)
		return refuse_unknown(p, (struct spelling){ arg, dashes + len }, e);
	return parse_cluster(p, arg, len, e);
}

int options_parse(const struct option_set *set, int argc, char *const argv[], void *target, struct arena *arena,
		  const char *const **ret_operands, unsigned *ret_n, struct err *e)
{
	struct parser p = { .set = set, .target = target, .arena = arena, .argv = argv, .argc = argc };
	const char **operands = arena_new_array(arena, const char *, (size_t)argc + 1);
	unsigned n = 0;

	if (operands == NULL)
		return arena_check(arena, e);
	/* With a limit of 0, too, options come before the first operand. */
	while (p.next < argc && (n == 0 || n < set->rest_after)) {
		const char *arg = argv[p.next];

		if (arg[0] != '-' || arg[1] == '\0') {
			if (set->rest_after == 0)
				break;
			operands[n++] = arg;
			p.next++;
			continue;
		}
		p.next++;
		if (strcmp(arg, "--") == 0)
			goto rest;
		if (parse_option(&p, arg, e) < 0)
			return -1;
	}
	/* `exec ID -- PROGRAM`: the options have ended already, and no program is called that. */
	if (n > 0 && p.next < argc && strcmp(argv[p.next], "--") == 0)
		p.next++;
rest:
	while (p.next < argc)
		operands[n++] = argv[p.next++];
	*ret_operands = operands;
	*ret_n = n;
	return 0;
}
