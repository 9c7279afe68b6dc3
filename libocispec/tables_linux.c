/* SPDX-License-Identifier: Apache-2.0 */
#include "libocispec/table.h"

/* config-linux.md, all but the resources. */

static const struct oci_row namespace_rows[] = {
	STRING_REQUIRED(oci_namespace, "type", type),
	STRING(oci_namespace, "path", path),
};
static const struct oci_table oci_namespace_table = OCI_TABLE(oci_namespace, namespace_rows);

static const struct oci_row time_offset_rows[] = {
	I64(oci_time_offset, "secs", secs),
	U32(oci_time_offset, "nanosecs", nanosecs),
};
static const struct oci_table oci_time_offset_table = OCI_TABLE(oci_time_offset, time_offset_rows);

static const struct oci_row device_rows[] = {
	STRING_REQUIRED(oci_device, "path", path),
	STRING_REQUIRED(oci_device, "type", type),
	I64(oci_device, "major", major),
	I64(oci_device, "minor", minor),
	U32(oci_device, "fileMode", file_mode),
	U32(oci_device, "uid", uid),
	U32(oci_device, "gid", gid),
};
static const struct oci_table oci_device_table = OCI_TABLE(oci_device, device_rows);

static const struct oci_row net_device_rows[] = {
	STRING(oci_net_device, "name", name),
};
static const struct oci_table oci_net_device_table = OCI_TABLE(oci_net_device, net_device_rows);

static const struct oci_row seccomp_arg_rows[] = {
	U32_REQUIRED(oci_seccomp_arg, "index", index),
	U64_REQUIRED(oci_seccomp_arg, "value", value),
	U64(oci_seccomp_arg, "valueTwo", value_two),
	STRING_REQUIRED(oci_seccomp_arg, "op", op),
};
static const struct oci_table oci_seccomp_arg_table = OCI_TABLE(oci_seccomp_arg, seccomp_arg_rows);

static const struct oci_row seccomp_syscall_rows[] = {
	STRINGS_REQUIRED(oci_seccomp_syscall, "names", names),
	STRING_REQUIRED(oci_seccomp_syscall, "action", action),
	U32(oci_seccomp_syscall, "errnoRet", errno_ret),
	LIST(oci_seccomp_syscall, "args", args, oci_seccomp_arg),
};
static const struct oci_table oci_seccomp_syscall_table = OCI_TABLE(oci_seccomp_syscall, seccomp_syscall_rows);

static const struct oci_row seccomp_rows[] = {
	STRING_REQUIRED(oci_seccomp, "defaultAction", default_action),
	U32(oci_seccomp, "defaultErrnoRet", default_errno_ret),
	STRINGS(oci_seccomp, "architectures", architectures),
	STRINGS(oci_seccomp, "flags", flags),
	STRING(oci_seccomp, "listenerPath", listener_path),
	STRING(oci_seccomp, "listenerMetadata", listener_metadata),
	LIST(oci_seccomp, "syscalls", syscalls, oci_seccomp_syscall),
};
static const struct oci_table oci_seccomp_table = OCI_TABLE(oci_seccomp, seccomp_rows);

static const struct oci_row intel_rdt_rows[] = {
	STRING(oci_intel_rdt, "closID", clos_id),
	STRINGS(oci_intel_rdt, "schemata", schemata),
	STRING(oci_intel_rdt, "l3CacheSchema", l3_cache_schema),
	STRING(oci_intel_rdt, "memBwSchema", mem_bw_schema),
	BOOL(oci_intel_rdt, "enableMonitoring", enable_monitoring),
};
static const struct oci_table oci_intel_rdt_table = OCI_TABLE(oci_intel_rdt, intel_rdt_rows);

static const struct oci_row memory_policy_rows[] = {
	STRING_REQUIRED(oci_memory_policy, "mode", mode),
	STRING(oci_memory_policy, "nodes", nodes),
	STRINGS(oci_memory_policy, "flags", flags),
};
static const struct oci_table oci_memory_policy_table = OCI_TABLE(oci_memory_policy, memory_policy_rows);

static const struct oci_row personality_rows[] = {
	STRING_REQUIRED(oci_personality, "domain", domain),
	STRINGS(oci_personality, "flags", flags),
};
static const struct oci_table oci_personality_table = OCI_TABLE(oci_personality, personality_rows);

static const struct oci_row linux_rows[] = {
	LIST(oci_linux, "uidMappings", uid_mappings, oci_id_mapping),
	LIST(oci_linux, "gidMappings", gid_mappings, oci_id_mapping),
	STRING_MAP(oci_linux, "sysctl", sysctl),
	OBJECT(oci_linux, "resources", resources, oci_resources),
	STRING(oci_linux, "cgroupsPath", cgroups_path),
	LIST(oci_linux, "namespaces", namespaces, oci_namespace),
	LIST(oci_linux, "devices", devices, oci_device),
	MAP(oci_linux, "netDevices", net_devices, oci_net_device),
	OBJECT(oci_linux, "seccomp", seccomp, oci_seccomp),
	STRING(oci_linux, "rootfsPropagation", rootfs_propagation),
	STRINGS(oci_linux, "maskedPaths", masked_paths),
	STRINGS(oci_linux, "readonlyPaths", readonly_paths),
	STRING(oci_linux, "mountLabel", mount_label),
	OBJECT(oci_linux, "intelRdt", intel_rdt, oci_intel_rdt),
	OBJECT(oci_linux, "memoryPolicy", memory_policy, oci_memory_policy),
	OBJECT(oci_linux, "personality", personality, oci_personality),
	MAP(oci_linux, "timeOffsets", time_offsets, oci_time_offset),
};
const struct oci_table oci_linux_table = OCI_TABLE(oci_linux, linux_rows);
