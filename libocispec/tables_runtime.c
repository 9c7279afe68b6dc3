/* SPDX-License-Identifier: Apache-2.0 */
#include "libocispec/table.h"

/* What a runtime writes: runtime.md (state), config-linux.md (container process state), features.md. */

static const struct oci_row state_rows[] = {
	STRING_REQUIRED(oci_state, "ociVersion", oci_version),
	STRING_REQUIRED(oci_state, "id", id),
	STRING_REQUIRED(oci_state, "status", status),
	I64(oci_state, "pid", pid),
	STRING_REQUIRED(oci_state, "bundle", bundle),
	STRING_MAP(oci_state, "annotations", annotations),
};
const struct oci_table oci_state_table = OCI_TABLE(oci_state, state_rows);

static const struct oci_row process_state_rows[] = {
	STRING_REQUIRED(oci_process_state, "ociVersion", oci_version),
	STRINGS(oci_process_state, "fds", fds),
	I64_REQUIRED(oci_process_state, "pid", pid),
	STRING(oci_process_state, "metadata", metadata),
	OBJECT_REQUIRED(oci_process_state, "state", state, oci_state),
};
const struct oci_table oci_process_state_table = OCI_TABLE(oci_process_state, process_state_rows);

static const struct oci_row feature_rows[] = {
	BOOL(oci_feature, "enabled", enabled),
};
static const struct oci_table oci_feature_table = OCI_TABLE(oci_feature, feature_rows);

static const struct oci_row cgroup_rows[] = {
	BOOL(oci_features_cgroup, "v1", v1),
	BOOL(oci_features_cgroup, "v2", v2),
	BOOL(oci_features_cgroup, "systemd", systemd),
	BOOL(oci_features_cgroup, "systemdUser", systemd_user),
	BOOL(oci_features_cgroup, "rdma", rdma),
};
static const struct oci_table oci_features_cgroup_table = OCI_TABLE(oci_features_cgroup, cgroup_rows);

static const struct oci_row seccomp_rows[] = {
	BOOL(oci_features_seccomp, "enabled", enabled),
	STRINGS(oci_features_seccomp, "actions", actions),
	STRINGS(oci_features_seccomp, "operators", operators),
	STRINGS(oci_features_seccomp, "archs", archs),
	STRINGS(oci_features_seccomp, "knownFlags", known_flags),
	STRINGS(oci_features_seccomp, "supportedFlags", supported_flags),
};
static const struct oci_table oci_features_seccomp_table = OCI_TABLE(oci_features_seccomp, seccomp_rows);

static const struct oci_row intel_rdt_rows[] = {
	BOOL(oci_features_intel_rdt, "enabled", enabled),
	BOOL(oci_features_intel_rdt, "schemata", schemata),
	BOOL(oci_features_intel_rdt, "monitoring", monitoring),
};
static const struct oci_table oci_features_intel_rdt_table = OCI_TABLE(oci_features_intel_rdt, intel_rdt_rows);

static const struct oci_row memory_policy_rows[] = {
	STRINGS(oci_features_memory_policy, "modes", modes),
	STRINGS(oci_features_memory_policy, "flags", flags),
};
static const struct oci_table oci_features_memory_policy_table =
	OCI_TABLE(oci_features_memory_policy, memory_policy_rows);

static const struct oci_row mount_extensions_rows[] = {
	OBJECT(oci_features_mount_extensions, "idmap", idmap, oci_feature),
};
static const struct oci_table oci_features_mount_extensions_table =
	OCI_TABLE(oci_features_mount_extensions, mount_extensions_rows);

static const struct oci_row features_linux_rows[] = {
	STRINGS(oci_features_linux, "namespaces", namespaces),
	STRINGS(oci_features_linux, "capabilities", capabilities),
	OBJECT(oci_features_linux, "cgroup", cgroup, oci_features_cgroup),
	OBJECT(oci_features_linux, "seccomp", seccomp, oci_features_seccomp),
	OBJECT(oci_features_linux, "apparmor", apparmor, oci_feature),
	OBJECT(oci_features_linux, "selinux", selinux, oci_feature),
	OBJECT(oci_features_linux, "intelRdt", intel_rdt, oci_features_intel_rdt),
	OBJECT(oci_features_linux, "memoryPolicy", memory_policy, oci_features_memory_policy),
	OBJECT(oci_features_linux, "mountExtensions", mount_extensions, oci_features_mount_extensions),
	OBJECT(oci_features_linux, "netDevices", net_devices, oci_feature),
};
static const struct oci_table oci_features_linux_table = OCI_TABLE(oci_features_linux, features_linux_rows);

static const struct oci_row features_rows[] = {
	STRING_REQUIRED(oci_features, "ociVersionMin", oci_version_min),
	STRING_REQUIRED(oci_features, "ociVersionMax", oci_version_max),
	STRINGS(oci_features, "hooks", hooks),
	STRINGS(oci_features, "mountOptions", mount_options),
	OBJECT(oci_features, "linux", linux_, oci_features_linux),
	STRING_MAP(oci_features, "annotations", annotations),
	STRINGS(oci_features, "potentiallyUnsafeConfigAnnotations", potentially_unsafe_config_annotations),
};
const struct oci_table oci_features_table = OCI_TABLE(oci_features, features_rows);
