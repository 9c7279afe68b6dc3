# SPDX-License-Identifier: Apache-2.0
load helpers

# Standard streams alone: what else bats has open must not matter.
run_with() {
	timeout 30 "$RT" --root "$STATE" $RT_FLAGS run --bundle "$BUNDLE" "$@" "$ID"
}

@test "the program has three descriptors, whatever the caller had open" {
	set_args probe fds
	output=$(exec 5</etc/passwd 7<"$BUNDLE/config.json" 9</ && run_with)
	assert_equal "$(wc -l <<<"$output")" 3
	refute_match passwd
}

@test "no descriptor of the host leads anywhere as working directory" {
	local n
	for n in 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		update_config '.process.cwd = $cwd | .process.args = ["/bin/cat", "etc/passwd"]' \
			--arg cwd "/proc/self/fd/$n"
		run_bundle
		assert_failure
		update_config '.process.cwd = $cwd' --arg cwd "/proc/self/fd/$n/../../.."
		run_bundle
		[[ $status -ne 0 ]] || assert_output "$(<"$ROOTFS/etc/passwd")"
	done
}

@test "--preserve-fds hands over exactly as many" {
	echo first >"$T/a"
	echo second >"$T/b"
	set_script 'cat <&3; cat <&4; probe fds'
	output=$(exec 3<"$T/a" 4<"$T/b" 5</etc/passwd && run_with --preserve-fds 2)
	assert_line first
	assert_line second
	refute_match passwd
}

@test "--preserve-fds of a descriptor that is not open is an error" {
	set_args true
	local result=0
	(exec 3>&- 4>&- 5>&- && run_with --preserve-fds 3) >"$T/out" 2>&1 || result=$?
	[[ $result -eq 1 ]]
	grep -Eq '[Pp]reserve-?fds|descriptor' "$T/out"
	assert_nothing_left
}

@test "--preserve-fds refuses what is no number" {
	local n
	for n in -1 x 1x 99999999999 ''; do
		run_bundle --preserve-fds "$n"
		assert_failure 1
		assert_nothing_left
	done
}

@test "LISTEN_FDS is handed over, with the process's own pid" {
	echo text >"$T/a"
	set_args probe listen
	output=$(exec 3<"$T/a" && LISTEN_FDS=1 LISTEN_FDNAMES=web run_with)
	assert_line fds=1
	assert_line names=web
	assert_line pid=mine
	assert_line text=text
}

@test "LISTEN_PID tells whom the descriptors are for" {
	echo text >"$T/a"
	set_args probe listen
	output=$(exec 3<"$T/a" && LISTEN_FDS=1 LISTEN_PID=$BASHPID && export LISTEN_FDS LISTEN_PID &&
		exec "$RT" --root "$STATE" $RT_FLAGS run --bundle "$BUNDLE" "$ID")
	assert_line fds=1
	assert_line pid=mine
	assert_line text=text
	set_script 'env; probe fds'
	output=$(exec 3<"$T/a" && LISTEN_FDS=1 LISTEN_PID=1 run_with)
	refute_match LISTEN_
	assert_equal "$(grep -c '^[0-9]* /' <<<"$output")" "$(grep -c '^[012] /' <<<"$output")"
}

@test "--preserve-fds come behind LISTEN_FDS" {
	echo listened >"$T/a"
	echo preserved >"$T/b"
	set_script 'cat <&3; cat <&4; echo $LISTEN_FDS'
	output=$(exec 3<"$T/a" 4<"$T/b" && LISTEN_FDS=1 run_with --preserve-fds 1)
	assert_output $'listened\npreserved\n1'
}

@test "no LISTEN_FDS, no variables of it" {
	set_script 'env'
	run_bundle
	assert_success
	refute_match LISTEN_
	refute_match NOTIFY_
}

@test "NOTIFY_SOCKET: the program's message arrives on the host" {
	set_script 'probe notify READY=1 || exit; sleep 1'
	background "$PROBE" notify-listen "$T/notify.sock" 1
	wait_until test -S "$T/notify.sock"
	NOTIFY_SOCKET=$T/notify.sock run_bundle
	assert_success
	wait_until grep -q READY=1 "$CHILD_LOG"
}

@test "NOTIFY_SOCKET: other messages of the program do not pass as they like" {
	set_script 'probe notify READY=1; echo "$NOTIFY_SOCKET"; sleep 1'
	background "$PROBE" notify-listen "$T/notify.sock" 1
	wait_until test -S "$T/notify.sock"
	NOTIFY_SOCKET=$T/notify.sock run_bundle
	assert_success
	# A path inside, not the host's.
	refute_match "$T"
}

@test "standard streams that are the image's own to open: /dev/stdout of another user" {
	update_config '.process.user = { uid: 1000, gid: 1000 }'
	set_script 'echo hello >/dev/stdout; echo problem >/dev/stderr; cat </dev/stdin'
	# Files that belong to root; a service that drops its rights opens its log through them.
	: >"$T/stdout"
	: >"$T/stderr"
	chmod 600 "$T/stdout" "$T/stderr"
	run_with >"$T/stdout" 2>"$T/stderr" </dev/null
	assert_equal "$(<"$T/stdout")" hello
	assert_equal "$(<"$T/stderr")" problem
}

@test "the host's /dev/null does not change its owner" {
	update_config '.process.user = { uid: 1000, gid: 1000 }'
	local before
	before=$(stat -c '%u:%g:%a' /dev/null)
	set_args true
	run_with </dev/null >/dev/null 2>/dev/null
	assert_equal "$(stat -c '%u:%g:%a' /dev/null)" "$before"
}
