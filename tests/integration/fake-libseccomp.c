/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands for libseccomp.so.2.  It has none of its functions, but something happens when it is opened: REPORT, the path
 * of a file, gets a look around; HANG, CRASH do what they are called.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern char **environ;

#ifdef REPORT
static void put_link(FILE *out, const char *name)
{
	char path[128], target[512];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/self/%s", name);
	n = readlink(path, target, sizeof(target) - 1);
	fprintf(out, "%s %.*s\n", name, (int)(n > 0 ? n : 0), target);
}

static void put_file(FILE *out, const char *name)
{
	char text[4096];
	int fd = open(name, O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text));

	fprintf(out, "%.*s", (int)(n > 0 ? n : 0), text);
	(void)close(fd);
}

__attribute__((constructor)) static void report(void)
{
	FILE *out = fopen(REPORT, "we");
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *d;
	char name[300];

	if (out == NULL || dir == NULL)
		return;
	while ((d = readdir(dir)) != NULL) {
		const int fd = d->d_name[0] == '.' ? -1 : (int)strtol(d->d_name, NULL, 10);

		if (fd < 0 || fd == fileno(out) || fd == dirfd(dir))
			continue;
		(void)snprintf(name, sizeof(name), "fd/%s", d->d_name);
		put_link(out, name);
	}
	put_link(out, "exe");
	put_link(out, "ns/mnt");
	put_link(out, "ns/pid");
	put_file(out, "/proc/self/cgroup");
	for (char **e = environ; *e != NULL; e++)
		fprintf(out, "env %s\n", *e);
	(void)closedir(dir);
	(void)fclose(out);
	printf("the library says hello\n");
	(void)fflush(stdout);
}
#endif

#ifdef HANG
__attribute__((constructor)) static void hang(void)
{
	FILE *out = fopen(HANG, "we");

	fprintf(out, "%d\n", (int)getpid());
	(void)fclose(out);
	for (;;)
		(void)pause();
}
#endif

#ifdef CRASH
__attribute__((constructor)) static void crash(void)
{
	(void)signal(SIGSEGV, SIG_DFL); /* a sanitizer's */
	(void)raise(SIGSEGV);
}
#endif
