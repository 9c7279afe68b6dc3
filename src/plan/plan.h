/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_PLAN_PLAN_H
#define RT_PLAN_PLAN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "base/message.h"

/*
 * The plan: everything that is decided before anything happens.  Read this file first.
 *
 * plan = f(spec, request, host): plan_build() makes it without one system call, and it is const from then on.  It
 * lives in one arena at PLAN_ADDRESS; the same bytes, in a sealed memfd, are mapped read-only at the same address by
 * init, so pointers stay valid and nothing is serialised.  Every pointer in it points into the arena or is NULL.
 *
 * What depends on the container's file system (is the source a directory, where does a link lead, PATH and HOME
 * lookup) is not here: it is looked up when it is used, inside the one function that needs it, by descriptor.
 *
 * Lists are {items, n}.  Strings are NUL-terminated UTF-8.  "index" members are the place in config.json, for errors.
 */

#define PLAN_VERSION 1
#if defined(__x86_64__)
#define PLAN_ADDRESS ((void *)0x300000000000UL) /* clear of ASLR's ranges and of sanitizers' shadows */
#elif __SIZEOF_POINTER__ == 8
#define PLAN_ADDRESS ((void *)0x3000000000UL) /* fits a 39-bit address space */
#else
#define PLAN_ADDRESS ((void *)0x30000000UL)
#endif
#define PLAN_SIZE_MAX ((size_t)32 << 20)

/* Rows of one list that become mounts or nodes: the kernel's time for them grows with the square of their number. */
#define PLAN_ROWS_MAX 4096
/* What rt opens for init: at most one for each mount and each device, the namespaces, a few more.  All of them wait in
 * the socket before init is there to take them. */
#define PLAN_FDS_MAX (2 * PLAN_ROWS_MAX + 32)

enum plan_kind { PLAN_CREATE, PLAN_EXEC };

/* Namespaces --------------------------------------------------------------------------------------------------- */

enum ns_kind { NS_USER, NS_MOUNT, NS_PID, NS_NET, NS_IPC, NS_UTS, NS_CGROUP, NS_TIME, NS_COUNT };
enum ns_mode { NS_MODE_HOST, NS_MODE_NEW, NS_MODE_JOIN };

/*
 * The schedule: how a process gets from rt's namespaces into the container's, as a list in order.  plan_ns_schedule()
 * computes it from nothing but the modes and four facts, and a test runs it over all combinations.
 *
 * The first step is always NS_STEP_CLONE and is rt's; the others are init's.
 */
enum ns_step_op {
	NS_STEP_CLONE,     /* rt: clone3 with FLAGS, and exec of init in the child */
	NS_STEP_JOIN,      /* setns to the descriptor of namespace KIND */
	NS_STEP_JOIN_ALL,  /* exec: setns(pidfd of the container's init, FLAGS): all or nothing */
	NS_STEP_UNSHARE,   /* unshare(FLAGS) */
	NS_STEP_FORK,      /* clone3(FLAGS | CLONE_PARENT | CLONE_PIDFD); the child goes on, MESSAGE_CHILD tells rt */
	NS_STEP_MAPS,      /* stop: rt writes the id maps of this process's user namespace, or compares them */
	NS_STEP_ROOT,      /* setresgid(0), setresuid(0) in the user namespace; capabilities come with it */
	NS_STEP_TIME,      /* unshare(CLONE_NEWTIME), write the offsets, setns to time_for_children */
	NS_STEP_FORK_LATE, /* clone(CLONE_PARENT | CLONE_PIDFD) into the joined pid namespace, with no rights left */
};

struct ns_step {
	enum ns_step_op op;
	enum ns_kind kind;  /* NS_STEP_JOIN */
	uint64_t flags;     /* CLONE_NEW* for CLONE, JOIN_ALL, UNSHARE, FORK */
};

#define NS_STEPS_MAX 20

struct plan_id_map {
	uint32_t container_id;
	uint32_t host_id;
	uint32_t size;
};

struct plan_time_offset {
	bool set;
	int64_t secs;
	uint32_t nanosecs;
};

struct plan_ns {
	enum ns_mode mode[NS_COUNT];
	const char *path[NS_COUNT]; /* absolute; for NS_MODE_JOIN */
	bool has_sysctl[NS_COUNT];  /* a sysctl changes it: one that is joined must not be rt's own */
	struct ns_step steps[NS_STEPS_MAX];
	unsigned n_steps;
	bool non_dumpable_from_start; /* a namespace is joined: its processes must not ptrace init on its way */
	const struct plan_id_map *uid_maps;
	const struct plan_id_map *gid_maps;
	unsigned n_uid_maps;
	unsigned n_gid_maps;
	bool maps_by_helper;  /* newuidmap and newgidmap: rt has no right to write these maps itself */
	bool deny_setgroups;
	struct plan_time_offset monotonic;
	struct plan_time_offset boottime;
};

/*
 * The first step that init executes.  exec with an unmapped uid loses the capabilities, so behind a clone with a new
 * user namespace rt serves MAPS between clone and exec, and its child does ROOT before it becomes init.
 */
static inline unsigned plan_ns_first_inside_step(const struct plan_ns *ns)
{
	return ns->n_steps > 2 && ns->steps[1].op == NS_STEP_MAPS ? 3 : 1;
}

/* Whether the program is a child of the process that init begins as, born when its rights are those of the program. */
static inline bool plan_ns_is_forked_late(const struct plan_ns *ns)
{
	return ns->n_steps > 0 && ns->steps[ns->n_steps - 1].op == NS_STEP_FORK_LATE;
}

/* Descriptors -------------------------------------------------------------------------------------------------- */

/*
 * What rt opens and hands to init, in this order, behind the plan itself.  init finds one by role and index.
 */
enum plan_fd_role {
	PLAN_FD_START,     /* the FIFO that `start` writes to (create only) */
	PLAN_FD_RESULT,    /* the FIFO whose end-of-file tells `start` of the exec (create only) */
	PLAN_FD_NS,        /* index: enum ns_kind; type verified by rt (NS_GET_NSTYPE) */
	PLAN_FD_CONTAINER, /* exec: pidfd of the container's init, for setns */
	PLAN_FD_SOURCE,    /* index: row in plan->mounts; a detached tree made with host rights */
	PLAN_FD_DEVICE,    /* index: row in plan->devices; a detached tree of the host's node (user namespaces) */
	PLAN_FD_TRACE,     /* --trace: the page that init writes the times of its steps to; base/trace.h */
	PLAN_FD_HOOKS_OUTPUT, /* index 1 or 2: that descriptor of the hooks that init runs */
};

struct plan_fd {
	enum plan_fd_role role;
	unsigned index;
	const char *path; /* what rt opens; NULL where the role says it all */
};

/* Root and mounts ---------------------------------------------------------------------------------------------- */

/*
 * A mapping of ids for mounts (mount_setattr(2), MOUNT_ATTR_IDMAP): from the ids that the file system has to those that
 * are seen.  The kernel takes it from a user namespace, and only its numbers count, so that the mapping of a user
 * namespace that is new with the container needs no more than a second one like it.
 */
struct plan_idmap {
	const struct plan_id_map *uid_maps;
	const struct plan_id_map *gid_maps;
	unsigned n_uid_maps;
	unsigned n_gid_maps;
	bool joined; /* that of the user namespace which the container joins; no maps here */
};

#define PLAN_IDMAPS_MAX 64 /* different ones; each is a user namespace while rt opens the sources */

enum mount_how {
	MOUNT_FS,          /* a new file system instance: fsopen, fsconfig, fsmount */
	MOUNT_BIND,        /* a clone of a host path or of a detached tree from rt */
	MOUNT_REMOUNT,     /* change what is mounted at the destination */
	MOUNT_CGROUP_BIND, /* the container's own cgroup directory, where it has no cgroup namespace of its own */
};

struct plan_mount_option {
	const char *key;
	const char *value; /* NULL: a flag */
};

struct plan_mount {
	unsigned index;           /* mounts[index] */
	enum mount_how how;
	const char *destination;  /* inside the root, cleaned, absolute */
	const char *type;         /* MOUNT_FS: file system type */
	const char *source;       /* MOUNT_BIND: absolute host path; MOUNT_FS: source string or NULL */
	bool recursive;           /* rbind */
	bool source_by_rt;        /* the tree comes as PLAN_FD_SOURCE */
	bool source_nofollow;
	bool destination_nofollow;
	bool copy_symlink;
	bool tmpcopyup;
	bool is_proc;             /* procfs and sysfs and mqueue: the destination must be a real directory */
	bool is_dev;              /* something is mounted on /dev: device nodes and links go there */
	bool keep_mode;           /* tmpfs without mode=: the mount point's own mode is kept */
	bool seal;                /* read-only superblock or tmpfs that becomes read-only only in the seal step */
	bool fallback_bind_sys;   /* sysfs refused (no network namespace of one's own): recursive bind of /sys */
	uint64_t attr_set;        /* MOUNT_ATTR_* of this mount alone */
	uint64_t attr_clr;
	uint64_t rec_attr_set;    /* MOUNT_ATTR_* of the whole tree (r* options) */
	uint64_t rec_attr_clr;
	bool superblock;          /* an option is about the superblock, "async" also: a remount changes it */
	uint64_t sb_flags;        /* MS_* of the superblock: sync, dirsync, lazytime, mand, iversion, silent, ro */
	uint64_t ms_flags;        /* the complete mount(2) word, for kernels without the newer calls */
	const uint64_t *propagation; /* MS_SHARED ... | MS_REC words, in order, applied after the mount is in place */
	unsigned n_propagation;
	const struct plan_mount_option *options; /* for fsconfig */
	unsigned n_options;
	const char *data;         /* the same options joined for mount(2) */
	const struct plan_idmap *idmap; /* in plan->idmaps, or NULL; rt applies it to the tree that it sends */
	bool idmap_recursive;     /* to the whole tree */
};

struct plan_root {
	const char *path;        /* absolute host path of the root file system */
	uint64_t propagation;    /* MS_* word that rootfsPropagation asks for, applied to / at the end; 0 = none */
	bool readonly;
	bool no_pivot;           /* MS_MOVE and chroot instead of pivot_root */
	bool chroot_only;        /* no mount namespace: chroot by descriptor, nothing else */
};

struct plan_device {
	unsigned index;          /* linux.devices[index]; default devices have UINT_MAX */
	const char *path;        /* inside the root */
	mode_t mode;             /* S_IF* | permissions */
	uint32_t major;
	uint32_t minor;
	uint32_t uid;
	uint32_t gid;
	bool bind;               /* mknod is not allowed here: bind the host's node */
};

struct plan_link {
	const char *path;
	const char *target;
	const char *only_if_exists; /* inside the root, looked up after the mounts; NULL = always */
};

/* Process ------------------------------------------------------------------------------------------------------ */

struct plan_rlimit {
	int resource;
	uint64_t soft;
	uint64_t hard;
	const char *name; /* "RLIMIT_NOFILE" */
};

struct plan_caps {
	bool set;            /* whenever there is a process: without the property it has none, as in other runtimes */
	uint64_t bounding;
	uint64_t effective;
	uint64_t inheritable;
	uint64_t permitted;
	uint64_t ambient;
};

struct plan_user {
	uint32_t uid;
	uint32_t gid;
	const uint32_t *groups;
	unsigned n_groups;
	bool set_groups;     /* false where the user namespace denies setgroups, or the caller's groups are kept */
	mode_t umask;
};

struct plan_terminal {
	bool enabled;
	uint16_t width;      /* 0: leave the kernel's */
	uint16_t height;
};

struct plan_sched {
	bool set;
	uint32_t policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime;
	uint64_t deadline;
	uint64_t period;
};

struct plan_process {
	bool present;                /* config without process: create is legal, start is an error */
	const char *cwd;             /* absolute, cleaned */
	const char *const *argv;     /* NULL-terminated */
	char *const *envp;           /* NULL-terminated; the slot HOME_SLOT is NULL-able, see home_slot */
	unsigned n_env;
	int home_slot;               /* index in envp for HOME= from the container's passwd; -1: config has HOME */
	struct plan_user user;
	struct plan_caps caps;
	struct plan_terminal terminal;
	const struct plan_rlimit *rlimits; /* by init, last; what exceeds rt's own hard limit rt raises at READY */
	unsigned n_rlimits;
	bool no_new_privileges;
	bool oom_score_adj_set;
	int oom_score_adj;           /* written by rt */
	struct plan_sched sched;
	bool ioprio_set;
	int ioprio;                  /* class << 13 | data */
	bool personality_set;
	unsigned long personality;
	bool mempolicy_set;
	int mempolicy_mode;          /* mode | flags */
	const unsigned long *mempolicy_nodes;
	unsigned long mempolicy_max_node;
	const char *apparmor_profile;
	const char *selinux_label;
	const unsigned long *affinity_initial; /* exec: CPU masks of AFFINITY_WORDS words; NULL = leave */
	const unsigned long *affinity_final;
	unsigned affinity_words;
	unsigned preserve_fds;       /* descriptors 3 .. 3 + n - 1 stay open (LISTEN_FDS included) */
	bool listen_pid;             /* LISTEN_PID is the process itself: slot listen_pid_slot of envp */
	int listen_pid_slot;
};

/* Hooks -------------------------------------------------------------------------------------------------------- */

struct plan_hook {
	unsigned index;              /* hooks.KIND[index] */
	const char *path;            /* absolute */
	char *const *argv;
	char *const *envp;           /* NULL: rt's own environment (hooks in the runtime namespace without "env") */
	int timeout;                 /* seconds; 0 = none */
};

enum hook_kind {
	HOOK_PRESTART,         /* rt, create: deprecated by the specification, still what GPU stacks use */
	HOOK_CREATE_RUNTIME,   /* rt, create */
	HOOK_CREATE_CONTAINER, /* init, before the pivot */
	HOOK_START_CONTAINER,  /* init, at start, before exec */
	HOOK_POSTSTART,        /* rt, after the exec */
	HOOK_POSTSTOP,         /* rt, at delete */
	HOOK_KIND_COUNT
};

struct plan_hooks {
	const struct plan_hook *hooks[HOOK_KIND_COUNT];
	unsigned n[HOOK_KIND_COUNT];
	/* The state document for hooks that init runs, one line of JSON cut at the two values that init knows:
	 * PREFIX status MIDDLE pid SUFFIX, where pid is the one seen in the container. */
	const char *state_prefix;
	const char *state_middle;
	const char *state_suffix;
	/* Files of the host that the hooks' output is appended to; NULL: the begin of it is quoted when one fails. */
	const char *stdout_path;
	const char *stderr_path;
};

/* Security filters --------------------------------------------------------------------------------------------- */

struct plan_seccomp_arg {
	uint32_t index;
	uint32_t op;     /* enum scmp_compare's numbers */
	uint64_t value;
	uint64_t value_two;
};

struct plan_seccomp_rule {
	const char *name;     /* system call */
	uint32_t action;      /* SECCOMP_RET_* with data */
	const struct plan_seccomp_arg *args;
	unsigned n_args;
};

/* A profile, normalised: what rt compiles (libseccomp) or finds in its cache under DIGEST. */
struct plan_seccomp {
	bool present;
	uint32_t default_action;      /* SECCOMP_RET_* with data */
	const char *const *archs;     /* libseccomp's names, native first; NULL-terminated */
	uint64_t flags;               /* SECCOMP_FILTER_FLAG_* */
	const struct plan_seccomp_rule *rules; /* one system call each, in order, names expanded */
	unsigned n_rules;
	bool fail_unknown_names;      /* by annotation; otherwise names that libseccomp does not know are skipped */
	const char *listener_path;    /* NULL unless NOTIFY is used */
	const char *listener_metadata;
	const uint8_t *raw_bpf;       /* a ready filter by annotation; excludes the rest */
	unsigned raw_bpf_len;         /* instructions */
	char digest[65];              /* SHA-256, hex, of all above that shapes the filter */
};

/* Cgroup ------------------------------------------------------------------------------------------------------- */

enum cgroup_driver_kind { CGROUP_DRIVER_V2, CGROUP_DRIVER_SYSTEMD, CGROUP_DRIVER_NONE };

struct plan_cgroup_write {
	const char *file;        /* "memory.max" */
	const char *value;
	const char *pointer;     /* JSON pointer of what asked for it */
	bool missing_ok;         /* ENOENT is not an error */
	const char *instead_file;  /* written where FILE is missing; NULL = none */
	const char *instead_value;
};

struct plan_cgroup_device {
	bool allow;
	char type;               /* 'a', 'b', 'c' */
	bool read;
	bool write;
	bool mknod;
	int64_t major;           /* -1 = any */
	int64_t minor;
};

struct plan_unit_value {
	uint64_t number;         /* all basic types but text; signed ones and booleans converted to it */
	const char *text;        /* s, o, g */
};

/* A property of a systemd unit. */
struct plan_unit_property {
	const char *name;
	const char *type;        /* of D-Bus: a basic one, or aX, a(XY..) of basic ones */
	struct plan_unit_value *values; /* the basic ones in it, in order */
	unsigned n_values;
	unsigned since;          /* the version of systemd that has it: left out before; 0 = all since 239 */
};

struct plan_cgroup {
	enum cgroup_driver_kind driver;
	const char *mount;       /* the cgroup2 mount on the host, "/sys/fs/cgroup" or ".../unified" */
	const char *path;        /* below the mount, cleaned, begins with "/" */
	const char *slice;       /* systemd driver: the slice that the unit is in */
	const char *unit;        /* a scope, or a slice */
	bool unit_is_slice;
	bool user_manager;       /* the systemd of the user, by the user's bus */
	const struct plan_unit_property *properties; /* of the unit, but for its pids */
	unsigned n_properties;
	bool required;           /* false: no permission to make one is no error (rootless, nothing requested) */
	const char *const *controllers; /* to enable top-down; NULL-terminated */
	const struct plan_cgroup_write *writes;
	unsigned n_writes;
	const struct plan_cgroup_device *devices; /* listed order, defaults included; last match wins */
	unsigned n_devices;
	bool device_filter;      /* attach a device program */
	bool devices_as_created; /* update: the rules are config.json's; another program in the place of rt's stays */
	bool delegate;           /* chown to the container's root: new cgroup namespace, writable cgroup mount */
	uint32_t owner_uid;      /* for delegate: host id of process.user.uid (config-linux.md, Cgroup ownership) */
	uint32_t owner_gid;      /* (uint32_t)-1: left as it is */
};

/* Network devices and resctrl ---------------------------------------------------------------------------------- */

#define PLAN_NETDEVS_MAX 256

/* A device of the host's network namespace that rt moves into the container's, at the stop MESSAGE_NETDEV. */
struct plan_netdev {
	const char *host_name;
	const char *name;        /* in the container; one "%d" in it is a number that the kernel chooses */
};

struct plan_rdt_line {
	const char *text;        /* for the file "schemata", without the last newline */
	const char *pointer;     /* JSON pointer of what asked for it */
	bool is_compared;        /* a group that exists must have it already (l3CacheSchema, memBwSchema) */
};

/* Where the process is counted and limited by resctrl.  Written by rt alone, nothing of it concerns init. */
struct plan_rdt {
	bool present;
	const char *group;       /* directory below the mount of resctrl; "" = the root group */
	bool group_of_container; /* named after the container: rt removes what it has made */
	bool must_exist;         /* closID without a schema: rt makes none */
	const struct plan_rdt_line *lines; /* in the order in which they are written */
	unsigned n_lines;
	bool monitoring;         /* a monitoring group named after the container */
};

/* The whole ---------------------------------------------------------------------------------------------------- */

struct plan_sysctl {
	const char *path;        /* below /proc/sys, with slashes */
	const char *value;
	const char *key;         /* as the config says it */
};

struct plan_annotation {
	const char *key;
	const char *value;
};

/* The listener of an early filter takes a descriptor: init does not go below this many before it has it. */
#define PLAN_EARLY_NOFILE 64

#define PLAN_STOPS_MAX 12

struct plan {
	uint32_t version;        /* PLAN_VERSION */
	enum plan_kind kind;
	const char *id;
	const char *bundle;      /* absolute */

	struct plan_ns ns;
	const struct plan_fd *fds;
	unsigned n_fds;

	bool legacy_mount_api;   /* this kernel (or a filter around us) lacks fsopen or mount_setattr: mount(2) alone */
	struct plan_root root;
	const struct plan_mount *mounts;
	unsigned n_mounts;
	const struct plan_idmap *idmaps; /* different from each other */
	unsigned n_idmaps;
	const struct plan_device *devices;
	unsigned n_devices;
	const struct plan_link *links;
	unsigned n_links;
	const char *const *masked_paths;
	unsigned n_masked_paths;
	const char *const *readonly_paths;
	unsigned n_readonly_paths;
	const char *mount_label;

	const char *hostname;    /* NULL: leave */
	const char *domainname;
	const struct plan_sysctl *sysctls;
	unsigned n_sysctls;
	bool bring_up_loopback;  /* new network namespace */
	bool new_session_keyring;
	const char *keyring_name;
	const struct plan_netdev *netdevs;
	unsigned n_netdevs;

	struct plan_process process;
	struct plan_hooks hooks;
	struct plan_seccomp seccomp;
	bool seccomp_early;      /* a listener: loaded before READY, while rt is there; else right before exec */
	bool seccomp_before_fork; /* plan_ns_is_forked_late(), and the profile allows what init does after the fork */

	struct plan_cgroup cgroup;
	struct plan_rdt rdt;

	const struct plan_annotation *annotations;
	unsigned n_annotations;

	/* How init waits for the word to execute: a FIFO (create), or GO alone (run, exec). */
	bool wait_for_start;

	/* The messages that rt expects from init, in order; the last one is MESSAGE_READY. */
	enum message_type stops[PLAN_STOPS_MAX];
	unsigned n_stops;

	const char *notify_socket; /* host path of NOTIFY_SOCKET, or NULL */
	const char *pidfd_receiver; /* create: a socket that gets init's pidfd, or NULL */

	const char *const *warnings; /* what the builders had to say; logged by rt before it starts */
	unsigned n_warnings;
};

/* Whether a procfs is mounted on the container's /proc.  Nothing else can be there then: init refuses it. */
static inline bool plan_has_procfs(const struct plan *p)
{
	for (unsigned i = 0; i < p->n_mounts; i++) {
		const struct plan_mount *m = &p->mounts[i];

		if (m->how == MOUNT_FS && strcmp(m->type, "proc") == 0 && strcmp(m->destination, "/proc") == 0)
			return true;
	}
	return false;
}

/* Whether a limit is set by rt, at READY, and not by init: OWN_HARD is the hard limit that both were born with. */
static inline bool plan_rlimit_is_for_rt(const struct plan *p, const struct plan_rlimit *r, uint64_t own_hard)
{
	return r->hard > own_hard ||
	       (p->seccomp_early && r->resource == RLIMIT_NOFILE && r->soft < PLAN_EARLY_NOFILE);
}

#endif
