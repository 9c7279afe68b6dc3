/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct verb {
	const char *name;
	int (*function)(int argc, char **argv);
	int min_args;
	const char *usage;
};

static const struct verb verbs[] = {
	{ "argv", probe_argv, 0, "[ARG...]: the arguments, one a line" },
	{ "dump", probe_dump, 0, "[FILE...]: all that a process sees of itself, and the first lines of FILEs" },
	{ "fds", probe_fds, 0, ": open descriptors and where they lead" },
	{ "listen", probe_listen, 0, ": socket activation as the process sees it" },
	{ "prctl", probe_prctl, 0, ": no_new_privs, seccomp mode, dumpable, parent death signal" },
	{ "sched", probe_sched, 0, ": scheduler policy, nice, io priority, personality" },
	{ "keyring", probe_keyring, 0, ": description of the session keyring" },
	{ "clocks", probe_clocks, 0, ": seconds of the monotonic and the boot-time clock" },
	{ "threads", probe_threads, 1, "N: starts N threads and joins them" },
	{ "wait", probe_wait, 0, ": says ready, reaps children, ends at SIGTERM" },
	{ "signal", probe_signal, 0, ": says ready, prints the number of the first signal" },
	{ "orphans", probe_orphans, 1, "N: leaves N sleeping children to the pid namespace's init" },
	{ "open", probe_open, 2, "PATH r|w|rw: can it be opened" },
	{ "mknod", probe_mknod, 2, "PATH c|b|p|s [MAJOR MINOR]: can the node be made" },
	{ "syscall", probe_syscall, 1, "NAME|NUMBER [ARG...]: a raw system call" },
	{ "loopback", probe_loopback, 0, ": can 127.0.0.1 talk to itself" },
	{ "locked", probe_locked, 1, "PATH: takes flock, says ready, waits" },
	{ "tty", probe_tty, 0, ": the terminal on standard input" },
	{ "winch", probe_winch, 0, ": says ready, prints the size at each SIGWINCH, ends at end of file" },
	{ "recvtty", probe_recvtty, 1, "SOCKET: host: receives a console, copies it to standard output" },
	{ "pty", probe_pty, 1, "[ACTION...] -- COMMAND...: host: runs a command on a terminal" },
	{ "agent", probe_agent, 1, "SOCKET [VALUE]: host: takes descriptors, answers a seccomp listener with VALUE" },
	{ "notify", probe_notify, 1, "TEXT: sends it to $NOTIFY_SOCKET" },
	{ "notify-listen", probe_notify_listen, 2, "SOCKET N: host: prints N datagrams" },
	{ "attack", probe_attack, 1, "SECONDS: keeps the executables of others, writes to them when they are gone" },
	{ "visit", probe_visit, 1, "PID [readonly]: host: shows itself inside that process's namespaces for a moment" },
	{ "swap", probe_swap, 3, "A B SECONDS: host: exchanges the two names, again and again" },
	{ "trace", probe_trace, 1, "SECONDS: tries to trace what is about to become another program" },
	{ "hunt", probe_hunt, 1, "SECONDS: stops what comes into the pid namespace, looks what it could do through it" },
	{ "old-kernel", probe_old_kernel, 2, "5.1|5.11 COMMAND...: host: runs it as if the kernel had no newer mount calls" },
	{ "xattr", probe_xattr, 2, "FILE NAME [VALUE]: an extended attribute" },
	{ "make-elf", probe_make_elf, 2, "INTERPRETER FILE: an ELF program that asks for this interpreter" },
};

static const struct {
	int errnum;
	const char *name;
} errno_names[] = {
	{ EPERM, "EPERM" },     { ENOENT, "ENOENT" },   { ESRCH, "ESRCH" },   { EINTR, "EINTR" },
	{ EIO, "EIO" },         { ENXIO, "ENXIO" },     { E2BIG, "E2BIG" },   { ENOEXEC, "ENOEXEC" },
	{ EBADF, "EBADF" },     { ECHILD, "ECHILD" },   { EAGAIN, "EAGAIN" }, { ENOMEM, "ENOMEM" },
	{ EACCES, "EACCES" },   { EFAULT, "EFAULT" },   { EBUSY, "EBUSY" },   { EEXIST, "EEXIST" },
	{ EXDEV, "EXDEV" },     { ENODEV, "ENODEV" },   { ENOTDIR, "ENOTDIR" }, { EISDIR, "EISDIR" },
	{ EINVAL, "EINVAL" },   { EMFILE, "EMFILE" },   { ENOTTY, "ENOTTY" }, { ETXTBSY, "ETXTBSY" },
	{ EFBIG, "EFBIG" },     { ENOSPC, "ENOSPC" },   { ESPIPE, "ESPIPE" }, { EROFS, "EROFS" },
	{ EPIPE, "EPIPE" },     { ENOSYS, "ENOSYS" },   { ELOOP, "ELOOP" },   { ENODATA, "ENODATA" },
	{ ENOTSUP, "ENOTSUP" }, { ENOKEY, "ENOKEY" },   { ENETUNREACH, "ENETUNREACH" },
	{ EADDRNOTAVAIL, "EADDRNOTAVAIL" },
};

const char *probe_errno_name(int errnum)
{
	static char number[16];
	size_t i;

	for (i = 0; i < sizeof(errno_names) / sizeof(errno_names[0]); i++)
		if (errno_names[i].errnum == errnum)
			return errno_names[i].name;
	(void)snprintf(number, sizeof(number), "%d", errnum); /* fits any int */
	return number;
}

int probe_result(int failed)
{
	puts(failed ? probe_errno_name(errno) : "ok");
	return failed ? 1 : 0;
}

int probe_fail(const char *what)
{
	int errnum = errno;

	fprintf(stderr, "probe: %s: %s\n", what, probe_errno_name(errnum));
	return 1;
}

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(argv[1], verbs[i].name) != 0)
			continue;
		if (argc - 2 < verbs[i].min_args) {
			fprintf(stderr, "usage: probe %s %s\n", verbs[i].name, verbs[i].usage);
			return 2;
		}
		/* A test that reads through a pipe sees each line when it is printed. */
		setvbuf(stdout, NULL, _IOLBF, 0);
		return verbs[i].function(argc - 1, argv + 1);
	}
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		fprintf(stderr, "probe %s %s\n", verbs[i].name, verbs[i].usage);
	return 2;
}
