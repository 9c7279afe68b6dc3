/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel alone costs: the same container as `rt spec` describes, by raw system calls, without a C library, a
 * configuration, checks or errors worth reading.  It is what rt is held against; it is no runtime.
 *
 *   floor run ROOTFS PROGRAM [CGROUP [FILTER]]   a container, and wait for it; FILTER: struct sock_filter records
 *   floor run-fd ...                             the same, with a descriptor for each mount (floor.h)
 *   floor create DIR ROOTFS PROGRAM [CGROUP]     its program waits for a FIFO in DIR
 *   floor start DIR
 *   floor exec DIR PROGRAM
 *   floor kill DIR                               signal 0
 *   floor state DIR
 *   floor delete DIR
 *   floor list DIR                               of DIRs
 *
 * Exit status 99: a call failed.  The line that did it is on standard error.
 */
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/if.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "floor.h"

/* The compiler calls these by itself. */
__attribute__((used)) void *memset(void *p, int c, size_t n)
{
	unsigned char *b = p;

	while (n-- > 0) {
		*b++ = (unsigned char)c;
		__asm__ volatile("" ::: "memory"); /* or this loop becomes a call of memset */
	}
	return p;
}

__attribute__((used)) void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	while (n-- > 0) {
		*t++ = *f++;
		__asm__ volatile("" ::: "memory");
	}
	return to;
}

void floor_die(unsigned line)
{
	char text[] = "floor: line 00000 failed\n";

	for (unsigned i = 16; line > 0; line /= 10)
		text[i--] = (char)('0' + line % 10);
	(void)RAW(write, 2, text, sizeof(text) - 1);
	(void)RAW(exit_group, 99);
	__builtin_unreachable();
}

/* ---- inside ----------------------------------------------------------------------------------------------------- */

static void make_devices(void)
{
	static const struct {
		const char *path;
		unsigned major, minor;
	} nodes[] = {
		{ "dev/null", 1, 3 },   { "dev/zero", 1, 5 },    { "dev/full", 1, 7 },
		{ "dev/random", 1, 8 }, { "dev/urandom", 1, 9 }, { "dev/tty", 5, 0 },
	};
	static const char *const links[][2] = {
		{ "pts/ptmx", "dev/ptmx" },           { "/proc/self/fd", "dev/fd" },
		{ "/proc/self/fd/0", "dev/stdin" },   { "/proc/self/fd/1", "dev/stdout" },
		{ "/proc/self/fd/2", "dev/stderr" },
	};

	for (unsigned i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
		MUST(RAW(mknodat, AT_FDCWD, nodes[i].path, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)));
	for (unsigned i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		MUST(RAW(symlinkat, links[i][0], AT_FDCWD, links[i][1]));
}

static void bring_up_loopback(void)
{
	struct ifreq r = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	const long fd = MUST(RAW(socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));

	MUST(RAW(ioctl, fd, 0x8914 /* SIOCSIFFLAGS */, &r));
	MUST(RAW(close, fd));
}

static void load_filter(const char *path)
{
	static struct sock_filter filter[4096];
	const long fd = MUST(RAW(openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0));
	const long size = MUST(RAW(read, fd, filter, sizeof(filter)));
	struct sock_fprog program = { .len = (unsigned short)((size_t)size / sizeof(filter[0])), .filter = filter };

	MUST(RAW(close, fd));
	MUST(RAW(seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
}

/* The program's identity, and what is left of its rights: three capabilities, as in `rt spec`. */
static void drop_rights(void)
{
	const uint32_t kept = 1U << CAP_KILL | 1U << CAP_NET_BIND_SERVICE | 1U << CAP_AUDIT_WRITE;
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { .effective = kept, .permitted = kept } };
	struct rlimit files = { 1024, 1024 };

	for (unsigned long cap = 0; cap <= CAP_LAST_CAP; cap++) {
		if (cap >= 32 || (kept & 1U << cap) == 0)
			MUST(RAW(prctl, PR_CAPBSET_DROP, cap, 0, 0, 0));
	}
	MUST(RAW(setgroups, 0, NULL));
	MUST(RAW(setresgid, 0, 0, 0));
	MUST(RAW(setresuid, 0, 0, 0));
	MUST(RAW(capset, &header, data));
	MUST(RAW(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	MUST(RAW(prlimit64, 0, RLIMIT_NOFILE, &files, NULL));
}

static _Noreturn void execute(char *program)
{
	char *argv[] = { program, NULL };
	char path[] = "PATH=/bin", term[] = "TERM=xterm";
	char *envp[] = { path, term, NULL };

	MUST(RAW(execve, program, argv, envp));
	__builtin_unreachable();
}

/* FIFO: of `create`, opened before the root is left behind; negative: none. */
static _Noreturn void be_container(const struct mounter *m, const char *rootfs, char *program, const char *filter,
				   long fifo)
{
	char byte;

	bring_up_loopback();
	MUST(RAW(setsid, 0));
	MUST(RAW(umask, 0));
	m->enter_root(rootfs);
	m->make_mounts();
	make_devices();
	MUST(RAW(pivot_root, ".", "."));
	MUST(RAW(umount2, ".", MNT_DETACH));
	MUST(RAW(sethostname, "floor", 5));
	m->hide_paths();
	m->make_readonly();
	MUST(RAW(umask, 022));
	drop_rights();
	if (fifo >= 0)
		MUST(RAW(read, fifo, &byte, 1));
	if (filter != NULL)
		load_filter(filter);
	execute(program);
}

/* ---- outside ---------------------------------------------------------------------------------------------------- */

/* A program as long as the one for the default device rules, which allows all: one comparison for each rule. */
static void attach_device_program(long cgroup_fd)
{
	static struct bpf_insn code[64];
	union bpf_attr attr;
	unsigned n = 0;
	long fd;

	code[n++] = (struct bpf_insn){ .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 2, .src_reg = 1, .off = 0 };
	code[n++] = (struct bpf_insn){ .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 4, .src_reg = 1, .off = 4 };
	code[n++] = (struct bpf_insn){ .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 5, .src_reg = 1, .off = 8 };
	for (int rule = 0; rule < 13; rule++) {
		code[n++] = (struct bpf_insn){ .code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = 4, .off = 3, .imm = rule };
		code[n++] = (struct bpf_insn){ .code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = 5, .off = 2, .imm = rule };
		code[n++] = (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 1 };
		code[n++] = (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT };
	}
	code[n++] = (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 1 };
	code[n++] = (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT };
	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attr.insn_cnt = n;
	attr.insns = (uint64_t)(uintptr_t)code;
	attr.license = (uint64_t)(uintptr_t) "Apache-2.0";
	fd = MUST(RAW(bpf, BPF_PROG_LOAD, &attr, sizeof(attr)));
	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (uint32_t)cgroup_fd;
	attr.attach_bpf_fd = (uint32_t)fd;
	attr.attach_type = BPF_CGROUP_DEVICE;
	attr.attach_flags = BPF_F_ALLOW_MULTI;
	MUST(RAW(bpf, BPF_PROG_ATTACH, &attr, sizeof(attr)));
	MUST(RAW(close, fd));
}

static long make_cgroup(const char *path)
{
	long fd;

	MUST(RAW(mkdirat, AT_FDCWD, path, 0755));
	fd = MUST(RAW(openat, AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0));
	attach_device_program(fd);
	return fd;
}

/* Clones the container's process; 0 in it. */
static long clone_container(const char *cgroup)
{
	struct clone_args args = {
		.flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP,
		.exit_signal = SIGCHLD,
	};

	if (cgroup != NULL) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)make_cgroup(cgroup);
	}
	return MUST(RAW(clone3, &args, sizeof(args)));
}

static long wait_for(long pid)
{
	int status = 0;

	MUST(RAW(wait4, pid, &status, __WALL, NULL));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static long run_with(const struct mounter *m, char **argv, long argc)
{
	const char *cgroup = argc > 4 && argv[4][0] != '\0' ? argv[4] : NULL;
	const long pid = clone_container(cgroup);
	long status;

	if (pid == 0)
		be_container(m, argv[2], argv[3], argc > 5 ? argv[5] : NULL, -1);
	status = wait_for(pid);
	if (cgroup != NULL)
		MUST(RAW(unlinkat, AT_FDCWD, cgroup, AT_REMOVEDIR));
	return status;
}

static long do_run(char **argv, long argc)
{
	return run_with(&mounts_by_path, argv, argc);
}

static long do_run_fd(char **argv, long argc)
{
	return run_with(&mounts_by_fd, argv, argc);
}

/* What a container leaves on disk: as much as rt records, with the pid and the cgroup in front. */
struct record {
	long pid;
	char cgroup[120];
	char rest[384];
};

static long open_dir(const char *dir)
{
	return MUST(RAW(openat, AT_FDCWD, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0));
}

static bool read_record(long dir_fd, const char *name, struct record *r)
{
	const long fd = RAW(openat, dir_fd, name, O_RDONLY | O_CLOEXEC, 0);

	if (fd < 0)
		return false;
	MUST(RAW(read, fd, r, sizeof(*r)));
	MUST(RAW(close, fd));
	return true;
}

/* Whether the process lives; prints that. */
static long print_state(const struct record *r)
{
	const long pidfd = RAW(pidfd_open, r->pid, 0, 0);

	if (pidfd >= 0)
		MUST(RAW(close, pidfd));
	MUST(RAW(write, 1, r, sizeof(*r)));
	return 0;
}

static long do_create(char **argv, long argc)
{
	static struct record r;
	long dir_fd, fd;

	MUST(RAW(mkdirat, AT_FDCWD, argv[2], 0700));
	dir_fd = open_dir(argv[2]);
	MUST(RAW(mknodat, dir_fd, "start", S_IFIFO | 0600, 0));
	fd = MUST(RAW(openat, dir_fd, "start", O_RDWR | O_CLOEXEC, 0));
	if (argc > 5)
		memcpy(r.cgroup, argv[5], raw_strlen(argv[5]) + 1);
	r.pid = clone_container(argc > 5 ? argv[5] : NULL);
	if (r.pid == 0)
		be_container(&mounts_by_path, argv[3], argv[4], NULL, fd);
	fd = MUST(RAW(openat, dir_fd, "state", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
	MUST(RAW(write, fd, &r, sizeof(r)));
	return 0;
}

static long do_start(char **argv, long argc)
{
	static struct record r;
	const long dir_fd = open_dir(argv[2]);
	long fd;

	(void)argc;
	if (!read_record(dir_fd, "state", &r))
		floor_die(__LINE__);
	fd = MUST(RAW(openat, dir_fd, "start", O_WRONLY | O_CLOEXEC, 0));
	MUST(RAW(write, fd, "", 1));
	return 0;
}

static long do_exec(char **argv, long argc)
{
	static struct record r;
	struct clone_args args = { .exit_signal = SIGCHLD };
	const long dir_fd = open_dir(argv[2]);
	long pidfd, pid;

	(void)argc;
	if (!read_record(dir_fd, "state", &r))
		floor_die(__LINE__);
	pidfd = MUST(RAW(pidfd_open, r.pid, 0, 0));
	MUST(RAW(setns, pidfd, CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP));
	if (r.cgroup[0] != '\0') {
		/* The path is the host's, and the mount namespace is the container's by now: not asked for. */
		floor_die(__LINE__);
	}
	pid = MUST(RAW(clone3, &args, sizeof(args)));
	if (pid == 0) {
		drop_rights();
		execute(argv[3]);
	}
	return wait_for(pid);
}

static long do_kill(char **argv, long argc)
{
	static struct record r;
	const long dir_fd = open_dir(argv[2]);

	(void)argc;
	if (!read_record(dir_fd, "state", &r))
		floor_die(__LINE__);
	MUST(RAW(pidfd_send_signal, MUST(RAW(pidfd_open, r.pid, 0, 0)), 0, NULL, 0));
	return 0;
}

static long do_state(char **argv, long argc)
{
	static struct record r;
	const long dir_fd = open_dir(argv[2]);

	(void)argc;
	if (!read_record(dir_fd, "state", &r))
		floor_die(__LINE__);
	return print_state(&r);
}

static long do_delete(char **argv, long argc)
{
	static struct record r;
	const long dir_fd = open_dir(argv[2]);

	(void)argc;
	if (!read_record(dir_fd, "state", &r))
		floor_die(__LINE__);
	if (r.cgroup[0] != '\0')
		MUST(RAW(unlinkat, AT_FDCWD, r.cgroup, AT_REMOVEDIR));
	MUST(RAW(unlinkat, dir_fd, "start", 0));
	MUST(RAW(unlinkat, dir_fd, "state", 0));
	MUST(RAW(unlinkat, AT_FDCWD, argv[2], AT_REMOVEDIR));
	return 0;
}

static long do_list(char **argv, long argc)
{
	static char entries[32768];
	static struct record r;
	const long dir_fd = open_dir(argv[2]);
	long size;

	(void)argc;
	while ((size = MUST(RAW(getdents64, dir_fd, entries, sizeof(entries)))) > 0) {
		for (long at = 0; at < size;) {
			/* struct linux_dirent64: inode, offset, unsigned short length, type, name */
			const unsigned short length = *(const unsigned short *)(const void *)(entries + at + 16);
			const char *name = entries + at + 19;

			at += length;
			if (name[0] == '.')
				continue;
			const long container = MUST(RAW(openat, dir_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0));

			if (read_record(container, "state", &r))
				(void)print_state(&r);
			MUST(RAW(close, container));
		}
	}
	return 0;
}

/* The kernel enters with argc, argv on the stack. */
__asm__(".globl _start\n_start:\n" RAW_START);

__attribute__((used)) _Noreturn void begin(long *stack);

void begin(long *stack)
{
	static const struct {
		const char *name;
		long (*run)(char **argv, long argc);
		long argc;
	} verbs[] = {
		{ "run", do_run, 4 },   { "run-fd", do_run_fd, 4 }, { "create", do_create, 5 },
		{ "start", do_start, 3 }, { "exec", do_exec, 4 },   { "kill", do_kill, 3 },
		{ "state", do_state, 3 }, { "list", do_list, 3 },   { "delete", do_delete, 3 },
	};
	const long argc = stack[0];
	char **argv = (char **)(stack + 1);

	for (unsigned i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		size_t n = 0;

		if (argc < verbs[i].argc)
			continue;
		while (argv[1][n] != '\0' && argv[1][n] == verbs[i].name[n])
			n++;
		if (argv[1][n] == verbs[i].name[n])
			(void)RAW(exit_group, verbs[i].run(argv, argc));
	}
	floor_die(__LINE__);
}
