# SPDX-License-Identifier: Apache-2.0
# Containers in scopes of systemd: what the manager knows of them, what the kernel's files say, and that nothing is left.
load helpers

setup() {
	common_setup
	require_cgroup2
	require_systemd
	make_bundle
	UNIT=rt-$ID.scope
	update_config '.linux.cgroupsPath = $p' --arg p "system.slice:rt:$ID"
	RT_FLAGS="$RT_FLAGS --systemd-cgroup"
}

require_systemd() {
	[[ -d /run/systemd/system ]] || skip_because "systemd does not run here"
	run_rt features
	[[ $(jq .linux.cgroup.systemd <<<"$output") == true ]] || skip_because "built without systemd"
}

teardown() {
	common_teardown
	assert_no_units
}

# No unit of this test is loaded, failed ones included.
assert_no_units() {
	wait_until has_no_units
}

has_no_units() {
	[[ -z $(systemctl list-units --all --plain --no-legend "*$ID*") ]]
}

property() {
	systemctl show --value -p "$1" "${2:-$UNIT}"
}

# in_scope FILE VALUE
in_scope() {
	assert_equal "$(<"$CGROUP2/system.slice/$UNIT/$1")" "$2"
}

@test "systemd: a scope around the container, gone with it" {
	start_waiting /bin/sh -c 'cat /proc/self/cgroup; exec probe wait'
	# shellcheck disable=SC2153 # helpers.bash sets it
	assert_equal "$(cgroup_of "$INIT")" "/system.slice/$UNIT"
	assert_equal "$(property ActiveState)" active
	assert_equal "$(property ControlGroup)" "/system.slice/$UNIT"
	assert_equal "$(property Slice)" system.slice
	assert_equal "$(property Delegate)" yes
	assert_equal "$(property DefaultDependencies)" no
	assert_equal "$(property Description)" "rt container $ID"
	# The scope is the root of the cgroup namespace.
	wait_until grep -qx '0::/' "$CONTAINER_LOG"
	run_rt state "$ID"
	assert_json .status running
	run_rt delete --force "$ID"
	assert_success
	[[ ! -e $CGROUP2/system.slice/$UNIT ]]
	assert_no_units
}

@test "systemd: without a cgroupsPath, a scope of rt's own name in system.slice" {
	update_config 'del(.linux.cgroupsPath)'
	start_waiting
	assert_equal "$(cgroup_of "$INIT")" "/system.slice/rt-$ID.scope"
}

@test "systemd: dashes of a slice are its parents" {
	update_config '.linux.cgroupsPath = $p' --arg p "rttest-inner.slice:pre:$ID"
	start_waiting
	assert_equal "$(cgroup_of "$INIT")" "/rttest.slice/rttest-inner.slice/pre-$ID.scope"
	run_rt delete --force "$ID"
	assert_success
	systemctl stop rttest.slice
}

@test "systemd: what names of units can not have is escaped; no prefix, no dash" {
	update_config '.linux.cgroupsPath = $p' --arg p "system.slice::$ID+é"
	start_waiting
	assert_equal "$(cgroup_of "$INIT")" "/system.slice/$ID\\x2b\\xc3\\xa9.scope"
}

@test "systemd: a container in a slice of its own" {
	update_config '.linux.cgroupsPath = $p | .linux.resources.pids = { limit: 20 }' \
		--arg p "system.slice:x:rttest$BATS_TEST_NUMBER-${ID//-/_}.slice"
	require_controller pids
	UNIT=rttest$BATS_TEST_NUMBER-${ID//-/_}.slice
	start_waiting
	assert_equal "$(cgroup_of "$INIT")" "/rttest$BATS_TEST_NUMBER.slice/$UNIT"
	assert_equal "$(property TasksMax)" 20
	run_rt delete --force "$ID"
	assert_success
	[[ ! -e $CGROUP2/rttest$BATS_TEST_NUMBER.slice/$UNIT ]]
	systemctl stop "rttest$BATS_TEST_NUMBER.slice"
}

@test "systemd: a path is no slice:prefix:name" {
	update_config '.linux.cgroupsPath = "/a/path"'
	run_bundle
	assert_refused 'expected cgroupsPath to be of format .slice:prefix:name. for systemd cgroups, got ./a/path. instead'
	update_config '.linux.cgroupsPath = "a--b.slice:x:y"'
	run_bundle
	assert_refused 'no name of a slice'
}

@test "systemd: limits are properties of the unit, and in the kernel's files" {
	require_controller memory
	require_controller pids
	require_controller cpu
	update_config '.linux.resources += {
		memory: { limit: 67108864, reservation: 33554432, swap: 100663296 },
		cpu: { shares: 2048, quota: 25000, period: 50000 }, pids: { limit: 30 },
		unified: { "memory.high": "60000000" } }'
	start_waiting
	assert_equal "$(property MemoryMax)" 67108864
	assert_equal "$(property MemoryLow)" 33554432
	assert_equal "$(property MemoryHigh)" 60000000
	assert_equal "$(property MemorySwapMax)" 33554432
	assert_equal "$(property CPUWeight)" 174
	assert_equal "$(property CPUQuotaPerSecUSec)" 500ms
	assert_equal "$(property CPUQuotaPeriodUSec)" 50ms
	assert_equal "$(property TasksMax)" 30
	in_scope memory.max 67108864
	in_scope memory.low 33554432
	in_scope memory.high 59998208
	in_scope cpu.weight 174
	in_scope cpu.max '25000 50000'
	in_scope pids.max 30
	# They outlive a reload of the manager.
	systemctl daemon-reload
	in_scope memory.max 67108864
	in_scope cpu.max '25000 50000'
}

@test "systemd: CPUs and memory nodes" {
	require_controller cpuset
	update_config '.linux.resources.cpu = { cpus: "0", mems: "0" }'
	start_waiting
	assert_equal "$(property AllowedCPUs)" 0
	assert_equal "$(property AllowedMemoryNodes)" 0
	in_scope cpuset.cpus 0
}

@test "systemd: io limits" {
	require_controller io
	local disk
	disk=$(lsblk -dno MAJ:MIN | tr -d ' ' | head -n 1)
	[[ -n $disk ]] || skip_because "there is no disk here"
	update_config '.linux.resources.blockIO = { throttleReadBpsDevice: [{
		major: ($d | split(":")[0] | tonumber), minor: ($d | split(":")[1] | tonumber), rate: 1048576 }] }' --arg d "$disk"
	start_waiting
	in_scope io.max "$disk rbps=1048576 wbps=max riops=max wiops=max"
	[[ $(property IOReadBandwidthMax) == *1048576 ]]
}

@test "systemd: annotations are properties" {
	update_config '.annotations = { "org.systemd.property.TimeoutStopUSec": "uint64 5000000",
		"org.systemd.property.RuntimeMaxSec": "3600", "org.systemd.property.Description": "\u0027a text\u0027" }'
	start_waiting
	assert_equal "$(property TimeoutStopUSec)" 5s
	assert_equal "$(property RuntimeMaxUSec)" 1h
	assert_equal "$(property Description)" "a text"
	run_rt delete --force "$ID"
	update_config '.annotations = { "org.systemd.property.NoSuchThing": "1" }'
	run_bundle
	assert_refused 'NoSuchThing'
}

@test "systemd: a unit that refuses to be stopped goes with its container" {
	update_config '.annotations = { "org.systemd.property.RefuseManualStop": "true" }'
	start_waiting
	run_rt delete --force "$ID"
	assert_success
	[[ ! -e $CGROUP2/system.slice/$UNIT ]]
}

@test "systemd: device rules are in force" {
	all_caps
	run_script 'mknod /tmp/kmsg c 1 11 && (: </tmp/kmsg) && echo opened'
	assert_failure
	refute_match opened
	assert_stderr 'not permitted'
}

@test "systemd: exec is in the scope, and below it" {
	start_waiting
	run_rt exec "$ID" cat /proc/self/cgroup
	assert_success
	assert_output '0::/'
	run_rt exec -d --pid-file "$T/exec.pid" "$ID" probe wait
	assert_success
	assert_equal "$(cgroup_of "$(<"$T/exec.pid")")" "/system.slice/$UNIT"
}

@test "systemd: pause and resume" {
	start_waiting
	run_rt pause "$ID"
	assert_success
	assert_status "$ID" paused
	in_scope cgroup.freeze 1
	run_rt resume "$ID"
	assert_success
	assert_status "$ID" running
	run_rt pause "$ID"
	run_rt delete --force "$ID"
	assert_success
}

@test "systemd: update changes the unit and the files" {
	require_controller memory
	require_controller pids
	start_waiting
	run_rt update --memory 33554432 --pids-limit 12 "$ID"
	assert_success
	assert_equal "$(property MemoryMax)" 33554432
	assert_equal "$(property TasksMax)" 12
	in_scope memory.max 33554432
	in_scope pids.max 12
}

@test "systemd: a name that is in use is an error, and its unit stays" {
	systemd-run -q --unit "$UNIT" --scope sleep 1000 &
	local pid=$!
	wait_until systemctl -q is-active "$UNIT"
	run_bundle
	assert_failure
	assert_stderr 'already loaded|already exists'
	assert_equal "$(property ActiveState)" active
	systemctl stop "$UNIT"
	wait "$pid" || :
}

@test "systemd: a unit that has failed before is reset" {
	# A scope fails when its time is over.
	systemd-run -q --unit "$UNIT" --scope -p RuntimeMaxSec=1 sleep 1000 || :
	wait_until systemctl -q is-failed "$UNIT"
	set_args true
	run_bundle
	assert_success
}

@test "systemd: a scope that is gone already is no obstacle to delete" {
	start_waiting
	kill -KILL "$INIT"
	wait_until has_no_units
	assert_status "$ID" stopped
	run_rt delete "$ID"
	assert_success
}

@test "systemd: a container that ran out of memory leaves no failed unit" {
	require_controller memory
	update_config '.linux.resources += { memory: { limit: 16777216, swap: 16777216 },
		unified: { "memory.oom.group": "1" } }'
	run_script 'dd if=/dev/zero of=/dev/null bs=64M count=1'
	assert_failure 137
	assert_no_units
}

@test "systemd: rt killed before the record: delete --force leaves no unit" {
	printf '%s\n' '#!/bin/sh' "systemctl is-active $UNIT >$T/active" 'kill -KILL $PPID' >"$T/hook"
	chmod 755 "$T/hook"
	update_config '.hooks.createRuntime = [{ path: $p, env: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"] }]' --arg p "$T/hook"
	run_rt create --bundle "$BUNDLE" "$ID"
	[[ $status -eq 137 ]]
	assert_equal "$(<"$T/active")" active
	run_rt delete --force "$ID"
	assert_success
	assert_no_units
}

@test "systemd: no bus is an error that says so" {
	export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$T/none
	run_bundle
	assert_refused "connect to the system's bus"
}

@test "systemd: create and delete with limits, again and again, leave nothing" {
	local i limits='{}' rounds=${RT_SYSTEMD_ROUNDS:-50}
	grep -qw pids "$CGROUP2/cgroup.controllers" && limits='{ pids: { limit: 20 } }'
	update_config ".linux.resources += $limits"
	set_args probe wait
	for ((i = 0; i < rounds; i++)); do
		rt create --bundle "$BUNDLE" "$ID" </dev/null >/dev/null
		rt delete --force "$ID"
	done
	assert_nothing_left
	assert_no_units
}

@test "systemd: thirty at once" {
	local i pids=() failed=0
	set_args true
	export RT_TIMEOUT=120
	for ((i = 0; i < 30; i++)); do
		mkdir "$T/b$i"
		ln -s "$ROOTFS" "$T/b$i/rootfs"
		jq --arg r "$ROOTFS" --arg p "system.slice:rt:$ID-$i" '.linux.cgroupsPath = $p | .root.path = $r' \
			"$BUNDLE/config.json" >"$T/b$i/config.json"
		rt run --bundle "$T/b$i" "$ID-$i" </dev/null >"$T/b$i/out" 2>&1 &
		pids+=($!)
	done
	for ((i = 0; i < 30; i++)); do
		wait "${pids[i]}" || { failed=1; cat "$T/b$i/out" >&2; }
	done
	[[ $failed -eq 0 ]]
	assert_nothing_left
}
