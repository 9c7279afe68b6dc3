/* SPDX-License-Identifier: Apache-2.0 */
#include "libocispec/table.h"

/* config.md, Process; also process.json. */

static const struct oci_row console_size_rows[] = {
	U64_REQUIRED(oci_console_size, "height", height),
	U64_REQUIRED(oci_console_size, "width", width),
};
static const struct oci_table oci_console_size_table = OCI_TABLE(oci_console_size, console_size_rows);

static const struct oci_row user_rows[] = {
	U32(oci_user, "uid", uid),
	U32(oci_user, "gid", gid),
	U32(oci_user, "umask", umask),
	U32S(oci_user, "additionalGids", additional_gids),
	OTHER("username"),
};
static const struct oci_table oci_user_table = OCI_TABLE(oci_user, user_rows);

static const struct oci_row capabilities_rows[] = {
	STRINGS(oci_capabilities, "bounding", bounding),
	STRINGS(oci_capabilities, "effective", effective),
	STRINGS(oci_capabilities, "inheritable", inheritable),
	STRINGS(oci_capabilities, "permitted", permitted),
	STRINGS(oci_capabilities, "ambient", ambient),
};
static const struct oci_table oci_capabilities_table = OCI_TABLE(oci_capabilities, capabilities_rows);

static const struct oci_row rlimit_rows[] = {
	STRING_REQUIRED(oci_rlimit, "type", type),
	U64_REQUIRED(oci_rlimit, "hard", hard),
	U64_REQUIRED(oci_rlimit, "soft", soft),
};
static const struct oci_table oci_rlimit_table = OCI_TABLE(oci_rlimit, rlimit_rows);

static const struct oci_row scheduler_rows[] = {
	STRING_REQUIRED(oci_scheduler, "policy", policy),
	I32(oci_scheduler, "nice", nice),
	I32(oci_scheduler, "priority", priority),
	STRINGS(oci_scheduler, "flags", flags),
	U64(oci_scheduler, "runtime", runtime),
	U64(oci_scheduler, "deadline", deadline),
	U64(oci_scheduler, "period", period),
};
static const struct oci_table oci_scheduler_table = OCI_TABLE(oci_scheduler, scheduler_rows);

static const struct oci_row io_priority_rows[] = {
	STRING_REQUIRED(oci_io_priority, "class", class),
	I32(oci_io_priority, "priority", priority),
};
static const struct oci_table oci_io_priority_table = OCI_TABLE(oci_io_priority, io_priority_rows);

static const struct oci_row cpu_affinity_rows[] = {
	STRING(oci_cpu_affinity, "initial", initial),
	STRING(oci_cpu_affinity, "final", final),
};
static const struct oci_table oci_cpu_affinity_table = OCI_TABLE(oci_cpu_affinity, cpu_affinity_rows);

static const struct oci_row process_rows[] = {
	BOOL(oci_process, "terminal", terminal),
	OBJECT(oci_process, "consoleSize", console_size, oci_console_size),
	OBJECT(oci_process, "user", user, oci_user),
	STRINGS(oci_process, "args", args),
	OTHER("commandLine"),
	STRINGS(oci_process, "env", env),
	STRING_REQUIRED(oci_process, "cwd", cwd),
	OBJECT(oci_process, "capabilities", capabilities, oci_capabilities),
	LIST(oci_process, "rlimits", rlimits, oci_rlimit),
	BOOL(oci_process, "noNewPrivileges", no_new_privileges),
	STRING(oci_process, "apparmorProfile", apparmor_profile),
	I64(oci_process, "oomScoreAdj", oom_score_adj),
	OBJECT(oci_process, "scheduler", scheduler, oci_scheduler),
	STRING(oci_process, "selinuxLabel", selinux_label),
	OBJECT(oci_process, "ioPriority", io_priority, oci_io_priority),
	OBJECT(oci_process, "execCPUAffinity", exec_cpu_affinity, oci_cpu_affinity),
};
const struct oci_table oci_process_table = OCI_TABLE(oci_process, process_rows);
