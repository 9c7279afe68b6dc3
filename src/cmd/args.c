/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/args.h"

#include <stdint.h>
#include <string.h>

/* No verb has more option tables of its own. */
#define N_VERB_TABLES 6

static const struct option_word log_formats[] = {
	{ "text", LOG_FORMAT_TEXT },
	{ "json", LOG_FORMAT_JSON },
	{ NULL, 0 },
};

static const struct option_word log_levels[] = {
	{ "error", LOG_ERROR }, { "warning", LOG_WARNING }, { "warn", LOG_WARNING },
	{ "info", LOG_INFO },   { "debug", LOG_DEBUG },     { NULL, 0 },
};

static const struct option_word cgroup_managers[] = {
	{ "cgroupfs", REQUEST_CGROUPFS },
	{ "systemd", REQUEST_SYSTEMD },
	{ "disabled", REQUEST_DISABLED },
	{ NULL, 0 },
};

static const struct option_word rootless_words[] = {
	{ "auto", REQUEST_AUTO }, { "", REQUEST_AUTO },     { "true", REQUEST_TRUE },   { "1", REQUEST_TRUE },
	{ "t", REQUEST_TRUE },    { "false", REQUEST_FALSE }, { "0", REQUEST_FALSE },   { "f", REQUEST_FALSE },
	{ NULL, 0 },
};

static const struct option_row global_rows[] = {
	{ .name = "root", .kind = OPTION_STRING, ARGS_FIELD(req.root), .arg = "DIR",
	  .help = "directory for the state of containers (/run/rt, or $XDG_RUNTIME_DIR/rt)" },
	{ .name = "log", .kind = OPTION_STRING, ARGS_FIELD(log), .arg = "FILE",
	  .help = "append the log to FILE; errors go to stderr too" },
	{ .name = "log-format", .kind = OPTION_WORD, ARGS_FIELD(log_format), .words = log_formats, .arg = "FORMAT",
	  .help = "format of the log" },
	{ .name = "log-level", .kind = OPTION_WORD, ARGS_FIELD(log_level), .words = log_levels, .arg = "LEVEL",
	  .help = "what is logged; warning unless given" },
	{ .name = "debug", .kind = OPTION_SET, ARGS_FIELD(log_level), .value = LOG_DEBUG,
	  .help = "the same as --log-level=debug" },
	{ .name = "systemd-cgroup", .letter = 's', .kind = OPTION_SET, ARGS_FIELD(req.cgroup_manager),
	  .value = REQUEST_SYSTEMD, .help = "the same as --cgroup-manager=systemd" },
	{ .name = "cgroup-manager", .kind = OPTION_WORD, ARGS_FIELD(req.cgroup_manager), .words = cgroup_managers,
	  .arg = "MANAGER", .help = "who makes cgroups; cgroupfs unless given" },
	{ .name = "rootless", .kind = OPTION_WORD, ARGS_FIELD(req.rootless), .words = rootless_words, .arg = "BOOL",
	  .help = "whether missing rights to make cgroups are tolerated; auto unless given" },
	{ .name = "version", .letter = 'v', .kind = OPTION_FLAG, ARGS_FIELD(version),
	  .help = "print the version and exit" },
	{ .name = "version", .letter = 'V', .kind = OPTION_FLAG, ARGS_FIELD(version), .hidden = true },
	{ 0 },
};

static const struct option_row help_rows[] = {
	{ .name = "help", .letter = 'h', .kind = OPTION_FLAG, ARGS_FIELD(help), .help = "print this help and exit" },
	{ 0 },
};

const struct option_row *const global_options[] = { global_rows, help_rows, NULL };

const struct verb *verb_find(const char *name)
{
	const struct verb *v;

	for (v = verbs; v->name != NULL; v++)
		if (strcmp(v->name, name) == 0)
			return v;
	return NULL;
}

int args_refuse_verb(const char *name, struct err *e)
{
	const struct verb *nearest = NULL;
	const struct verb *v;
	size_t best = SIZE_MAX;

	for (v = verbs; v->name != NULL; v++) {
		size_t distance = options_distance(name, strlen(name), v->name);

		if (!v->hidden && distance < best && options_is_near(distance, strlen(name))) {
			best = distance;
			nearest = v;
		}
	}
	if (nearest != NULL)
		(void)err_set(e, ERR_USAGE, "unknown command \"%s\" (did you mean \"%s\"?)", name, nearest->name);
	else
		(void)err_set(e, ERR_USAGE, "unknown command \"%s\"", name);
	return err_hint(e, "rt --help lists the commands");
}

static int check_operands(const struct verb *verb, unsigned n, struct err *e)
{
	unsigned expected = n < verb->min_operands ? verb->min_operands : verb->max_operands;
	const char *how = verb->min_operands == verb->max_operands ? "exactly" :
			  n < verb->min_operands ? "at least" : "at most";

	if (n >= verb->min_operands && n <= verb->max_operands)
		return 0;
	if (verb->max_operands == 0)
		return err_set(e, ERR_USAGE, "\"%s\" takes no arguments", verb->name);
	return err_set(e, ERR_USAGE, "\"%s\" requires %s %u argument%s: %s", verb->name, how, expected,
		       expected == 1 ? "" : "s", verb->operands);
}

static int read_verb(const struct verb *verb, const char *const *words, unsigned n, struct arena *arena,
		     struct args *args, struct err *e)
{
	const struct option_row *tables[N_VERB_TABLES + 2] = { help_rows };
	struct option_set set = { .tables = tables, .global = global_options, .rest_after = verb->rest_after };
	unsigned i;

	/* A row of NULL stays behind the last. */
	for (i = 0; verb->options != NULL && verb->options[i] != NULL && i < N_VERB_TABLES; i++)
		tables[i + 1] = verb->options[i];
	/* The words are argv's own strings: const is what options_parse() gives, not what they lack. */
	if (options_parse(&set, (int)n, (char *const *)words, args, arena, &args->operands, &args->n_operands, e) < 0) {
		(void)err_prefix(e, "%s", verb->name);
		return err_hint(e, "rt %s --help lists the options", verb->name);
	}
	args->req.verb = verb->request;
	if (args->help)
		return 0;
	if (check_operands(verb, args->n_operands, e) < 0)
		return err_hint(e, "rt %s --help tells more", verb->name);
	if (verb->takes_id)
		args->req.id = args->operands[0];
	return 0;
}

int args_read(int argc, char *const argv[], struct arena *arena, struct args *args, const struct verb **ret_verb,
	      struct err *e)
{
	const struct option_set set = { .tables = global_options, .rest_after = 0 };
	const struct verb *verb;
	const char *const *words;
	unsigned n;

	/* What is not all zeros among the defaults. */
	args->log_level = LOG_WARNING;
	if (options_parse(&set, argc - 1, argv + 1, args, arena, &words, &n, e) < 0)
		return err_hint(e, "rt --help lists the global options");
	if (args->help || args->version) {
		*ret_verb = NULL;
		return 0;
	}
	if (n == 0) {
		(void)err_set(e, ERR_USAGE, "no command given");
		return err_hint(e, "rt --help lists the commands");
	}
	verb = verb_find(words[0]);
	if (verb == NULL)
		return args_refuse_verb(words[0], e);
	if (read_verb(verb, words + 1, n - 1, arena, args, e) < 0)
		return -1;
	*ret_verb = verb;
	return 0;
}
