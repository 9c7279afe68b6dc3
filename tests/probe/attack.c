/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/num.h"

/* The name of process PID as the kernel has it; "" if it is gone. */
static void get_name(int pid, char name[static 32])
{
	char path[32];
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/comm", pid); /* fits any int */
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, name, 31);
	name[n > 0 ? n : 0] = '\0';
	if (fd >= 0)
		(void)close(fd);
}

/* A runtime's process on its way into the container, before it is the program (CVE-2016-9962): can it be reached?
 * The programs have this one's name. */
static bool can_reach(int pid, const char *own_name)
{
	char name[32], path[32];
	bool reached;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/root/", pid); /* fits any int */
	fd = open(path, O_PATH | O_CLOEXEC);
	reached = fd >= 0 || syscall(SYS_ptrace, 0x4206 /* PTRACE_SEIZE */, pid, 0, 0) == 0;
	if (fd >= 0)
		(void)close(fd);
	/* It may have become the program in between. */
	get_name(pid, name);
	return reached && name[0] != '\0' && strcmp(name, own_name) != 0;
}

int probe_trace(int argc, char **argv)
{
	unsigned seen = 0, reached = 0;
	char own_name[32], name[32];
	struct timespec now;
	uint32_t seconds;
	time_t until;
	int pid;

	(void)argc; /* main checked that there is one */
	if (num_parse_u32(argv[1], &seconds) < 0)
		return probe_fail(argv[1]);
	get_name((int)getpid(), own_name);
	clock_gettime(CLOCK_MONOTONIC, &now);
	until = now.tv_sec + (time_t)seconds;
	puts("ready");
	while (now.tv_sec < until) {
		for (pid = 2; pid < 400; pid++) {
			get_name(pid, name);
			if (name[0] == '\0' || strcmp(name, own_name) == 0)
				continue;
			seen++;
			if (can_reach(pid, own_name))
				reached++;
		}
		clock_gettime(CLOCK_MONOTONIC, &now);
	}
	printf("seen=%u\nreached=%u\n", seen, reached);
	return 0;
}
