/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/num.h"

int probe_argv(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		puts(argv[i]);
	return 0;
}

int probe_fds(int argc, char **argv)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;

	(void)argc, (void)argv; /* the verb has no arguments */
	if (dir == NULL)
		return probe_fail("/proc/self/fd");
	while ((entry = readdir(dir)) != NULL) {
		char target[512];
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);
		int fd;

		if (n < 0 || num_parse_int(entry->d_name, &fd) < 0 || fd == dirfd(dir))
			continue;
		target[n] = '\0';
		printf("%d %s\n", fd, target);
	}
	closedir(dir);
	return 0;
}

int probe_listen(int argc, char **argv)
{
	const char *pid = getenv("LISTEN_PID");
	const char *fds = getenv("LISTEN_FDS");
	const char *names = getenv("LISTEN_FDNAMES");
	char text[64];
	int value;
	ssize_t n;

	(void)argc, (void)argv; /* the verb has no arguments */
	printf("fds=%s\n", fds != NULL ? fds : "-");
	printf("names=%s\n", names != NULL ? names : "-");
	printf("pid=%s\n", pid == NULL ? "-" : num_parse_int(pid, &value) == 0 && value == getpid() ? "mine" : "other");
	n = read(3, text, sizeof(text) - 1);
	if (n < 0)
		return probe_fail("read descriptor 3");
	text[n] = '\0';
	printf("text=%s\n", text);
	return 0;
}

int probe_prctl(int argc, char **argv)
{
	int pdeathsig = -1;

	(void)argc, (void)argv; /* the verb has no arguments */
	if (prctl(PR_GET_PDEATHSIG, &pdeathsig) < 0)
		return probe_fail("PR_GET_PDEATHSIG");
	printf("no_new_privs=%d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	printf("seccomp=%d\n", prctl(PR_GET_SECCOMP, 0, 0, 0, 0));
	printf("dumpable=%d\n", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
	printf("pdeathsig=%d\n", pdeathsig);
	return 0;
}

int probe_sched(int argc, char **argv)
{
	(void)argc, (void)argv; /* the verb has no arguments */
	printf("policy=%ld\n", syscall(SYS_sched_getscheduler, 0));
	printf("nice=%d\n", getpriority(PRIO_PROCESS, 0));
	printf("ioprio=%ld\n", syscall(SYS_ioprio_get, 1, 0));
	printf("personality=0x%x\n", (unsigned)personality(0xffffffff));
	return 0;
}

int probe_keyring(int argc, char **argv)
{
	char text[256];
	/* KEYCTL_DESCRIBE of KEY_SPEC_SESSION_KEYRING: no library is needed for one call. */
	long n = syscall(SYS_keyctl, 6L, -3L, text, sizeof(text) - 1, 0L);

	(void)argc, (void)argv; /* the verb has no arguments */
	if (n < 0)
		return probe_result(1);
	text[n < (long)sizeof(text) ? n : (long)sizeof(text) - 1] = '\0';
	puts(text);
	return 0;
}

int probe_clocks(int argc, char **argv)
{
	struct timespec monotonic, boottime;

	(void)argc, (void)argv; /* the verb has no arguments */
	if (clock_gettime(CLOCK_MONOTONIC, &monotonic) < 0 || clock_gettime(CLOCK_BOOTTIME, &boottime) < 0)
		return probe_fail("clock_gettime");
	printf("monotonic=%lld\nboottime=%lld\n", (long long)monotonic.tv_sec, (long long)boottime.tv_sec);
	return 0;
}

static void *add_one(void *counter)
{
	__atomic_add_fetch((unsigned *)counter, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

#define THREADS_MAX 256

int probe_threads(int argc, char **argv)
{
	pthread_t threads[THREADS_MAX];
	unsigned counter = 0;
	uint32_t n, i, started;

	(void)argc; /* main checked that there is one */
	if (num_parse_u32(argv[1], &n) < 0 || n > THREADS_MAX)
		return probe_fail("number of threads");
	for (started = 0; started < n; started++) {
		errno = pthread_create(&threads[started], NULL, add_one, &counter);
		if (errno != 0) {
			(void)probe_fail("pthread_create"); /* the sum below tells */
			break;
		}
	}
	for (i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	printf("%u\n", counter);
	return counter == n ? 0 : 1;
}

static void end(int sig)
{
	(void)sig; /* there is one signal that leads here */
	_exit(0);
}

int probe_wait(int argc, char **argv)
{
	/* The first process of a pid namespace gets only signals that it handles. */
	struct sigaction action = { .sa_handler = end };

	(void)argc, (void)argv; /* the verb has no arguments */
	sigaction(SIGTERM, &action, NULL);
	puts("ready");
	for (;;) {
		if (wait(NULL) < 0 && errno == ECHILD)
			pause();
	}
}

int probe_signal(int argc, char **argv)
{
	sigset_t all;
	int sig;

	(void)argc, (void)argv; /* the verb has no arguments */
	memset(&all, 0xff, sizeof(all)); /* sigfillset() leaves out what the C library keeps for itself */
	sigprocmask(SIG_SETMASK, &all, NULL);
	puts("ready");
	if (sigwait(&all, &sig) != 0)
		return 1;
	printf("%d\n", sig);
	return 0;
}

int probe_orphans(int argc, char **argv)
{
	uint32_t n, i;

	(void)argc; /* main checked that there is one */
	if (num_parse_u32(argv[1], &n) < 0 || n > 100)
		return probe_fail("number of children");
	for (i = 0; i < n; i++) {
		pid_t pid = fork();

		if (pid < 0)
			return probe_fail("fork");
		if (pid == 0) {
			setsid();
			for (;;)
				pause();
		}
	}
	return 0;
}
