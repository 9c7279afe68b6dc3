/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/usage.h"

#define OPTION_COLUMN 32 /* where help texts of options begin */

static void print_option(const struct option_row *row, FILE *out)
{
	const struct option_word *w;
	int n;

	if (row->hidden)
		return;
	if (row->letter != 0)
		n = fprintf(out, "  -%c, --%s", row->letter, row->name);
	else
		n = fprintf(out, "      --%s", row->name);
	if (option_takes_value(row))
		n += fprintf(out, " %s", row->arg);
	if (n + 2 > OPTION_COLUMN)
		n = fprintf(out, "\n") - 1;
	(void)fprintf(out, "%*s%s", OPTION_COLUMN - n, "", row->help);
	if (row->words != NULL) {
		const char *separator = ": ";

		for (w = row->words; w->name != NULL; w++) {
			if (w > row->words && w[-1].value == w->value)
				continue; /* a synonym */
			(void)fprintf(out, "%s%s", separator, w->name);
			separator = ", ";
		}
	}
	(void)fputc('\n', out);
}

static void print_options(const struct option_row *const *tables, FILE *out)
{
	const struct option_row *row;

	for (; tables != NULL && *tables != NULL; tables++)
		for (row = *tables; row->name != NULL; row++)
			print_option(row, out);
}

void usage_print(FILE *out)
{
	const struct verb *v;

	(void)fputs("Usage: rt [GLOBAL OPTIONS] COMMAND [OPTIONS] [ARGUMENTS]\n"
		    "\n"
		    "Runs containers as the OCI runtime specification describes them.\n"
		    "\n"
		    "Commands:\n",
		    out);
	for (v = verbs; v->name != NULL; v++)
		if (!v->hidden)
			(void)fprintf(out, "  %-12s%s\n", v->name, v->summary);
	(void)fputs("\nGlobal options, before the command:\n", out);
	print_options(global_options, out);
	(void)fputs("\nrt COMMAND --help tells more.\n", out);
}

void usage_print_verb(const struct verb *verb, FILE *out)
{
	(void)fprintf(out, "Usage: rt [GLOBAL OPTIONS] %s [OPTIONS]%s%s\n\n%s.\n\nOptions:\n", verb->name,
		      verb->operands[0] != '\0' ? " " : "", verb->operands, verb->summary);
	print_options(verb->options, out);
	print_options(global_options + 1, out); /* --help */
}
