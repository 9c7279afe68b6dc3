# SPDX-License-Identifier: Apache-2.0
load helpers

@test "run prints what the program prints, on the streams that it used" {
	run_script 'echo out; echo err >&2'
	assert_success
	assert_output out
	assert_equal "$stderr" err
	assert_nothing_left
}

@test "run reads standard input" {
	set_args cat
	output=$(echo hello | rt run --bundle "$BUNDLE" "$ID")
	assert_equal "$output" hello
}

@test "run returns the program's exit status" {
	local expected
	for expected in 0 1 42 125 255; do
		run_script "exit $expected"
		assert_failure_or_success "$expected"
		assert_nothing_left
	done
}

assert_failure_or_success() {
	[[ $status -eq $1 ]] || { show_call; fail "expected status $1"; }
}

@test "run returns 128 + signal for a program that a signal ended" {
	set_args probe wait
	background rt run --bundle "$BUNDLE" "$ID"
	wait_until grep -qx ready "$CHILD_LOG"
	run_rt kill "$ID" KILL
	assert_success
	local result=0
	wait "$CHILD" || result=$?
	assert_equal "$result" 137
	assert_nothing_left
}

@test "run forwards signals to the program" {
	set_args probe signal
	local signal number
	for signal in TERM INT HUP USR1 USR2 QUIT CONT RTMIN RTMIN+3 RTMAX; do
		number=$(kill -l "$signal")
		# Without a job table's help: background processes of a script ignore INT and QUIT.
		background env --default-signal=INT,QUIT "$RT" --root "$STATE" $RT_FLAGS run --bundle "$BUNDLE" "$ID"
		wait_until grep -qx ready "$CHILD_LOG"
		kill -"$signal" "$CHILD"
		wait "$CHILD"
		assert_equal "$(tail -n 1 "$CHILD_LOG")" "$number"
	done
}

@test "a signal ends a run whose container is not ready yet, and takes it back" {
	local signal result
	set_args true
	update_config '.hooks.createContainer = [ { path: "/bin/sh", args: [ "sh", "-c", "echo there >&2; sleep 1000" ] } ]
		| .annotations["run.oci.hooks.stderr"] = $log' --arg log "$T/hook.log"
	for signal in TERM HUP; do
		rm -f "$T/hook.log"
		result=0
		# shellcheck disable=SC2086 # options
		background "$RT" --root "$STATE" $RT_FLAGS run --bundle "$BUNDLE" "$ID"
		wait_until grep -qx there "$T/hook.log"
		kill -"$signal" "$CHILD"
		wait_until is_gone "$CHILD"
		wait "$CHILD" || result=$?
		assert_equal "$result" 1
		grep -q 'ended by a signal' "$CHILD_LOG"
		assert_nothing_left
	done
}

@test "run --detach returns while the program runs" {
	start_waiting
	assert_status "$ID" running
	run_rt kill "$ID" TERM
	wait_until has_status "$ID" stopped
	run_rt delete "$ID"
	assert_success
}

@test "run --detach keeps a stopped container until delete" {
	set_args true
	run_rt run -d --bundle "$BUNDLE" "$ID"
	assert_success
	wait_until has_status "$ID" stopped
}

@test "run --keep keeps the container" {
	set_args true
	run_rt run --keep --bundle "$BUNDLE" "$ID"
	assert_success
	assert_status "$ID" stopped
}

@test "run reaps what its detached descendants leave" {
	run_script 'probe orphans 3; exit 7'
	assert_failure 7
	assert_nothing_left
}

@test "run --no-subreaper runs the program all the same" {
	set_args echo hello
	run_bundle --no-subreaper
	assert_success
	assert_output hello
}

@test "run of an id in use is an error and leaves the container alone" {
	start_waiting
	run_bundle
	assert_failure 1
	assert_stderr 'already exists'
	assert_status "$ID" running
}

@test "run returns when the program ends although others keep its output open" {
	update_config '.linux.namespaces |= map(select(.type != "pid"))'
	require_cgroup2
	run_script 'probe orphans 2; exit 3'
	assert_failure 3
	assert_nothing_left
}

@test "run leaves the terminal group of the caller alone: one session for each container" {
	set_script 'read -r _ _ _ _ _ session _ </proc/self/stat; echo "$session"'
	run_bundle
	assert_output 1
}

@test "a program that ends itself by a signal it does not handle is told as such" {
	# Without a pid namespace the program is no pid 1, so that signals have their default effect.
	require_cgroup2
	update_config '.linux.namespaces |= map(select(.type != "pid"))'
	run_script 'kill -SEGV $$'
	assert_failure 139
}

@test "all signals have their default effect and none is blocked at the program's start" {
	set_args grep -E '^Sig(Blk|Ign)' /proc/self/status
	(
		trap '' HUP USR1 PIPE
		run_bundle
		assert_success
		assert_line "$(printf 'SigBlk:\t0000000000000000')"
		assert_line "$(printf 'SigIgn:\t0000000000000000')"
	)
}

@test "ignored signals are found where /proc shows another pid namespace than rt's" {
	set_args grep '^SigIgn' /proc/self/status
	require_command unshare
	# shellcheck disable=SC2086 # options
	capture timeout 30 unshare --pid --fork --kill-child env --ignore-signal=USR1 "$RT" --root "$STATE" $RT_FLAGS run \
		--bundle "$BUNDLE" "$ID"
	assert_success
	assert_line "$(printf 'SigIgn:\t0000000000000000')"
}

@test "no parent death signal is left on the program" {
	set_args probe prctl
	run_bundle
	assert_line pdeathsig=0
}
