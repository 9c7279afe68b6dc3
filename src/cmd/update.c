/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/verbs.h"
#include "run/run.h"

static const struct option_row update_rows[] = {
	{ .name = "resources", .letter = 'r', .kind = OPTION_STRING, ARGS_FIELD(update.resources), .arg = "FILE",
	  .help = "the resources to change as JSON, as linux.resources has them; - is standard input" },
	{ .name = "memory", .kind = OPTION_STRING, ARGS_FIELD(update.memory), .arg = "BYTES",
	  .help = "limit of memory; with k, m or g; -1 is none" },
	{ .name = "memory-reservation", .kind = OPTION_STRING, ARGS_FIELD(update.memory_reservation), .arg = "BYTES",
	  .help = "memory that is left alone while there is other to reclaim" },
	{ .name = "memory-swap", .kind = OPTION_STRING, ARGS_FIELD(update.memory_swap), .arg = "BYTES",
	  .help = "limit of memory and swap together; goes with --memory" },
	{ .name = "cpu-share", .kind = OPTION_STRING, ARGS_FIELD(update.cpu_share), .arg = "N",
	  .help = "weight against other groups, 2 to 262144" },
	{ .name = "cpu-quota", .kind = OPTION_STRING, ARGS_FIELD(update.cpu_quota), .arg = "MICROSECONDS",
	  .help = "CPU time in each period; -1 is no limit" },
	{ .name = "cpu-period", .kind = OPTION_STRING, ARGS_FIELD(update.cpu_period), .arg = "MICROSECONDS",
	  .help = "length of a period" },
	{ .name = "cpu-burst", .kind = OPTION_STRING, ARGS_FIELD(update.cpu_burst), .arg = "MICROSECONDS",
	  .help = "CPU time that is saved up for use above the quota" },
	{ .name = "cpu-idle", .kind = OPTION_STRING, ARGS_FIELD(update.cpu_idle), .arg = "0|1",
	  .help = "1: run only when nothing else does" },
	{ .name = "cpuset-cpus", .kind = OPTION_STRING, ARGS_FIELD(update.cpuset_cpus), .arg = "LIST",
	  .help = "CPUs, such as 0-3,7" },
	{ .name = "cpuset-mems", .kind = OPTION_STRING, ARGS_FIELD(update.cpuset_mems), .arg = "LIST",
	  .help = "memory nodes" },
	{ .name = "pids-limit", .kind = OPTION_STRING, ARGS_FIELD(update.pids_limit), .arg = "N",
	  .help = "number of tasks; -1 is no limit" },
	{ .name = "blkio-weight", .kind = OPTION_STRING, ARGS_FIELD(update.blkio_weight), .arg = "N",
	  .help = "weight of block I/O, 10 to 1000" },
	{ .name = "l3-cache-schema", .kind = OPTION_STRING, ARGS_FIELD(update.l3_cache_schema), .arg = "SCHEMA",
	  .help = "Intel RDT: the parts of the L3 cache, L3:ID=MASK;..." },
	{ .name = "mem-bw-schema", .kind = OPTION_STRING, ARGS_FIELD(update.mem_bw_schema), .arg = "SCHEMA",
	  .help = "Intel RDT: memory bandwidth, MB:ID=VALUE;..." },
	/* Of cgroup v1: they are warned of, or refused. */
	{ .name = "kernel-memory", .kind = OPTION_STRING, ARGS_FIELD(update.kernel_memory), .arg = "BYTES",
	  .hidden = true },
	{ .name = "kernel-memory-tcp", .kind = OPTION_STRING, ARGS_FIELD(update.kernel_memory_tcp), .arg = "BYTES",
	  .hidden = true },
	{ .name = "cpu-rt-period", .kind = OPTION_STRING, ARGS_FIELD(update.cpu_rt_period), .arg = "MICROSECONDS",
	  .hidden = true },
	{ .name = "cpu-rt-runtime", .kind = OPTION_STRING, ARGS_FIELD(update.cpu_rt_runtime), .arg = "MICROSECONDS",
	  .hidden = true },
	{ 0 },
};

const struct option_row *const update_options[] = { update_rows, NULL };

int cmd_update(const struct args *args, struct err *e)
{
	return run_update(&args->req, &args->update, e);
}
