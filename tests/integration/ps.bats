# SPDX-License-Identifier: Apache-2.0
load helpers

setup() {
	common_setup
	require_cgroup2
	require_command ps
	make_bundle
}

@test "ps shows the container's processes and no other" {
	start_waiting /bin/sh -c 'probe orphans 2; exec probe wait'
	wait_until grep -qx ready "$CONTAINER_LOG"
	run_rt ps "$ID"
	assert_success
	assert_match '^UID +PID +PPID'
	assert_match "^root +$INIT "
	assert_equal "$(wc -l <<<"$output")" 4
}

@test "ps --format json is a list of pids on one line" {
	start_waiting
	run_rt ps --format json "$ID"
	assert_success
	assert_output "[$INIT]"
	run_rt ps -f json "$ID"
	assert_output "[$INIT]"
	run_rt ps --format=json "$ID"
	assert_output "[$INIT]"
}

@test "ps shows processes that exec added" {
	start_waiting
	run_rt exec -d --pid-file "$T/exec.pid" "$ID" sleep 100
	run_rt ps --format json "$ID"
	assert_json 'sort' "$(jq -n "[$INIT, $(<"$T/exec.pid")] | sort")"
}

@test "ps hands its arguments to ps" {
	start_waiting
	run_rt ps "$ID" -o pid,comm
	assert_success
	assert_match "^ *$INIT probe$"
	run_rt ps --format table "$ID" -e -x
	assert_success
	assert_match "^ *$INIT "
}

@test "ps refuses an unknown format and output without a PID column" {
	start_waiting
	run_rt ps --format yaml "$ID"
	assert_failure 1
	run_rt ps "$ID" -o comm
	assert_failure 1
	assert_stderr PID
}

@test "ps of a missing container says so" {
	run_rt ps "$ID"
	assert_failure 1
	assert_stderr 'does not exist'
}
