/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <linux/sched.h>
#include <poll.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/process.h"
#include "cgroup/events.h"
#include "cmd/container_cgroup.h"
#include "cmd/events_json.h"
#include "cmd/interval.h"
#include "cmd/output.h"
#include "cmd/verbs.h"

#define DEFAULT_INTERVAL_NS UINT64_C(5000000000) /* as runc */

static const struct option_row events_rows[] = {
	{ .name = "interval", .kind = OPTION_STRING, ARGS_FIELD(interval), .arg = "DURATION",
	  .help = "time between two lines of statistics; 5s unless given" },
	{ .name = "stats", .kind = OPTION_FLAG, ARGS_FIELD(stats),
	  .help = "print the statistics once, and nothing else" },
	{ 0 },
};

const struct option_row *const events_options[] = { events_rows, NULL };

/* What is looked at, from when it was found until the end. */
struct watch {
	const struct state *state;
	int pidfd;     /* of init */
	int cgroup_fd;
	uint64_t interval;
};

static int print_stats(const struct watch *w, struct err *e)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	_cleanup_json_ struct json j = JSON_INIT(0);
	struct cgroup_stats stats;
	struct network_stats *network = NULL;
	struct rdt_stats rdt;
	struct events_stats s = { .cgroup = &stats, .rdt = &rdt };

	if (cgroup_stats_read(w->cgroup_fd, &stats, e) < 0)
		return err_prefix(e, "container \"%s\"", w->state->id);
	if (rdt_stats_read(w->state, &a, &rdt, e) < 0)
		return -1;
	/* Without a network namespace of its own the devices count for the whole host. */
	if ((w->state->ns_flags & CLONE_NEWNET) != 0 &&
	    network_stats_read(w->pidfd, w->state->pid, &a, &network, &s.n_network, e) < 0)
		return -1;
	s.network = network;
	events_write_stats(w->state->id, &s, &j);
	return output_json(&j, e);
}

/* A line if the OOM killer struck since the last look. */
static int report_kills(const struct watch *w, struct cgroup_events *events, struct err *e)
{
	_cleanup_json_ struct json j = JSON_INIT(0);
	int has_killed = cgroup_events_look(events, e);

	if (has_killed <= 0)
		return has_killed;
	events_write_oom(w->state->id, &j);
	return output_json(&j, e);
}

/* The statistics that are due.  The container may end while they are read. */
static int report_stats(const struct watch *w, struct err *e)
{
	struct err ignored = ERR_INIT; /* the first error says more */

	if (print_stats(w, e) == 0)
		return 0;
	if (process_poll(w->pidfd, 0, &ignored) != 1)
		return -1;
	err_clear(e);
	return 0;
}

/* Until init has ended.  The kernel tells of kills; time matters to the statistics alone. */
static int follow(const struct watch *w, struct cgroup_events *events, struct err *e)
{
	uint64_t deadline = clock_now_ns() + w->interval;

	for (;;) {
		struct pollfd fds[] = {
			{ .fd = w->pidfd, .events = POLLIN },
			{ .fd = events->fd, .events = POLLPRI }, /* a negative one is passed over */
		};

		if (poll(fds, 2, interval_poll_timeout(deadline)) < 0 && errno != EINTR)
			return err_errno(e, errno, "wait for events of \"%s\"", w->state->id);
		/* Before the end: what killed init is told, too. */
		if (report_kills(w, events, e) < 0)
			return -1;
		if (fds[0].revents != 0)
			return 0;
		if (clock_now_ns() < deadline)
			continue;
		deadline = clock_now_ns() + w->interval;
		if (report_stats(w, e) < 0)
			return -1;
	}
}

int cmd_events(const struct args *args, struct err *e)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	_cleanup_fd_ int cgroup_fd = -EBADF;
	_cleanup_fd_ int pidfd = -EBADF;
	_cleanup_events_ struct cgroup_events events = CGROUP_EVENTS_INIT;
	struct container c;
	struct watch w = { .state = &c.state };
	int is_alive;

	if (interval_parse(args->interval, DEFAULT_INTERVAL_NS, &w.interval, e) < 0)
		return -1;
	if (container_load(args->req.root, args->req.id, &a, &c, e) < 0 || container_check_live(&c, e) < 0)
		return -1;
	is_alive = state_open_process(&c.state, &pidfd, e);
	if (is_alive < 0)
		return -1;
	if (is_alive == 0) {
		c.status = STATUS_STOPPED; /* since we looked */
		return container_check_live(&c, e);
	}
	cgroup_fd = container_open_cgroup(&c, e);
	if (cgroup_fd < 0)
		return -1;
	w.pidfd = pidfd;
	w.cgroup_fd = cgroup_fd;
	if (args->stats)
		return print_stats(&w, e);
	if (cgroup_events_open(cgroup_fd, &events, e) < 0)
		return err_prefix(e, "container \"%s\"", c.state.id);
	return follow(&w, &events, e);
}
