# SPDX-License-Identifier: Apache-2.0
load helpers

# The kernel's name of a namespace kind.
link_name() {
	case $1 in
	network) echo net ;;
	mount) echo mnt ;;
	*) echo "$1" ;;
	esac
}

# A process that has a new namespace of the kind, on the host; its pid is $CHILD.
holder() {
	background unshare "$@" sleep 100
	wait_until holder_is_ready
}

holder_is_ready() {
	[[ $(tr '\0' ' ' <"/proc/$CHILD/cmdline") == 'sleep 100 ' ]]
}

@test "each namespace of the list is new, and the others are the host's" {
	set_script 'for ns in /proc/self/ns/*; do readlink $ns; done'
	run_bundle
	assert_success
	local kind
	for kind in pid network ipc uts mount cgroup; do
		refute_line "$(readlink "/proc/self/ns/$(link_name $kind)")"
	done
	for kind in user time; do
		assert_line "$(readlink "/proc/self/ns/$(link_name $kind)")"
	done
}

@test "a namespace that is left out is the host's" {
	require_cgroup2
	local kind
	for kind in pid network ipc uts cgroup; do
		make_bundle_without "$kind"
		run_script "readlink /proc/self/ns/$(link_name $kind)"
		assert_success
		assert_output "$(readlink "/proc/self/ns/$(link_name $kind)")"
	done
}

make_bundle_without() {
	rm -rf "$BUNDLE"
	make_bundle
	update_config 'del(.hostname) | .linux.namespaces |= map(select(.type != $kind))' --arg kind "$1"
	# A sysfs instance shows a network namespace of one's own.
	[[ $1 != network ]] || update_config '.mounts |= map(select(.type != "sysfs"))'
}

@test "namespaces are joined by path" {
	require_command unshare
	holder --net --ipc --uts
	local kind
	for kind in network ipc uts; do
		update_config 'del(.hostname) | (.linux.namespaces[] | select(.type == $kind)).path = $path' \
			--arg kind $kind --arg path "/proc/$CHILD/ns/$(link_name $kind)"
	done
	run_script 'for ns in /proc/self/ns/*; do readlink $ns; done'
	assert_success
	for kind in network ipc uts; do
		assert_line "$(readlink "/proc/$CHILD/ns/$(link_name $kind)")"
	done
}

@test "a joined uts namespace has its owner's name" {
	require_command unshare
	background unshare --uts sh -c 'hostname theirs; exec sleep 100'
	wait_until holder_is_ready
	update_config 'del(.hostname) | (.linux.namespaces[] | select(.type == "uts")).path = $path' \
		--arg path "/proc/$CHILD/ns/uts"
	run_script hostname
	assert_success
	assert_output theirs
}

@test "the pid namespace of another container is joined" {
	require_cgroup2
	start_waiting
	update_config '(.linux.namespaces[] | select(.type == "pid")).path = $path' --arg path "/proc/$INIT/ns/pid"
	set_script 'readlink /proc/self/ns/pid; ps'
	run_rt run --bundle "$BUNDLE" "$ID-b"
	assert_success
	assert_line "$(readlink "/proc/$INIT/ns/pid")"
	assert_match '^ +1 .*probe wait'
}

@test "a container that joined a pid namespace is created, started, signalled and deleted" {
	require_cgroup2
	start_waiting
	update_config '(.linux.namespaces[] | select(.type == "pid")).path = $path' --arg path "/proc/$INIT/ns/pid"
	set_args probe wait
	run_rt create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID-b"
	assert_success
	run_rt start "$ID-b"
	assert_success
	assert_status "$ID-b" running
	assert_equal "$(readlink "/proc/$(<"$T/pid")/ns/pid")" "$(readlink "/proc/$INIT/ns/pid")"
	run_rt exec "$ID-b" hostname
	assert_output box
	run_rt kill "$ID-b" KILL
	assert_success
	wait_until has_status "$ID-b" stopped
	run_rt delete "$ID-b"
	assert_success
	assert_status "$ID" running
}

@test "a process that may trace finds no right of who joins its pid namespace" {
	require_cgroup2
	[[ $(printf '%s\n' 6.17 "$(uname -r)" | sort -V | head -n 1) == 6.17 ]] ||
		skip_because "procfs can not be told of a pid namespace here"
	start_hunter
	update_config '(.linux.namespaces[] | select(.type == "pid")).path = $path' --arg path "/proc/$INIT/ns/pid"
	# It opens nothing itself.
	set_args /bin/probe argv inside
	local i
	for i in {1..12}; do
		PROBE_HUNT=1 run_rt run --bundle "$BUNDLE" "$ID-b"
		[[ $status -eq 0 ]] || ! has_status "$ID" stopped || break
		assert_success
		assert_output inside
	done
	((i > 1)) || fail "the hunter ended before the first container"
	assert_hunted_nothing
}

@test "a mount namespace is joined; the root is set up in it" {
	require_command unshare
	background unshare --mount --propagation private sleep 100
	wait_until holder_is_ready
	update_config '(.linux.namespaces[] | select(.type == "mount")).path = $path' --arg path "/proc/$CHILD/ns/mnt"
	run_script 'readlink /proc/self/ns/mnt; grep user /etc/group'
	assert_success
	assert_line "$(readlink "/proc/$CHILD/ns/mnt")"
	assert_line user:x:1000:
}

@test "a path of the wrong kind, or of no namespace, is an error" {
	update_config '(.linux.namespaces[] | select(.type == "ipc")).path = "/proc/self/ns/net"'
	run_bundle
	assert_refused 'ipc'
	update_config '(.linux.namespaces[] | select(.type == "ipc")).path = "/etc/passwd"'
	run_bundle
	assert_refused '/etc/passwd'
	update_config '(.linux.namespaces[] | select(.type == "ipc")).path = "/no/such/namespace"'
	run_bundle
	assert_refused '/no/such/namespace.*No such file'
	mkfifo "$T/fifo"
	update_config '(.linux.namespaces[] | select(.type == "ipc")).path = $path' --arg path "$T/fifo"
	run_bundle
	assert_refused 'fifo'
	update_config '(.linux.namespaces[] | select(.type == "ipc")).path = "relative/path"'
	run_bundle
	assert_refused 'path'
}

@test "duplicate and unknown namespaces are errors" {
	update_config '.linux.namespaces += [{ type: "ipc" }]'
	run_bundle
	assert_refused 'ipc'
	update_config '.linux.namespaces = [{ type: "mount" }, { type: "nonsense" }]'
	run_bundle
	assert_refused 'nonsense'
}

@test "loopback is up in a new network namespace, and nothing else is there" {
	run_script 'probe loopback; ls /sys/class/net'
	assert_success
	assert_output $'ok\nlo'
}

@test "the program is pid 1, with no process beside it" {
	run_script 'echo $$; ls /proc | grep -c "^[0-9]"'
	assert_success
	assert_line 1
}

@test "the cgroup namespace's root is the container's cgroup" {
	require_cgroup2
	run_script 'grep ^0:: /proc/self/cgroup'
	assert_success
	assert_output 0::/
}

@test "time namespace: offsets shift the clocks" {
	[[ -e /proc/self/ns/time ]] || skip_because "this kernel has no time namespaces"
	update_config '.linux.namespaces += [{ type: "time" }]
		| .linux.timeOffsets = { monotonic: { secs: 1000000, nanosecs: 5 }, boottime: { secs: 2000000 } }'
	set_args probe clocks
	capture "$PROBE" clocks
	local monotonic boottime
	monotonic=$(sed -n 's/monotonic=//p' <<<"$output")
	boottime=$(sed -n 's/boottime=//p' <<<"$output")
	run_bundle
	assert_success
	local shift=$(($(sed -n 's/monotonic=//p' <<<"$output") - monotonic))
	[[ $shift -ge 1000000 && $shift -lt 1000030 ]]
	shift=$(($(sed -n 's/boottime=//p' <<<"$output") - boottime))
	[[ $shift -ge 2000000 && $shift -lt 2000030 ]]
}

@test "time namespace: exec is in it, and it can be joined" {
	[[ -e /proc/self/ns/time ]] || skip_because "this kernel has no time namespaces"
	update_config '.linux.namespaces += [{ type: "time" }] | .linux.timeOffsets = { monotonic: { secs: 1000000 } }'
	start_waiting
	run_rt exec "$ID" readlink /proc/self/ns/time
	assert_output "$(readlink "/proc/$INIT/ns/time")"
	[[ $output != "$(readlink /proc/self/ns/time)" ]]
	update_config 'del(.linux.timeOffsets) | (.linux.namespaces[] | select(.type == "time")).path = $path' \
		--arg path "/proc/$INIT/ns/time"
	set_script 'readlink /proc/self/ns/time'
	run_rt run --bundle "$BUNDLE" "$ID-b"
	assert_success
	assert_output "$(readlink "/proc/$INIT/ns/time")"
}

@test "time offsets need a new time namespace" {
	update_config '.linux.timeOffsets = { monotonic: { secs: 1 } }'
	run_bundle
	assert_refused 'time'
}

@test "hostname without a uts namespace is an error" {
	update_config '.linux.namespaces |= map(select(.type != "uts"))'
	run_bundle
	assert_refused 'hostname'
	assert_refused 'uts'
}

@test "without a mount namespace the root is still the container's, and mounts are refused" {
	require_cgroup2
	update_config '.linux.namespaces |= map(select(.type != "mount"))'
	run_bundle
	assert_refused 'mount'
	update_config '.mounts = [] | del(.linux.maskedPaths, .linux.readonlyPaths)'
	run_script 'pwd; cat /etc/group'
	if [[ $status -eq 0 ]]; then
		assert_line 'user:x:1000:'
	else
		assert_stderr 'mount'
	fi
	refute grep -F "$ROOTFS" /proc/self/mountinfo
}
