# SPDX-License-Identifier: Apache-2.0
# What linux.resources asks for is in the kernel's files before the first instruction, and has its effect.
load helpers

setup() {
	common_setup
	require_cgroup2
	make_bundle
}

@test "memory: the limits are in the files" {
	require_controller memory
	update_config '.linux.resources.memory = { limit: 67108864, swap: 100663296, reservation: 33554432 }'
	start_waiting
	assert_file memory.max 67108864
	assert_file memory.low 33554432
	[[ ! -e $(cgroup_dir)/memory.swap.max ]] || assert_file memory.swap.max 33554432
}

@test "memory: who takes more than the limit is killed" {
	require_controller memory
	update_config '.linux.resources.memory = { limit: 33554432, swap: 33554432 }'
	start_waiting
	run_rt exec "$ID" dd if=/dev/zero of=/dev/null bs=100M count=1
	assert_failure 137
	grep -Eq '^oom_kill [1-9]' "$(cgroup_dir)/memory.events"
	run_rt exec "$ID" dd if=/dev/zero of=/dev/null bs=1M count=1
	assert_success
}

@test "memory: a limit that is too small for the start is named" {
	require_controller memory
	update_config '.linux.resources.memory = { limit: 4096, swap: 4096 }'
	set_args true
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused 'container init was OOM-killed \(memory limit too low\?\)'
	assert_stderr 'memory.max 4096'
}

@test "cpu: weight, quota, period" {
	require_controller cpu
	update_config '.linux.resources.cpu = { shares: 2048, quota: 30000, period: 60000 }'
	start_waiting
	assert_file cpu.weight 174
	assert_file cpu.max "30000 60000"
}

@test "cpu: a period alone limits nothing, and is kept" {
	require_controller cpu
	update_config '.linux.resources.cpu = { period: 50000, quota: -1 }'
	start_waiting
	assert_file cpu.max "max 50000"
}

@test "cpu: a quota throttles" {
	require_controller cpu
	update_config '.linux.resources.cpu = { quota: 5000, period: 50000 }'
	start_waiting /bin/sh -c 'while :; do :; done'
	is_throttled() {
		grep -Eq '^nr_throttled [1-9]' "$(cgroup_dir)/cpu.stat"
	}
	wait_until is_throttled
}

@test "cpuset: processes are born on their CPUs" {
	require_controller cpuset
	update_config '.linux.resources.cpu = { cpus: "0", mems: "0" }'
	run_script 'sed -n "s/^Cpus_allowed_list:[^0-9]*//p" /proc/self/status'
	assert_success
	assert_output 0
}

@test "pids: the last fork is refused" {
	require_controller pids
	update_config '.linux.resources.pids = { limit: 4 }'
	start_waiting
	run_rt exec "$ID" sh -c 'for i in 1 2 3 4 5 6; do sleep 100 & done'
	assert_failure
	assert_stderr 'fork'
	grep -Eq '^max [1-9]' "$(cgroup_dir)/pids.events"
	assert_file pids.max 4
	[[ $(<"$(cgroup_dir)/pids.current") -le 4 ]]
}

@test "pids: 0 leaves the first process alone" {
	require_controller pids
	update_config '.linux.resources.pids = { limit: 0 }'
	run_script 'echo first; (echo second) 2>/dev/null; echo third'
	assert_line first
	refute_line second
}

@test "io: throttles of devices" {
	require_controller io
	local disk
	disk=$(find_disk)
	[[ -n $disk ]] || skip_because "there is no disk here"
	update_config '.linux.resources.blockIO = { throttleReadBpsDevice: [$d + { rate: 1048576 }],
		throttleWriteIOPSDevice: [$d + { rate: 120 }], throttleWriteBpsDevice: [$d + { rate: 0 }],
		throttleReadIOPSDevice: [$d + { rate: 130 }] }' \
		--argjson d "{ \"major\": ${disk%:*}, \"minor\": ${disk#*:} }"
	start_waiting
	assert_file io.max "$disk rbps=1048576 wbps=max riops=130 wiops=120"
	run_rt update -r - "$ID" </dev/null
	assert_failure 1
}

@test "io: a weight, by the file that this kernel has" {
	require_controller io
	update_config '.linux.resources.blockIO = { weight: 500 }'
	set_args probe wait
	run_rt run -d --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	if [[ $status -ne 0 ]]; then
		# A kernel with neither of the two.
		assert_refused 'no file io.bfq.weight and no io.weight'
		return
	fi
	INIT=$(<"$T/pid")
	if [[ -e $(cgroup_dir)/io.bfq.weight ]]; then
		grep -qx 'default 500' "$(cgroup_dir)/io.bfq.weight"
	else
		grep -qx 'default 4950' "$(cgroup_dir)/io.weight"
	fi
}

@test "io: a weight of a device" {
	require_controller io
	local disk
	disk=$(find_disk)
	[[ -n $disk ]] || skip_because "there is no disk here"
	update_config '.linux.resources.blockIO.weightDevice = [$d + { weight: 300, leafWeight: 10 }]' \
		--argjson d "{ \"major\": ${disk%:*}, \"minor\": ${disk#*:} }"
	set_args probe wait
	run_rt run -d --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	if [[ $status -ne 0 ]]; then
		# A kernel, or a disk whose scheduler, has no weights.
		assert_refused 'blockIO/weightDevice/0|io.bfq.weight'
		return
	fi
	assert_stderr 'weightDevice/0/leafWeight.*cgroup v1'
	INIT=$(<"$T/pid")
	if [[ -e $(cgroup_dir)/io.bfq.weight ]]; then
		grep -qx "$disk 300" "$(cgroup_dir)/io.bfq.weight"
	else
		grep -qx "$disk 2950" "$(cgroup_dir)/io.weight"
	fi
}

@test "hugetlb: limits of pages and of reservations" {
	require_controller hugetlb
	update_config '.linux.resources.hugepageLimits = [{ pageSize: "2MB", limit: 4194304 }]'
	start_waiting
	assert_file hugetlb.2MB.max 4194304
	[[ ! -e $(cgroup_dir)/hugetlb.2MB.rsvd.max ]] || assert_file hugetlb.2MB.rsvd.max 4194304
}

@test "unified: each line is a write of its own" {
	require_controller io
	require_controller memory
	local disk
	disk=$(find_disk)
	[[ -n $disk ]] || skip_because "there is no disk here"
	update_config '.linux.resources.unified = { "memory.high": "50331648", "cgroup.max.depth": "3",
		"io.max": ($d + " rbps=2097152\n" + $d + " wiops=100") }' --arg d "$disk"
	start_waiting
	assert_file memory.high 50331648
	assert_file cgroup.max.depth 3
	assert_file io.max "$disk rbps=2097152 wbps=max riops=max wiops=100"
}

@test "unified: what the kernel refuses is named, with its place" {
	update_config '.linux.resources.unified = { "cgroup.max.depth": "deep" }'
	run_bundle
	assert_refused '/linux/resources/unified/cgroup.max.depth'
	update_config '.linux.resources.unified = { "cgroup.no_such": "1" }'
	run_bundle
	assert_refused 'cgroup.no_such'
}

@test "a limit is in force before the first instruction" {
	require_controller pids
	require_controller memory
	update_config '.linux.resources.pids = { limit: 9 } | .linux.resources.memory = { limit: 67108864 }
		| .mounts += [{ destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["ro"] }]'
	run_script 'cat /sys/fs/cgroup/pids.max /sys/fs/cgroup/memory.max'
	assert_success
	assert_output "$(printf '9\n67108864')"
}

# A cgroup with a process in it, and one below it.
make_busy_parent() {
	mkdir "$CGROUP2/$ID"
	background sleep 100
	echo "$CHILD" >"$CGROUP2/$ID/cgroup.procs"
	update_config '.linux.cgroupsPath = $p' --arg p "/$ID/box"
}

end_busy_parent() {
	kill -KILL "$CHILD"
	wait_until rmdir "$CGROUP2/$ID"
}

@test "a parent with processes of its own passes no controller of domains on, and is named" {
	require_controller memory
	make_busy_parent
	update_config '.linux.resources.memory = { limit: 67108864 }'
	run_bundle
	assert_failure
	assert_stderr '/linux/resources/memory/limit can not be applied'
	assert_stderr 'it has processes of its own'
	[[ ! -e $CGROUP2/$ID/box ]]
	end_busy_parent
}

@test "below a parent with processes a limit of threads is applied in a threaded cgroup" {
	require_controller pids
	make_busy_parent
	update_config '.linux.resources.pids = { limit: 9 }'
	start_waiting
	assert_file cgroup.type threaded
	assert_file pids.max 9
	run_rt delete --force "$ID"
	assert_success
	end_busy_parent
}

@test "200 containers with limits, one after the other, leave no cgroup" {
	require_controller pids
	require_controller memory
	update_config '.linux.resources.pids = { limit: 20 } | .linux.resources.memory = { limit: 67108864 }'
	set_args true
	local i
	for ((i = 0; i < 200; i++)); do
		rt create --bundle "$BUNDLE" "$ID-$i" >"$T/create" 2>&1 || fail "create $i: $(<"$T/create")"
		rt delete --force "$ID-$i" || fail "delete $i"
	done
	assert_nothing_left
}

@test "30 containers with limits at once leave no cgroup" {
	require_controller pids
	update_config '.linux.resources.pids = { limit: 20 }'
	set_args true
	local i pids=()
	for ((i = 0; i < 30; i++)); do
		rt run --bundle "$BUNDLE" "$ID-$i" >"$T/run.$i" 2>&1 &
		pids+=($!)
	done
	for ((i = 0; i < 30; i++)); do
		wait "${pids[i]}" || fail "run $i: $(<"$T/run.$i")"
	done
	assert_nothing_left
}
