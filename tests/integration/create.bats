# SPDX-License-Identifier: Apache-2.0
load helpers

@test "create leaves a container in status created, its program not run" {
	set_script 'touch /ran'
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_success
	assert_output ""
	assert_status "$ID" created
	[[ ! -e $ROOTFS/ran ]]
	run_rt start "$ID"
	assert_success
	wait_until test -e "$ROOTFS/ran"
}

@test "create takes the current directory as the bundle" {
	cd "$BUNDLE"
	run_rt create "$ID"
	assert_success
	run_rt state "$ID"
	assert_json .bundle "$BUNDLE"
}

@test "create accepts --opt=value, -opt value and options in any order" {
	run_rt create "--bundle=$BUNDLE" -pid-file "$T/pid" "$ID"
	assert_success
	assert_status "$ID" created
	[[ -s $T/pid ]]
	run_rt delete -f "$ID"
	assert_success
	run_rt create -pid-file="$T/pid2" -b "$BUNDLE" "$ID"
	assert_success
	[[ -s $T/pid2 ]]
}

@test "create --pid-file writes init's pid without a newline" {
	run_rt create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	assert_success
	assert_equal "$(wc -l <"$T/pid")" 0
	local pid
	pid=$(<"$T/pid")
	[[ $pid =~ ^[0-9]+$ ]]
	run_rt state "$ID"
	assert_json .pid "$pid"
	# Nothing of the temporary file that was renamed.
	assert_equal "$(find "$T" -maxdepth 1 -name '*pid*' | wc -l)" 1
}

@test "create --config reads another file of the bundle" {
	mv "$BUNDLE/config.json" "$BUNDLE/other.json"
	run_rt create --bundle "$BUNDLE" --config other.json "$ID"
	assert_success
	assert_status "$ID" created
}

@test "create of an id in use is an error and changes nothing" {
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_success
	local before
	before=$(rt state "$ID")
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_failure 1
	assert_stderr 'container with given ID already exists'
	assert_equal "$(rt state "$ID")" "$before"
}

@test "create refuses bad ids" {
	local id
	for id in '' . .. .hidden a/b ../up 'a b' $'a\nb' 'a:b' 'ä' "$(printf 'x%.0s' {1..300})"; do
		run_rt create --bundle "$BUNDLE" "$id"
		assert_failure
		assert_stderr .
		assert_nothing_left
	done
	run_rt create --bundle "$BUNDLE" 'a/b'
	assert_stderr 'invalid container ID format'
	assert_stderr 'hint: an id has letters'
	assert_nothing_left
	run_rt create --bundle "$BUNDLE" "$(printf 'x%.0s' {1..237})"
	assert_stderr '236 bytes'
}

@test "create takes every character that an id may have" {
	run_rt create --bundle "$BUNDLE" "$ID.A_b-c+9"
	assert_success
	assert_status "$ID.A_b-c+9" created
	run_rt delete --force "$ID.A_b-c+9"
	assert_success
}

@test "create without process is legal, start is not" {
	update_config 'del(.process)'
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_success
	assert_status "$ID" created
	run_rt start "$ID"
	assert_failure 1
	assert_stderr process
}

@test "create needs exactly one id" {
	run_rt create --bundle "$BUNDLE"
	assert_failure 1
	run_rt create --bundle "$BUNDLE" "$ID" another
	assert_failure 1
	assert_nothing_left
}

@test "create keeps the parsed configuration: a later edit does not matter" {
	set_script 'echo first >/out'
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_success
	echo broken >"$BUNDLE/config.json"
	run_rt start "$ID"
	assert_success
	wait_until test -s "$ROOTFS/out"
	assert_equal "$(<"$ROOTFS/out")" first
}

@test "create --no-pivot and --no-new-keyring run the program all the same" {
	set_script 'ls / >/out'
	run_rt create --no-pivot --no-new-keyring --bundle "$BUNDLE" "$ID"
	assert_success
	run_rt start "$ID"
	assert_success
	wait_until test -s "$ROOTFS/out"
	grep -qx proc "$ROOTFS/out"
	# Moved, not pivoted: nothing of the host's root is there.
	refute grep -qx lost+found "$ROOTFS/out"
}

@test "create makes the state root, closed to others" {
	run_rt --root "$T/deep/state" create --bundle "$BUNDLE" "$ID"
	if [[ $status -ne 0 ]]; then
		show_call
		fail "the second --root was not taken"
	fi
	assert_equal "$(stat -c %a "$T/deep/state" | tail -c 4)" 700
	run_rt --root "$T/deep/state" delete -f "$ID"
	assert_success
}

@test "create opens standard streams that are closed on /dev/null" {
	set_script 'for fd in 0 1 2; do readlink /proc/$$/fd/$fd; done >/out'
	rt create --bundle "$BUNDLE" "$ID" <&- >&- 2>&-
	run_rt start "$ID"
	assert_success
	wait_until has_status "$ID" stopped
	# The second one is the script's own redirection.
	assert_equal "$(xargs <"$ROOTFS/out")" '/dev/null /out /dev/null'
}

@test "create --pidfd-socket sends a pidfd of init" {
	background "$PROBE" recvtty "$T/pidfd.sock"
	wait_until test -S "$T/pidfd.sock"
	run_rt create --pidfd-socket "$T/pidfd.sock" --bundle "$BUNDLE" "$ID"
	assert_success
	wait_until grep -q console "$CHILD_LOG"
	grep -q 'is no terminal' "$CHILD_LOG"
}

@test "create applies everything but the program" {
	require_command nsenter
	update_config '.domainname = "made" | .linux.sysctl = { "net.ipv4.ip_forward": "1" } | .process.oomScoreAdj = 321
		| .mounts += [{ destination: "/made/by/create", type: "tmpfs", source: "tmpfs", options: ["size=64k"] }]
		| .linux.devices = [{ path: "/dev/made", type: "c", major: 1, minor: 3 }] | .root.readonly = true'
	set_script 'touch /made/by/create/program; exec probe wait'
	run_rt create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	assert_success
	local pid
	pid=$(<"$T/pid")
	assert_equal "$(nsenter -t "$pid" -u hostname)" box
	assert_equal "$(nsenter -t "$pid" -u cat /proc/sys/kernel/domainname)" made
	assert_equal "$(nsenter -t "$pid" -n cat /proc/sys/net/ipv4/ip_forward)" 1
	assert_equal "$(<"/proc/$pid/oom_score_adj")" 321
	awk '$5 == "/made/by/create"' "/proc/$pid/mountinfo" | grep -q size=64k
	awk '$5 == "/" { print $6 }' "/proc/$pid/mountinfo" | grep -q '^ro'
	assert_equal "$(nsenter -t "$pid" -m -r stat -c %t:%T /dev/made)" 1:3
	assert_equal "$(nsenter -t "$pid" -m -r ls /made/by/create)" ''
	run_rt start "$ID"
	assert_success
	is_there() {
		[[ $(nsenter -t "$pid" -m -r ls /made/by/create) == program ]]
	}
	wait_until is_there
}
