/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCISPEC_OCI_H
#define OCISPEC_OCI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The documents of the OCI runtime specification 1.3 as C structs, for Linux: config.json, process.json, a bare
 * LinuxResources object, the state and the features document.  A member is named as its property, in snake case.
 *
 * Absent, empty and zero are three things:
 *
 *   string            NULL when absent, "" when empty
 *   object            NULL when absent
 *   list, map         items == NULL when absent; items != NULL and n == 0 when empty
 *   number, bool      struct oci_opt_x: set == false when absent, and then value is 0 (false), so where zero is the
 *                     default `.value` alone may be read
 *   REQUIRED          a plain value: the decoder has refused a document without it
 *
 * A property whose value is JSON null is absent (writers in Go emit null for a nil pointer, list or map).
 * Maps keep the order of the document; their keys are unique.  Enumerated words stay strings: what they mean, and
 * whether they mean anything, is not decided here.  All memory belongs to the arena of the document.
 *
 * Source: https://github.com/opencontainers/runtime-spec, tag v1.3.0: config.md, config-linux.md, runtime.md (state),
 * features.md, features-linux.md.  Each struct names its section.
 */

struct oci_opt_bool {
	bool set;
	bool value;
};

struct oci_opt_u16 {
	bool set;
	uint16_t value;
};

struct oci_opt_u32 {
	bool set;
	uint32_t value;
};

struct oci_opt_u64 {
	bool set;
	uint64_t value;
};

struct oci_opt_i32 {
	bool set;
	int32_t value;
};

struct oci_opt_i64 {
	bool set;
	int64_t value;
};

struct oci_strings {
	const char *const *items;
	size_t n;
};

struct oci_u32s {
	const uint32_t *items;
	size_t n;
};

/* One entry of a map from string to string: annotations, sysctl, unified. */
struct oci_pair {
	const char *key;
	const char *value;
};

struct oci_pairs {
	const struct oci_pair *items;
	size_t n;
};

/* config.md, Root */
struct oci_root {
	const char *path; /* REQUIRED */
	struct oci_opt_bool readonly;
};

/* config-linux.md, User namespace mappings */
struct oci_id_mapping {
	uint32_t container_id; /* REQUIRED */
	uint32_t host_id;      /* REQUIRED */
	uint32_t size;         /* REQUIRED */
};

struct oci_id_mappings {
	const struct oci_id_mapping *items;
	size_t n;
};

/* config.md, Mounts */
struct oci_mount {
	const char *destination; /* REQUIRED */
	const char *type;
	const char *source;
	struct oci_strings options;
	struct oci_id_mappings uid_mappings;
	struct oci_id_mappings gid_mappings;
};

struct oci_mounts {
	const struct oci_mount *items;
	size_t n;
};

/* config.md, POSIX-platform Hooks */
struct oci_hook {
	const char *path; /* REQUIRED */
	struct oci_strings args;
	struct oci_strings env;
	struct oci_opt_i64 timeout; /* seconds */
};

struct oci_hook_list {
	const struct oci_hook *items;
	size_t n;
};

struct oci_hooks {
	struct oci_hook_list prestart;
	struct oci_hook_list create_runtime;
	struct oci_hook_list create_container;
	struct oci_hook_list start_container;
	struct oci_hook_list poststart;
	struct oci_hook_list poststop;
};

/* config.md, Process: consoleSize, in characters */
struct oci_console_size {
	uint64_t height; /* REQUIRED */
	uint64_t width;  /* REQUIRED */
};

/* config.md, POSIX-platform User.  The text calls uid and gid REQUIRED, the schema and every runtime do not. */
struct oci_user {
	struct oci_opt_u32 uid;
	struct oci_opt_u32 gid;
	struct oci_opt_u32 umask;
	struct oci_u32s additional_gids;
};

/* config.md, Linux Process: capabilities */
struct oci_capabilities {
	struct oci_strings bounding;
	struct oci_strings effective;
	struct oci_strings inheritable;
	struct oci_strings permitted;
	struct oci_strings ambient;
};

/* config.md, POSIX process: rlimits */
struct oci_rlimit {
	const char *type; /* REQUIRED */
	uint64_t soft;    /* REQUIRED */
	uint64_t hard;    /* REQUIRED */
};

struct oci_rlimits {
	const struct oci_rlimit *items;
	size_t n;
};

/* config.md, Linux Process: scheduler; runtime, deadline and period in nanoseconds */
struct oci_scheduler {
	const char *policy; /* REQUIRED */
	struct oci_opt_i32 nice;
	struct oci_opt_i32 priority;
	struct oci_strings flags;
	struct oci_opt_u64 runtime;
	struct oci_opt_u64 deadline;
	struct oci_opt_u64 period;
};

/* config.md, Linux Process: ioPriority.  The text calls priority REQUIRED, the schema does not. */
struct oci_io_priority {
	const char *class; /* REQUIRED */
	struct oci_opt_i32 priority;
};

/* config.md, Linux Process: execCPUAffinity; lists of CPUs such as "0-3,7" */
struct oci_cpu_affinity {
	const char *initial;
	const char *final;
};

/* config.md, Process; also the whole of process.json */
struct oci_process {
	struct oci_opt_bool terminal;
	const struct oci_console_size *console_size;
	const struct oci_user *user;
	const char *cwd; /* REQUIRED */
	struct oci_strings args;
	struct oci_strings env;
	const struct oci_capabilities *capabilities;
	struct oci_rlimits rlimits;
	struct oci_opt_bool no_new_privileges;
	const char *apparmor_profile;
	const char *selinux_label;
	struct oci_opt_i64 oom_score_adj;
	const struct oci_scheduler *scheduler;
	const struct oci_io_priority *io_priority;
	const struct oci_cpu_affinity *exec_cpu_affinity;
};

/* config-linux.md, Namespaces */
struct oci_namespace {
	const char *type; /* REQUIRED */
	const char *path;
};

struct oci_namespaces {
	const struct oci_namespace *items;
	size_t n;
};

/* config-linux.md, Offset for Time Namespace: one entry of the map, whose key is the clock */
struct oci_time_offset {
	const char *key;
	struct oci_opt_i64 secs;
	struct oci_opt_u32 nanosecs;
};

struct oci_time_offsets {
	const struct oci_time_offset *items;
	size_t n;
};

/* config-linux.md, Devices.  major and minor are required unless type is "p". */
struct oci_device {
	const char *type; /* REQUIRED */
	const char *path; /* REQUIRED */
	struct oci_opt_i64 major;
	struct oci_opt_i64 minor;
	struct oci_opt_u32 file_mode; /* permissions; writers in Go set bits of their own above them */
	struct oci_opt_u32 uid;
	struct oci_opt_u32 gid;
};

struct oci_devices {
	const struct oci_device *items;
	size_t n;
};

/* config-linux.md, Network Devices: one entry of the map, whose key is the name on the host */
struct oci_net_device {
	const char *key;
	const char *name;
};

struct oci_net_devices {
	const struct oci_net_device *items;
	size_t n;
};

/* config-linux.md, Allowed Device list */
struct oci_device_rule {
	bool allow; /* REQUIRED */
	const char *type;
	struct oci_opt_i64 major;
	struct oci_opt_i64 minor;
	const char *access;
};

struct oci_device_rules {
	const struct oci_device_rule *items;
	size_t n;
};

/* config-linux.md, Memory; limits in bytes, -1 for none */
struct oci_memory {
	struct oci_opt_i64 limit;
	struct oci_opt_i64 reservation;
	struct oci_opt_i64 swap;
	struct oci_opt_i64 kernel;
	struct oci_opt_i64 kernel_tcp;
	struct oci_opt_u64 swappiness;
	struct oci_opt_bool disable_oom_killer;
	struct oci_opt_bool use_hierarchy;
	struct oci_opt_bool check_before_update;
};

/* config-linux.md, CPU; times in microseconds */
struct oci_cpu {
	struct oci_opt_u64 shares;
	struct oci_opt_i64 quota;
	struct oci_opt_u64 burst;
	struct oci_opt_u64 period;
	struct oci_opt_i64 realtime_runtime;
	struct oci_opt_u64 realtime_period;
	const char *cpus;
	const char *mems;
	struct oci_opt_i64 idle;
};

/* config-linux.md, PIDs.  The schema calls limit required, the text and the Go types do not. */
struct oci_pids {
	struct oci_opt_i64 limit;
};

/* config-linux.md, Block IO: weightDevice */
struct oci_weight_device {
	int64_t major; /* REQUIRED */
	int64_t minor; /* REQUIRED */
	struct oci_opt_u16 weight;
	struct oci_opt_u16 leaf_weight;
};

struct oci_weight_devices {
	const struct oci_weight_device *items;
	size_t n;
};

/* config-linux.md, Block IO: throttle*Device; rate in bytes or operations a second */
struct oci_throttle_device {
	int64_t major; /* REQUIRED */
	int64_t minor; /* REQUIRED */
	uint64_t rate; /* REQUIRED */
};

struct oci_throttle_devices {
	const struct oci_throttle_device *items;
	size_t n;
};

struct oci_block_io {
	struct oci_opt_u16 weight;
	struct oci_opt_u16 leaf_weight;
	struct oci_weight_devices weight_device;
	struct oci_throttle_devices throttle_read_bps_device;
	struct oci_throttle_devices throttle_write_bps_device;
	struct oci_throttle_devices throttle_read_iops_device;
	struct oci_throttle_devices throttle_write_iops_device;
};

/* config-linux.md, Huge page limits; limit in bytes */
struct oci_hugepage_limit {
	const char *page_size; /* REQUIRED */
	uint64_t limit;        /* REQUIRED */
};

struct oci_hugepage_limits {
	const struct oci_hugepage_limit *items;
	size_t n;
};

/* config-linux.md, Network: priorities */
struct oci_interface_priority {
	const char *name;  /* REQUIRED */
	uint32_t priority; /* REQUIRED */
};

struct oci_interface_priorities {
	const struct oci_interface_priority *items;
	size_t n;
};

struct oci_network {
	struct oci_opt_u32 class_id;
	struct oci_interface_priorities priorities;
};

/* config-linux.md, RDMA: one entry of the map, whose key is the device */
struct oci_rdma {
	const char *key;
	struct oci_opt_u32 hca_handles;
	struct oci_opt_u32 hca_objects;
};

struct oci_rdmas {
	const struct oci_rdma *items;
	size_t n;
};

/* config-linux.md, Control groups; also what `update --resources` reads */
struct oci_resources {
	struct oci_device_rules devices;
	const struct oci_memory *memory;
	const struct oci_cpu *cpu;
	const struct oci_pids *pids;
	const struct oci_block_io *block_io;
	struct oci_hugepage_limits hugepage_limits;
	const struct oci_network *network;
	struct oci_rdmas rdma;
	struct oci_pairs unified;
};

/* config-linux.md, Seccomp: syscalls[].args */
struct oci_seccomp_arg {
	uint32_t index; /* REQUIRED */
	uint64_t value; /* REQUIRED */
	struct oci_opt_u64 value_two;
	const char *op; /* REQUIRED */
};

struct oci_seccomp_args {
	const struct oci_seccomp_arg *items;
	size_t n;
};

struct oci_seccomp_syscall {
	struct oci_strings names; /* REQUIRED */
	const char *action;       /* REQUIRED */
	struct oci_opt_u32 errno_ret;
	struct oci_seccomp_args args;
};

struct oci_seccomp_syscalls {
	const struct oci_seccomp_syscall *items;
	size_t n;
};

struct oci_seccomp {
	const char *default_action; /* REQUIRED */
	struct oci_opt_u32 default_errno_ret;
	struct oci_strings architectures;
	struct oci_strings flags;
	const char *listener_path;
	const char *listener_metadata;
	struct oci_seccomp_syscalls syscalls;
};

/* config-linux.md, IntelRdt */
struct oci_intel_rdt {
	const char *clos_id;
	struct oci_strings schemata;
	const char *l3_cache_schema;
	const char *mem_bw_schema;
	struct oci_opt_bool enable_monitoring;
};

/* config-linux.md, Memory policy */
struct oci_memory_policy {
	const char *mode; /* REQUIRED */
	const char *nodes;
	struct oci_strings flags;
};

/* config-linux.md, Personality */
struct oci_personality {
	const char *domain; /* REQUIRED */
	struct oci_strings flags;
};

/* config-linux.md */
struct oci_linux {
	struct oci_namespaces namespaces;
	struct oci_id_mappings uid_mappings;
	struct oci_id_mappings gid_mappings;
	struct oci_time_offsets time_offsets;
	struct oci_devices devices;
	struct oci_net_devices net_devices;
	const char *cgroups_path;
	const struct oci_resources *resources;
	const char *rootfs_propagation;
	const struct oci_seccomp *seccomp;
	struct oci_pairs sysctl;
	struct oci_strings masked_paths;
	struct oci_strings readonly_paths;
	const char *mount_label;
	const struct oci_intel_rdt *intel_rdt;
	const struct oci_memory_policy *memory_policy;
	const struct oci_personality *personality;
};

/* config.md; root may be absent here, as for a container that is described but never created */
struct oci_config {
	const char *oci_version; /* REQUIRED */
	const struct oci_root *root;
	struct oci_mounts mounts;
	const struct oci_process *process;
	const char *hostname;
	const char *domainname;
	const struct oci_hooks *hooks;
	struct oci_pairs annotations;
	const struct oci_linux *linux_; /* `linux` is a predefined macro of -std=gnu17 */
};

/* runtime.md, State */
struct oci_state {
	const char *oci_version; /* REQUIRED */
	const char *id;          /* REQUIRED */
	const char *status;      /* REQUIRED */
	struct oci_opt_i64 pid;  /* required by the text while created or running */
	const char *bundle;      /* REQUIRED */
	struct oci_pairs annotations;
};

/* config-linux.md, The Container Process State: what a seccomp listener is sent */
struct oci_process_state {
	const char *oci_version; /* REQUIRED */
	struct oci_strings fds;
	int64_t pid; /* REQUIRED */
	const char *metadata;
	const struct oci_state *state; /* REQUIRED */
};

/* features-linux.md: an object whose one property says whether the feature is there */
struct oci_feature {
	struct oci_opt_bool enabled;
};

struct oci_features_cgroup {
	struct oci_opt_bool v1;
	struct oci_opt_bool v2;
	struct oci_opt_bool systemd;
	struct oci_opt_bool systemd_user;
	struct oci_opt_bool rdma;
};

struct oci_features_seccomp {
	struct oci_opt_bool enabled;
	struct oci_strings actions;
	struct oci_strings operators;
	struct oci_strings archs;
	struct oci_strings known_flags;
	struct oci_strings supported_flags;
};

struct oci_features_intel_rdt {
	struct oci_opt_bool enabled;
	struct oci_opt_bool schemata;
	struct oci_opt_bool monitoring;
};

struct oci_features_memory_policy {
	struct oci_strings modes;
	struct oci_strings flags;
};

struct oci_features_mount_extensions {
	const struct oci_feature *idmap;
};

struct oci_features_linux {
	struct oci_strings namespaces;
	struct oci_strings capabilities;
	const struct oci_features_cgroup *cgroup;
	const struct oci_features_seccomp *seccomp;
	const struct oci_feature *apparmor;
	const struct oci_feature *selinux;
	const struct oci_features_intel_rdt *intel_rdt;
	const struct oci_features_memory_policy *memory_policy;
	const struct oci_features_mount_extensions *mount_extensions;
	const struct oci_feature *net_devices;
};

/* features.md */
struct oci_features {
	const char *oci_version_min; /* REQUIRED */
	const char *oci_version_max; /* REQUIRED */
	struct oci_strings hooks;
	struct oci_strings mount_options;
	const struct oci_features_linux *linux_;
	struct oci_pairs annotations;
	struct oci_strings potentially_unsafe_config_annotations;
};

#endif
