/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_HOST_HOST_H
#define RT_HOST_HOST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * Facts about this host, probed once and const from then on.  plan_needs() says which groups are wanted; a group that
 * nobody needs costs nothing.  Tests write the struct as a literal: every kernel is one initialiser.
 */

enum host_fact {
	HOST_IDENTITY = 1 << 0,  /* ids, capabilities, user namespace */
	HOST_KERNEL = 1 << 1,    /* version; which newer calls exist */
	HOST_CGROUP = 1 << 2,    /* layout, mount */
	HOST_LSM = 1 << 3,       /* AppArmor, SELinux */
	HOST_SECCOMP = 1 << 4,   /* flags that the kernel knows */
	HOST_CGROUP_OWN = 1 << 5,         /* own cgroup: one file more; implies HOST_CGROUP */
	HOST_CGROUP_CONTROLLERS = 1 << 6, /* one file more; implies HOST_CGROUP */
	HOST_TIME_NS = 1 << 7,   /* time namespaces */
	HOST_SYSTEMD = 1 << 8,   /* whether it runs, and whose it is */
	HOST_ALL = (1 << 9) - 1,
};

enum host_cgroup_layout {
	HOST_CGROUP_NONE,     /* no cgroup file system, or v1 alone */
	HOST_CGROUP_HYBRID,   /* v1 controllers, cgroup2 at /sys/fs/cgroup/unified */
	HOST_CGROUP_UNIFIED,  /* cgroup2 at /sys/fs/cgroup */
};

struct host {
	uint32_t known;             /* enum host_fact bits that are filled */

	/* HOST_IDENTITY */
	uid_t euid;
	gid_t egid;
	uint64_t caps_effective;
	uint64_t caps_bounding;     /* of the effective ones, those in the bounding set */
	unsigned cap_last;          /* highest capability that the kernel knows */
	bool in_userns;             /* not in the initial user namespace */
	bool setgroups_denied;
	bool mounts_of_outside;     /* in_userns, but the mount namespace is not of it: no right to clone mounts here */

	/* HOST_KERNEL */
	unsigned kernel_major;
	unsigned kernel_minor;
	const char *machine;        /* uname -m */
	bool has_mount_setattr;     /* 5.12 */
	bool has_mount_api;         /* fsopen and friends, 5.2; false under an old filter */
	bool has_idmapped_mounts;
	bool has_procfs_pidns_option; /* 6.17: procfs takes pidns= */
	bool has_nosymfollow;       /* 5.10 for mount(2), 5.14 for mount_setattr */

	/* HOST_TIME_NS */
	bool has_time_ns;           /* 5.6, where it is built in */

	/* HOST_CGROUP */
	enum host_cgroup_layout cgroup_layout;
	const char *cgroup_mount;   /* cgroup2 mount point; NULL for HOST_CGROUP_NONE */
	bool cgroup_writable;       /* the mount's root can be written */
	bool has_cgroup_ns;

	/* HOST_CGROUP_OWN, HOST_CGROUP_CONTROLLERS */
	const char *cgroup_own;     /* own cgroup2 path, "/user.slice/..."; "/" where it is not known */
	bool cgroup_own_only;       /* own cgroup can be written, and none above it */
	const char *cgroup_controllers; /* cgroup.controllers of the mount's root, blank separated; "" = none */
	const char *cgroup_v1_controllers; /* those that are on cgroup v1, by their names there; NULL = not looked at */

	/* HOST_SYSTEMD */
	bool systemd_running;       /* it is this system's manager: sd_booted(3) */
	bool systemd_user;          /* that one is not ours to ask: the user's own manager is */
	uid_t outer_uid;            /* the user's id where the user's manager counts: outside of our user namespace */

	/* HOST_LSM */
	bool apparmor;
	bool selinux;

	/* HOST_SECCOMP */
	bool seccomp;
	uint64_t seccomp_flags;     /* SECCOMP_FILTER_FLAG_* that the kernel knows */
};

/* Fills the groups in WANTED.  Strings are allocated once for the process.  Errors: only what makes any plan
 * impossible (no /proc); a feature that is missing is a fact, not an error. */
int host_probe(uint32_t wanted, struct host *ret_host, struct err *e);

#endif
