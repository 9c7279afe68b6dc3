# SPDX-License-Identifier: Apache-2.0
# A caller without privileges: everything here runs as an ordinary user, also when the tests run as root.
load helpers
load rootless

setup() {
	rootless_setup
}

@test "rootless: run" {
	run_script 'id -u; id -g; cat /proc/self/uid_map'
	assert_success
	assert_match '^0$'
	assert_match "^ +0 +$USER_ID +1\$"
}

@test "rootless: the life cycle" {
	set_args probe wait
	run_rt create --bundle "$BUNDLE" --pid-file "$XDG/pid" "$ID"
	assert_success
	[[ -d $XDG/rt/$ID ]]
	assert_status "$ID" created
	run_rt start "$ID"
	assert_success
	assert_equal "$(awk '/^Uid/ { print $2 }' "/proc/$(<"$XDG/pid")/status")" "$USER_ID"
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

@test "rootless: devices of the configuration are those of the host" {
	update_config '.linux.devices = [{ type: "c", path: "/dev/other", major: 1, minor: 5 }]'
	run_script 'head -c 4 /dev/other | wc -c'
	# No device can be made: one that the host does not have under that name can not be there.
	assert_refused '/dev/other'
	update_config '.linux.devices[0] |= (.path = "/dev/full" | .minor = 7)'
	run_script 'stat -c %t:%T /dev/full; echo x >/dev/full'
	assert_failure
	assert_line 1:7
	assert_stderr 'No space left'
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

@test "rootless: a sysfs and a message queue as engines ask for them" {
	# Without a network namespace of its own the container sees the host's.
	update_config '.mounts |= map(select(.destination != "/sys" and .destination != "/sys/fs/cgroup"))
		+ [{ destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"] }]'
	run_script 'test -d /sys/kernel && grep " /sys " /proc/mounts; grep /dev/mqueue /proc/mounts'
	assert_success
	assert_match '^sysfs /sys sysfs ro,'
	assert_match '^mqueue /dev/mqueue mqueue rw'
	update_config '.linux.namespaces |= map(select(.type != "ipc"))'
	run_bundle
	assert_refused 'mqueue can be mounted only with a namespace of type ipc'
}

@test "rootless: ids that are not mapped are errors that name them" {
	update_config '.process.user.additionalGids = [0]'
	run_bundle
	assert_refused 'additionalGids: the user namespace denies setgroups'
	update_config 'del(.process.user.additionalGids) | .process.user.uid = 5'
	run_bundle
	assert_refused 'the uid 5 is not mapped'
	update_config '.process.user.uid = 0 | (.mounts[] | select(.type == "devpts")).options += ["gid=5"]'
	run_bundle
	assert_refused 'gid=5 is not mapped in the user namespace'
	assert_stderr 'leave the option out'
}

@test "rootless: a seccomp filter, from the user's own cache" {
	update_config '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{ names: ["getpgid"], action: "SCMP_ACT_ERRNO" }] }'
	local i
	for i in 1 2; do
		run_script 'probe syscall getpgid 0'
		assert_output EPERM
	done
	[[ -n $(find "$XDG/rt/.cache" -type f -user "$USER_ID") ]]
}

@test "rootless: a terminal" {
	update_config '.process.terminal = true'
	set_args probe tty
	background as_user "$PROBE" recvtty "$XDG/console.sock"
	wait_until test -S "$XDG/console.sock"
	run_rt run -d --bundle "$BUNDLE" --console-socket "$XDG/console.sock" "$ID"
	assert_success
	wait_until grep -q owner= "$CHILD_LOG"
	grep -q 'isatty=111' "$CHILD_LOG"
	grep -q 'controlling=ok' "$CHILD_LOG"
}

@test "rootless: limits of the process that take rights" {
	local own
	own=$(ulimit -Hn)
	update_config '.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: $n, hard: $n }]' --argjson n "$((own + 1))"
	run_bundle
	assert_refused 'RLIMIT_NOFILE'
	assert_stderr 'raising a hard limit needs CAP_SYS_RESOURCE'
	update_config 'del(.process.rlimits) | .process.oomScoreAdj = 900'
	run_script 'cat /proc/self/oom_score_adj'
	assert_success
	assert_output 900
	update_config '.process.oomScoreAdj = -1000'
	run_bundle
	assert_refused 'oom_score_adj: Permission denied'
	assert_stderr 'CAP_SYS_RESOURCE'
}

@test "rootless: ids of a range, written by newuidmap and newgidmap" {
	with_ranges
	update_config '.process.user.additionalGids = [7]
		| (.mounts[] | select(.type == "devpts")).options += ["gid=5"]'
	update_config '.process.capabilities = { bounding: ["CAP_CHOWN"], effective: ["CAP_CHOWN"],
		permitted: ["CAP_CHOWN"] }'
	run_script 'cat /proc/self/uid_map /proc/self/gid_map; cat /proc/self/setgroups; id -G
		stat -c %g /dev/pts/ptmx; touch /tmp/file && chown 5:6 /tmp/file && stat -c %u:%g /tmp/file'
	assert_success
	assert_match "^ +0 +$USER_ID +1\$"
	assert_match "^ +1 +$RANGE +65536\$"
	assert_line allow
	assert_line '0 7'
	assert_line 5:6
	assert_equal "$(stat -c %u:%g "$ROOTFS/tmp/file")" "$((RANGE + 4)):$((RANGE + 5))"
}

@test "rootless: another process has the ids of a range too" {
	with_ranges
	set_args probe wait
	run_rt run -d --bundle "$BUNDLE" "$ID"
	assert_success
	run_rt exec --user 9:8 "$ID" sh -c 'id -u; id -g'
	assert_success
	assert_output $'9\n8'
	run_rt delete --force "$ID"
	assert_success
}

@test "rootless: the caller's groups are dropped, or kept" {
	require_root
	with_ranges
	AS_USER=(setpriv --reuid="$USER_ID" --regid="$USER_ID" --groups=1234 --)
	run_script 'grep ^Groups: /proc/self/status'
	assert_success
	refute_match 65534
	update_config '.annotations = { "run.oci.keep_original_groups": "1" }'
	run_script 'grep ^Groups: /proc/self/status'
	assert_success
	assert_match 'Groups:.*65534'
}

@test "rootless: root of a user namespace, with and without a mount namespace of its own" {
	local flags
	for flags in -Ur -Urm; do
		AS_USER=("${AS_USER[@]}" unshare "$flags")
		update_config '.linux.uidMappings[0].hostID = 0 | .linux.gidMappings[0].hostID = 0'
		run_script 'id -u; head -c 2 /dev/zero | wc -c; cat /proc/self/uid_map; grep -c . /etc/passwd'
		assert_success
		assert_match '^ +0 +0 +1$'
		AS_USER=("${AS_USER[@]:0:${#AS_USER[@]}-2}")
	done
	# As an engine that is in such a namespace itself asks for it.
	update_config 'del(.linux.uidMappings, .linux.gidMappings)
		| .linux.namespaces |= map(select(.type != "user"))'
	for flags in -Ur -Urm; do
		AS_USER=("${AS_USER[@]}" unshare "$flags")
		run_script 'head -c 2 /dev/zero | wc -c; cat /proc/self/uid_map'
		assert_success
		assert_match "^ +0 +$USER_ID +1\$"
		AS_USER=("${AS_USER[@]:0:${#AS_USER[@]}-2}")
	done
}

@test "rootless: root of a user namespace has the state in XDG_RUNTIME_DIR" {
	update_config 'del(.linux.uidMappings, .linux.gidMappings)
		| .linux.namespaces |= map(select(.type != "user"))'
	set_args probe wait
	AS_USER=("${AS_USER[@]}" unshare -Ur)
	run_rt run -d --bundle "$BUNDLE" "$ID"
	assert_success
	[[ -d $XDG/rt/$ID ]]
	run_rt delete --force "$ID"
	assert_success
}

@test "rootless: a runtime directory that is mounted noexec and nosuid does" {
	on_host "mount -t tmpfs -o noexec,nosuid,mode=1777 none $XDG"
	run_script 'id -u'
	assert_success
	assert_output 0
}

@test "rootless: a root file system that is mounted noexec is named" {
	on_host "mount --bind $BUNDLE $BUNDLE; mount -o remount,bind,noexec $BUNDLE"
	run_bundle
	assert_refused 'true.*not found in \$PATH'
	assert_stderr 'hint:.*mounted noexec'
	set_args /bin/true
	run_bundle
	assert_refused '/bin/true.*permission denied'
	assert_stderr 'hint:.*mounted noexec'
}
