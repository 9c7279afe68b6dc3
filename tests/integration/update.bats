# SPDX-License-Identifier: Apache-2.0
load helpers

setup() {
	common_setup
	require_cgroup2
	make_bundle
}

# The document comes on standard input.
update_by() {
	COMMAND="update -r - <<< $1"
	status=0
	rt update -r - "$ID" <<<"$1" >"$T/update.out" 2>"$T/update.err" || status=$?
	output=$(<"$T/update.out")
	stderr=$(<"$T/update.err")
}

@test "memory: limit, swap, reservation, and the end of the limits" {
	require_controller memory
	start_waiting
	run_rt update --memory 64m --memory-swap 128m --memory-reservation 32M "$ID"
	assert_success
	assert_file memory.max $((64 << 20))
	assert_file memory.low $((32 << 20))
	[[ ! -e $(cgroup_dir)/memory.swap.max ]] || assert_file memory.swap.max $((64 << 20))
	# Swap stays as it is where only memory is given.
	run_rt update --memory=96m "$ID"
	assert_success
	assert_file memory.max $((96 << 20))
	[[ ! -e $(cgroup_dir)/memory.swap.max ]] || assert_file memory.swap.max $((64 << 20))
	run_rt update --memory -1 "$ID"
	assert_success
	assert_file memory.max max
	[[ ! -e $(cgroup_dir)/memory.swap.max ]] || assert_file memory.swap.max max
	assert_file memory.low $((32 << 20))
}

@test "memory: swap below memory, and swap alone, are errors that change nothing" {
	require_controller memory
	update_config '.linux.resources.memory = { limit: 67108864 }'
	start_waiting
	run_rt update --memory 32m --memory-swap 16m "$ID"
	assert_failure 1
	assert_stderr 'memory\+swap limit should be >= memory limit'
	run_rt update --memory-swap 128m "$ID"
	assert_failure 1
	assert_stderr 'unable to set swap limit without memory limit'
	assert_file memory.max $((64 << 20))
}

@test "memory: checkBeforeUpdate refuses a limit below what is used" {
	require_controller memory
	start_waiting
	local current
	current=$(<"$(cgroup_dir)/memory.current")
	[[ $current -gt 4096 ]]
	update_by '{ "memory": { "limit": 4096, "checkBeforeUpdate": true } }'
	assert_failure 1
	assert_stderr 'lower than its current usage'
	assert_file memory.max max
	assert_status "$ID" running
}

@test "cpu: one of quota and period keeps the other" {
	require_controller cpu
	update_config '.linux.resources.cpu = { quota: 20000, period: 50000 }'
	start_waiting
	assert_file cpu.max "20000 50000"
	run_rt update --cpu-quota 30000 "$ID"
	assert_success
	assert_file cpu.max "30000 50000"
	run_rt update --cpu-period 60000 "$ID"
	assert_success
	assert_file cpu.max "30000 60000"
	run_rt update --cpu-quota -1 "$ID"
	assert_success
	assert_file cpu.max "max 60000"
	run_rt update --cpu-share 2048 "$ID"
	assert_success
	assert_file cpu.weight 174
}

@test "cpu: burst and quota change together, up and down" {
	require_controller cpu
	update_config '.linux.resources.cpu = { quota: 20000, burst: 20000, period: 100000 }'
	start_waiting
	[[ -e $(cgroup_dir)/cpu.max.burst ]] || skip_because "this kernel has no cpu.max.burst"
	assert_file cpu.max.burst 20000
	run_rt update --cpu-quota 50000 --cpu-burst 50000 "$ID"
	assert_success
	assert_file cpu.max "50000 100000"
	assert_file cpu.max.burst 50000
	run_rt update --cpu-quota 10000 --cpu-burst 5000 "$ID"
	assert_success
	assert_file cpu.max "10000 100000"
	assert_file cpu.max.burst 5000
	run_rt update --cpu-quota 4000 "$ID"
	assert_failure 1
	assert_stderr 'the burst 5000 is above the quota 4000'
	run_rt update --cpu-burst 10001 "$ID"
	assert_failure 1
	assert_stderr 'the burst 10001 is above the quota 10000'
	assert_file cpu.max "10000 100000"
	run_rt update --cpu-burst 0 "$ID"
	assert_success
	assert_file cpu.max.burst 0
}

@test "cpu: idle, and back with a weight" {
	require_controller cpu
	start_waiting
	run_rt update --cpu-share 1024 "$ID"
	[[ -e $(cgroup_dir)/cpu.idle ]] || skip_because "this kernel has no cpu.idle"
	run_rt update --cpu-idle 1 "$ID"
	assert_success
	assert_file cpu.idle 1
	run_rt update --cpu-idle 0 --cpu-share 512 "$ID"
	assert_success
	assert_file cpu.idle 0
	assert_file cpu.weight 59
	run_rt update --cpu-idle 2 "$ID"
	assert_failure 1
	assert_stderr 'neither 0 nor 1'
}

@test "cpuset: CPUs and memory nodes" {
	require_controller cpuset
	start_waiting
	run_rt update --cpuset-cpus 0 --cpuset-mems 0 "$ID"
	assert_success
	assert_file cpuset.cpus 0
	assert_file cpuset.mems 0
	run_rt exec "$ID" sed -n 's/^Cpus_allowed_list:[^0-9]*//p' /proc/self/status
	assert_output 0
}

@test "pids: a limit, none, and the least" {
	require_controller pids
	start_waiting
	run_rt update --pids-limit 20 "$ID"
	assert_success
	assert_file pids.max 20
	run_rt update --pids-limit=-1 "$ID"
	assert_success
	assert_file pids.max max
	run_rt update --pids-limit 0 "$ID"
	assert_success
	assert_file pids.max 1
	run_rt exec "$ID" true
	assert_failure 255
	run_rt update --pids-limit -2 "$ID"
	assert_failure 1
}

@test "a document on standard input: as linux.resources, bare" {
	require_controller memory
	require_controller pids
	start_waiting
	update_by '{ "memory": { "limit": 100663296, "swap": null }, "pids": { "limit": 33 }, "blockIO": {}, "devices": [],
		"unified": { "memory.high": "90112000", "pids.max": "44" } }'
	assert_success
	assert_file memory.max 100663296
	assert_file memory.high 90112000
	assert_file pids.max 44
	update_by '{}'
	assert_success
	assert_file memory.max 100663296
}

@test "a document from a file; with hugetlb where that is the only controller" {
	require_controller hugetlb
	start_waiting
	echo '{ "hugepageLimits": [ { "pageSize": "2MB", "limit": 0 } ] }' >"$T/resources.json"
	run_rt update -r "$T/resources.json" "$ID"
	assert_success
	assert_file hugetlb.2MB.max 0
}

@test "a mistake in a document is located, and nothing of it is applied" {
	require_controller hugetlb
	update_config '.linux.resources.hugepageLimits = [{ pageSize: "2MB", limit: 4194304 }]'
	start_waiting
	printf '%s\n' '{ "hugepageLimits": [ { "pageSize": "2MB", "limit": 0 } ],' \
		' "unified": { "no.such": "1" } }' >"$T/resources.json"
	run_rt update --resources "$T/resources.json" "$ID"
	assert_failure 1
	assert_stderr 'resources.json:2:[0-9]+: /unified/no.such: .*no cgroup controller "no"'
	assert_file hugetlb.2MB.max 4194304
	update_by '{ "hugepageLimits": [ { "pageSize": "2MB" } ] }'
	assert_failure 1
	assert_stderr 'standard input:1:[0-9]+: /hugepageLimits/0'
	update_by 'nonsense'
	assert_failure 1
	run_rt update -r "$T/none.json" "$ID"
	assert_failure 1
	assert_stderr 'none.json'
}

@test "what was written before the kernel refuses a value is taken back" {
	require_cgroup2
	update_config '.linux.resources.unified = { "cgroup.max.depth": "7" }'
	start_waiting
	update_by '{ "unified": { "cgroup.max.depth": "5", "cgroup.max.descendants": "nonsense" } }'
	assert_failure 1
	assert_stderr '/unified/cgroup.max.descendants: .*Invalid argument'
	assert_file cgroup.max.depth 7
	assert_file cgroup.max.descendants max
}

@test "what was written before is taken back: limits of controllers and of a device" {
	local disk
	require_controller pids
	require_controller io
	disk=$(find_disk)
	[[ -n $disk ]] || skip_because "there is no disk here"
	update_config '.linux.resources.pids.limit = 50'
	start_waiting
	update_by "$(jq -nc --arg d "$disk" '{ pids: { limit: 40 },
		unified: { "io.max": "\($d) rbps=1048576", "pids.max": "nonsense" } }')"
	assert_failure 1
	assert_stderr '/unified/pids.max: .*Invalid argument'
	assert_file pids.max 50
	assert_file io.max ""
}

# A list of a cgroup with processes can not be made empty again.
@test "what was written before and can not be taken back is said" {
	require_controller pids
	require_controller cpuset
	start_waiting
	update_by '{ "cpu": { "cpus": "0" }, "unified": { "pids.max": "nonsense" } }'
	assert_failure 1
	assert_stderr '/unified/pids.max: .*Invalid argument'
	assert_stderr '/cpu/cpus is not taken back: .*cpuset.cpus: No space left on device'
	assert_file cpuset.cpus 0
}

@test "options that make no sense are refused before anything happens" {
	start_waiting
	local option
	for option in --memory=12q --memory=-2 --memory=1.5x --memory= --pids-limit=many --cpu-quota=0x10 --cpu-share=-1 \
		--blkio-weight=70000 --cpu-period=99999999999999999999 --memory=9999999999g; do
		run_rt update "$option" "$ID"
		assert_failure 1
		assert_stderr "update"
	done
	run_rt update -r - --memory 5m "$ID"
	assert_failure 1
	assert_stderr 'exclude each other'
	run_rt update --no-such "$ID"
	assert_failure 1
	run_rt update
	assert_failure 1
}

@test "what cgroup v1 alone has is a warning or an error, never silence" {
	start_waiting
	run_rt update --kernel-memory 50m "$ID"
	assert_success
	assert_stderr 'cgroup v1 alone'
	run_rt update --cpu-rt-runtime 1000 "$ID"
	assert_failure 1
	assert_stderr 'realtime'
}

@test "a limit whose controller is on cgroup v1 is refused with the way out" {
	[[ $CGROUP2 != /sys/fs/cgroup ]] || skip_because "there are no v1 controllers"
	start_waiting
	run_rt update --memory 64m "$ID"
	assert_failure 1
	assert_stderr '"memory" is on cgroup v1'
	assert_stderr 'systemd.unified_cgroup_hierarchy=1'
	# To end a limit that can not be there is no request.
	run_rt update --memory -1 "$ID"
	assert_success
}

# What a device node of a number that no driver has says: denied, or not there.
ODD='{ path: "/dev/odd", type: "c", major: 240, minor: 77, fileMode: 438 }'

@test "device rules are replaced: allowed and denied again, one program at any time" {
	update_config ".linux.devices = [$ODD] | .linux.resources.devices = [{ allow: false, access: \"rwm\" }]"
	start_waiting
	run_rt exec "$ID" cat /dev/odd
	assert_stderr 'Operation not permitted'
	update_by '{ "devices": [ { "allow": false, "access": "rwm" },
		{ "allow": true, "type": "c", "major": 240, "minor": 77, "access": "r" } ] }'
	assert_success
	run_rt exec "$ID" cat /dev/odd
	assert_stderr 'No such device'
	run_rt exec "$ID" sh -c 'echo >/dev/odd'
	assert_stderr 'Operation not permitted'
	run_rt exec "$ID" sh -c 'echo >/dev/null'
	assert_success
	update_by '{ "devices": [ { "allow": true, "access": "rwm" } ] }'
	assert_success
	run_rt exec "$ID" sh -c 'echo >/dev/odd'
	assert_stderr 'No such device'
	update_by '{ "devices": [ { "allow": false, "access": "rwm" } ] }'
	assert_success
	run_rt exec "$ID" cat /dev/odd
	assert_stderr 'Operation not permitted'
	# Without a list the rules stay.
	update_by '{ "devices": null }'
	assert_success
	run_rt exec "$ID" cat /dev/odd
	assert_stderr 'Operation not permitted'
}

@test "a container that was made without device rules gets some" {
	update_config ".linux.devices = [$ODD] | .linux.resources.devices = [{ allow: true, access: \"rwm\" }]"
	start_waiting
	run_rt exec "$ID" cat /dev/odd
	assert_stderr 'No such device'
	update_by '{ "devices": [ { "allow": false, "access": "rwm" } ] }'
	assert_success
	run_rt exec "$ID" cat /dev/odd
	assert_stderr 'Operation not permitted'
	update_by '{ "devices": [ { "allow": true, "type": "q" } ] }'
	assert_failure 1
	assert_stderr '/devices/0/type'
}

@test "a used cgroup keeps no device rules of the container before" {
	mkdir "$CGROUP2/$ID"
	update_config ".linux.cgroupsPath = \"/$ID\" | .linux.devices = [$ODD]
		| .linux.resources.devices = [{ allow: false, access: \"rwm\" }]"
	start_waiting
	run_rt delete --force "$ID"
	assert_success
	update_config '.linux.resources.devices += [{ allow: true, type: "c", major: 240, minor: 77, access: "r" }]'
	start_waiting
	run_rt exec "$ID" cat /dev/odd
	assert_stderr 'No such device'
	run_rt delete --force "$ID"
	rmdir "$CGROUP2/$ID"
}

@test "created and paused containers are updated, stopped ones are not" {
	set_args probe wait
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_success
	update_by '{ "devices": [ { "allow": true, "access": "rwm" } ] }'
	assert_success
	run_rt pause "$ID"
	assert_success
	update_by '{ "devices": [ { "allow": false, "access": "rwm" } ] }'
	assert_success
	run_rt resume "$ID"
	assert_success
	run_rt start "$ID"
	assert_success
	run_rt kill "$ID" KILL
	wait_until has_status "$ID" stopped
	update_by '{}'
	assert_failure 1
	assert_stderr 'container not running'
	run_rt update --pids-limit 5 "$ID-none"
	assert_failure 1
	assert_stderr 'does not exist'
}

@test "Intel RDT: only where the container has such a configuration" {
	start_waiting
	run_rt update --l3-cache-schema 'L3:0=ff' "$ID"
	assert_failure 1
	assert_stderr 'updating a non-existent Intel RDT configuration is not supported'
	run_rt update --mem-bw-schema 'L3:0=ff' "$ID"
	assert_failure 1
	assert_stderr 'mem-bw-schema: "L3:0=ff" is not one line that starts with "MB:"'
}
