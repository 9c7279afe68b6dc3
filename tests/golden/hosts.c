/* SPDX-License-Identifier: Apache-2.0 */
#include "golden/hosts.h"

#include <stddef.h>
#include <string.h>

#define CAPS_ALL ((1ULL << 41) - 1)
#define CONTROLLERS "cpuset cpu io memory hugetlb pids rdma misc"

#define X86 .machine = "x86_64"
#define ROOT .euid = 0, .egid = 0, .caps_effective = CAPS_ALL, .caps_bounding = CAPS_ALL, .cap_last = 40

#define LINUX_5_10                                                                                                \
	.kernel_major = 5, .kernel_minor = 10, .has_mount_api = true, .has_time_ns = true, .has_cgroup_ns = true, \
	.seccomp = true, .seccomp_flags = 0x7
#define LINUX_6_1                                                                                         \
	.kernel_major = 6, .kernel_minor = 1, .has_mount_api = true, .has_mount_setattr = true,           \
	.has_idmapped_mounts = true, .has_time_ns = true, .has_cgroup_ns = true, .has_nosymfollow = true, \
	.seccomp = true, .seccomp_flags = 0x27
#define LINUX_6_18                                                                                        \
	.kernel_major = 6, .kernel_minor = 18, .has_mount_api = true, .has_mount_setattr = true,          \
	.has_idmapped_mounts = true, .has_time_ns = true, .has_cgroup_ns = true, .has_nosymfollow = true, \
	.has_procfs_pidns_option = true, .seccomp = true, .seccomp_flags = 0x27

#define UNIFIED                                                                 \
	.cgroup_layout = HOST_CGROUP_UNIFIED, .cgroup_mount = "/sys/fs/cgroup", \
	.cgroup_controllers = CONTROLLERS
#define HYBRID                                                                         \
	.cgroup_layout = HOST_CGROUP_HYBRID, .cgroup_mount = "/sys/fs/cgroup/unified", \
	.cgroup_controllers = "hugetlb", .cgroup_v1_controllers = V1_CONTROLLERS
#define V1_CONTROLLERS "cpuset cpu cpuacct blkio memory devices freezer net_cls perf_event net_prio pids rdma misc "
#define OWN .cgroup_own = "/system.slice/engine.service", .cgroup_writable = true, .systemd_running = true

const struct golden_host golden_hosts[] = {
	{ "linux-5.10", { .known = HOST_ALL, ROOT, LINUX_5_10, X86, UNIFIED, OWN } },
	{ "linux-6.1", { .known = HOST_ALL, ROOT, LINUX_6_1, X86, UNIFIED, OWN } },
	{ "linux-6.18", { .known = HOST_ALL, ROOT, LINUX_6_18, X86, UNIFIED, OWN } },
	{ "linux-6.18-arm64", { .known = HOST_ALL, ROOT, LINUX_6_18, UNIFIED, OWN, .machine = "aarch64" } },
	{ "hybrid",
	  { .known = HOST_ALL, ROOT, LINUX_6_18, X86, HYBRID, .cgroup_own = "/", .cgroup_writable = true } },
	{ "v1",
	  { .known = HOST_ALL,
	    ROOT,
	    LINUX_5_10,
	    X86,
	    .cgroup_layout = HOST_CGROUP_NONE,
	    .cgroup_controllers = "",
	    .cgroup_v1_controllers = V1_CONTROLLERS } },
	{ "selinux", { .known = HOST_ALL, ROOT, LINUX_6_1, X86, UNIFIED, OWN, .selinux = true } },
	{ "apparmor", { .known = HOST_ALL, ROOT, LINUX_6_1, X86, UNIFIED, OWN, .apparmor = true } },
	/* An unprivileged user in a session of systemd. */
	{ "rootless",
	  { .known = HOST_ALL,
	    .euid = 1000,
	    .egid = 1000,
	    .cap_last = 40,
	    LINUX_6_18,
	    X86,
	    UNIFIED,
	    .systemd_running = true,
	    .systemd_user = true,
	    .outer_uid = 1000,
	    .cgroup_own = "/user.slice/user-1000.slice/user@1000.service/app.slice/shell.scope" } },
	/* A service of the system with User= and Delegate=. */
	{ "own-cgroup",
	  { .known = HOST_ALL,
	    .euid = 1000,
	    .egid = 1000,
	    .cap_last = 40,
	    LINUX_6_18,
	    X86,
	    UNIFIED,
	    .cgroup_own = "/system.slice/app.service",
	    .cgroup_own_only = true } },
	/* Root in a container without CAP_NET_RAW, CAP_SYS_MODULE and CAP_MKNOD. */
	{ "reduced",
	  { .known = HOST_ALL,
	    .caps_effective = CAPS_ALL & ~(1ULL << 13 | 1ULL << 16 | 1ULL << 27),
	    .caps_bounding = CAPS_ALL & ~(1ULL << 13 | 1ULL << 16 | 1ULL << 27),
	    .cap_last = 40,
	    LINUX_6_1,
	    X86,
	    UNIFIED,
	    OWN } },
	/* Root of a user namespace, which denies setgroups(2). */
	{ "nested",
	  { .known = HOST_ALL,
	    ROOT,
	    LINUX_6_18,
	    X86,
	    UNIFIED,
	    .cgroup_own = "/",
	    .in_userns = true,
	    .setgroups_denied = true } },
	{ NULL, { .known = 0 } },
};

const struct host *golden_host_find(const char *name)
{
	for (const struct golden_host *h = golden_hosts; h->name; h++) {
		if (strcmp(h->name, name) == 0)
			return &h->host;
	}
	return NULL;
}
