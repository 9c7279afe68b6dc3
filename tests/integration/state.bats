# SPDX-License-Identifier: Apache-2.0
load helpers

@test "state has the keys that engines read" {
	update_config '.annotations = { "org.example.key": "a \"value\"" } | .process.args = ["probe", "wait"]'
	run_rt create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	assert_success
	run_rt state "$ID"
	assert_success
	assert_json .id "$ID"
	assert_json .status created
	assert_json .bundle "$BUNDLE"
	assert_json .rootfs "$ROOTFS"
	assert_json .pid "$(<"$T/pid")"
	assert_json '.annotations["org.example.key"]' 'a "value"'
	assert_json '.ociVersion | test("^1\\.")' true
	assert_json '.created | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\\.[0-9]+)?Z$")' true
	assert_json 'has("owner")' true
}

@test "state follows the life of a container: created, running, stopped" {
	set_args probe wait
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_status "$ID" created
	run_rt start "$ID"
	assert_status "$ID" running
	run_rt kill "$ID" KILL
	wait_until has_status "$ID" stopped
	run_rt state "$ID"
	assert_json .pid 0
}

@test "state tells the time of creation, not of the call" {
	start_waiting
	run_rt state "$ID"
	local first
	first=$(jq -r .created <<<"$output")
	sleep 0.05
	run_rt state "$ID"
	assert_json .created "$first"
	local age
	age=$(($(date +%s) - $(date -d "$first" +%s)))
	[[ $age -ge 0 && $age -le 20 ]]
}

@test "state of a missing container says so" {
	run_rt state "$ID"
	assert_failure 1
	assert_stderr 'does not exist'
	assert_output ""
}

@test "state needs exactly one id" {
	run_rt state
	assert_failure 1
	run_rt state a b
	assert_failure 1
}

@test "a zombie init is a stopped container" {
	# The parent of a detached init is this shell's subreaper or pid 1; a foreground run that is stopped keeps it.
	set_args probe wait
	background rt run --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	wait_until has_status "$ID" running
	local rt_pid
	rt_pid=$(awk '/^PPid/ { print $2 }' "/proc/$(<"$T/pid")/status")
	kill -STOP "$rt_pid"
	kill -KILL "$(<"$T/pid")"
	wait_until grep -q '^State:.Z' "/proc/$(<"$T/pid")/status"
	assert_status "$ID" stopped
	kill -CONT "$rt_pid"
	wait_until test ! -e "$STATE/$ID"
}

@test "state is of the form that the schema of the specification asks for, in every status" {
	local expected
	for expected in created running paused stopped; do
		case $expected in
		created) set_args probe wait && run_rt create --bundle "$BUNDLE" "$ID" ;;
		running) run_rt start "$ID" ;;
		paused) [[ -n $CGROUP2 ]] || continue && run_rt pause "$ID" ;;
		stopped) run_rt kill "$ID" KILL && wait_until has_status "$ID" stopped ;;
		esac
		assert_success
		run_rt state "$ID"
		assert_success
		assert_json .status $expected
		assert_json '[.ociVersion, .id, .status, .bundle] | map(type) | unique | join(" ")' string
		assert_json '.ociVersion | test("^[0-9]+\\.[0-9]+\\.[0-9]+$")' true
		assert_json '.bundle | startswith("/")' true
		assert_json '.pid | type == "number" and . >= 0 and floor == .' true
		assert_json '(.annotations // {}) | to_entries | all((.key | length > 0) and (.value | type == "string"))' true
	done
}
