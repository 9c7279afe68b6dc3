/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/example.h"

#include "libocispec/codec.h"
#include "plan/features.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))
#define STRINGS(...)                                                                                     \
	{                                                                                                \
		.items = (const char *const[]){ __VA_ARGS__ },                                           \
		.n = N_OF(((const char *const[]){ __VA_ARGS__ })),                                       \
	}
#define LIST(array) { .items = (array), .n = N_OF(array) }

#define CAPABILITIES STRINGS("CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE")

static const struct oci_user user = { .uid = { true, 0 }, .gid = { true, 0 } };

/* None is inheritable: a program with file capabilities would get more than the configuration says. */
static const struct oci_capabilities capabilities = {
	.bounding = CAPABILITIES,
	.effective = CAPABILITIES,
	.permitted = CAPABILITIES,
};

static const struct oci_rlimit rlimits[] = {
	{ .type = "RLIMIT_NOFILE", .soft = 1024, .hard = 1024 },
};

static const struct oci_process process = {
	.terminal = { true, true },
	.user = &user,
	.args = STRINGS("sh"),
	.env = STRINGS("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"),
	.cwd = "/",
	.capabilities = &capabilities,
	.rlimits = LIST(rlimits),
	.no_new_privileges = { true, true },
};

static const struct oci_root root = { .path = "rootfs", .readonly = { true, true } };

#define MOUNT_PROC { .destination = "/proc", .type = "proc", .source = "proc" }
#define MOUNT_DEV                                                                                        \
	{ .destination = "/dev", .type = "tmpfs", .source = "tmpfs",                                     \
	  .options = STRINGS("nosuid", "strictatime", "mode=755", "size=65536k") }
#define MOUNT_SHM                                                                                        \
	{ .destination = "/dev/shm", .type = "tmpfs", .source = "shm",                                   \
	  .options = STRINGS("nosuid", "noexec", "nodev", "mode=1777", "size=65536k") }
#define MOUNT_MQUEUE                                                                                     \
	{ .destination = "/dev/mqueue", .type = "mqueue", .source = "mqueue",                            \
	  .options = STRINGS("nosuid", "noexec", "nodev") }
#define MOUNT_CGROUP                                                                                     \
	{ .destination = "/sys/fs/cgroup", .type = "cgroup", .source = "cgroup",                         \
	  .options = STRINGS("nosuid", "noexec", "nodev", "relatime", "ro") }

static const struct oci_mount mounts[] = {
	MOUNT_PROC,
	MOUNT_DEV,
	{ .destination = "/dev/pts", .type = "devpts", .source = "devpts",
	  .options = STRINGS("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5") },
	MOUNT_SHM,
	MOUNT_MQUEUE,
	{ .destination = "/sys", .type = "sysfs", .source = "sysfs",
	  .options = STRINGS("nosuid", "noexec", "nodev", "ro") },
	MOUNT_CGROUP,
};

/* gid=5 (tty) is not mapped, and sysfs belongs to the owner of the network namespace, which is the host's. */
static const struct oci_mount rootless_mounts[] = {
	MOUNT_PROC,
	MOUNT_DEV,
	{ .destination = "/dev/pts", .type = "devpts", .source = "devpts",
	  .options = STRINGS("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620") },
	MOUNT_SHM,
	MOUNT_MQUEUE,
	{ .destination = "/sys", .type = "none", .source = "/sys",
	  .options = STRINGS("rbind", "nosuid", "noexec", "nodev", "ro") },
	MOUNT_CGROUP, /* over the host's, of which a part may be the caller's to write */
};

static const struct oci_namespace namespaces[] = {
	{ .type = "pid" }, { .type = "network" }, { .type = "ipc" },
	{ .type = "uts" }, { .type = "mount" },   { .type = "cgroup" },
};

static const struct oci_namespace rootless_namespaces[] = {
	{ .type = "pid" },   { .type = "ipc" },    { .type = "uts" },
	{ .type = "mount" }, { .type = "cgroup" }, { .type = "user" },
};

/* What procfs and sysfs tell of the host, or let the container do to it. */
#define MASKED_PATHS                                                                                     \
	STRINGS("/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats",        \
		"/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/sys/firmware",           \
		"/sys/devices/virtual/powercap", "/proc/scsi")
#define READONLY_PATHS                                                                                   \
	STRINGS("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")

static const struct oci_device_rule device_rules[] = {
	{ .allow = false, .access = "rwm" },
};

static const struct oci_resources resources = { .devices = LIST(device_rules) };

static const struct oci_linux linux_part = {
	.resources = &resources,
	.namespaces = LIST(namespaces),
	.masked_paths = MASKED_PATHS,
	.readonly_paths = READONLY_PATHS,
};

static const struct oci_config config = {
	.oci_version = FEATURES_OCI_VERSION,
	.process = &process,
	.root = &root,
	.hostname = "rt",
	.mounts = LIST(mounts),
	.linux_ = &linux_part,
};

void example_encode(struct json *j)
{
	oci_config_encode(&config, j);
}

void example_encode_rootless(uint32_t uid, uint32_t gid, struct json *j)
{
	const struct oci_id_mapping uid_map = { .container_id = 0, .host_id = uid, .size = 1 };
	const struct oci_id_mapping gid_map = { .container_id = 0, .host_id = gid, .size = 1 };
	struct oci_config rootless = config;
	struct oci_linux rootless_linux = linux_part;

	rootless_linux.resources = NULL; /* no right to limit anything */
	rootless_linux.namespaces = (struct oci_namespaces)LIST(rootless_namespaces);
	rootless_linux.uid_mappings = (struct oci_id_mappings){ .items = &uid_map, .n = 1 };
	rootless_linux.gid_mappings = (struct oci_id_mappings){ .items = &gid_map, .n = 1 };
	rootless.linux_ = &rootless_linux;
	rootless.mounts = (struct oci_mounts)LIST(rootless_mounts);
	oci_config_encode(&rootless, j);
}
