/* SPDX-License-Identifier: Apache-2.0 */
/* What a process sees of itself, one "KEY VALUE" a line, in a form that is the same from run to run. */
#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <termios.h>
#include <unistd.h>

#include "base/num.h"

/* Calls LINE for each line of FILE, without the newline; a file that can not be read is one line that says so. */
static void each_line(const char *file, void (*line)(char *text))
{
	FILE *f = fopen(file, "re");
	char text[4096];

	if (f == NULL) {
		printf("%s unreadable\n", file);
		return;
	}
	while (fgets(text, sizeof(text), f) != NULL) {
		text[strcspn(text, "\n")] = '\0';
		line(text);
	}
	fclose(f);
}

static void status_line(char *text)
{
	static const char *const wanted[] = {
		"Umask", "State", "Pid", "PPid", "TracerPid", "Uid", "Gid", "Groups", "NStgid", "NSpid", "NSpgid", "NSsid",
		"Threads", "SigBlk", "SigIgn", "SigCgt", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs",
		"Seccomp", "Seccomp_filters", "Speculation_Store_Bypass", "Cpus_allowed_list", "Mems_allowed_list",
	};
	char *colon = strchr(text, ':');
	size_t i;

	if (colon == NULL)
		return;
	*colon = '\0';
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (strcmp(text, wanted[i]) == 0)
			printf("status.%s %s\n", text, colon + 1 + strspn(colon + 1, "\t "));
}

/* proc_pid_mountinfo(5): the ids and the device are those of the moment, all else is printed. */
static void mount_line(char *text)
{
	char *field[5], *rest = text, *options, *separator, *type, *source, *super;
	size_t i;

	for (i = 0; i < 5; i++)
		field[i] = strsep(&rest, " ");
	options = strsep(&rest, " ");
	separator = rest != NULL ? strstr(rest, "- ") : NULL;
	if (separator == NULL)
		return;
	*separator = '\0';
	rest[strcspn(rest, " ")] = '\0';
	/* shared:N and master:N are numbers of the moment. */
	if (strchr(rest, ':') != NULL)
		*strchr(rest, ':') = '\0';
	rest = separator + 2;
	type = strsep(&rest, " ");
	source = strsep(&rest, " ");
	super = strsep(&rest, " ");
	printf("mount.%s %s %s %s\n", field[4], type, options, separator[-1] == '\0' ? "" : "tagged");
	printf("mount-root.%s %s\n", field[4], field[3]);
	printf("mount-source.%s %s\n", field[4], source != NULL ? source : "");
	printf("mount-super.%s %s\n", field[4], super != NULL ? super : "");
}

static void cgroup_line(char *text)
{
	/* The hierarchy of cgroup2 alone. */
	if (strncmp(text, "0::", 3) == 0)
		printf("cgroup %s\n", text + 3);
}

static void uid_map_line(char *text)
{
	printf("uid-map %s\n", text);
}

static void gid_map_line(char *text)
{
	printf("gid-map %s\n", text);
}

static void print_limits(void)
{
	static const char *const names[] = { "CPU", "FSIZE", "DATA", "STACK", "CORE", "RSS", "NPROC", "NOFILE", "MEMLOCK",
		"AS", "LOCKS", "SIGPENDING", "MSGQUEUE", "NICE", "RTPRIO", "RTTIME" };
	struct rlimit limit;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (getrlimit((int)i, &limit) == 0)
			printf("limit.%s %lld %lld\n", names[i], (long long)limit.rlim_cur, (long long)limit.rlim_max);
}

static void print_entry(const char *directory, const char *name)
{
	char path[PATH_MAX], target[PATH_MAX];
	struct stat st;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name); /* a long one is not found */
	if (lstat(path, &st) < 0)
		return;
	printf("file.%s %o %u:%u", path, st.st_mode, st.st_uid, st.st_gid);
	if (S_ISLNK(st.st_mode)) {
		n = readlink(path, target, sizeof(target) - 1);
		target[n < 0 ? 0 : n] = '\0';
		printf(" %s", target);
	} else if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)) {
		printf(" %u:%u", major(st.st_rdev), minor(st.st_rdev));
	}
	putchar('\n');
}

static void print_directory(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (dir == NULL) {
		printf("file.%s unreadable\n", path);
		return;
	}
	while ((entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, "..") != 0)
			print_entry(path, entry->d_name);
	closedir(dir);
}

static void print_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	char target[PATH_MAX];
	struct stat st;
	ssize_t n;
	int fd;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (num_parse_int(entry->d_name, &fd) < 0 || fd == dirfd(dir) || fstat(fd, &st) < 0)
			continue;
		n = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);
		target[n < 0 ? 0 : n] = '\0';
		printf("fd.%d %s %o %u:%u 0%o\n", fd, target, st.st_mode, st.st_uid, st.st_gid,
			(unsigned)fcntl(fd, F_GETFL));
	}
	if (dir != NULL)
		closedir(dir);
}

static void print_terminal(void)
{
	struct termios t;
	struct winsize size;

	if (tcgetattr(0, &t) < 0)
		return;
	printf("tty.iflag 0%o\ntty.oflag 0%o\ntty.cflag 0%o\ntty.lflag 0%o\n", t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag);
	if (ioctl(0, TIOCGWINSZ, &size) == 0)
		printf("tty.size %dx%d\n", size.ws_row, size.ws_col);
	printf("tty.foreground %s\n", tcgetpgrp(0) == getpgrp() ? "own" : "other");
}

static void print_namespaces(void)
{
	static const char *const names[] = { "cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts" };
	char path[64], target[64];
	size_t i;

	/* Whose it is can be told by the caller alone, who knows the host's. */
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ssize_t n;

		(void)snprintf(path, sizeof(path), "/proc/self/ns/%s", names[i]); /* fits */
		n = readlink(path, target, sizeof(target) - 1);
		if (n < 0)
			continue;
		target[n] = '\0';
		printf("ns.%s %s\n", names[i], target);
	}
}

static void print_process(void)
{
	struct utsname uts;
	char cwd[PATH_MAX], exe[PATH_MAX], keyring[256];
	int deathsig = -1;
	ssize_t n;

	if (uname(&uts) == 0)
		printf("hostname %s\ndomainname %s\nmachine %s\n", uts.nodename, uts.domainname, uts.machine);
	printf("cwd %s\n", getcwd(cwd, sizeof(cwd)) != NULL ? cwd : "unreachable");
	n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	exe[n < 0 ? 0 : n] = '\0';
	printf("exe %s\n", exe);
	printf("session %s\ngroup %s\n", getsid(0) == getpid() ? "leader" : "other",
		getpgrp() == getpid() ? "leader" : "other");
	(void)prctl(PR_GET_PDEATHSIG, &deathsig); /* -1 stays */
	printf("pdeathsig %d\n", deathsig);
	printf("dumpable %d\nkeepcaps %d\nsecurebits %d\n", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0),
		prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0), prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
	printf("timerslack %d\nthp %d\n", prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0), prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
	printf("policy %ld\nnice %d\nioprio %ld\n", syscall(SYS_sched_getscheduler, 0), getpriority(PRIO_PROCESS, 0),
		syscall(SYS_ioprio_get, 1, 0));
	printf("personality 0x%x\n", (unsigned)personality(0xffffffff));
	n = syscall(SYS_keyctl, 6L, -3L, keyring, sizeof(keyring) - 1, 0L);
	keyring[n < 0 ? 0 : n < (ssize_t)sizeof(keyring) ? n : (ssize_t)sizeof(keyring) - 1] = '\0';
	printf("keyring %s\n", n < 0 ? probe_errno_name(errno) : keyring);
}

static void print_small_file(const char *path)
{
	FILE *f = fopen(path, "re");
	char text[256] = "unreadable";

	if (f != NULL && fgets(text, sizeof(text), f) == NULL)
		(void)snprintf(text, sizeof(text), "empty"); /* fits */
	if (f != NULL)
		fclose(f);
	text[strcspn(text, "\n")] = '\0';
	printf("content.%s %s\n", path, text);
}

/* dump [FILE...]: FILEs are printed with the first line that they have. */
int probe_dump(int argc, char **argv)
{
	char **variable;
	int i;

	for (i = 0; i < argc; i++)
		printf("argv.%d %s\n", i, argv[i]);
	for (variable = environ; *variable != NULL; variable++)
		printf("env.%.*s %s\n", (int)strcspn(*variable, "="), *variable, strchr(*variable, '=') + 1);
	each_line("/proc/self/status", status_line);
	each_line("/proc/self/mountinfo", mount_line);
	each_line("/proc/self/cgroup", cgroup_line);
	each_line("/proc/self/uid_map", uid_map_line);
	each_line("/proc/self/gid_map", gid_map_line);
	print_limits();
	print_directory("/dev");
	print_directory("/dev/pts");
	print_directory("/");
	print_directory("/run");
	print_descriptors();
	print_terminal();
	print_namespaces();
	print_process();
	print_small_file("/proc/self/oom_score_adj");
	print_small_file("/proc/self/setgroups");
	print_small_file("/proc/self/attr/current");
	for (i = 1; i < argc; i++)
		print_small_file(argv[i]);
	return 0;
}
