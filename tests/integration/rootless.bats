# SPDX-License-Identifier: Apache-2.0
# A caller without privileges: everything here runs as an ordinary user, also when the tests run as root.
load helpers

setup() {
	common_setup
	make_bundle
	# Everything below is the user's.
	USER_ID=$(id -u)
	if [[ $EUID -eq 0 ]]; then
		require_command setpriv
		USER_ID=65534
		chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$T" "$BUNDLE"
		cp --remove-destination -r "$TEMPLATE/bin" "$ROOTFS/"
		as_user test -x "$RT" || skip_because "the runtime can not be reached by others"
	fi
	STATE=$T/xdg/rt
	mkdir -p "$T/xdg"
	rm "$BUNDLE/config.json"
	[[ $EUID -ne 0 ]] || chown -R "$USER_ID:$USER_ID" "$BUNDLE" "$T/xdg"
	as_user unshare --user true 2>/dev/null || skip_because "user namespaces are not for everybody here"
	as_user "$RT" spec --rootless --bundle "$BUNDLE"
	update_config '.process.terminal = false | .process.env = ["PATH=/bin"] | .root.readonly = false'
	set_args true
}

as_user() {
	if [[ $EUID -eq 0 ]]; then
		setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups -- "$@"
	else
		"$@"
	fi
}

# What helpers.bash calls: the runtime with its default state root.
rt() {
	as_user timeout -k 5 "${RT_TIMEOUT:-30}" env XDG_RUNTIME_DIR="$T/xdg" "$RT" "$@"
}

@test "rootless: run" {
	run_script 'id -u; id -g; cat /proc/self/uid_map'
	assert_success
	assert_match '^0$'
	assert_match "^ +0 +$USER_ID +1\$"
}

@test "rootless: the life cycle" {
	set_args probe wait
	run_rt create --bundle "$BUNDLE" --pid-file "$T/xdg/pid" "$ID"
	assert_success
	[[ -d $T/xdg/rt/$ID ]]
	assert_status "$ID" created
	run_rt start "$ID"
	assert_success
	assert_equal "$(awk '/^Uid/ { print $2 }' "/proc/$(<"$T/xdg/pid")/status")" "$USER_ID"
	run_rt exec "$ID" id -u
	assert_success
	assert_output 0
	run_rt list -q
	assert_output "$ID"
	run_rt kill "$ID" KILL
	assert_success
	wait_until has_status "$ID" stopped
	run_rt delete "$ID"
	assert_success
	assert_nothing_left
}

@test "rootless: devices work" {
	run_script 'echo x >/dev/null; head -c 4 /dev/zero | wc -c; head -c 4 /dev/urandom | wc -c'
	assert_success
	assert_output $'4\n4'
}

@test "rootless: the user's files can be written, root's can not" {
	run_script 'echo mine >/tmp/file && stat -c %u /tmp/file'
	assert_success
	assert_output 0
	assert_equal "$(stat -c %u "$ROOTFS/tmp/file")" "$USER_ID"
	update_config '.mounts += [{ destination: "/mnt", type: "bind", source: "/etc", options: ["rbind"] }]'
	run_script 'touch /mnt/rt-was-here'
	assert_failure
	[[ ! -e /etc/rt-was-here ]]
}

@test "rootless: no user namespace is an error that says so" {
	update_config '.linux.namespaces |= map(select(.type != "user")) | del(.linux.uidMappings, .linux.gidMappings)'
	run_bundle
	assert_failure 1
	assert_stderr 'user namespace'
	assert_nothing_left
}

@test "rootless: a limit that can not be applied is an error" {
	# A systemd of the caller's own gives it a part of the tree, where limits work.
	[[ -z $CGROUP2 || $EUID -eq 0 || ! -w $CGROUP2$(sed -n 's/^0:://p' /proc/self/cgroup) ]] ||
		skip_because "cgroup2 has a memory controller here"
	update_config '.linux.resources = { memory: { limit: 100000000 } }'
	run_bundle
	assert_failure 1
	# What is missing: the controller, or the right to make a cgroup.
	assert_stderr 'memory|make cgroup .*: Permission denied'
	assert_nothing_left
}

@test "rootless: ids of others can not be mapped" {
	update_config '.linux.uidMappings[0].hostID = 0'
	run_bundle
	assert_failure 1
	assert_nothing_left
}

@test "rootless: a seccomp filter, from the user's own cache" {
	update_config '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{ names: ["getpgid"], action: "SCMP_ACT_ERRNO" }] }'
	local i
	for i in 1 2; do
		run_script 'probe syscall getpgid 0'
		assert_output EPERM
	done
	[[ -n $(find "$T/xdg/rt/.cache" -type f -user "$USER_ID") ]]
}

@test "rootless: a terminal" {
	update_config '.process.terminal = true'
	set_args probe tty
	background as_user "$PROBE" recvtty "$T/xdg/console.sock"
	wait_until test -S "$T/xdg/console.sock"
	run_rt run -d --bundle "$BUNDLE" --console-socket "$T/xdg/console.sock" "$ID"
	assert_success
	wait_until grep -q owner= "$CHILD_LOG"
	grep -q 'isatty=111' "$CHILD_LOG"
	grep -q 'controlling=ok' "$CHILD_LOG"
}

@test "CVE-2023-25809: rootless: without a cgroup namespace the host's cgroups can not be written" {
	[[ -n $CGROUP2 ]] || skip_because "no cgroup2 hierarchy"
	update_config '.linux.namespaces |= map(select(.type != "cgroup")) | .mounts |= map(select(.type != "cgroup"))
		| .mounts += [{ destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["rw"] }]'
	run_script 'd=/sys/fs/cgroup; mkdir $d/escape $d/../escape; echo 0 >$d/cgroup.procs && echo moved; echo end'
	refute_line moved
	[[ -z $(find "$CGROUP2" -maxdepth 2 -name escape) ]]
	# Below the caller's own cgroup it may be refused, and is never the host's to write.
	update_config '.mounts |= map(select(.type != "cgroup"))'
	run_script 'find /sys/fs/cgroup -writable -type f | head -n 3; echo end'
	assert_success
	assert_output end
}
