/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BASE_SYS_H
#define RT_BASE_SYS_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/kernel.h"

/*
 * System calls that make or change something, one thin wrapper each, on both sides.  They return what the kernel
 * returns, -1 with errno on failure, and add nothing, so that a fault-injection build (RT_FAULT_INJECTION) can fail
 * each of them in turn: the tests do that and look at what is left behind.  EINTR is the caller's, except where said.
 *
 * They are made with syscall(2), not through the C library's functions, where the library would do more (threads'
 * credentials, cancellation) or may not know the call.
 */

/* files */
int sys_openat(int dir_fd, const char *path, int flags, mode_t mode);
int sys_openat2(int dir_fd, const char *path, const struct k_open_how *how);
int sys_mkdirat(int dir_fd, const char *path, mode_t mode);
int sys_mknodat(int dir_fd, const char *path, mode_t mode, dev_t dev);
int sys_symlinkat(const char *target, int dir_fd, const char *path);
int sys_linkat(int old_dir, const char *old_path, int new_dir, const char *new_path, int flags);
int sys_unlinkat(int dir_fd, const char *path, int flags);
int sys_renameat2(int old_dir, const char *old_path, int new_dir, const char *new_path, unsigned flags);
int sys_fchownat(int dir_fd, const char *path, uid_t uid, gid_t gid, int flags);
int sys_fchmod(int fd, mode_t mode);
int sys_fchmodat(int dir_fd, const char *path, mode_t mode);
int sys_fsetxattr(int fd, const char *name, const void *value, size_t size, int flags);
int sys_ftruncate(int fd, off_t len);
int sys_fchdir(int fd);
int sys_chdir(const char *path);
int sys_chroot(const char *path);
ssize_t sys_write(int fd, const void *buf, size_t len); /* retries EINTR */
ssize_t sys_read(int fd, void *buf, size_t len);        /* retries EINTR */
ssize_t sys_sendfile(int out_fd, int in_fd, int64_t *offset, size_t len); /* retries EINTR */
int sys_pipe2(int ret_fds[2], int flags);
int sys_dup3(int old_fd, int new_fd, int flags);
int sys_fcntl(int fd, int cmd, long arg);
int sys_flock(int fd, int operation);
int sys_close_range(unsigned first, unsigned last, unsigned flags);
int sys_memfd_create(const char *name, unsigned flags);
int sys_ioctl(int fd, unsigned long request, void *arg);

/* mounts */
int sys_fsopen(const char *fs_name, unsigned flags);
int sys_fsconfig(int fs_fd, unsigned cmd, const char *key, const void *value, int aux);
int sys_fsmount(int fs_fd, unsigned flags, unsigned attrs);
int sys_open_tree(int dir_fd, const char *path, unsigned flags);
int sys_move_mount(int from_dir, const char *from, int to_dir, const char *to, unsigned flags);
int sys_mount_setattr(int dir_fd, const char *path, unsigned flags, const struct k_mount_attr *attr);
int sys_mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data);
int sys_umount2(const char *target, int flags);
int sys_pivot_root(const char *new_root, const char *put_old);

/* processes and namespaces */
pid_t sys_clone3(const struct k_clone_args *args); /* like fork: no stack is switched */
/* The older call, with CLONE_PIDFD, which seccomp profiles know; the lowest byte of FLAGS is the signal. */
pid_t sys_clone(unsigned long flags, int *ret_pidfd);
int sys_unshare(unsigned long flags);
int sys_setns(int fd, int type);
int sys_execveat(int dir_fd, const char *path, char *const argv[], char *const envp[], int flags);
int sys_waitid(int id_type, int id, siginfo_t *ret_info, int options); /* retries EINTR */
int sys_pidfd_open(pid_t pid, unsigned flags);
int sys_pidfd_send_signal(int pidfd, int sig, siginfo_t *info, unsigned flags);
int sys_pidfd_getfd(int pidfd, int target_fd, unsigned flags);
int sys_kill(pid_t pid, int sig);
int sys_setsid(void);
int sys_prctl(int option, unsigned long a2, unsigned long a3, unsigned long a4, unsigned long a5);
int sys_prlimit(pid_t pid, int resource, const struct rlimit *set, struct rlimit *ret_old);

/* identity and limits */
int sys_setresuid(uid_t r, uid_t e, uid_t s);
int sys_setresgid(gid_t r, gid_t e, gid_t s);
int sys_setgroups(size_t n, const gid_t *groups);
int sys_capset(uint64_t effective, uint64_t permitted, uint64_t inheritable);
int sys_sethostname(const char *name, size_t len);
int sys_setdomainname(const char *name, size_t len);
int sys_seccomp(unsigned op, unsigned flags, const void *arg);
int sys_keyctl_join_session(const char *name);
int sys_sched_setattr(pid_t pid, const struct k_sched_attr *attr, unsigned flags);
int sys_ioprio_set(int which, int who, int prio);
int sys_set_mempolicy(int mode, const unsigned long *nodes, unsigned long max_node);
int sys_personality(unsigned long persona);
int sys_bpf(int cmd, const void *attr, unsigned size);

/* sockets */
int sys_socket(int domain, int type, int protocol);
int sys_socketpair(int domain, int type, int protocol, int ret_fds[2]);
int sys_bind(int fd, const struct sockaddr *addr, socklen_t len);
int sys_connect(int fd, const struct sockaddr *addr, socklen_t len);
ssize_t sys_sendmsg(int fd, const struct msghdr *msg, int flags); /* retries EINTR */
ssize_t sys_recvmsg(int fd, struct msghdr *msg, int flags);       /* retries EINTR */

#ifdef RT_FAULT_INJECTION
/* The NUMBER-th wrapped call of this process (from 1) fails with ERRNUM; 0 = none.  ERRNUM 0: the process ends
 * there, without a word or a cleanup.  The failure is printed. */
void sys_fault_set(uint32_t number, int errnum);
/* Calls counted so far. */
uint32_t sys_fault_count(void);
#endif

#endif
