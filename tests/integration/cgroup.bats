# SPDX-License-Identifier: Apache-2.0
load helpers

setup() {
	common_setup
	require_cgroup2
	make_bundle
}

@test "a container has a cgroup of its own, removed with it" {
	start_waiting
	local cgroup
	cgroup=$(cgroup_of "$INIT")
	[[ $cgroup != / && $cgroup != "$(cgroup_of $$)" ]]
	[[ -d $CGROUP2$cgroup ]]
	grep -qx "$INIT" "$CGROUP2$cgroup/cgroup.procs"
	run_rt delete --force "$ID"
	assert_success
	[[ ! -e $CGROUP2$cgroup ]]
}

@test "cgroupsPath, absolute: from the root of the hierarchy" {
	update_config '.linux.cgroupsPath = $p' --arg p "/$ID/inner"
	start_waiting
	assert_equal "$(cgroup_of "$INIT")" "/$ID/inner"
	run_rt delete --force "$ID"
	[[ ! -e $CGROUP2/$ID/inner ]]
	# What rt had to make on the way may stay for others, or goes: it is empty.
	[[ ! -e $CGROUP2/$ID ]] || rmdir "$CGROUP2/$ID"
}

@test "cgroupsPath, relative: the same value is the same place" {
	update_config '.linux.cgroupsPath = $p' --arg p "$ID"
	start_waiting
	local first
	first=$(cgroup_of "$INIT")
	[[ $first == */$ID ]]
	run_rt delete --force "$ID"
	start_waiting
	assert_equal "$(cgroup_of "$INIT")" "$first"
}

@test "cgroupsPath can not lead out" {
	update_config '.linux.cgroupsPath = "/../../../../tmp/out"'
	start_waiting
	[[ $(cgroup_of "$INIT") != *..* ]]
	run_rt delete --force "$ID"
	find "$CGROUP2/tmp" -depth -type d -exec rmdir {} + 2>/dev/null || :
}

@test "a cgroup that was there before is not removed" {
	mkdir "$CGROUP2/$ID"
	update_config '.linux.cgroupsPath = $p' --arg p "/$ID"
	start_waiting
	assert_equal "$(cgroup_of "$INIT")" "/$ID"
	run_rt delete --force "$ID"
	assert_success
	[[ -d $CGROUP2/$ID ]]
	rmdir "$CGROUP2/$ID"
}

@test "cgroups that the container made are removed with it" {
	update_config '.mounts += [{ destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["rw"] }]'
	all_caps
	run_script 'mkdir -p /sys/fs/cgroup/a/b/c && echo made'
	assert_success
	assert_output made
	assert_nothing_left
}

@test "processes that left their session are killed with the cgroup at delete" {
	update_config '.linux.namespaces |= map(select(.type != "pid"))'
	start_waiting /bin/sh -c 'probe orphans 4; exec probe wait'
	wait_until grep -qx ready "$CONTAINER_LOG"
	run_rt ps -f json "$ID"
	local pids pid
	pids=$(jq -r '.[]' <<<"$output")
	run_rt delete --force "$ID"
	assert_success
	for pid in $pids; do
		wait_until is_gone "$pid"
	done
}

@test "--cgroup-manager=disabled makes no cgroup" {
	update_config 'del(.linux.resources)'
	set_args probe wait
	run_rt --cgroup-manager=disabled run -d --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	assert_success
	assert_equal "$(cgroup_of "$(<"$T/pid")")" "$(cgroup_of $$)"
	run_rt exec "$ID" echo hello
	assert_output hello
	run_rt state "$ID"
	assert_json .status running
	run_rt delete --force "$ID"
	assert_success
}

@test "--cgroup-manager=disabled with a limit that was asked for is an error" {
	update_config '.linux.resources = { pids: { limit: 10 } }'
	run_rt --cgroup-manager=disabled run --bundle "$BUNDLE" "$ID"
	assert_refused 'pids'
}

@test "a pids limit is applied, or it is an error that names it" {
	update_config '.linux.resources.pids = { limit: 7 }'
	run_bundle
	if grep -qw pids "$CGROUP2/cgroup.controllers"; then
		[[ $status -eq 0 ]] || assert_refused 'pids'
	else
		assert_refused '/linux/resources/pids|pids'
	fi
}

@test "a memory limit that can not be applied here is an error" {
	! grep -qw memory "$CGROUP2/cgroup.controllers" || skip_because "cgroup2 has a memory controller here"
	update_config '.linux.resources.memory = { limit: 100000000 }'
	run_bundle
	assert_refused 'memory'
}

@test "what is no request stops no container" {
	local resources
	for resources in '{}' 'null' '{ memory: {} }' '{ memory: { limit: -1, swap: -1, reservation: 0 } }' \
		'{ memory: { limit: 0, disableOOMKiller: false } }' '{ cpu: { shares: 0, quota: 0, period: 0, cpus: "", mems: "" } }' \
		'{ cpu: { quota: -1 } }' '{ pids: { limit: -1 } }' '{ blockIO: { weight: 0 } }' '{ blockIO: {} }' \
		'{ hugepageLimits: [] }' '{ network: {} }' '{ rdma: {} }' '{ unified: {} }' '{ devices: [] }' '{ devices: null }'; do
		update_config ".linux.resources = $resources"
		run_bundle
		[[ $status -eq 0 ]] || { show_call; fail "refused: $resources"; }
	done
}

@test "other requested limits that are not applied are errors, each by its name" {
	local resources name
	while IFS='|' read -r name resources; do
		update_config ".linux.resources = $resources"
		run_bundle
		if [[ $status -eq 0 ]]; then
			fail "silently taken: $resources"
		fi
		assert_stderr "$name"
		assert_nothing_left
	done <<-'END'
		no.such|{ unified: { "no.such": "1" } }
		unified|{ unified: { "../escape": "1" } }
		rdma|{ rdma: { "no-such-device": { hcaHandles: 1 } } }
		realtime|{ cpu: { realtimeRuntime: 1000, realtimePeriod: 10000 } }
		classID|{ network: { classID: 1 } }
		priorities|{ network: { priorities: [{ name: "eth0", priority: 1 }] } }
	END
}

@test "a container without limits has the statistics that engines show" {
	require_controller memory
	update_config '.linux.cgroupsPath = $p | del(.linux.resources)' --arg p "/$ID/inner/box"
	start_waiting
	local dir name
	dir=$CGROUP2$(cgroup_of "$INIT")
	for name in cpu io memory pids; do
		grep -qw "$name" "$CGROUP2/cgroup.controllers" || continue
		grep -qw "$name" "$dir/cgroup.controllers" || fail "no $name: $(<"$dir/cgroup.controllers")"
	done
	[[ $(<"$dir/memory.current") -gt 0 ]]
	[[ $(<"$dir/pids.current") -gt 0 ]]
}

@test "statistics do not change the cgroup of other processes" {
	require_controller memory
	mkdir "$CGROUP2/$ID"
	background sleep 100
	echo "$CHILD" >"$CGROUP2/$ID/cgroup.procs"
	update_config '.linux.cgroupsPath = $p | del(.linux.resources)' --arg p "/$ID/box"
	start_waiting
	assert_equal "$(<"$CGROUP2/$ID/cgroup.subtree_control")" ''
	assert_equal "$(<"$CGROUP2/$ID/cgroup.type")" domain
	run_rt delete --force "$ID"
	assert_success
	kill -KILL "$CHILD"
	wait_until rmdir "$CGROUP2/$ID"
}

@test "values that make no sense are errors" {
	local resources
	for resources in '{ memory: { limit: -2 } }' '{ cpu: { cpus: "abc" } }' '{ pids: { limit: "many" } }' \
		'{ devices: [{ allow: true, type: "c", access: "xyz" }] }'; do
		update_config ".linux.resources = $resources"
		run_bundle
		[[ $status -ne 0 ]] || fail "taken: $resources"
		assert_stderr 'resources|config.json'
		assert_nothing_left
	done
}

@test "the container's processes are in no cgroup of the host's v1 controllers that rt made" {
	[[ $CGROUP2 != /sys/fs/cgroup ]] || skip_because "there are no v1 controllers"
	start_waiting
	grep -v ^0:: "/proc/$INIT/cgroup" | cut -d: -f3 | sort >"$T/theirs"
	grep -v ^0:: /proc/$$/cgroup | cut -d: -f3 | sort >"$T/ours"
	diff "$T/ours" "$T/theirs"
}

@test "a container that somebody froze is paused: seen, not entered, and can be deleted" {
	start_waiting
	local cgroup
	cgroup=$CGROUP2$(cgroup_of "$INIT")
	echo 1 >"$cgroup/cgroup.freeze"
	wait_until has_status "$ID" paused
	run_rt exec "$ID" true
	assert_failure 255
	assert_stderr 'cannot exec in a paused container'
	run_rt delete "$ID"
	assert_failure 1
	run_rt kill "$ID" KILL
	assert_success
	run_rt delete --force "$ID"
	assert_success
	assert_nothing_left
}

@test "exec --cgroup goes to a cgroup below the container's, and to no other" {
	start_waiting
	local cgroup
	cgroup=$(cgroup_of "$INIT")
	mkdir "$CGROUP2$cgroup/sub"
	run_rt exec -d --cgroup sub --pid-file "$T/exec.pid" "$ID" sleep 100
	assert_success
	assert_equal "$(cgroup_of "$(<"$T/exec.pid")")" "$cgroup/sub"
	mkdir "$CGROUP2$cgroup-beside"
	local path
	for path in ../ "../$(basename "$cgroup")-beside" sub/../../ /../; do
		run_rt exec --cgroup "$path" "$ID" cat /proc/self/cgroup
		[[ $status -ne 0 ]] || assert_match '^0::/(sub)?$'
	done
	rmdir "$CGROUP2$cgroup-beside"
}

@test "a process that the container moved deeper is in the way of nothing" {
	update_config '.mounts += [{ destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["rw"] }]'
	all_caps
	start_waiting /bin/sh -c 'mkdir /sys/fs/cgroup/deep && echo 1 >/sys/fs/cgroup/deep/cgroup.procs; exec probe wait'
	wait_until grep -qx ready "$CONTAINER_LOG"
	run_rt exec "$ID" echo hello
	assert_success
	assert_output hello
	run_rt ps -f json "$ID"
	assert_output "[$INIT]"
	run_rt delete --force "$ID"
	assert_success
	assert_nothing_left
}

@test "a cgroup that holds processes is refused, and left as it is" {
	mkdir "$CGROUP2/$ID"
	background sleep 100
	echo "$CHILD" >"$CGROUP2/$ID/cgroup.procs"
	update_config '.linux.cgroupsPath = $p' --arg p "/$ID"
	run_bundle
	assert_failure
	assert_stderr "container's cgroup is not empty: 1 process"
	grep -qx "$CHILD" "$CGROUP2/$ID/cgroup.procs"
	kill -KILL "$CHILD"
	wait_until rmdir "$CGROUP2/$ID"
}

@test "below a frozen parent nothing is created, and nothing waits" {
	mkdir "$CGROUP2/$ID"
	echo 1 >"$CGROUP2/$ID/cgroup.freeze"
	update_config '.linux.cgroupsPath = $p' --arg p "/$ID/box"
	run_bundle
	assert_failure
	assert_stderr 'frozen'
	[[ ! -e $CGROUP2/$ID/box ]]
	rmdir "$CGROUP2/$ID"
}

@test "a cgroup that stays can be used again, and again after a kill" {
	mkdir "$CGROUP2/$ID"
	update_config '.linux.cgroupsPath = $p' --arg p "/$ID"
	local i
	for i in 1 2 3; do
		start_waiting
		run_rt kill --all "$ID" KILL
		assert_success
		wait_until has_status "$ID" stopped
		run_rt delete --force "$ID"
		assert_success
	done
	rmdir "$CGROUP2/$ID"
}

# Linux 6.18 compares how often the two cgroups were killed, and kills what is cloned from one to the other.
@test "where the kernel kills for what a cgroup was once, the error says so" {
	mkdir "$CGROUP2/$ID"
	echo 1 >"$CGROUP2/$ID/cgroup.kill"
	update_config '.linux.cgroupsPath = $p' --arg p "/$ID"
	run_bundle
	[[ $status == 0 ]] || assert_stderr 'if that one or rt.s own was killed by cgroup.kill before'
	rmdir "$CGROUP2/$ID"
}

@test "what forks without end is gone after delete --force" {
	update_config '.linux.namespaces |= map(select(.type != "pid"))'
	# Each of them ignores what can be ignored and is replaced by another before it ends; some twenty at a time.
	start_waiting /bin/sh -c 'trap "" HUP INT QUIT TERM USR1 USR2
		loop() { while :; do (sleep 0.01; :) & sleep 0.005; done; }
		for i in 1 2 3 4; do loop & done; loop'
	sleep 0.3
	run_rt kill --all "$ID" TERM
	assert_success
	assert_status "$ID" running
	run_rt delete --force "$ID"
	assert_success
	assert_nothing_left
}

# The container's root moves itself down and passes the controllers on, as systemd does at its start.
@test "exec into a container that has delegated its cgroup goes to where init is" {
	require_controller hugetlb
	update_config '.linux.resources.hugepageLimits = [{ pageSize: "2MB", limit: 4194304 }]
		| .mounts += [{ destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["rw"] }]'
	all_caps
	start_waiting /bin/sh -c 'cd /sys/fs/cgroup && mkdir init.scope && echo 1 >init.scope/cgroup.procs &&
		echo +hugetlb >cgroup.subtree_control; exec probe wait'
	wait_until grep -qx ready "$CONTAINER_LOG"
	local cgroup
	cgroup=$(cgroup_of "$INIT")
	[[ $cgroup == */init.scope ]]
	run_rt exec -d --pid-file "$T/exec.pid" "$ID" sleep 100
	assert_success
	assert_equal "$(cgroup_of "$(<"$T/exec.pid")")" "$cgroup"
	# Asked for by name it is an error: the caller wants that one.
	run_rt exec --cgroup / "$ID" true
	assert_failure 255
}

@test "the container's root owns its cgroup where it sees nothing but it and can write it" {
	[[ $CGROUP2 == /sys/fs/cgroup ]] || skip_because "cgroup2 is not alone here"
	update_config '.mounts += [{ destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["rw"] }]
		| .linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]
		| .linux.gidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]'
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$T" "$BUNDLE"
	start_waiting
	local dir file
	dir=$CGROUP2$(cgroup_of "$INIT")
	assert_equal "$(stat -c %u "$dir")" 100000
	while read -r file; do
		[[ ! -e $dir/$file ]] || assert_equal "$file $(stat -c %u "$dir/$file")" "$file 100000"
	done </sys/kernel/cgroup/delegate
	for file in cgroup.freeze cgroup.max.depth memory.max pids.max; do
		[[ ! -e $dir/$file ]] || assert_equal "$file $(stat -c %u "$dir/$file")" "$file 0"
	done
	run_rt exec "$ID" sh -c 'mkdir /sys/fs/cgroup/mine && echo made'
	assert_output made
}

@test "the cgroup stays the host's where its mount is read-only or missing, or the cgroup namespace is not new" {
	local change dir file
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$T" "$BUNDLE"
	update_config '.mounts += [{ destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["ro"] }]
		| .linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]
		| .linux.gidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]'
	for change in . 'del(.mounts[-1])' '.mounts += [{ destination: "/mnt", type: "cgroup", source: "cgroup" }]' \
		'.linux.namespaces |= map(select(.type != "cgroup")) | .mounts[-1] = { destination: "/sys/fs/cgroup",
			type: "cgroup", source: "cgroup", options: ["rw"] }'; do
		update_config "$change"
		start_waiting
		dir=$CGROUP2$(cgroup_of "$INIT")
		[[ -d $dir ]]
		assert_equal "$(find "$dir" -maxdepth 1 ! -uid 0)" ''
		run_rt delete --force "$ID"
		assert_success
	done
}

# The kernel's list is missing: a directory without it is mounted there.
@test "without the kernel's list of files to delegate three files are given, and no other" {
	[[ $CGROUP2 == /sys/fs/cgroup ]] || skip_because "cgroup2 is not alone here"
	require_command unshare
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$T" "$BUNDLE"
	# A sysfs with something on top can not be mounted anew in a user namespace.
	mkdir -p "$ROOTFS/sys/fs/cgroup"
	update_config '.mounts |= map(select(.type != "sysfs"))
		| .mounts += [{ destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["rw"] }]
		| .linux.namespaces += [{ type: "user" }] | .process.args = ["probe", "wait"]
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]
		| .linux.gidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]'
	# shellcheck disable=SC2016 # expanded by that shell
	capture timeout 30 unshare --mount --propagation private sh -ec 'mount -t tmpfs tmpfs /sys/kernel/cgroup; exec "$@"' sh \
		"$RT" --root "$STATE" $RT_FLAGS run -d --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	assert_success
	local dir
	dir=$CGROUP2$(cgroup_of "$(<"$T/pid")")
	assert_equal "$(find "$dir" -maxdepth 1 -uid 100000 -printf '%P\n' | sort | xargs)" \
		'cgroup.procs cgroup.subtree_control cgroup.threads'
}
