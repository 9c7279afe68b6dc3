# SPDX-License-Identifier: Apache-2.0
load helpers

@test "start runs the program" {
	set_script 'echo hello >/out; exec probe wait'
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_success
	run_rt start "$ID"
	assert_success
	assert_output ""
	assert_status "$ID" running
	wait_until grep -qx hello "$ROOTFS/out"
}

@test "start of a running container is an error" {
	start_waiting
	run_rt start "$ID"
	assert_failure 1
	assert_stderr 'running'
	assert_status "$ID" running
}

@test "start of a stopped container is an error" {
	set_args true
	run_rt create --bundle "$BUNDLE" "$ID"
	run_rt start "$ID"
	wait_until has_status "$ID" stopped
	run_rt start "$ID"
	assert_failure 1
	assert_stderr 'stopped'
}

@test "start of a missing container says so" {
	run_rt start "$ID"
	assert_failure 1
	assert_stderr 'does not exist'
}

@test "start after init was killed is an error and does not hang" {
	run_rt create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	assert_success
	kill -KILL "$(<"$T/pid")"
	wait_until has_status "$ID" stopped
	local before=$SECONDS
	run_rt start "$ID"
	assert_failure 1
	[[ $((SECONDS - before)) -le 5 ]]
}

@test "of two starts at once one wins" {
	set_args probe wait
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_success
	local a=0 b=0
	rt start "$ID" >"$T/a" 2>&1 &
	local first=$!
	rt start "$ID" >"$T/b" 2>&1 || b=$?
	wait "$first" || a=$?
	assert_equal "$((a + b))" 1
	assert_status "$ID" running
}

@test "start reports a program that the kernel refuses to execute" {
	printf 'no program\0\1\2' >"$ROOTFS/bin/bad"
	chmod 755 "$ROOTFS/bin/bad"
	set_args /bin/bad
	run_rt create --bundle "$BUNDLE" "$ID"
	if [[ $status -eq 0 ]]; then
		run_rt start "$ID"
	fi
	assert_failure 1
	assert_stderr '/bin/bad.*(xec format error|format)'
}

@test "start needs exactly one id" {
	run_rt start
	assert_failure 1
	run_rt start a b
	assert_failure 1
}
