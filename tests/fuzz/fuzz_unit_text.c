/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any text as the value of an annotation `org.systemd.property.NAME`.  Beyond what the sanitizers see: what is accepted
 * has a type that fits its values, as the call to systemd needs it; what is not has a reason.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/unit_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BASIC_TYPES "bynqiuxts"

static void require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

static bool is_basic(char type)
{
	return type != '\0' && strchr(BASIC_TYPES, type) != NULL;
}

/* Each value has what its type reads: N_TYPES of them, again and again. */
static void check_values(const struct plan_unit_property *p, const char *types, size_t n_types)
{
	require(n_types > 0 && p->n_values % n_types == 0, "a list has whole members");
	for (unsigned i = 0; i < p->n_values; i++) {
		const char type = types[i % n_types];

		require(is_basic(type), "members have basic types");
		require((type == 's') == (p->values[i].text != NULL), "a string has a text, and nothing else has");
	}
}

static void check_property(const struct plan_unit_property *p)
{
	const size_t len = strlen(p->type);

	require(p->n_values <= UNIT_VALUES_MAX, "values are bounded");
	if (p->type[0] != 'a') {
		require(len == 1 && p->n_values == 1, "one value that is no list");
		check_values(p, p->type, 1);
	} else if (p->type[1] == '(') {
		require(len > 3 && p->type[len - 1] == ')', "the type of a tuple ends");
		check_values(p, p->type + 2, len - 3);
	} else {
		require(len == 2, "lists have one type");
		check_values(p, p->type + 1, 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct plan_unit_property property = { .type = "" };
	const char *why = NULL;
	const char *text = arena_strndup(&a, (const char *)data, size);

	require(text != NULL, "there is memory");
	if (unit_text_parse(text, &a, &property, &why) == 0)
		check_property(&property);
	else
		require(why != NULL && why[0] != '\0', "a refusal has a reason");
	property = (struct plan_unit_property){ .type = "" };
	why = NULL;
	if (unit_text_parse_seconds(text, &a, &property, &why) == 0)
		require(strcmp(property.type, "t") == 0 && property.n_values == 1, "a time is one number");
	else
		require(why != NULL && why[0] != '\0', "a refusal has a reason");
	return 0;
}
