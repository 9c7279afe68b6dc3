/* SPDX-License-Identifier: Apache-2.0 */
#include "run/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/json.h"
#include "base/kernel.h"
#include "base/log.h"
#include "base/memfd.h"
#include "base/sys.h"
#include "base/trace.h"

/* One event; its times are nanoseconds of trace_now(). */
struct event {
	const char *name;
	const char *category;
	uint64_t begin_ns;
	uint64_t end_ns;
	pid_t pid;
};

int trace_open(struct trace *t, const char *path, const char *verb, struct err *e)
{
	if (path == NULL)
		return 0;
	/* What others may have put there is not followed. */
	t->fd = sys_openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0644);
	if (t->fd < 0)
		return err_errno(e, errno, "trace: open %s", path);
	t->path = path;
	t->verb = verb;
	return 0;
}

void trace_phase(struct trace *t, const char *name)
{
	if (t->fd < 0 || t->n >= TRACE_PHASES_MAX)
		return;
	t->phases[t->n++] = (struct trace_phase){ .name = name, .begin_ns = trace_now() };
}

int trace_share(struct trace *t, struct err *e)
{
	int copy;

	if (t->page_fd < 0) {
		t->page_fd = memfd_make("rt-trace", K_MFD_NOEXEC_SEAL);
		if (t->page_fd < 0)
			return err_errno(e, errno, "memfd_create for the trace");
		if (ftruncate(t->page_fd, sizeof(struct trace_page)) < 0)
			return err_errno(e, errno, "size of the trace");
	}
	/* What is handed over is closed afterwards, and a launch may be tried twice. */
	copy = sys_fcntl(t->page_fd, F_DUPFD_CLOEXEC, 3);
	return copy < 0 ? err_errno(e, errno, "duplicate the page of the trace") : copy;
}

/* Microseconds with three digits: what the viewers read. */
static void write_time(struct json *j, const char *key, uint64_t ns)
{
	char text[40];
	int n = snprintf(text, sizeof(text), "%llu.%03u", (unsigned long long)(ns / 1000), (unsigned)(ns % 1000));

	json_key(j, key);
	json_raw(j, text, (size_t)n); /* fits by construction */
}

static void write_event(struct json *j, const struct event *event, uint64_t origin_ns)
{
	json_begin_object(j);
	json_kv_string(j, "name", event->name);
	json_kv_string(j, "cat", event->category);
	json_kv_string(j, "ph", "X");
	write_time(j, "ts", event->begin_ns - origin_ns);
	write_time(j, "dur", event->end_ns - event->begin_ns);
	json_kv_i64(j, "pid", event->pid);
	json_kv_i64(j, "tid", event->pid);
	json_end_object(j);
}

static void write_phases(struct json *j, const struct trace *t, uint64_t end_ns)
{
	struct event event = { .name = t->verb, .category = "rt", .pid = getpid(), .end_ns = end_ns };
	unsigned i;

	/* The whole, around its parts. */
	event.begin_ns = t->phases[0].begin_ns;
	write_event(j, &event, t->phases[0].begin_ns);
	for (i = 0; i < t->n; i++) {
		event.name = t->phases[i].name;
		event.begin_ns = t->phases[i].begin_ns;
		event.end_ns = i + 1 < t->n ? t->phases[i + 1].begin_ns : end_ns;
		write_event(j, &event, t->phases[0].begin_ns);
	}
}

static uint64_t clamp(uint64_t value, uint64_t low, uint64_t high)
{
	return value < low ? low : value > high ? high : value;
}

/* Names are text from inside. */
static void make_printable(char *name)
{
	name[TRACE_NAME_SIZE - 1] = '\0';
	for (; *name != '\0'; name++) {
		if (*name < 0x20 || *name > 0x7e)
			*name = '?';
	}
}

/* A copy: who is inside may write to the page meanwhile.  Times are moved to where they can have been. */
static void write_steps(struct json *j, const struct trace *t, uint64_t end_ns)
{
	struct trace_page page;
	const uint64_t origin_ns = t->phases[0].begin_ns;
	uint64_t begin_ns = origin_ns;
	unsigned i;

	if (t->page_fd < 0 || pread(t->page_fd, &page, sizeof(page), 0) != (ssize_t)sizeof(page))
		return;
	for (i = 0; i < page.n && i < TRACE_STEPS_MAX; i++) {
		struct trace_step *s = &page.steps[i];
		struct event event = { .name = s->name, .category = "init", .pid = t->init };

		make_printable(s->name);
		begin_ns = clamp(s->begin_ns, begin_ns, end_ns);
		event.begin_ns = begin_ns;
		event.end_ns = s->end_ns == 0 ? end_ns : clamp(s->end_ns, begin_ns, end_ns);
		write_event(j, &event, origin_ns);
	}
}

static int write_trace(const struct trace *t, struct err *e)
{
	_cleanup_json_ struct json j = JSON_INIT(0);
	const uint64_t end_ns = trace_now();
	const char *text;
	size_t len;

	json_begin_array(&j);
	write_phases(&j, t, end_ns);
	write_steps(&j, t, t->steps_end_ns != 0 ? t->steps_end_ns : end_ns);
	json_end_array(&j);
	json_newline(&j);
	if (json_finish(&j, &text, &len, e) < 0)
		return -1;
	return io_write_all(t->fd, text, len, t->path, e);
}

void trace_end_steps(struct trace *t)
{
	if (t->fd >= 0)
		t->steps_end_ns = trace_now();
}

void trace_close(struct trace *t)
{
	struct err e = ERR_INIT;

	if (t->fd >= 0 && t->n > 0 && write_trace(t, &e) < 0)
		log_warning("trace: %s", e.msg);
	fd_close(&t->fd);
	fd_close(&t->page_fd);
}
