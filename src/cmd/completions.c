/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cmd/verbs.h"

/* Completion scripts, written from the verb and option tables. */

/* Called for each option that is shown; VERB is NULL for global ones. */
typedef void option_printer(const struct verb *verb, const struct option_row *row);

static void for_each_option(const struct verb *verb, const struct option_row *const *tables, option_printer *print)
{
	const struct option_row *row;

	for (; tables != NULL && *tables != NULL; tables++)
		for (row = *tables; row->name != NULL; row++)
			if (!row->hidden)
				print(verb, row);
}

/* The options of VERB, --help included. */
static void for_each_verb_option(const struct verb *verb, option_printer *print)
{
	for_each_option(verb, verb->options, print);
	for_each_option(verb, global_options + 1, print);
}

static void for_each_verb(void (*print)(const struct verb *verb))
{
	const struct verb *v;

	for (v = verbs; v->name != NULL; v++)
		if (!v->hidden)
			print(v);
}

static void print_words(const struct option_row *row, const char *separator)
{
	const struct option_word *w;

	for (w = row->words; w->name != NULL; w++)
		if (w == row->words || w[-1].value != w->value)
			printf("%s%s", w == row->words ? "" : separator, w->name);
}

static bool takes(const struct option_row *row, const char *arg)
{
	return option_takes_value(row) && strcmp(row->arg, arg) == 0;
}

/* TEXT with a backslash before each character of SPECIAL, inside single quotes of a shell. */
static void print_escaped(const char *text, const char *special)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'') {
			printf("'\\''"); /* the quotes end, a quoted one, they begin again: all three take that */
			continue;
		}
		if (strchr(special, *text) != NULL)
			putchar('\\');
		putchar(*text);
	}
}

/* Whether the first operand is a container that exists. */
static bool wants_container(const struct verb *verb)
{
	return verb->takes_id && verb->request != REQUEST_CREATE && verb->request != REQUEST_RUN;
}

/* bash */

/* Another alternative of a pattern that has one already. */
static void bash_skipped(const struct verb *verb, const struct option_row *row)
{
	(void)verb;
	if (option_takes_value(row) && row != global_options[0])
		printf(" | --%s", row->name);
}

static void bash_value(const struct verb *verb, const struct option_row *row)
{
	const char *name = verb != NULL ? verb->name : "";

	if (!option_takes_value(row))
		return;
	printf("\t%s:--%s", name, row->name);
	if (row->letter != 0)
		printf(" | %s:-%c", name, row->letter);
	printf(")\n\t\t");
	if (row->words != NULL) {
		printf("_rt_words \"");
		print_words(row, " ");
		printf("\"");
	} else if (takes(row, "DIR")) {
		printf("_rt_paths -d");
	} else if (takes(row, "FILE")) {
		printf("_rt_paths -f");
	} else {
		printf(":");
	}
	printf("\n\t\treturn\n\t\t;;\n");
}

static void bash_values(const struct verb *verb)
{
	for_each_verb_option(verb, bash_value);
}

static void bash_option(const struct verb *verb, const struct option_row *row)
{
	(void)verb;
	printf("--%s ", row->name);
}

static void bash_name(const struct verb *verb)
{
	printf("%s ", verb->name);
}

static void bash_verb(const struct verb *verb)
{
	printf("\t%s)\n\t\toptions=\"", verb->name);
	for_each_verb_option(verb, bash_option);
	printf("\"\n");
	if (wants_container(verb))
		printf("\t\toperands=$(rt \"${globals[@]}\" list --quiet 2>/dev/null)\n");
	printf("\t\t;;\n");
}

static void print_bash(void)
{
	printf("# bash completion for rt; written by `rt completions bash`\n"
	       "# shellcheck shell=bash disable=SC2207\n\n"
	       "_rt_words() {\n\tCOMPREPLY=($(compgen -W \"$1\" -- \"$cur\"))\n}\n\n"
	       "_rt_paths() {\n\tcompopt -o filenames\n\tCOMPREPLY=($(compgen \"$1\" -- \"$cur\"))\n}\n\n"
	       "_rt() {\n"
	       "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	       "\tlocal verb='' options='' operands='' globals=() i\n"
	       "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	       "\t\tcase ${COMP_WORDS[i]} in\n\t\t--%s", global_options[0]->name);
	for_each_option(NULL, global_options, bash_skipped);
	printf(")\n"
	       "\t\t\tglobals+=(\"${COMP_WORDS[i]}\" \"${COMP_WORDS[i + 1]}\")\n\t\t\ti=$((i + 1))\n\t\t\t;;\n"
	       "\t\t-*)\n\t\t\tglobals+=(\"${COMP_WORDS[i]}\")\n\t\t\t;;\n"
	       "\t\t*)\n\t\t\tverb=${COMP_WORDS[i]}\n\t\t\tbreak\n\t\t\t;;\n"
	       "\t\tesac\n\tdone\n\tcase $verb:$prev in\n");
	for_each_option(NULL, global_options, bash_value);
	for_each_verb(bash_values);
	printf("\tesac\n\tcase $verb in\n\t'')\n\t\toptions=\"");
	for_each_option(NULL, global_options, bash_option);
	printf("\"\n\t\toperands=\"");
	for_each_verb(bash_name);
	printf("\"\n\t\t;;\n");
	for_each_verb(bash_verb);
	printf("\tesac\n"
	       "\tif [[ $verb == help ]]; then\n\t\toperands=\"");
	for_each_verb(bash_name);
	printf("\"\n"
	       "\tfi\n"
	       "\tif [[ $cur == -* ]]; then\n\t\t_rt_words \"$options\"\n\telse\n\t\t_rt_words \"$operands\"\n\tfi\n"
	       "}\n\n"
	       "complete -F _rt rt\n");
}

/* zsh */

static void zsh_option(const struct verb *verb, const struct option_row *row)
{
	const bool repeated = row->kind == OPTION_LIST;

	printf(" \\\n\t\t");
	if (row->letter != 0)
		printf("'%s(-%c --%s)'{-%c,--%s}'[", repeated ? "*" : "", row->letter, row->name, row->letter,
		       row->name);
	else
		printf("'%s--%s[", repeated ? "*" : "", row->name);
	(void)verb;
	print_escaped(row->help, "[]:\\");
	printf("]");
	if (option_takes_value(row)) {
		printf(":");
		print_escaped(row->arg, "[]:\\");
		printf(":");
		if (row->words != NULL) {
			printf("(");
			print_words(row, " ");
			printf(")");
		} else if (takes(row, "DIR")) {
			printf("_files -/");
		} else if (takes(row, "FILE")) {
			printf("_files");
		}
	}
	printf("'");
}

static void zsh_name(const struct verb *verb)
{
	printf("\t\t'%s:", verb->name);
	print_escaped(verb->summary, ":\\");
	printf("'\n");
}

static void zsh_verb(const struct verb *verb)
{
	printf("\t%s)\n\t\t_arguments -s", verb->name);
	for_each_verb_option(verb, zsh_option);
	if (wants_container(verb))
		printf(" \\\n\t\t'1:container:_rt_ids'");
	if (strcmp(verb->name, "help") == 0)
		printf(" \\\n\t\t'1:command:_rt_commands'");
	printf("\n\t\t;;\n");
}

static void print_zsh(void)
{
	printf("#compdef rt\n# zsh completion for rt; written by `rt completions zsh`\n\n"
	       "_rt_ids() {\n\tlocal -a ids\n\tids=(${(f)\"$(rt list --quiet 2>/dev/null)\"})\n"
	       "\t_describe container ids\n}\n\n"
	       "_rt_commands() {\n\tlocal -a commands\n\tcommands=(\n");
	for_each_verb(zsh_name);
	printf("\t)\n\t_describe command commands\n}\n\n"
	       "_rt_options() {\n\tcase $words[1] in\n");
	for_each_verb(zsh_verb);
	printf("\tesac\n}\n\n"
	       "_rt() {\n\tlocal curcontext=$curcontext state line\n\t_arguments -C");
	for_each_option(NULL, global_options, zsh_option);
	printf(" \\\n\t\t'1:command:_rt_commands' \\\n\t\t'*::arguments:_rt_options'\n}\n\n_rt \"$@\"\n");
}

/* fish */

static void fish_option(const struct verb *verb, const struct option_row *row)
{
	if (verb != NULL)
		printf("complete -c rt -n '__fish_seen_subcommand_from %s' -l %s", verb->name, row->name);
	else
		printf("complete -c rt -n __fish_use_subcommand -l %s", row->name);
	if (row->letter != 0)
		printf(" -s %c", row->letter);
	if (row->words != NULL) {
		printf(" -x -a '");
		print_words(row, " ");
		printf("'");
	} else if (takes(row, "DIR")) {
		printf(" -x -a '(__fish_complete_directories)'");
	} else if (takes(row, "FILE")) {
		printf(" -r -F");
	} else if (option_takes_value(row)) {
		printf(" -x");
	}
	printf(" -d '");
	print_escaped(row->help, "\\");
	printf("'\n");
}

static void fish_verb(const struct verb *verb)
{
	printf("complete -c rt -n __fish_use_subcommand -a %s -d '", verb->name);
	print_escaped(verb->summary, "\\");
	printf("'\n");
	if (wants_container(verb))
		printf("complete -c rt -n '__fish_seen_subcommand_from %s' -a '(rt list --quiet 2>/dev/null)'\n",
		       verb->name);
	for_each_verb_option(verb, fish_option);
}

static void print_fish(void)
{
	printf("# fish completion for rt; written by `rt completions fish`\n\ncomplete -c rt -f\n");
	for_each_option(NULL, global_options, fish_option);
	for_each_verb(fish_verb);
}

static const struct {
	const char *name;
	void (*print)(void);
} shells[] = {
	{ "bash", print_bash },
	{ "zsh", print_zsh },
	{ "fish", print_fish },
};

int cmd_completions(const struct args *args, struct err *e)
{
	size_t i;

	for (i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(args->operands[0], shells[i].name) == 0) {
			shells[i].print();
			return 0;
		}
	}
	return err_set(e, ERR_USAGE, "no completions for \"%s\": bash, zsh and fish are known", args->operands[0]);
}
