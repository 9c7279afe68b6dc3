/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/num.h"

/*
 * A process with CAP_SYS_PTRACE stops whatever comes into its pid namespace, at any moment, and looks what it could do
 * through it: rights that it does not have itself, and descriptors or directories of the host.
 */

#define PIDS_MAX 400
#define PROC_MAGIC 0x9fa0
#define NSFS_MAGIC 0x6e736673

struct prey {
	unsigned stopped;
	unsigned rights;  /* times that one had more rights */
	unsigned host;    /* times that one led to the host */
	unsigned environ; /* times that one had the caller's environment */
	uint64_t own_caps;
	bool is_filtered; /* this process has a seccomp filter */
	dev_t own_root;
	dev_t own_proc;
};

static ssize_t read_file(int pid, const char *name, char *buf, size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", pid, name); /* short names */
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, buf, size - 1);
	buf[n > 0 ? n : 0] = '\0';
	if (fd >= 0)
		(void)close(fd);
	return n;
}

/* What follows KEY in the text of a status file, a number in hex; 0 where there is none. */
static uint64_t get_hex(const char *status, const char *key)
{
	const char *p = strstr(status, key);
	uint64_t value = 0;

	for (p = p != NULL ? p + strlen(key) : ""; *p != '\0' && *p != '\n'; p++) {
		if (*p >= '0' && *p <= '9')
			value = value << 4 | (uint64_t)(*p - '0');
		else if (*p >= 'a' && *p <= 'f')
			value = value << 4 | (uint64_t)(*p - 'a' + 10);
	}
	return value;
}

static bool has_more_rights(int pid, const struct prey *prey)
{
	char status[8192];
	uint64_t caps;

	if (read_file(pid, "status", status, sizeof(status)) <= 0)
		return false;
	caps = get_hex(status, "CapPrm:") | get_hex(status, "CapEff:") | get_hex(status, "CapBnd:");
	if ((caps & ~prey->own_caps) == 0 && (!prey->is_filtered || get_hex(status, "Seccomp:") != 0))
		return false;
	printf("more rights: capabilities %llx, seccomp %u\n", (unsigned long long)caps,
	       (unsigned)get_hex(status, "Seccomp:"));
	return true;
}

/* A directory, file or namespace that this process can not reach by itself. */
static bool is_of_host(const char *path, const struct prey *prey)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	struct statfs fs;
	struct stat st;
	bool is_host = false;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && fstatfs(fd, &fs) == 0) {
		is_host = fs.f_type == NSFS_MAGIC || (fs.f_type == PROC_MAGIC && st.st_dev != prey->own_proc) ||
			  (S_ISDIR(st.st_mode) && fs.f_type != PROC_MAGIC && st.st_dev != prey->own_root);
	}
	(void)close(fd);
	if (is_host)
		printf("of the host: %s on device %u:%u\n", path, major(st.st_dev), minor(st.st_dev));
	return is_host;
}

static bool leads_to_host(int pid, const struct prey *prey)
{
	char path[64];
	struct dirent *entry;
	bool is_host;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "/proc/%d/root", pid); /* fits any int */
	is_host = is_of_host(path, prey);
	(void)snprintf(path, sizeof(path), "/proc/%d/cwd", pid);
	is_host |= is_of_host(path, prey);
	(void)snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		int fd;

		/* The first three are what the caller of exec gives to the program. */
		if (num_parse_int(entry->d_name, &fd) < 0 || fd <= 2)
			continue;
		(void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
		is_host |= is_of_host(path, prey);
	}
	if (dir != NULL)
		(void)closedir(dir);
	return is_host;
}

static bool has_environment_of_caller(int pid)
{
	char text[4096];

	/* With the NULs taken out, it is one string. */
	for (ssize_t n = read_file(pid, "environ", text, sizeof(text)), i = 0; i < n; i++) {
		if (text[i] == '\0')
			text[i] = '\n';
	}
	return strstr(text, "PROBE_HUNT=") != NULL;
}

static void look_through(int pid, struct prey *prey)
{
	int status;

	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0)
		return;
	if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) < 0 || waitpid(pid, &status, __WALL) != pid ||
	    !WIFSTOPPED(status))
		return;
	prey->stopped++;
	prey->rights += has_more_rights(pid, prey);
	prey->host += leads_to_host(pid, prey);
	prey->environ += has_environment_of_caller(pid);
	(void)ptrace(PTRACE_DETACH, pid, NULL, NULL); /* it may have been killed meanwhile */
}

int probe_hunt(int argc, char **argv)
{
	struct prey prey = { .stopped = 0 };
	struct timespec now;
	char text[8192];
	struct stat st;
	uint32_t seconds;
	time_t until;

	(void)argc; /* main checked that there is one */
	if (num_parse_u32(argv[1], &seconds) < 0 || read_file((int)getpid(), "status", text, sizeof(text)) <= 0)
		return probe_fail(argv[1]);
	prey.own_caps = get_hex(text, "CapBnd:");
	prey.is_filtered = get_hex(text, "Seccomp:") != 0;
	if (stat("/", &st) < 0)
		return probe_fail("/");
	prey.own_root = st.st_dev;
	if (stat("/proc", &st) < 0)
		return probe_fail("/proc");
	prey.own_proc = st.st_dev;
	clock_gettime(CLOCK_MONOTONIC, &now);
	until = now.tv_sec + (time_t)seconds;
	puts("ready");
	for (; now.tv_sec < until; clock_gettime(CLOCK_MONOTONIC, &now)) {
		for (int pid = 1; pid < PIDS_MAX; pid++) {
			if (pid != getpid())
				look_through(pid, &prey);
		}
	}
	printf("stopped=%u\nrights=%u\nhost=%u\nenviron=%u\n", prey.stopped, prey.rights, prey.host, prey.environ);
	return 0;
}
