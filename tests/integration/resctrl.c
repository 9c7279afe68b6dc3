/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pretended resctrl for rdt.bats, as a library that is loaded before the C library: few machines have the real one.
 * The directory /sys/fs/resctrl of the test's mount namespace looks like a mount of resctrl, a directory made in it has
 * a group's files, one that is removed loses them, and each write is noted in the file $RESCTRL_LOG.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define ROOT "/sys/fs/resctrl"
#define MAGIC 0x07655821

static const char *const files[] = { "tasks", "schemata" };

/* The path behind FD and NAME, if it is in the pretended tree. */
static int is_ours(int fd, const char *name, char *path, size_t size)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, size - 1);
	if (n < 0)
		return 0;
	path[n] = '\0';
	if (name != NULL && (size_t)n + strlen(name) + 2 < size) {
		path[n] = '/';
		memcpy(path + n + 1, name, strlen(name) + 1);
	}
	return strncmp(path, ROOT, sizeof(ROOT) - 1) == 0;
}

int fstatfs(int fd, struct statfs *buf)
{
	char path[4096];

	if (syscall(SYS_fstatfs, fd, buf) < 0)
		return -1;
	if (is_ours(fd, NULL, path, sizeof(path)))
		buf->f_type = MAGIC;
	return 0;
}

static void fill(const char *path)
{
	char file[4200];
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(file, sizeof(file), "%s/%s", path, files[i]);
		close(open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	}
	snprintf(file, sizeof(file), "%s/mon_groups", path);
	if (strstr(path, "/mon_groups/") == NULL)
		mkdir(file, 0755);
}

static void empty(const char *path)
{
	char file[4200];
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(file, sizeof(file), "%s/%s", path, files[i]);
		unlink(file);
	}
	snprintf(file, sizeof(file), "%s/mon_groups", path);
	rmdir(file);
}

/* $RESCTRL_REFUSE is a word: a write that has it is refused. */
static long write_noted(int fd, const char *buf, size_t len, const char *path)
{
	const char *log = getenv("RESCTRL_LOG");
	const char *refuse = getenv("RESCTRL_REFUSE");
	FILE *f = log != NULL ? fopen(log, "ae") : NULL;

	if (f != NULL) {
		fprintf(f, "%s %.*s\n", path + sizeof(ROOT), (int)strcspn(buf, "\n"), buf);
		fclose(f);
	}
	if (refuse != NULL && memmem(buf, len, refuse, strlen(refuse)) != NULL) {
		errno = EINVAL;
		return -1;
	}
	return write(fd, buf, len);
}

long syscall(long number, ...)
{
	static long (*next)(long, ...);
	long a[6];
	char path[4096];
	va_list ap;
	int i;
	long r;

	if (next == NULL)
		next = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	va_start(ap, number);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (number == SYS_write && is_ours((int)a[0], NULL, path, sizeof(path)))
		return write_noted((int)a[0], (const char *)a[1], (size_t)a[2], path);
	if (number == SYS_unlinkat && is_ours((int)a[0], (const char *)a[1], path, sizeof(path)))
		empty(path);
	r = next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (number == SYS_mkdirat && r == 0 && is_ours((int)a[0], (const char *)a[1], path, sizeof(path)))
		fill(path);
	return r;
}
