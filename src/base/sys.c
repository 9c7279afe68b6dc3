/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sys.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef RT_FAULT_INJECTION
#include <stdio.h>
#include <string.h>
#endif

/* Numbers that the C library's headers may be too old for: from 403 on they are the same on all architectures. */
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_open_tree
#define SYS_open_tree 428
#endif
#ifndef SYS_move_mount
#define SYS_move_mount 429
#endif
#ifndef SYS_fsopen
#define SYS_fsopen 430
#endif
#ifndef SYS_fsconfig
#define SYS_fsconfig 431
#endif
#ifndef SYS_fsmount
#define SYS_fsmount 432
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

/* On 32-bit machines the names without a suffix are the calls with 16-bit ids. */
#ifdef SYS_setresuid32
#define NR_SETRESUID SYS_setresuid32
#define NR_SETRESGID SYS_setresgid32
#define NR_SETGROUPS SYS_setgroups32
#else
#define NR_SETRESUID SYS_setresuid
#define NR_SETRESGID SYS_setresgid
#define NR_SETGROUPS SYS_setgroups
#endif

/* The one with a 64-bit offset. */
#ifdef SYS_sendfile64
#define NR_SENDFILE SYS_sendfile64
#else
#define NR_SENDFILE SYS_sendfile
#endif

#define KEYCTL_JOIN_SESSION_KEYRING 1L /* <linux/keyctl.h>, which musl's include directory lacks */

#ifdef RT_FAULT_INJECTION
static struct {
	uint32_t at;
	uint32_t count;
	int errnum;
} fault;

void sys_fault_set(uint32_t number, int errnum)
{
	fault.at = number;
	fault.count = 0;
	fault.errnum = errnum;
}

uint32_t sys_fault_count(void)
{
	return fault.count;
}

/* Counts this call; true if it is the one that must fail. */
static bool is_failed(const char *name)
{
	char line[80];
	int n;

	if (++fault.count != fault.at)
		return false;
	n = snprintf(line, sizeof(line), "fault: call %u: %s\n", (unsigned)fault.count, name);
	if (n > 0 && write(STDERR_FILENO, line, strlen(line)) < 0)
		n = 0; /* it is for the reader of a failed test, who does without */
	if (fault.errnum == 0)
		_exit(137); /* not SIGKILL: the first process of a pid namespace does not take it from itself */
	errno = fault.errnum;
	return true;
}
#define TRY(name, call) (is_failed(name) ? -1 : (call))
#else
#define TRY(name, call) (call)
#endif

/* Repeats CALL while a signal interrupts it. */
#define RETRY(call)                                                            \
	({                                                                     \
		long retry_result;                                             \
		do                                                             \
			retry_result = (call);                                 \
		while (retry_result < 0 && errno == EINTR);                    \
		retry_result;                                                  \
	})

/* files */

int sys_openat(int dir_fd, const char *path, int flags, mode_t mode)
{
	return (int)TRY("openat", syscall(SYS_openat, dir_fd, path, flags, mode));
}

int sys_openat2(int dir_fd, const char *path, const struct k_open_how *how)
{
	return (int)TRY("openat2", syscall(SYS_openat2, dir_fd, path, how, sizeof(*how)));
}

int sys_mkdirat(int dir_fd, const char *path, mode_t mode)
{
	return (int)TRY("mkdirat", syscall(SYS_mkdirat, dir_fd, path, mode));
}

int sys_mknodat(int dir_fd, const char *path, mode_t mode, dev_t dev)
{
	/* The kernel takes 32 bits: minor 0-7, major 8-19, minor 8-19 in the bits above, as makedev() lays them out. */
	return (int)TRY("mknodat", syscall(SYS_mknodat, dir_fd, path, mode, (unsigned)dev));
}

int sys_symlinkat(const char *target, int dir_fd, const char *path)
{
	return (int)TRY("symlinkat", syscall(SYS_symlinkat, target, dir_fd, path));
}

int sys_linkat(int old_dir, const char *old_path, int new_dir, const char *new_path, int flags)
{
	return (int)TRY("linkat", syscall(SYS_linkat, old_dir, old_path, new_dir, new_path, flags));
}

int sys_unlinkat(int dir_fd, const char *path, int flags)
{
	return (int)TRY("unlinkat", syscall(SYS_unlinkat, dir_fd, path, flags));
}

int sys_renameat2(int old_dir, const char *old_path, int new_dir, const char *new_path, unsigned flags)
{
	return (int)TRY("renameat2", syscall(SYS_renameat2, old_dir, old_path, new_dir, new_path, flags));
}

int sys_fchownat(int dir_fd, const char *path, uid_t uid, gid_t gid, int flags)
{
	return (int)TRY("fchownat", syscall(SYS_fchownat, dir_fd, path, uid, gid, flags));
}

int sys_fchmod(int fd, mode_t mode)
{
	return (int)TRY("fchmod", syscall(SYS_fchmod, fd, mode));
}

int sys_fchmodat(int dir_fd, const char *path, mode_t mode)
{
	return (int)TRY("fchmodat", syscall(SYS_fchmodat, dir_fd, path, mode));
}

int sys_fsetxattr(int fd, const char *name, const void *value, size_t size, int flags)
{
	return (int)TRY("fsetxattr", syscall(SYS_fsetxattr, fd, name, value, size, flags));
}

int sys_ftruncate(int fd, off_t len)
{
	/* The library's: a 64-bit length is passed differently on each 32-bit machine, and it does nothing else. */
	return (int)TRY("ftruncate", ftruncate(fd, len));
}

int sys_fchdir(int fd)
{
	return (int)TRY("fchdir", syscall(SYS_fchdir, fd));
}

int sys_chdir(const char *path)
{
	return (int)TRY("chdir", syscall(SYS_chdir, path));
}

int sys_chroot(const char *path)
{
	return (int)TRY("chroot", syscall(SYS_chroot, path));
}

ssize_t sys_write(int fd, const void *buf, size_t len)
{
	return TRY("write", RETRY(syscall(SYS_write, fd, buf, len)));
}

ssize_t sys_read(int fd, void *buf, size_t len)
{
	return TRY("read", RETRY(syscall(SYS_read, fd, buf, len)));
}

ssize_t sys_sendfile(int out_fd, int in_fd, int64_t *offset, size_t len)
{
	return TRY("sendfile", RETRY(syscall(NR_SENDFILE, out_fd, in_fd, offset, len)));
}

int sys_pipe2(int ret_fds[2], int flags)
{
	return (int)TRY("pipe2", syscall(SYS_pipe2, ret_fds, flags));
}

int sys_dup3(int old_fd, int new_fd, int flags)
{
	return (int)TRY("dup3", syscall(SYS_dup3, old_fd, new_fd, flags));
}

int sys_fcntl(int fd, int cmd, long arg)
{
#ifdef SYS_fcntl64
	return (int)TRY("fcntl", syscall(SYS_fcntl64, fd, cmd, arg));
#else
	return (int)TRY("fcntl", syscall(SYS_fcntl, fd, cmd, arg));
#endif
}

int sys_flock(int fd, int operation)
{
	return (int)TRY("flock", syscall(SYS_flock, fd, operation));
}

int sys_close_range(unsigned first, unsigned last, unsigned flags)
{
	return (int)TRY("close_range", syscall(SYS_close_range, first, last, flags));
}

int sys_memfd_create(const char *name, unsigned flags)
{
	return (int)TRY("memfd_create", syscall(SYS_memfd_create, name, flags));
}

int sys_ioctl(int fd, unsigned long request, void *arg)
{
	return (int)TRY("ioctl", syscall(SYS_ioctl, fd, request, arg));
}

/* mounts */

int sys_fsopen(const char *fs_name, unsigned flags)
{
	return (int)TRY("fsopen", syscall(SYS_fsopen, fs_name, flags));
}

int sys_fsconfig(int fs_fd, unsigned cmd, const char *key, const void *value, int aux)
{
	return (int)TRY("fsconfig", syscall(SYS_fsconfig, fs_fd, cmd, key, value, aux));
}

int sys_fsmount(int fs_fd, unsigned flags, unsigned attrs)
{
	return (int)TRY("fsmount", syscall(SYS_fsmount, fs_fd, flags, attrs));
}

int sys_open_tree(int dir_fd, const char *path, unsigned flags)
{
	return (int)TRY("open_tree", syscall(SYS_open_tree, dir_fd, path, flags));
}

int sys_move_mount(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	return (int)TRY("move_mount", syscall(SYS_move_mount, from_dir, from, to_dir, to, flags));
}

int sys_mount_setattr(int dir_fd, const char *path, unsigned flags, const struct k_mount_attr *attr)
{
	return (int)TRY("mount_setattr", syscall(SYS_mount_setattr, dir_fd, path, flags, attr, sizeof(*attr)));
}

int sys_mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data)
{
	return (int)TRY("mount", syscall(SYS_mount, source, target, type, flags, data));
}

int sys_umount2(const char *target, int flags)
{
	return (int)TRY("umount2", syscall(SYS_umount2, target, flags));
}

int sys_pivot_root(const char *new_root, const char *put_old)
{
	return (int)TRY("pivot_root", syscall(SYS_pivot_root, new_root, put_old));
}

/* processes and namespaces */

pid_t sys_clone3(const struct k_clone_args *args)
{
	return (pid_t)TRY("clone3", syscall(SYS_clone3, args, sizeof(*args)));
}

pid_t sys_clone(unsigned long flags, int *ret_pidfd)
{
#if defined(__s390__)
	return (pid_t)TRY("clone", syscall(SYS_clone, 0, flags, ret_pidfd, NULL, 0));
#else
	return (pid_t)TRY("clone", syscall(SYS_clone, flags, 0, ret_pidfd, NULL, 0));
#endif
}

int sys_unshare(unsigned long flags)
{
	return (int)TRY("unshare", syscall(SYS_unshare, flags));
}

int sys_setns(int fd, int type)
{
	return (int)TRY("setns", syscall(SYS_setns, fd, type));
}

int sys_execveat(int dir_fd, const char *path, char *const argv[], char *const envp[], int flags)
{
	return (int)TRY("execveat", syscall(SYS_execveat, dir_fd, path, argv, envp, flags));
}

int sys_waitid(int id_type, int id, siginfo_t *ret_info, int options)
{
	return (int)TRY("waitid", RETRY(syscall(SYS_waitid, id_type, id, ret_info, options, NULL)));
}

int sys_pidfd_open(pid_t pid, unsigned flags)
{
	return (int)TRY("pidfd_open", syscall(SYS_pidfd_open, pid, flags));
}

int sys_pidfd_send_signal(int pidfd, int sig, siginfo_t *info, unsigned flags)
{
	return (int)TRY("pidfd_send_signal", syscall(SYS_pidfd_send_signal, pidfd, sig, info, flags));
}

int sys_pidfd_getfd(int pidfd, int target_fd, unsigned flags)
{
	return (int)TRY("pidfd_getfd", syscall(SYS_pidfd_getfd, pidfd, target_fd, flags));
}

int sys_kill(pid_t pid, int sig)
{
	return (int)TRY("kill", syscall(SYS_kill, pid, sig));
}

int sys_setsid(void)
{
	return (int)TRY("setsid", syscall(SYS_setsid));
}

int sys_prctl(int option, unsigned long a2, unsigned long a3, unsigned long a4, unsigned long a5)
{
	return (int)TRY("prctl", syscall(SYS_prctl, option, a2, a3, a4, a5));
}

int sys_prlimit(pid_t pid, int resource, const struct rlimit *set, struct rlimit *ret_old)
{
	_Static_assert(sizeof(struct rlimit) == 16, "prlimit64 takes 64-bit limits: build with _FILE_OFFSET_BITS=64");
	return (int)TRY("prlimit", syscall(SYS_prlimit64, pid, resource, set, ret_old));
}

/* identity and limits */

int sys_setresuid(uid_t r, uid_t e, uid_t s)
{
	return (int)TRY("setresuid", syscall(NR_SETRESUID, r, e, s));
}

int sys_setresgid(gid_t r, gid_t e, gid_t s)
{
	return (int)TRY("setresgid", syscall(NR_SETRESGID, r, e, s));
}

int sys_setgroups(size_t n, const gid_t *groups)
{
	return (int)TRY("setgroups", syscall(NR_SETGROUPS, n, groups));
}

int sys_capset(uint64_t effective, uint64_t permitted, uint64_t inheritable)
{
	const struct {
		uint32_t version;
		int32_t pid;
	} header = { .version = K_CAPABILITY_VERSION_3, .pid = 0 };
	const struct {
		uint32_t effective;
		uint32_t permitted;
		uint32_t inheritable;
	} data[2] = {
		{ (uint32_t)effective, (uint32_t)permitted, (uint32_t)inheritable },
		{ (uint32_t)(effective >> 32), (uint32_t)(permitted >> 32), (uint32_t)(inheritable >> 32) },
	};

	return (int)TRY("capset", syscall(SYS_capset, &header, data));
}

int sys_sethostname(const char *name, size_t len)
{
	return (int)TRY("sethostname", syscall(SYS_sethostname, name, len));
}

int sys_setdomainname(const char *name, size_t len)
{
	return (int)TRY("setdomainname", syscall(SYS_setdomainname, name, len));
}

int sys_seccomp(unsigned op, unsigned flags, const void *arg)
{
	return (int)TRY("seccomp", syscall(SYS_seccomp, op, flags, arg));
}

int sys_keyctl_join_session(const char *name)
{
	return (int)TRY("keyctl", syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, name));
}

int sys_sched_setattr(pid_t pid, const struct k_sched_attr *attr, unsigned flags)
{
	return (int)TRY("sched_setattr", syscall(SYS_sched_setattr, pid, attr, flags));
}

int sys_ioprio_set(int which, int who, int prio)
{
	return (int)TRY("ioprio_set", syscall(SYS_ioprio_set, which, who, prio));
}

int sys_set_mempolicy(int mode, const unsigned long *nodes, unsigned long max_node)
{
	return (int)TRY("set_mempolicy", syscall(SYS_set_mempolicy, mode, nodes, max_node));
}

int sys_personality(unsigned long persona)
{
	return (int)TRY("personality", syscall(SYS_personality, persona));
}

int sys_bpf(int cmd, const void *attr, unsigned size)
{
	return (int)TRY("bpf", syscall(SYS_bpf, cmd, attr, size));
}

/* sockets */

int sys_socket(int domain, int type, int protocol)
{
	return (int)TRY("socket", syscall(SYS_socket, domain, type, protocol));
}

int sys_socketpair(int domain, int type, int protocol, int ret_fds[2])
{
	return (int)TRY("socketpair", syscall(SYS_socketpair, domain, type, protocol, ret_fds));
}

int sys_bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	return (int)TRY("bind", syscall(SYS_bind, fd, addr, len));
}

int sys_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	return (int)TRY("connect", syscall(SYS_connect, fd, addr, len));
}

ssize_t sys_sendmsg(int fd, const struct msghdr *msg, int flags)
{
	return TRY("sendmsg", RETRY(syscall(SYS_sendmsg, fd, msg, flags)));
}

ssize_t sys_recvmsg(int fd, struct msghdr *msg, int flags)
{
	return TRY("recvmsg", RETRY(syscall(SYS_recvmsg, fd, msg, flags)));
}
