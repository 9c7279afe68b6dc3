/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BASE_KERNEL_H
#define RT_BASE_KERNEL_H

#include <stdint.h>

/*
 * What the kernel offers and the C library's headers may be too old to name.  Structures carry our own
 * names, so that no header of the system can clash with them.  Numbers are the kernel's ABI.
 */

/* openat2(2), Linux 5.6 */
struct k_open_how {
	uint64_t flags;
	uint64_t mode;
	uint64_t resolve;
};
#define K_RESOLVE_NO_XDEV 0x01
#define K_RESOLVE_NO_MAGICLINKS 0x02
#define K_RESOLVE_NO_SYMLINKS 0x04
#define K_RESOLVE_BENEATH 0x08
#define K_RESOLVE_IN_ROOT 0x10

/* clone3(2), Linux 5.3; cgroup: 5.7 */
struct k_clone_args {
	uint64_t flags;
	uint64_t pidfd;
	uint64_t child_tid;
	uint64_t parent_tid;
	uint64_t exit_signal;
	uint64_t stack;
	uint64_t stack_size;
	uint64_t tls;
	uint64_t set_tid;
	uint64_t set_tid_size;
	uint64_t cgroup;
};
#define K_CLONE_NEWTIME 0x00000080ULL
#define K_CLONE_VM 0x00000100ULL
#define K_CLONE_PIDFD 0x00001000ULL
#define K_CLONE_VFORK 0x00004000ULL
#define K_CLONE_PARENT 0x00008000ULL
#define K_CLONE_NEWNS 0x00020000ULL
#define K_CLONE_NEWCGROUP 0x02000000ULL
#define K_CLONE_NEWUTS 0x04000000ULL
#define K_CLONE_NEWIPC 0x08000000ULL
#define K_CLONE_NEWUSER 0x10000000ULL
#define K_CLONE_NEWPID 0x20000000ULL
#define K_CLONE_NEWNET 0x40000000ULL
#define K_CLONE_INTO_CGROUP 0x200000000ULL

/* The mount API, Linux 5.2; mount_setattr(2) 5.12; MOUNT_ATTR_NOSYMFOLLOW 5.14 */
struct k_mount_attr {
	uint64_t attr_set;
	uint64_t attr_clr;
	uint64_t propagation;
	uint64_t userns_fd;
};
#define K_MOUNT_ATTR_RDONLY 0x00000001ULL
#define K_MOUNT_ATTR_NOSUID 0x00000002ULL
#define K_MOUNT_ATTR_NODEV 0x00000004ULL
#define K_MOUNT_ATTR_NOEXEC 0x00000008ULL
#define K_MOUNT_ATTR__ATIME 0x00000070ULL
#define K_MOUNT_ATTR_RELATIME 0x00000000ULL
#define K_MOUNT_ATTR_NOATIME 0x00000010ULL
#define K_MOUNT_ATTR_STRICTATIME 0x00000020ULL
#define K_MOUNT_ATTR_NODIRATIME 0x00000080ULL
#define K_MOUNT_ATTR_IDMAP 0x00100000ULL
#define K_MOUNT_ATTR_NOSYMFOLLOW 0x00200000ULL

#define K_FSOPEN_CLOEXEC 0x1
#define K_FSMOUNT_CLOEXEC 0x1
#define K_FSCONFIG_SET_FLAG 0
#define K_FSCONFIG_SET_STRING 1
#define K_FSCONFIG_SET_FD 5
#define K_FSCONFIG_CMD_CREATE 6
#define K_FSCONFIG_CMD_RECONFIGURE 7
#define K_OPEN_TREE_CLONE 0x1
#define K_OPEN_TREE_CLOEXEC 02000000
#define K_MOVE_MOUNT_F_EMPTY_PATH 0x00000004
#define K_MOVE_MOUNT_T_EMPTY_PATH 0x00000040
#define K_AT_RECURSIVE 0x8000

/* mount(2) flag words that old headers lack */
#define K_MS_NOSYMFOLLOW 256UL
#define K_MS_LAZYTIME (1UL << 25)
#define K_MS_I_VERSION (1UL << 23)

/* close_range(2), Linux 5.9; CLOEXEC 5.11 */
#define K_CLOSE_RANGE_CLOEXEC 0x4

/* memfd_create(2): MFD_EXEC and MFD_NOEXEC_SEAL Linux 6.3; F_SEAL_EXEC 6.3 */
#define K_MFD_CLOEXEC 0x1
#define K_MFD_ALLOW_SEALING 0x2
#define K_MFD_NOEXEC_SEAL 0x8
#define K_MFD_EXEC 0x10
#define K_F_ADD_SEALS 1033
#define K_F_SEAL_SEAL 0x1
#define K_F_SEAL_SHRINK 0x2
#define K_F_SEAL_GROW 0x4
#define K_F_SEAL_WRITE 0x8
#define K_F_SEAL_EXEC 0x20

/* ioctl_nsfs(2): _IO(0xb7, 0x3) */
#define K_NS_GET_NSTYPE 0xb703
/* _IO('T', 0x41), Linux 4.13 */
#define K_TIOCGPTPEER 0x5441

/* ioctl_pidfd(2), Linux 6.13: _IOWR(0xff, 11, struct k_pidfd_info), the first version of the structure */
struct k_pidfd_info {
	uint64_t mask;
	uint64_t cgroupid;
	uint32_t pid; /* in the caller's pid namespace; this and the next two are always given */
	uint32_t tgid;
	uint32_t ppid;
	uint32_t ids[8];
	int32_t exit_code;
};
_Static_assert(sizeof(struct k_pidfd_info) == 64, "the size is a part of the number");
#define K_PIDFD_GET_INFO 0xc040ff0bUL

/* waitid(2) on a pidfd, Linux 5.4 */
#define K_P_PIDFD 3

/* statfs(2) magics */
#define K_PROC_SUPER_MAGIC 0x9fa0
#define K_CGROUP2_SUPER_MAGIC 0x63677270
#define K_TMPFS_MAGIC 0x01021994
#define K_SYSFS_MAGIC 0x62656572
#define K_NSFS_MAGIC 0x6e736673
#define K_DEVPTS_SUPER_MAGIC 0x1cd1
#define K_PIDFS_MAGIC 0x50494446

/* capabilities(7): the two words of version 3 */
#define K_CAPABILITY_VERSION_3 0x20080522

/* sched_setattr(2) */
struct k_sched_attr {
	uint32_t size;
	uint32_t sched_policy;
	uint64_t sched_flags;
	int32_t sched_nice;
	uint32_t sched_priority;
	uint64_t sched_runtime;
	uint64_t sched_deadline;
	uint64_t sched_period;
	uint32_t sched_util_min;
	uint32_t sched_util_max;
};

#endif
