# SPDX-License-Identifier: Apache-2.0
# What is left when rt dies, the machine restarts or a pid is used again.
load helpers

edit_state() { # FILTER [JQ OPTIONS]
	local filter=$1
	shift
	jq "$filter" "$@" <"$STATE/$ID/state.json" >"$T/state.new"
	cat "$T/state.new" >"$STATE/$ID/state.json"
}

# The path of the property whose value is $1.
key_of() {
	jq -c --argjson v "$1" 'first(paths(scalars) as $p | select(getpath($p) == $v) | $p)' "$STATE/$ID/state.json"
}

@test "a killed rt at any moment of create: delete --force removes what is left" {
	set_args probe wait
	local i left=0
	for i in {1..40}; do
		"$RT" --root "$STATE" $RT_FLAGS create --bundle "$BUNDLE" "$ID" >"$T/log" 2>&1 </dev/null 3>&- &
		local pid=$!
		# Up to about the time that a create takes.
		sleep "0.0$(printf '%02d' $((i % 20)))"
		kill -KILL $pid 2>/dev/null || :
		wait $pid 2>/dev/null || :
		[[ ! -e $STATE/$ID ]] || left=$((left + 1))
		# No init lives that nobody knows of.
		run_rt delete --force "$ID"
		assert_success
		wait_until no_process_in_cgroup
		assert_nothing_left
	done
	# The loop is worth something only if the kill hit.
	[[ $left -gt 0 ]]
	run_bundle_and_end
}

no_process_in_cgroup() {
	[[ -z $CGROUP2 || -z $(find "$CGROUP2" -maxdepth 3 -name "$ID*") ]]
}

# The id can be used as if nothing had been.
run_bundle_and_end() {
	set_args echo hello
	run_bundle
	assert_success
	assert_output hello
}

@test "a killed rt in the foreground of run: state tells, delete --force removes" {
	set_args probe wait
	background "$RT" --root "$STATE" $RT_FLAGS run --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" running
	kill -KILL "$CHILD"
	wait_until is_gone "$CHILD"
	run_rt state "$ID"
	assert_success
	assert_json '.status | test("running|stopped")' true
	run_rt delete --force "$ID"
	assert_success
	assert_nothing_left
	run_bundle_and_end
}

@test "a killed rt at any moment of delete: the next one finishes" {
	set_args probe wait
	local i
	for i in {1..10}; do
		run_rt run -d --bundle "$BUNDLE" "$ID"
		assert_success
		"$RT" --root "$STATE" $RT_FLAGS delete --force "$ID" >"$T/log" 2>&1 </dev/null 3>&- &
		local pid=$!
		sleep "0.0$(printf '%02d' $((i % 10)))"
		kill -KILL $pid 2>/dev/null || :
		wait $pid 2>/dev/null || :
		run_rt delete --force "$ID"
		assert_success
		[[ ! -e $STATE/$ID ]]
		wait_until no_process_in_cgroup
	done
	run_rt list -q
	assert_output ""
}

@test "two creates at once: one wins" {
	local i result wins=0 pids=()
	for i in 1 2 3 4; do
		rt create --bundle "$BUNDLE" "$ID" >"$T/create.$i" 2>&1 </dev/null 3>&- &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		result=0
		wait "$i" || result=$?
		[[ $result -ne 0 ]] || wins=$((wins + 1))
	done
	assert_equal "$wins" 1
	assert_equal "$(grep -l 'already exists' "$T"/create.* | wc -l)" 3
	assert_status "$ID" created
}

@test "after a reboot a container is stopped, whatever has its pid" {
	start_waiting
	local boot_id other key
	boot_id=$(</proc/sys/kernel/random/boot_id)
	other=11111111-2222-3333-4444-555555555555
	key=$(key_of "\"$boot_id\"")
	[[ -n $key ]]
	edit_state "setpath($key; \"$other\")"
	run_rt state "$ID"
	assert_json .status stopped
	assert_json .pid 0
	run_rt kill "$ID" KILL
	assert_failure 1
	assert_stderr 'container not running'
	run_rt exec "$ID" true
	assert_failure
	# The process that has the pid now is none of ours.
	run_rt delete "$ID"
	assert_success
	[[ -e /proc/$INIT ]]
	kill -KILL "$INIT"
	wait_until is_gone "$INIT"
	[[ -z $CGROUP2 ]] || find "$CGROUP2" -depth -type d -name "$ID*" -exec rmdir {} +
}

@test "a pid that another process has now is not taken for the container" {
	start_waiting
	kill -KILL "$INIT"
	wait_until is_gone "$INIT"
	wait_until has_status "$ID" stopped
	background sleep 100
	local key
	key=$(key_of "$INIT")
	[[ -n $key ]]
	edit_state "setpath($key; $CHILD)"
	run_rt state "$ID"
	assert_json .status stopped
	run_rt kill "$ID" KILL
	assert_failure 1
	run_rt delete --force "$ID"
	assert_success
	[[ -e /proc/$CHILD ]]
	refute is_gone "$CHILD"
}

@test "state of a newer version is refused, and left alone" {
	start_waiting
	local before
	before=$(<"$STATE/$ID/state.json")
	edit_state '.version = 99999'
	run_rt state "$ID"
	assert_failure 1
	assert_stderr 'version'
	printf '%s\n' "$before" >"$STATE/$ID/state.json"
	assert_status "$ID" running
}

@test "state that is no JSON, empty, or missing: delete --force removes it" {
	local content
	for content in '' '{' 'null' '[]' '{ "version": "x" }'; do
		mkdir -p "$STATE/$ID"
		printf '%s' "$content" >"$STATE/$ID/state.json"
		run_rt state "$ID"
		assert_failure 1
		run_rt delete --force "$ID"
		assert_success
		[[ ! -e $STATE/$ID ]]
	done
	mkdir -p "$STATE/$ID"
	run_rt state "$ID"
	assert_failure 1
	run_rt delete --force "$ID"
	assert_success
	assert_nothing_left
}

@test "a held lock is waited for some seconds, then its holder is named" {
	start_waiting
	background "$PROBE" locked "$STATE/$ID"
	wait_until grep -q ready "$CHILD_LOG"
	run_rt delete --force "$ID"
	assert_failure 1
	assert_stderr "$CHILD|lock"
	assert_status "$ID" running
	kill "$CHILD"
}

@test "state and list do not wait for a lock" {
	start_waiting
	background "$PROBE" locked "$STATE/$ID"
	wait_until grep -q ready "$CHILD_LOG"
	local before=$SECONDS
	run_rt state "$ID"
	assert_success
	run_rt list
	assert_success
	[[ $((SECONDS - before)) -le 2 ]]
	kill "$CHILD"
}

@test "what is in a cgroup that was there before is no intent's to kill" {
	require_cgroup2
	mkdir "$CGROUP2/$ID-theirs"
	update_config '.linux.cgroupsPath = $p' --arg p "/$ID-theirs"
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_success
	run_rt kill "$ID" KILL
	wait_until has_status "$ID" stopped
	# As the record is before there is a process, and with the runtime that wrote it gone.
	edit_state '.complete = false | .pid = 0 | .hasOwnPidNamespace = false'
	background sleep 100
	echo "$CHILD" >"$CGROUP2/$ID-theirs/cgroup.procs"
	run_rt delete --force "$ID"
	local alive=yes
	kill -0 "$CHILD" || alive=no
	for pid in $(<"$CGROUP2/$ID-theirs/cgroup.procs"); do kill -KILL "$pid"; done
	wait_until rmdir "$CGROUP2/$ID-theirs"
	assert_success
	assert_equal "$alive" yes
	assert_nothing_left
}
