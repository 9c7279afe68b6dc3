/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "cmd/container_cgroup.h"
#include "cmd/interval.h"
#include "cmd/stats.h"

void stats_set_release(struct stats_set *set)
{
	arena_release(&set->arena);
	*set = (struct stats_set)STATS_SET_INIT;
}

static int add_sample(const struct container *c, struct stats_set *set, struct err *e)
{
	_cleanup_fd_ int fd = container_open_cgroup(c, e);
	struct stats_sample *sample;

	if (fd < 0)
		return -1;
	sample = arena_new(&set->arena, struct stats_sample);
	if (sample == NULL)
		return arena_check(&set->arena, e);
	sample->id = c->state.id;
	sample->status = state_status_name(c->status);
	sample->pid = c->state.pid;
	sample->taken = clock_now_ns();
	if (cgroup_stats_read(fd, &sample->cgroup, e) < 0)
		return err_prefix(e, "container \"%s\"", c->state.id);
	set->items[set->n++] = sample;
	return 0;
}

/* A container that was named. */
static int take_named(const char *root, const char *id, bool is_again, struct stats_set *set, struct err *e)
{
	struct container c;
	int r = container_load(root, id, &set->arena, &c, e);

	if (r == 0)
		r = container_check_live(&c, e);
	if (r == 0)
		r = add_sample(&c, set, e);
	if (r == 0 || !is_again || e->kind != ERR_STATE)
		return r;
	err_clear(e);
	return 0;
}

static void take_found(int root_fd, const char *id, const char *boot_id, struct stats_set *set)
{
	struct container c;
	struct err e = ERR_INIT;
	int r = container_load_at(root_fd, id, boot_id, &set->arena, &c, &e);

	if (r == 0 && (c.status == STATUS_RUNNING || c.status == STATUS_PAUSED) && container_has_cgroup(&c))
		r = add_sample(&c, set, &e);
	/* The others are shown all the same.  One that was deleted meanwhile is no matter. */
	if (r < 0 && !state_is_missing(&e))
		log_warning("statistics of container %s: %s", id, e.msg);
}

static int take_all(const char *root, struct stats_set *set, struct err *e)
{
	_cleanup_fd_ int root_fd = state_open_root(root, false, e);
	char boot_id[STATE_BOOT_ID_SIZE];
	const char *const *ids = NULL;
	size_t n = 0;

	if (root_fd < 0 && e->errnum != ENOENT)
		return -1;
	if (root_fd < 0) {
		err_clear(e); /* a root that nobody has made yet has no containers */
		return 0;
	}
	if (state_list(root_fd, &set->arena, &ids, &n, e) < 0 || state_read_boot_id(boot_id, e) < 0)
		return -1;
	set->items = arena_new_array(&set->arena, struct stats_sample *, n);
	for (size_t i = 0; i < n && set->items != NULL; i++)
		take_found(root_fd, ids[i], boot_id, set);
	return 0;
}

int stats_take(const char *root, const char *const *ids, unsigned n, bool is_again, struct stats_set *ret,
	       struct err *e)
{
	stats_set_release(ret);
	if (n == 0) {
		if (take_all(root, ret, e) < 0)
			return -1;
		return arena_check(&ret->arena, e);
	}
	ret->items = arena_new_array(&ret->arena, struct stats_sample *, n);
	for (unsigned i = 0; i < n && ret->items != NULL; i++)
		if (take_named(root, ids[i], is_again, ret, e) < 0)
			return -1;
	return arena_check(&ret->arena, e);
}

static const struct stats_sample *find_same(const struct stats_set *set, const struct stats_sample *sample)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->items[i]->pid == sample->pid && strcmp(set->items[i]->id, sample->id) == 0)
			return set->items[i];
	return NULL;
}

void stats_compare(const struct stats_set *before, struct stats_set *now)
{
	for (size_t i = 0; i < now->n; i++) {
		struct stats_sample *s = now->items[i];
		const struct stats_sample *old = find_same(before, s);
		struct cgroup_value usage = s->cgroup.cpu_usage;

		if (old == NULL || !usage.is_known || !old->cgroup.cpu_usage.is_known || s->taken <= old->taken ||
		    usage.value < old->cgroup.cpu_usage.value)
			continue;
		/* microseconds of nanoseconds, in per cent */
		s->cpu_percent = (double)(usage.value - old->cgroup.cpu_usage.value) * 1000.0 * 100.0 /
				 (double)(s->taken - old->taken);
		s->has_cpu_percent = true;
	}
}

bool stats_get_memory_percent(const struct cgroup_stats *s, double *ret)
{
	if (!s->memory_usage.is_known || !s->memory_limit.is_known || s->memory_limit.value == CGROUP_NO_LIMIT ||
	    s->memory_limit.value == 0)
		return false;
	*ret = (double)s->memory_usage.value * 100.0 / (double)s->memory_limit.value;
	return true;
}
