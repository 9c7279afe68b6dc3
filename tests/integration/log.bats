# SPDX-License-Identifier: Apache-2.0
load helpers

setup() {
	common_setup
}

last_log_line() {
	tail -n 1 "$T/log"
}

@test "an error goes to stderr and to the log" {
	run_rt --log "$T/log" state nothing
	assert_failure 1
	assert_stderr 'does not exist'
	grep -q 'does not exist' "$T/log"
}

@test "--log-format json writes a line that engines read" {
	run_rt --log "$T/log" --log-format json state nothing
	assert_failure 1
	output=$(last_log_line)
	assert_json .level error
	assert_json '.msg | test("does not exist")' true
	assert_json '.time | test("^[0-9-]+T[0-9:.]+Z$")' true
	assert_json .code state
	assert_stderr 'does not exist'
}

@test "the JSON log has one line a message, whatever the message holds" {
	run_rt --log "$T/log" --log-format=json create --bundle "$T/a"$'\n"\\b' some-id
	assert_failure 1
	output=$(last_log_line)
	assert_json .level error
	assert_equal "$(wc -l <"$T/log")" 1
}

@test "the codes tell kinds of errors apart" {
	require_root
	make_bundle
	local code
	run_rt --log "$T/log" --log-format json create --nonsense x
	output=$(last_log_line)
	assert_json .code usage
	echo '{' >"$BUNDLE/config.json"
	run_rt --log "$T/log" --log-format json create --bundle "$BUNDLE" "$ID"
	output=$(last_log_line)
	assert_json .code config
}

@test "the log is appended to" {
	run_rt --log "$T/log" state nothing
	run_rt --log "$T/log" state nothing
	assert_equal "$(wc -l <"$T/log")" 2
}

@test "--log-format json without --log writes JSON to stderr" {
	run_rt --log-format json state nothing
	assert_failure 1
	output=$(tail -n 1 <<<"$stderr")
	assert_json .level error
}

@test "--debug tells more, and changes no result" {
	require_root
	make_bundle echo hello
	run_rt --log "$T/log" --debug run --bundle "$BUNDLE" "$ID"
	assert_success
	assert_output hello
	run_rt --log "$T/log2" --log-level error run --bundle "$BUNDLE" "$ID"
	assert_success
	[[ ! -s $T/log2 ]]
}

@test "a log that can not be opened is an error" {
	run_rt --log "$T/missing/log" list
	assert_failure 1
	assert_stderr 'missing/log'
}

@test "a full log fails no command" {
	require_root
	make_bundle echo hello
	run_rt --log /dev/full --debug run --bundle "$BUNDLE" "$ID"
	assert_success
	assert_output hello
}

@test "a reader of stderr that went away fails no command" {
	require_root
	make_bundle echo hello
	update_config '.process.capabilities.bounding += ["CAP_NO_SUCH"]'
	output=$(rt --debug run --bundle "$BUNDLE" "$ID" 2> >(exec true))
	assert_equal "$output" hello
}

@test "the log has the caller's umask; the state is private all the same" {
	require_root
	make_bundle
	umask 027
	run_rt --log "$T/log" state nobody
	assert_failure
	assert_equal "$(stat -c %a "$T/log")" 640
	start_waiting
	assert_equal "$(stat -c %a "$STATE/$ID" "$STATE/$ID/state.json")" $'700\n600'
}
