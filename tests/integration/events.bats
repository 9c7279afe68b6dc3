# SPDX-License-Identifier: Apache-2.0
# rt events: what it prints is what the kernel's files say, in the form that clients of other runtimes decode.
load helpers

setup() {
	common_setup
	require_cgroup2
	make_bundle
}

in_container() {
	nsenter --net="/proc/$INIT/ns/net" -- "$@"
}

# The memory that this takes is freed when it is killed.
GREEDY=(dd if=/dev/zero of=/dev/null bs=100M count=1)

limit_memory() {
	update_config '.linux.resources.memory = { limit: 33554432, swap: 33554432 }'
}

# events with an interval that no test lives to see: what comes, comes from the kernel.
follow_events() {
	background rt events --interval 1h "$ID"
	wait_until is_watched
}

is_watched() {
	[[ -n $(find /proc/[0-9]*/fd -lname "*$ID*/memory.events" 2>/dev/null) ]]
}

has_kill() {
	grep -qxF "{\"type\":\"oom\",\"id\":\"$ID\"}" "$CHILD_LOG"
}

# The n-th line of statistics, or its part
line_of_stats() {
	sed -n "$1p" "$CHILD_LOG" | jq -e "${2:-.}"
}

has_lines() {
	[[ $(grep -c '"type":"stats"' "$CHILD_LOG") -ge $1 ]]
}

assert_ends() {
	wait_until is_gone "$CHILD"
	wait "$CHILD" || fail "events ended with status $?"
}

@test "events --stats is one line, with the members that clients know" {
	start_waiting
	run_rt events --stats "$ID"
	assert_success
	assert_equal "$(wc -l <"$LOG")" 1
	assert_json 'keys_unsorted | join(" ")' "type id data"
	assert_json .type stats
	assert_json .id "$ID"
	assert_json '.data | keys_unsorted | join(" ")' \
		"cpu cpuset memory pids blkio hugetlb intel_rdt network_interfaces"
	assert_json '.data.cpu | del(.psi) | keys_unsorted | join(" ")' "usage throttling"
	assert_json '[.data.cpu.usage | .total, .kernel, .user | type] | unique | join(" ")' number
	assert_json '.data.cpuset | length' 9
	assert_json '.data.memory | del(.cache, .raw, .psi) | keys_unsorted | join(" ")' "usage swap kernel kernelTCP"
	assert_json '[.data.memory.usage, .data.memory.swap | has("limit"), has("failcnt")] | all' true
	assert_json '.data | [.pids, .blkio, .hugetlb, .intel_rdt | type] | unique | join(" ")' object
	assert_json .data.network_interfaces null
}

@test "events: CPU time is in nanoseconds, and grows" {
	start_waiting /bin/sh -c 'while :; do :; done'
	background rt events --interval 100ms "$ID"
	wait_until has_lines 3
	[[ $(line_of_stats 3 .data.cpu.usage.total) -gt $(line_of_stats 1 .data.cpu.usage.total) ]]
	# Microseconds of the file, which no process adds to any more.
	run_rt pause "$ID"
	run_rt events --stats "$ID"
	assert_json .data.cpu.usage.total "$(awk '$1 == "usage_usec" { print $2 * 1000 }' "$(cgroup_dir)/cpu.stat")"
	assert_json .data.cpu.usage.user "$(awk '$1 == "user_usec" { print $2 * 1000 }' "$(cgroup_dir)/cpu.stat")"
}

@test "events: pressure is there where the kernel measures it" {
	start_waiting
	run_rt events --stats "$ID"
	if cat "$(cgroup_dir)/cpu.pressure" >/dev/null 2>&1; then
		assert_json '[.data.cpu, .data.memory, .data.blkio | .psi.some | keys | join(" ")] | unique | join(",")' \
			"avg10 avg300 avg60 total"
	else
		assert_json '[.data.cpu, .data.memory, .data.blkio | has("psi")] | any' false
	fi
}

@test "events: memory and its limits, pids and theirs" {
	require_controller memory
	require_controller pids
	limit_memory
	update_config '.linux.resources.pids = { limit: 20 }'
	start_waiting
	run_rt pause "$ID"
	run_rt events --stats "$ID"
	assert_json .data.memory.usage.limit 33554432
	assert_json .data.memory.swap.limit 33554432
	assert_json .data.memory.usage.usage "$(<"$(cgroup_dir)/memory.current")"
	assert_json '.data.memory.raw | length' "$(wc -l <"$(cgroup_dir)/memory.stat")"
	assert_json .data.memory.raw.anon "$(awk '$1 == "anon" { print $2 }' "$(cgroup_dir)/memory.stat")"
	assert_json '.data.pids | tojson' '{"current":1,"limit":20}'
	run_rt resume "$ID"
	run_rt update --memory -1 --memory-swap -1 --pids-limit -1 "$ID"
	assert_success
	run_rt events --stats "$ID"
	# As text: the number is larger than those that jq keeps exactly.
	grep -qF '"usage":{"limit":18446744073709551615,' "$LOG"
	assert_json '.data.pids | tojson' '{"current":1}'
}

@test "events: throttled periods" {
	require_controller cpu
	update_config '.linux.resources.cpu = { quota: 2000, period: 20000 }'
	start_waiting /bin/sh -c 'while :; do :; done'
	background rt events --interval 100ms "$ID"
	wait_until -t 30 line_of_stats '$' '.data.cpu.throttling | .periods >= .throttledPeriods and .throttledTime > 0'
	kill -KILL "$INIT"
	assert_ends
}

@test "events: the container's own network devices" {
	require_command nsenter
	require_command ip
	start_waiting
	in_container ip link add eth0 type veth peer name eth1 2>/dev/null || skip_because "this kernel has no veth devices"
	run_rt events --stats "$ID"
	assert_json '[.data.network_interfaces[].Name] | sort | join(" ")' "eth0 eth1"
	assert_json '.data.network_interfaces[0] | keys_unsorted | join(" ")' \
		"Name RxBytes RxPackets RxErrors RxDropped TxBytes TxPackets TxErrors TxDropped"
}

@test "events: those of the host are not the container's" {
	update_config 'del(.linux.namespaces[] | select(.type == "network"))'
	update_config '.mounts |= map(select(.type != "sysfs"))'
	start_waiting
	run_rt events --stats "$ID"
	assert_json .data.network_interfaces null
}

@test "events tells of a process that was OOM-killed, and goes on" {
	require_controller memory
	limit_memory
	start_waiting
	follow_events
	run_rt exec "$ID" "${GREEDY[@]}"
	assert_failure 137
	wait_until has_kill
	refute is_gone "$CHILD"
	run_rt exec "$ID" true
	assert_success
	assert_equal "$(wc -l <"$CHILD_LOG")" 1
	run_rt exec "$ID" "${GREEDY[@]}"
	wait_until [ "$(grep -c oom_kill "$(cgroup_dir)/memory.events")" -ge 1 ]
	kill -KILL "$INIT"
	assert_ends
	assert_equal "$(sort -u "$CHILD_LOG")" "{\"type\":\"oom\",\"id\":\"$ID\"}"
	assert_equal "$(wc -l <"$CHILD_LOG")" 2
}

@test "events: the end of a container whose init was OOM-killed" {
	require_controller memory
	limit_memory
	set_args "${GREEDY[@]}"
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_success
	follow_events
	run_rt start "$ID"
	assert_ends
	has_kill
}

@test "events: a kill in a cgroup below the container's" {
	require_controller memory
	limit_memory
	start_waiting
	follow_events
	local dir
	dir=$(cgroup_dir)
	mkdir "$dir/init" "$dir/other"
	echo "$INIT" >"$dir/init/cgroup.procs"
	echo +memory >"$dir/cgroup.subtree_control"
	# shellcheck disable=SC2016 # expanded by the inner shell
	capture bash -c 'echo $$ >"$1/cgroup.procs"; shift; exec "$@"' - "$dir/other" "${GREEDY[@]}"
	assert_failure 137
	wait_until has_kill
	kill -KILL "$INIT"
	assert_ends
}

@test "events: kills before it was called are no news" {
	require_controller memory
	limit_memory
	start_waiting
	run_rt exec "$ID" "${GREEDY[@]}"
	assert_failure 137
	follow_events
	kill -KILL "$INIT"
	assert_ends
	assert_equal "$(<"$CHILD_LOG")" ""
}

@test "events: with systemd as the manager" {
	[[ -d /run/systemd/system ]] || skip_because "systemd does not run here"
	require_controller memory
	limit_memory
	update_config '.linux.cgroupsPath = $p' --arg p "system.slice:rt:$ID"
	RT_FLAGS="$RT_FLAGS --systemd-cgroup"
	run_rt features
	[[ $(jq .linux.cgroup.systemd <<<"$output") == true ]] || skip_because "built without systemd"
	start_waiting
	run_rt events --stats "$ID"
	assert_json .data.memory.usage.limit 33554432
	follow_events
	run_rt exec "$ID" "${GREEDY[@]}"
	assert_failure 137
	wait_until has_kill
	kill -KILL "$INIT"
	assert_ends
}

@test "events: durations as Go writes them, above 0" {
	start_waiting
	local bad
	for bad in 0 0s 5 -5s 5d 1h2 "" " 5s" 99999999999999999999h; do
		run_rt events --stats --interval "$bad" "$ID"
		assert_failure 1
		assert_stderr 'option --interval: '
	done
	for good in 5s 100ms 1m30s 0.5h; do
		run_rt events --stats --interval "$good" "$ID"
		assert_success
	done
}

@test "events of what does not run, or has no cgroup, is an error" {
	run_rt events "$ID"
	assert_failure 1
	assert_stderr 'does not exist'
	set_args true
	run_rt run -d --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" stopped
	run_rt events --stats "$ID"
	assert_failure 1
	assert_stderr 'container not running'
	run_rt events "$ID"
	assert_failure 1
	assert_stderr 'container not running'
	run_rt delete "$ID"
	RT_FLAGS="$RT_FLAGS --cgroup-manager=disabled"
	update_config 'del(.linux.resources)'
	start_waiting
	run_rt events "$ID"
	assert_failure 1
	assert_stderr 'has no cgroup of its own'
	run_rt events --stats "$ID"
	assert_failure 1
	assert_stderr 'has no cgroup of its own'
}
