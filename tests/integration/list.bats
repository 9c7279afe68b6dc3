# SPDX-License-Identifier: Apache-2.0
load helpers

@test "list of nothing is a header, or null" {
	run_rt list
	assert_success
	assert_match '^ID +PID +STATUS +BUNDLE +CREATED +OWNER *$'
	assert_equal "$(wc -l <<<"$output")" 1
	run_rt list --format json
	assert_success
	assert_output null
	run_rt list -q
	assert_success
	assert_output ""
}

@test "list shows containers as a table" {
	start_waiting
	update_config '.process.args = ["true"]'
	run_rt create --bundle "$BUNDLE" "$ID-b"
	run_rt list
	assert_success
	assert_match "^$ID +$INIT +running +$BUNDLE +[0-9T:.-]+Z +root *$"
	assert_match "^$ID-b +[0-9]+ +created +"
	assert_equal "$(wc -l <<<"$output")" 3
	run_rt delete -f "$ID-b"
}

@test "list --quiet prints ids, sorted" {
	local i
	for i in c a b; do
		run_rt create --bundle "$BUNDLE" "$ID-$i"
	done
	run_rt list -q
	assert_output "$ID-a"$'\n'"$ID-b"$'\n'"$ID-c"
	run_rt list --quiet
	assert_equal "$(wc -l <<<"$output")" 3
}

@test "list --format=json prints what state prints" {
	update_config '.annotations = { "k": "v" }'
	start_waiting
	run_rt list --format=json
	assert_success
	assert_json length 1
	assert_json '.[0].id' "$ID"
	assert_json '.[0].pid' "$INIT"
	assert_json '.[0].status' running
	assert_json '.[0].owner' root
	assert_json '.[0].annotations.k' v
	assert_json '.[0].bundle' "$BUNDLE"
}

@test "list shows a stopped container with pid 0" {
	set_args true
	run_rt run -d --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" stopped
	run_rt list
	assert_match "^$ID +0 +stopped "
}

@test "list goes on past a broken container and warns" {
	start_waiting
	mkdir -p "$STATE/broken"
	echo nonsense >"$STATE/broken/state.json"
	run_rt list -q
	assert_success
	assert_line "$ID"
	run_rt list
	assert_success
	assert_match "^$ID "
	assert_stderr broken
	run_rt delete --force broken
	assert_success
}

@test "list refuses an unknown format" {
	run_rt list --format yaml
	assert_failure 1
	assert_stderr yaml
}
