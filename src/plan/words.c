/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/ioprio.h>
#include <linux/mempolicy.h>
#include <linux/seccomp.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "base/kernel.h"
#include "plan/builder.h"

/*
 * The words of the specification and the kernel's numbers for them.  The builders read these tables, plan/dump prints
 * by them and `features` lists them, so that none of the three can say something else than the others.
 */

/* clang-format off */

/* config-linux.md, Namespaces */
const struct plan_word plan_namespace_words[] = {
	{ "cgroup",  NS_CGROUP },
	{ "ipc",     NS_IPC },
	{ "mount",   NS_MOUNT },
	{ "network", NS_NET },
	{ "pid",     NS_PID },
	{ "time",    NS_TIME },
	{ "user",    NS_USER },
	{ "uts",     NS_UTS },
	{ NULL, 0 },
};

const uint64_t plan_namespace_flags[NS_COUNT] = {
	[NS_USER] = K_CLONE_NEWUSER,
	[NS_MOUNT] = K_CLONE_NEWNS,
	[NS_PID] = K_CLONE_NEWPID,
	[NS_NET] = K_CLONE_NEWNET,
	[NS_IPC] = K_CLONE_NEWIPC,
	[NS_UTS] = K_CLONE_NEWUTS,
	[NS_CGROUP] = K_CLONE_NEWCGROUP,
	[NS_TIME] = K_CLONE_NEWTIME,
};

/* mount(2) */
const struct plan_word plan_propagation_words[] = {
	{ "private",     MS_PRIVATE },
	{ "rprivate",    MS_PRIVATE | MS_REC },
	{ "shared",      MS_SHARED },
	{ "rshared",     MS_SHARED | MS_REC },
	{ "slave",       MS_SLAVE },
	{ "rslave",      MS_SLAVE | MS_REC },
	{ "unbindable",  MS_UNBINDABLE },
	{ "runbindable", MS_UNBINDABLE | MS_REC },
	{ NULL, 0 },
};

/* getrlimit(2) */
const struct plan_word plan_rlimit_words[] = {
	{ "RLIMIT_AS",         RLIMIT_AS },
	{ "RLIMIT_CORE",       RLIMIT_CORE },
	{ "RLIMIT_CPU",        RLIMIT_CPU },
	{ "RLIMIT_DATA",       RLIMIT_DATA },
	{ "RLIMIT_FSIZE",      RLIMIT_FSIZE },
	{ "RLIMIT_LOCKS",      RLIMIT_LOCKS },
	{ "RLIMIT_MEMLOCK",    RLIMIT_MEMLOCK },
	{ "RLIMIT_MSGQUEUE",   RLIMIT_MSGQUEUE },
	{ "RLIMIT_NICE",       RLIMIT_NICE },
	{ "RLIMIT_NOFILE",     RLIMIT_NOFILE },
	{ "RLIMIT_NPROC",      RLIMIT_NPROC },
	{ "RLIMIT_RSS",        RLIMIT_RSS },
	{ "RLIMIT_RTPRIO",     RLIMIT_RTPRIO },
	{ "RLIMIT_RTTIME",     RLIMIT_RTTIME },
	{ "RLIMIT_SIGPENDING", RLIMIT_SIGPENDING },
	{ "RLIMIT_STACK",      RLIMIT_STACK },
	{ NULL, 0 },
};

/* sched(7), sched_setattr(2); the numbers of <linux/sched.h>, whose flags clash with the C library's header.
 * SCHED_ISO is in the specification and in no kernel. */
const struct plan_word plan_sched_policy_words[] = {
	{ "SCHED_OTHER",    0 },
	{ "SCHED_FIFO",     1 },
	{ "SCHED_RR",       2 },
	{ "SCHED_BATCH",    3 },
	{ "SCHED_IDLE",     5 },
	{ "SCHED_DEADLINE", 6 },
	{ NULL, 0 },
};

const struct plan_word plan_sched_flag_words[] = {
	{ "SCHED_FLAG_RESET_ON_FORK",  0x01 },
	{ "SCHED_FLAG_RECLAIM",        0x02 },
	{ "SCHED_FLAG_DL_OVERRUN",     0x04 },
	{ "SCHED_FLAG_KEEP_POLICY",    0x08 },
	{ "SCHED_FLAG_KEEP_PARAMS",    0x10 },
	{ "SCHED_FLAG_UTIL_CLAMP_MIN", 0x20 },
	{ "SCHED_FLAG_UTIL_CLAMP_MAX", 0x40 },
	{ NULL, 0 },
};

/* ioprio_set(2) */
const struct plan_word plan_ioprio_words[] = {
	{ "IOPRIO_CLASS_RT",   IOPRIO_CLASS_RT },
	{ "IOPRIO_CLASS_BE",   IOPRIO_CLASS_BE },
	{ "IOPRIO_CLASS_IDLE", IOPRIO_CLASS_IDLE },
	{ NULL, 0 },
};

/* set_mempolicy(2); MPOL_WEIGHTED_INTERLEAVE is of Linux 6.9, newer than many headers */
const struct plan_word plan_mempolicy_mode_words[] = {
	{ "MPOL_DEFAULT",             MPOL_DEFAULT },
	{ "MPOL_BIND",                MPOL_BIND },
	{ "MPOL_INTERLEAVE",          MPOL_INTERLEAVE },
	{ "MPOL_WEIGHTED_INTERLEAVE", 6 },
	{ "MPOL_PREFERRED",           MPOL_PREFERRED },
	{ "MPOL_PREFERRED_MANY",      5 },
	{ "MPOL_LOCAL",               MPOL_LOCAL },
	{ NULL, 0 },
};

const struct plan_word plan_mempolicy_flag_words[] = {
	{ "MPOL_F_NUMA_BALANCING", 1 << 13 },
	{ "MPOL_F_RELATIVE_NODES", 1 << 14 },
	{ "MPOL_F_STATIC_NODES",   1 << 15 },
	{ NULL, 0 },
};

/* seccomp(2); KILL is the older name of KILL_THREAD */
const struct plan_word plan_seccomp_action_words[] = {
	{ "SCMP_ACT_ALLOW",        SECCOMP_RET_ALLOW },
	{ "SCMP_ACT_ERRNO",        SECCOMP_RET_ERRNO },
	{ "SCMP_ACT_KILL",         SECCOMP_RET_KILL_THREAD },
	{ "SCMP_ACT_KILL_PROCESS", SECCOMP_RET_KILL_PROCESS },
	{ "SCMP_ACT_KILL_THREAD",  SECCOMP_RET_KILL_THREAD },
	{ "SCMP_ACT_LOG",          SECCOMP_RET_LOG },
	{ "SCMP_ACT_NOTIFY",       SECCOMP_RET_USER_NOTIF },
	{ "SCMP_ACT_TRACE",        SECCOMP_RET_TRACE },
	{ "SCMP_ACT_TRAP",         SECCOMP_RET_TRAP },
	{ NULL, 0 },
};

/* enum scmp_compare of libseccomp's header */
const struct plan_word plan_seccomp_op_words[] = {
	{ "SCMP_CMP_NE",        1 },
	{ "SCMP_CMP_LT",        2 },
	{ "SCMP_CMP_LE",        3 },
	{ "SCMP_CMP_EQ",        4 },
	{ "SCMP_CMP_GE",        5 },
	{ "SCMP_CMP_GT",        6 },
	{ "SCMP_CMP_MASKED_EQ", 7 },
	{ NULL, 0 },
};

const struct plan_word plan_seccomp_flag_words[] = {
	{ "SECCOMP_FILTER_FLAG_TSYNC",              1UL << 0 },
	{ "SECCOMP_FILTER_FLAG_LOG",                1UL << 1 },
	{ "SECCOMP_FILTER_FLAG_SPEC_ALLOW",         1UL << 2 },
	{ "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", 1UL << 5 },
	{ NULL, 0 },
};

/* config.md, POSIX-platform Hooks */
const struct plan_word plan_hook_words[] = {
	{ "prestart",        HOOK_PRESTART },
	{ "createRuntime",   HOOK_CREATE_RUNTIME },
	{ "createContainer", HOOK_CREATE_CONTAINER },
	{ "startContainer",  HOOK_START_CONTAINER },
	{ "poststart",       HOOK_POSTSTART },
	{ "poststop",        HOOK_POSTSTOP },
	{ NULL, 0 },
};

/* clang-format on */
