/* SPDX-License-Identifier: Apache-2.0 */
#include "libocispec/table.h"

/* config-linux.md, Control groups; also a bare resources document. */

static const struct oci_row device_rule_rows[] = {
	BOOL_REQUIRED(oci_device_rule, "allow", allow),
	STRING(oci_device_rule, "type", type),
	I64(oci_device_rule, "major", major),
	I64(oci_device_rule, "minor", minor),
	STRING(oci_device_rule, "access", access),
};
static const struct oci_table oci_device_rule_table = OCI_TABLE(oci_device_rule, device_rule_rows);

static const struct oci_row memory_rows[] = {
	I64(oci_memory, "limit", limit),
	I64(oci_memory, "reservation", reservation),
	I64(oci_memory, "swap", swap),
	I64(oci_memory, "kernel", kernel),
	I64(oci_memory, "kernelTCP", kernel_tcp),
	U64(oci_memory, "swappiness", swappiness),
	BOOL(oci_memory, "disableOOMKiller", disable_oom_killer),
	BOOL(oci_memory, "useHierarchy", use_hierarchy),
	BOOL(oci_memory, "checkBeforeUpdate", check_before_update),
};
static const struct oci_table oci_memory_table = OCI_TABLE(oci_memory, memory_rows);

static const struct oci_row cpu_rows[] = {
	U64(oci_cpu, "shares", shares),
	I64(oci_cpu, "quota", quota),
	U64(oci_cpu, "burst", burst),
	U64(oci_cpu, "period", period),
	I64(oci_cpu, "realtimeRuntime", realtime_runtime),
	U64(oci_cpu, "realtimePeriod", realtime_period),
	STRING(oci_cpu, "cpus", cpus),
	STRING(oci_cpu, "mems", mems),
	I64(oci_cpu, "idle", idle),
};
static const struct oci_table oci_cpu_table = OCI_TABLE(oci_cpu, cpu_rows);

static const struct oci_row pids_rows[] = {
	I64(oci_pids, "limit", limit),
};
static const struct oci_table oci_pids_table = OCI_TABLE(oci_pids, pids_rows);

static const struct oci_row weight_device_rows[] = {
	I64_REQUIRED(oci_weight_device, "major", major),
	I64_REQUIRED(oci_weight_device, "minor", minor),
	U16(oci_weight_device, "weight", weight),
	U16(oci_weight_device, "leafWeight", leaf_weight),
};
static const struct oci_table oci_weight_device_table = OCI_TABLE(oci_weight_device, weight_device_rows);

static const struct oci_row throttle_device_rows[] = {
	I64_REQUIRED(oci_throttle_device, "major", major),
	I64_REQUIRED(oci_throttle_device, "minor", minor),
	U64_REQUIRED(oci_throttle_device, "rate", rate),
};
static const struct oci_table oci_throttle_device_table = OCI_TABLE(oci_throttle_device, throttle_device_rows);

static const struct oci_row block_io_rows[] = {
	U16(oci_block_io, "weight", weight),
	U16(oci_block_io, "leafWeight", leaf_weight),
	LIST(oci_block_io, "weightDevice", weight_device, oci_weight_device),
	LIST(oci_block_io, "throttleReadBpsDevice", throttle_read_bps_device, oci_throttle_device),
	LIST(oci_block_io, "throttleWriteBpsDevice", throttle_write_bps_device, oci_throttle_device),
	LIST(oci_block_io, "throttleReadIOPSDevice", throttle_read_iops_device, oci_throttle_device),
	LIST(oci_block_io, "throttleWriteIOPSDevice", throttle_write_iops_device, oci_throttle_device),
};
static const struct oci_table oci_block_io_table = OCI_TABLE(oci_block_io, block_io_rows);

static const struct oci_row hugepage_limit_rows[] = {
	STRING_REQUIRED(oci_hugepage_limit, "pageSize", page_size),
	U64_REQUIRED(oci_hugepage_limit, "limit", limit),
};
static const struct oci_table oci_hugepage_limit_table = OCI_TABLE(oci_hugepage_limit, hugepage_limit_rows);

static const struct oci_row interface_priority_rows[] = {
	STRING_REQUIRED(oci_interface_priority, "name", name),
	U32_REQUIRED(oci_interface_priority, "priority", priority),
};
static const struct oci_table oci_interface_priority_table = OCI_TABLE(oci_interface_priority, interface_priority_rows);

static const struct oci_row network_rows[] = {
	U32(oci_network, "classID", class_id),
	LIST(oci_network, "priorities", priorities, oci_interface_priority),
};
static const struct oci_table oci_network_table = OCI_TABLE(oci_network, network_rows);

static const struct oci_row rdma_rows[] = {
	U32(oci_rdma, "hcaHandles", hca_handles),
	U32(oci_rdma, "hcaObjects", hca_objects),
};
static const struct oci_table oci_rdma_table = OCI_TABLE(oci_rdma, rdma_rows);

static const struct oci_row resources_rows[] = {
	LIST(oci_resources, "devices", devices, oci_device_rule),
	OBJECT(oci_resources, "memory", memory, oci_memory),
	OBJECT(oci_resources, "cpu", cpu, oci_cpu),
	OBJECT(oci_resources, "pids", pids, oci_pids),
	OBJECT(oci_resources, "blockIO", block_io, oci_block_io),
	LIST(oci_resources, "hugepageLimits", hugepage_limits, oci_hugepage_limit),
	OBJECT(oci_resources, "network", network, oci_network),
	MAP(oci_resources, "rdma", rdma, oci_rdma),
	STRING_MAP(oci_resources, "unified", unified),
};
const struct oci_table oci_resources_table = OCI_TABLE(oci_resources, resources_rows);
