/* SPDX-License-Identifier: Apache-2.0 */
#include "libocispec/table.h"

/* config.md. */

static const struct oci_row root_rows[] = {
	STRING_REQUIRED(oci_root, "path", path),
	BOOL(oci_root, "readonly", readonly),
};
static const struct oci_table oci_root_table = OCI_TABLE(oci_root, root_rows);

static const struct oci_row id_mapping_rows[] = {
	U32_REQUIRED(oci_id_mapping, "containerID", container_id),
	U32_REQUIRED(oci_id_mapping, "hostID", host_id),
	U32_REQUIRED(oci_id_mapping, "size", size),
};
const struct oci_table oci_id_mapping_table = OCI_TABLE(oci_id_mapping, id_mapping_rows);

static const struct oci_row mount_rows[] = {
	STRING_REQUIRED(oci_mount, "destination", destination),
	STRING(oci_mount, "type", type),
	STRING(oci_mount, "source", source),
	STRINGS(oci_mount, "options", options),
	LIST(oci_mount, "uidMappings", uid_mappings, oci_id_mapping),
	LIST(oci_mount, "gidMappings", gid_mappings, oci_id_mapping),
};
static const struct oci_table oci_mount_table = OCI_TABLE(oci_mount, mount_rows);

static const struct oci_row hook_rows[] = {
	STRING_REQUIRED(oci_hook, "path", path),
	STRINGS(oci_hook, "args", args),
	STRINGS(oci_hook, "env", env),
	I64(oci_hook, "timeout", timeout),
};
static const struct oci_table oci_hook_table = OCI_TABLE(oci_hook, hook_rows);

static const struct oci_row hooks_rows[] = {
	LIST(oci_hooks, "prestart", prestart, oci_hook),
	LIST(oci_hooks, "createRuntime", create_runtime, oci_hook),
	LIST(oci_hooks, "createContainer", create_container, oci_hook),
	LIST(oci_hooks, "startContainer", start_container, oci_hook),
	LIST(oci_hooks, "poststart", poststart, oci_hook),
	LIST(oci_hooks, "poststop", poststop, oci_hook),
};
static const struct oci_table oci_hooks_table = OCI_TABLE(oci_hooks, hooks_rows);

static const struct oci_row config_rows[] = {
	STRING_REQUIRED(oci_config, "ociVersion", oci_version),
	OBJECT(oci_config, "process", process, oci_process),
	OBJECT(oci_config, "root", root, oci_root),
	STRING(oci_config, "hostname", hostname),
	STRING(oci_config, "domainname", domainname),
	LIST(oci_config, "mounts", mounts, oci_mount),
	OBJECT(oci_config, "hooks", hooks, oci_hooks),
	STRING_MAP(oci_config, "annotations", annotations),
	OBJECT(oci_config, "linux", linux_, oci_linux),
	OTHER("solaris"),
	OTHER("windows"),
	OTHER("vm"),
	OTHER("zos"),
	OTHER("freebsd"),
};
const struct oci_table oci_config_table = OCI_TABLE(oci_config, config_rows);
