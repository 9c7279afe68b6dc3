/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "plan/dump_parts.h"

static void dump_value(struct json *j, char type, const struct plan_unit_value *v)
{
	char text[24];

	switch (type) {
	case 'b':
		json_string(j, v->number ? "true" : "false");
		break;
	case 'n':
	case 'i':
	case 'x':
		(void)snprintf(text, sizeof(text), "%" PRId64, (int64_t)v->number);
		json_string(j, text);
		break;
	case 's':
	case 'o':
	case 'g':
		json_string(j, v->text);
		break;
	default:
		(void)snprintf(text, sizeof(text), "%" PRIu64, v->number);
		json_string(j, text);
	}
}

/* The types of the members, over and over: those between the parentheses, or the one of a plain list. */
static const char *members_of(const char *type)
{
	type += type[0] == 'a';
	return type + (type[0] == '(');
}

void dump_unit_properties(struct json *j, const struct plan_cgroup *c)
{
	if (c->n_properties == 0)
		return;
	json_key(j, "properties");
	json_begin_array(j);
	for (unsigned i = 0; i < c->n_properties; i++) {
		const struct plan_unit_property *p = &c->properties[i];
		const char *members = members_of(p->type);
		const char *member = members;

		json_begin_object(j);
		json_kv_string(j, "name", p->name);
		json_kv_string(j, "type", p->type);
		json_key(j, "values");
		json_begin_array(j);
		for (unsigned k = 0; k < p->n_values; k++) {
			dump_value(j, *member++, &p->values[k]);
			if (*member == '\0' || *member == ')')
				member = members;
		}
		json_end_array(j);
		dump_u64_if(j, "since", p->since);
		json_end_object(j);
	}
	json_end_array(j);
}
