/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/stats.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "cmd/interval.h"
#include "cmd/output.h"
#include "cmd/verbs.h"

/* Between the two samples that the share of a CPU needs: some ticks long, and short for who waits. */
#define SAMPLE_NS UINT64_C(500000000)
#define WATCH_NS UINT64_C(2000000000)

static const struct option_word formats[] = {
	{ "table", FORMAT_TABLE },
	{ "json", FORMAT_JSON },
	{ "openmetrics", FORMAT_OPENMETRICS },
	{ NULL, 0 },
};

static const struct option_row stats_rows[] = {
	{ .name = "format", .letter = 'f', .kind = OPTION_WORD, ARGS_FIELD(format), .words = formats, .arg = "FORMAT",
	  .help = "output format" },
	{ .name = "watch", .letter = 'w', .kind = OPTION_FLAG, ARGS_FIELD(watch),
	  .help = "refresh it until interrupted" },
	{ .name = "interval", .kind = OPTION_STRING, ARGS_FIELD(interval), .arg = "DURATION",
	  .help = "time between two samples; 500ms, or 2s with --watch" },
	{ 0 },
};

const struct option_row *const stats_options[] = { stats_rows, NULL };

static int print(const struct args *args, struct stats_set *set, struct err *e)
{
	_cleanup_json_ struct json j = JSON_INIT(0);

	switch (args->format) {
	case FORMAT_TABLE:
		return stats_print_table(set, e);
	case FORMAT_JSON:
		stats_write_json(set, &j);
		return output_json(&j, e);
	case FORMAT_OPENMETRICS:
		stats_print_openmetrics(set);
		return 0;
	}
	return 0;
}

/* One screen, or one more table in a file. */
static int print_again(const struct args *args, struct stats_set *set, bool is_first, struct err *e)
{
	if (args->format == FORMAT_TABLE && isatty(STDOUT_FILENO) == 1)
		fputs("\033[H\033[J", stdout); /* to the upper left; erase what is below */
	else if (args->format == FORMAT_TABLE && !is_first)
		putchar('\n');
	if (print(args, set, e) < 0)
		return -1;
	return fflush(stdout) != 0 ? err_errno(e, errno, "write standard output") : 0;
}

/* Shares of a CPU are of the time between two samples. */
static int take_next(const struct args *args, uint64_t interval, struct stats_set *before, struct stats_set *now,
		     struct err *e)
{
	interval_sleep(interval);
	if (stats_take(args->req.root, args->operands, args->n_operands, true, now, e) < 0)
		return -1;
	stats_compare(before, now);
	return 0;
}

static int watch(const struct args *args, uint64_t interval, struct stats_set sets[static 2], struct err *e)
{
	unsigned old = 0;

	for (bool is_first = true;; is_first = false) {
		uint64_t wait = is_first && interval > SAMPLE_NS ? SAMPLE_NS : interval;
		struct stats_set *now = &sets[!old];

		if (take_next(args, wait, &sets[old], now, e) < 0)
			return -1;
		if (now->n == 0 && args->n_operands > 0) /* all that were named have ended */
			return 0;
		if (print_again(args, now, is_first, e) < 0)
			return -1;
		old = !old;
	}
}

static int run(const struct args *args, uint64_t interval, struct stats_set sets[static 2], struct err *e)
{
	if (stats_take(args->req.root, args->operands, args->n_operands, false, &sets[0], e) < 0)
		return -1;
	if (args->watch)
		return watch(args, interval, sets, e);
	/* Its counters go from sample to sample at the reader's; and nobody waits for an empty table. */
	if (args->format == FORMAT_OPENMETRICS || sets[0].n == 0)
		return print(args, &sets[0], e);
	if (take_next(args, interval, &sets[0], &sets[1], e) < 0)
		return -1;
	return print(args, &sets[1], e);
}

int cmd_stats(const struct args *args, struct err *e)
{
	struct stats_set sets[2] = { STATS_SET_INIT, STATS_SET_INIT };
	uint64_t interval;
	int r;

	if (args->watch && args->format == FORMAT_OPENMETRICS)
		return err_set(e, ERR_USAGE, "--watch: OpenMetrics text ends after one sample");
	if (interval_parse(args->interval, args->watch ? WATCH_NS : SAMPLE_NS, &interval, e) < 0)
		return -1;
	r = run(args, interval, sets, e);
	stats_set_release(&sets[0]);
	stats_set_release(&sets[1]);
	return r;
}
