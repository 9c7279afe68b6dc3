/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup/events.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys.h"
#include "cgroup/v2_dir.h"

/* Reads the file from its start, which also tells the kernel that this change was seen.  1, 0 when it is gone, -1. */
static int read_kills(int fd, uint64_t *ret, struct err *e)
{
	char text[512];
	ssize_t n;

	do {
		n = pread(fd, text, sizeof(text) - 1, 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ENODEV ? 0 : err_errno(e, errno, "read memory.events");
	text[n] = '\0';
	if (v2_get_key(text, "oom_kill", ret) < 0) /* Linux 4.13 */
		return err_set(e, ERR_UNSUPPORTED, "memory.events does not count OOM kills");
	return 1;
}

int cgroup_events_open(int cgroup_fd, struct cgroup_events *ret, struct err *e)
{
	struct cgroup_events events = CGROUP_EVENTS_INIT;

	events.fd = sys_openat(cgroup_fd, "memory.events", O_RDONLY | O_CLOEXEC, 0);
	if (events.fd < 0 && errno != ENOENT && errno != ENODEV)
		return err_errno(e, errno, "open memory.events");
	if (events.fd < 0)
		events.fd = -EBADF;
	else if (read_kills(events.fd, &events.oom_kills, e) < 0) {
		cgroup_events_close(&events);
		return -1;
	}
	*ret = events;
	return 0;
}

int cgroup_events_look(struct cgroup_events *events, struct err *e)
{
	uint64_t kills = 0;
	bool has_grown;
	int r;

	if (events->fd < 0)
		return 0;
	r = read_kills(events->fd, &kills, e);
	if (r < 0)
		return -1;
	if (r == 0) {
		/* poll(2) would report the file of a removed cgroup without end. */
		cgroup_events_close(events);
		return 0;
	}
	has_grown = kills > events->oom_kills;
	events->oom_kills = kills;
	return has_grown;
}

void cgroup_events_close(struct cgroup_events *events)
{
	fd_close(&events->fd);
}
