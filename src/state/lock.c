/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/num.h"
#include "base/span.h"
#include "base/sys.h"
#include "state/state.h"

#define LOCK_WAIT_MS 5000
#define LOCK_PAUSE_MS 5
#define LOCKS_SIZE 65536

/* The pid in LINE of /proc/locks, "1: FLOCK  ADVISORY  WRITE 4711 fe:01:1234 0 EOF", if it is about OBJECT; else 0. */
static int holder_in_line(char *line, const char *object)
{
	char *field[6];
	char *p = line;
	unsigned i;
	int pid;

	for (i = 0; i < 6; i++) {
		p += span_of(p, " ");
		field[i] = p;
		p += span_until(p, " ");
		if (*p != '\0')
			*p++ = '\0';
	}
	if (strcmp(field[1], "FLOCK") != 0 || strcmp(field[5], object) != 0 || num_parse_int(field[4], &pid) < 0)
		return 0;
	return pid;
}

/* Who holds the lock, or 0: it may be gone by now, or in another pid namespace. */
static int find_holder(int dir_fd)
{
	static char text[LOCKS_SIZE];
	_cleanup_fd_ int fd = sys_openat(AT_FDCWD, "/proc/locks", O_RDONLY | O_CLOEXEC, 0);
	struct err ignored = ERR_INIT;
	char object[64];
	struct stat st;
	char *line = text;
	ssize_t n;

	if (fd < 0 || fstat(dir_fd, &st) < 0)
		return 0;
	n = io_read_all(fd, text, sizeof(text) - 1, "locks", &ignored);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	(void)snprintf(object, sizeof(object), "%02x:%02x:%llu", major(st.st_dev), minor(st.st_dev),
		       (unsigned long long)st.st_ino); /* fits by construction */
	while (*line != '\0') {
		size_t len = span_until(line, "\n");
		int pid;

		if (line[len] == '\n')
			line[len++] = '\0';
		pid = holder_in_line(line, object);
		if (pid > 0)
			return pid;
		line += len;
	}
	return 0;
}

int state_lock(int root_fd, int dir_fd, const char *id, struct err *e)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_MS * 1000000L };
	unsigned waited = 0;
	int pid;

	/* Polling: a blocking flock() could be bounded only with a signal. */
	while (sys_flock(dir_fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_errno(e, errno, "lock container \"%s\"", id);
		if (waited >= LOCK_WAIT_MS) {
			pid = find_holder(dir_fd);
			if (pid > 0)
				return err_set(e, ERR_STATE, "container \"%s\" is busy: process %d holds its lock", id,
					       pid);
			return err_set(e, ERR_STATE, "container \"%s\" is busy: another process holds its lock", id);
		}
		(void)nanosleep(&pause, NULL); /* a shorter pause only tries sooner */
		waited += LOCK_PAUSE_MS;
	}
	return state_check_current(root_fd, dir_fd, id, e);
}

void state_unlock(int dir_fd)
{
	(void)sys_flock(dir_fd, LOCK_UN); /* a lock that stays makes others wait, and goes with us */
}
