/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure [--trace] [--each] [--jobs N] COMMAND [ARGUMENT...] [+ COMMAND [ARGUMENT...]]...
 *
 * Runs commands, one after the other, and prints what they and everything they started have cost, as one JSON object:
 *
 *   cpu_us   user and system time of all processes, microseconds (getrusage(2): the sum is what the scheduler counted)
 *   wall_us  from the first fork to the end of the last command
 *   faults   page faults without I/O
 *
 * With --trace, by ptrace(2) and so without times:
 *
 *   syscalls calls of all processes
 *   images   by the name of the executed file, {"rt": {...}, ...}: "syscalls", the calls that its processes made;
 *            "peak_kb", VmHWM; "objects", shared objects that were mapped when it ended, the loader among them
 *
 * With --each there is such an object for each command, and one for what was left at the end.  A process that outlives
 * its command is, but for its system calls, on the bill of the one during which it ends.
 *
 * The command "@wait" waits until no process is left, "@reap" takes what has ended.  With --jobs every command is run
 * N times at once; "%d" in an argument is then the number of the job.  This process is the subreaper, so that a
 * container's init is counted when rt has gone.  Exit status: 1 if a command failed, 2 if this program did.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define JOBS_MAX 256
#define ARGS_MAX 256
#define IMAGES_MAX 32
#define NAME_SIZE 32
#define OBJECTS_MAX 64

/* The tracee's events that are asked for. */
#define TRACE_OPTIONS                                                                                              \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXIT)
#define SYSCALL_STOP (SIGTRAP | 0x80)

struct image {
	char name[NAME_SIZE];
	unsigned long syscalls;
	unsigned long peak_kb;
	unsigned objects;
};

struct times {
	uint64_t cpu_us;
	uint64_t wall_us;
	uint64_t faults;
};

struct trace {
	struct times begin; /* of what is reported next */
	bool on;
	bool each;
	unsigned long syscalls;
	struct image images[IMAGES_MAX];
	unsigned n_images;
};

static void fail(const char *what)
{
	fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
	exit(2);
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* ---- tracing ---------------------------------------------------------------------------------------------------- */

/* The file that PID executes: "rt", "rt-init" for the memfd of that name. */
static void get_name(pid_t pid, char *ret_name)
{
	char path[64], link[512];
	const char *name = "?";
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	n = readlink(path, link, sizeof(link) - 1);
	if (n > 0) {
		link[n] = '\0';
		link[strcspn(link, " ")] = '\0'; /* "(deleted)" */
		name = strrchr(link, '/') != NULL ? strrchr(link, '/') + 1 : link;
		if (strncmp(name, "memfd:", 6) == 0)
			name += 6;
		if (name[0] == '\0')
			name = "?";
	}
	snprintf(ret_name, NAME_SIZE, "%.*s", NAME_SIZE - 1, name);
}

/* The entry of what PID executes, or NULL: there are too many. */
static struct image *find_image(struct trace *t, pid_t pid)
{
	char name[NAME_SIZE];
	unsigned i;

	get_name(pid, name);
	for (i = 0; i < t->n_images; i++) {
		if (strcmp(t->images[i].name, name) == 0)
			return &t->images[i];
	}
	if (i == IMAGES_MAX)
		return NULL;
	t->n_images++;
	memcpy(t->images[i].name, name, sizeof(name));
	return &t->images[i];
}

static FILE *open_proc(pid_t pid, const char *file)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	return fopen(path, "re");
}

static unsigned long read_peak(pid_t pid)
{
	char line[256];
	unsigned long peak = 0;
	FILE *f = open_proc(pid, "status");

	if (f == NULL)
		return 0;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, "VmHWM:", 6) == 0)
			peak = strtoul(line + 6, NULL, 10);
	}
	fclose(f);
	return peak;
}

/* Different files with ".so" in their names of which code is mapped. */
static unsigned count_objects(pid_t pid)
{
	char line[1024], seen[OBJECTS_MAX][128];
	unsigned n = 0, i;
	FILE *f = open_proc(pid, "maps");

	if (f == NULL)
		return 0;
	while (fgets(line, sizeof(line), f) != NULL) {
		const char *name = strrchr(line, '/');

		if (name == NULL || strstr(name, ".so") == NULL || strstr(line, " r-xp ") == NULL)
			continue;
		for (i = 0; i < n && strncmp(seen[i], name, sizeof(seen[i]) - 1) != 0; i++)
			;
		if (i == n && n < OBJECTS_MAX)
			snprintf(seen[n++], sizeof(seen[0]), "%.*s", (int)sizeof(seen[0]) - 1, name);
	}
	fclose(f);
	return n;
}

/* What the image that PID executes has needed up to now. */
static void look_at_image(struct trace *t, pid_t pid)
{
	struct image *image = find_image(t, pid);
	unsigned long peak = read_peak(pid);
	unsigned objects = count_objects(pid);

	if (image == NULL)
		return;
	if (image->peak_kb < peak)
		image->peak_kb = peak;
	if (image->objects < objects)
		image->objects = objects;
}

static void count_call(struct trace *t, pid_t pid)
{
	struct image *image = find_image(t, pid);

	t->syscalls++;
	if (image != NULL)
		image->syscalls++;
}

/* A stopped tracee: counts what it is about and lets it go on. */
static void handle_stop(struct trace *t, pid_t pid, int status)
{
	const int event = status >> 16;
	int sig = WSTOPSIG(status);

	if (sig == SYSCALL_STOP) {
		struct __ptrace_syscall_info info;

		memset(&info, 0, sizeof(info));
		if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) > 0 &&
		    info.op == PTRACE_SYSCALL_INFO_ENTRY) {
			count_call(t, pid);
			if (info.entry.nr == SYS_execve || info.entry.nr == SYS_execveat)
				look_at_image(t, pid); /* the image is replaced */
		}
		sig = 0;
	} else if (event == PTRACE_EVENT_EXIT) {
		look_at_image(t, pid);
		sig = 0;
	} else if (event != 0) {
		sig = 0;
	}
	(void)ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(intptr_t)sig); /* it may be dead by now */
}

/* ---- results ---------------------------------------------------------------------------------------------------- */

static void print_trace(const struct trace *t)
{
	printf("{\"syscalls\": %lu, \"images\": {", t->syscalls);
	for (unsigned i = 0; i < t->n_images; i++) {
		const struct image *image = &t->images[i];

		printf("%s\"%s\": {\"syscalls\": %lu, \"peak_kb\": %lu, \"objects\": %u}", i > 0 ? ", " : "",
		       image->name, image->syscalls, image->peak_kb, image->objects);
	}
	printf("}}\n");
}

/* What getrusage(2) and the clock say now. */
static void take_times(struct times *ret)
{
	struct rusage u;

	if (getrusage(RUSAGE_CHILDREN, &u) < 0)
		fail("getrusage");
	ret->cpu_us = (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 +
		      (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
	ret->wall_us = now_us();
	ret->faults = (uint64_t)u.ru_minflt;
}

/* What it was since the last report; the next one begins at END. */
static void report(struct trace *t, const struct times *end)
{
	if (t->on) {
		print_trace(t);
		t->syscalls = 0;
		t->n_images = 0;
		memset(t->images, 0, sizeof(t->images));
		return;
	}
	printf("{\"cpu_us\": %lu, \"wall_us\": %lu, \"faults\": %lu}\n", (unsigned long)(end->cpu_us - t->begin.cpu_us),
	       (unsigned long)(end->wall_us - t->begin.wall_us), (unsigned long)(end->faults - t->begin.faults));
	t->begin = *end;
}

/* ---- running ---------------------------------------------------------------------------------------------------- */

/* Waits for one child, or whatever it left to us: its pid, 0 for one that only stopped, -1 when there is none. */
static pid_t wait_one(struct trace *t, int *status, int options)
{
	pid_t pid;

	do
		pid = waitpid(-1, status, __WALL | options);
	while (pid < 0 && errno == EINTR);
	if (pid > 0 && WIFSTOPPED(*status)) {
		handle_stop(t, pid, *status);
		return 0;
	}
	return pid;
}

/*
 * A shell's background job ignores some signals, what make starts ignores two of glibc's own, and a runtime has more to
 * do then.  The library hides those two from signal(2).
 */
static void reset_signals(void)
{
	const unsigned long action[4] = { 0 }; /* struct sigaction of the kernel: SIG_DFL, no flags */

	for (int sig = 1; sig < NSIG; sig++)
		(void)syscall(SYS_rt_sigaction, sig, action, NULL, sizeof(action[0])); /* not KILL and STOP */
}

static _Noreturn void run_child(const struct trace *t, char *const *argv, unsigned n, unsigned job)
{
	char buffers[ARGS_MAX / 8][256];
	char *args[ARGS_MAX];
	unsigned used = 0;

	for (unsigned i = 0; i < n; i++) {
		const char *mark = strstr(argv[i], "%d");

		args[i] = argv[i];
		if (mark != NULL && used < ARGS_MAX / 8) {
			snprintf(buffers[used], sizeof(buffers[0]), "%.*s%u%s", (int)(mark - argv[i]), argv[i], job,
				 mark + 2);
			args[i] = buffers[used++];
		}
	}
	args[n] = NULL;
	reset_signals();
	/* What they print must not stand between the results. */
	if (dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO) < 0)
		fail("open /dev/null");
	if (t->on)
		raise(SIGSTOP); /* until it is traced */
	execvp(args[0], args);
	fprintf(stderr, "measure: %s: %s\n", args[0], strerror(errno));
	_exit(127);
}

static pid_t start(struct trace *t, char *const *argv, unsigned n, unsigned job)
{
	const pid_t pid = fork();
	int status;

	if (pid < 0)
		fail("fork");
	if (pid == 0)
		run_child(t, argv, n, job);
	if (t->on) {
		if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
			fail("wait for the child");
		if (ptrace(PTRACE_SEIZE, pid, NULL, (void *)(intptr_t)TRACE_OPTIONS) < 0)
			fail("trace the child");
		kill(pid, SIGCONT);
	}
	return pid;
}

/* Runs one command JOBS times at once, until these (not what they left behind) have ended.  False if one failed. */
static bool run(struct trace *t, char *const *argv, unsigned n, unsigned jobs)
{
	pid_t pids[JOBS_MAX];
	unsigned left = jobs;
	bool is_ok = true;
	int status;

	for (unsigned job = 0; job < jobs; job++)
		pids[job] = start(t, argv, n, job);
	while (left > 0) {
		const pid_t pid = wait_one(t, &status, 0);

		if (pid < 0)
			fail("wait");
		for (unsigned job = 0; job < jobs; job++) {
			if (pid != pids[job])
				continue;
			left--;
			is_ok &= WIFEXITED(status) && WEXITSTATUS(status) == 0;
		}
	}
	return is_ok;
}

static bool run_all(struct trace *t, char **argv, int argc, unsigned jobs)
{
	struct times end;
	bool is_ok = true;
	int status;

	for (int from = 0, to; from < argc; from = to + 1) {
		for (to = from; to < argc && strcmp(argv[to], "+") != 0; to++)
			;
		if (strcmp(argv[from], "@wait") == 0) {
			while (wait_one(t, &status, 0) >= 0)
				;
		} else if (strcmp(argv[from], "@reap") == 0) {
			while (wait_one(t, &status, WNOHANG) > 0)
				;
		} else if (to - from < ARGS_MAX) {
			is_ok &= run(t, argv + from, (unsigned)(to - from), jobs);
		}
		if (t->each) {
			take_times(&end);
			report(t, &end);
		}
	}
	return is_ok;
}

int main(int argc, char **argv)
{
	struct trace t = { .on = false };
	unsigned jobs = 1;
	struct times end, left;
	bool is_ok;
	int i, status;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--trace") == 0)
			t.on = true;
		else if (strcmp(argv[i], "--each") == 0)
			t.each = true;
		else if (strcmp(argv[i], "--jobs") == 0 && i + 1 < argc)
			jobs = (unsigned)strtoul(argv[++i], NULL, 10);
		else
			break;
	}
	if (i >= argc || jobs < 1 || jobs > JOBS_MAX) {
		fprintf(stderr, "usage: measure [--trace] [--each] [--jobs N] COMMAND [ARGUMENT...] [+ COMMAND...]...\n");
		return 2;
	}
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		fail("become a subreaper");
	take_times(&t.begin);
	is_ok = run_all(&t, argv + i, argc - i, jobs);
	take_times(&end);
	while (wait_one(&t, &status, 0) >= 0) /* what is left is part of the bill */
		;
	take_times(&left);
	left.wall_us = end.wall_us; /* but not of the time that the commands took */
	report(&t, &left);
	return is_ok ? 0 : 1;
}
