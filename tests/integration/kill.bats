# SPDX-License-Identifier: Apache-2.0
load helpers

# Runs a container that prints the number of the first signal it gets.
start_listening() {
	start_waiting probe signal
	wait_until grep -qx ready "$CONTAINER_LOG"
}

expect_signal() {
	wait_until has_status "$ID" stopped
	assert_equal "$(tail -n 1 "$CONTAINER_LOG")" "$1"
	run_rt delete "$ID"
	assert_success
}

@test "kill sends SIGTERM when it is not told" {
	start_listening
	run_rt kill "$ID"
	assert_success
	expect_signal 15
}

@test "kill takes names with and without SIG, and numbers" {
	local signal
	for signal in HUP SIGHUP 1; do
		start_listening
		run_rt kill "$ID" "$signal"
		assert_success
		expect_signal 1
	done
}

@test "kill knows real-time signals" {
	start_listening
	run_rt kill "$ID" RTMIN+3
	assert_success
	expect_signal 37
}

@test "kill refuses an unknown signal" {
	start_listening
	local signal
	for signal in NOSUCH SIG 0x1 65 -1 1x ''; do
		run_rt kill "$ID" "$signal"
		assert_failure 1
	done
	assert_status "$ID" running
}

@test "kill of a stopped container is an error that engines know" {
	set_args true
	run_rt create --bundle "$BUNDLE" "$ID"
	run_rt start "$ID"
	wait_until has_status "$ID" stopped
	run_rt kill "$ID" KILL
	assert_failure 1
	assert_stderr 'container not running'
}

@test "kill of a missing container says so" {
	run_rt kill "$ID" KILL
	assert_failure 1
	assert_stderr 'does not exist'
}

@test "kill ends a created container" {
	run_rt create --bundle "$BUNDLE" "$ID"
	run_rt kill "$ID" KILL
	assert_success
	wait_until has_status "$ID" stopped
}

@test "kill --all ends every process of a container without a pid namespace of its own" {
	require_cgroup2
	update_config '.linux.namespaces |= map(select(.type != "pid"))'
	set_script 'probe orphans 3; exec probe wait'
	start_waiting /bin/sh -c 'probe orphans 3; exec probe wait'
	wait_until grep -qx ready "$CONTAINER_LOG"
	run_rt ps -f json "$ID"
	assert_json length 4
	local pids
	pids=$(jq -r '.[]' <<<"$output")
	run_rt kill --all "$ID" KILL
	assert_success
	local pid
	for pid in $pids; do
		wait_until is_gone "$pid"
	done
}

@test "kill --all of a stopped container is no error" {
	set_args true
	run_rt create --bundle "$BUNDLE" "$ID"
	run_rt start "$ID"
	wait_until has_status "$ID" stopped
	run_rt kill --all "$ID" KILL
	assert_success
}

@test "kill takes the option behind the id's place too" {
	start_listening
	run_rt kill -a "$ID" USR1
	assert_success
	expect_signal 10
}

@test "kill does not wait for a lock" {
	start_listening
	background "$PROBE" locked "$STATE/$ID"
	wait_until grep -q ready "$CHILD_LOG"
	local before=$SECONDS
	run_rt kill "$ID" USR2
	assert_success
	[[ $((SECONDS - before)) -le 2 ]]
	wait_until has_status "$ID" stopped
	kill "$CHILD"
}

@test "kill and delete need an id" {
	start_waiting
	local call
	for call in kill 'kill --all' delete 'delete --force' "delete $ID another"; do
		# shellcheck disable=SC2086 # words
		run_rt $call
		assert_failure 1
		assert_stderr .
		assert_status "$ID" running
	done
}
