/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/num.h"

int probe_open(int argc, char **argv)
{
	int flags = strcmp(argv[2], "r") == 0 ? O_RDONLY : strcmp(argv[2], "w") == 0 ? O_WRONLY : O_RDWR;
	int fd = open(argv[1], flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	(void)argc; /* main checked that there are two */
	return probe_result(fd < 0);
}

int probe_mknod(int argc, char **argv)
{
	const char kind = argv[2][0];
	const mode_t type = kind == 'c' ? S_IFCHR : kind == 'b' ? S_IFBLK : kind == 's' ? S_IFSOCK : S_IFIFO;
	uint32_t major = 0, minor = 0;

	if (argc > 4 && (num_parse_u32(argv[3], &major) < 0 || num_parse_u32(argv[4], &minor) < 0))
		return probe_fail("device number");
	return probe_result(mknod(argv[1], type | 0600, makedev(major, minor)) < 0);
}

static const struct {
	const char *name;
	long number;
} syscalls[] = {
	{ "getpid", SYS_getpid },     { "getppid", SYS_getppid },         { "getuid", SYS_getuid },
	{ "uname", SYS_uname },       { "personality", SYS_personality }, { "sethostname", SYS_sethostname },
	{ "unshare", SYS_unshare },   { "setns", SYS_setns },             { "keyctl", SYS_keyctl },
	{ "umask", SYS_umask },       { "sync", SYS_sync },               { "getpgid", SYS_getpgid },
	{ "dup", SYS_dup },           { "socket", SYS_socket },           { "sched_yield", SYS_sched_yield },
};

int probe_syscall(int argc, char **argv)
{
	long number = -1, result;
	int64_t args[6] = { 0 };
	uint32_t parsed;
	size_t i;
	int n;

	for (i = 0; i < sizeof(syscalls) / sizeof(syscalls[0]); i++)
		if (strcmp(argv[1], syscalls[i].name) == 0)
			number = syscalls[i].number;
	if (number < 0) {
		if (num_parse_u32(argv[1], &parsed) < 0)
			return probe_fail(argv[1]);
		number = parsed;
	}
	for (n = 0; n < 6 && n + 2 < argc; n++)
		if (num_parse_i64(argv[n + 2], &args[n]) < 0)
			return probe_fail(argv[n + 2]);
	result = syscall(number, args[0], args[1], args[2], args[3], args[4], args[5]);
	return probe_result(result < 0);
}

int probe_loopback(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);
	int receiver = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	char byte = 'x';

	(void)argc, (void)argv; /* the verb has no arguments */
	if (receiver < 0 || sender < 0 || bind(receiver, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    getsockname(receiver, (struct sockaddr *)&address, &len) < 0 ||
	    sendto(sender, &byte, 1, 0, (struct sockaddr *)&address, sizeof(address)) < 0)
		return probe_result(1);
	return probe_result(recv(receiver, &byte, 1, 0) != 1);
}

int probe_locked(int argc, char **argv)
{
	int fd = open(argv[1], O_RDONLY | O_CLOEXEC);

	(void)argc; /* main checked that there is one */
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
		return probe_fail(argv[1]);
	puts("ready");
	for (;;)
		pause();
}
