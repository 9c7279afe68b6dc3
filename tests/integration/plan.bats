# SPDX-License-Identifier: Apache-2.0
load helpers

setup() {
	common_setup
	make_bundle
}

@test "plan prints JSON and does nothing" {
	run_rt plan --bundle "$BUNDLE"
	assert_success
	assert_json type object
	[[ ! -e $STATE ]]
	assert_nothing_left
}

@test "plan prints the same for the same bundle" {
	run_rt plan --bundle "$BUNDLE"
	local first=$output
	run_rt plan --bundle "$BUNDLE"
	assert_output "$first"
}

@test "plan works in the current directory" {
	run_rt plan --bundle "$BUNDLE"
	local first=$output
	cd "$BUNDLE"
	run_rt plan
	assert_success
	assert_output "$first"
}

@test "plan shows what the configuration asks for" {
	update_config '.hostname = "plain-name" | .process.args = ["/bin/marker", "one"]
		| .mounts += [{ destination: "/marker", type: "tmpfs", source: "tmpfs", options: ["nosuid", "size=1k"] }]'
	run_rt plan --bundle "$BUNDLE"
	assert_success
	assert_match plain-name
	assert_match /bin/marker
	assert_match '"/marker"'
	assert_match 'size'
}

@test "plan of a broken configuration is the error that create gives" {
	update_config '.linux.namespaces += [{ type: "pid" }]'
	run_rt plan --bundle "$BUNDLE"
	assert_failure 1
	local plan_error=$stderr
	require_root
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_failure 1
	assert_equal "${stderr##*config.json}" "${plan_error##*config.json}"
}

@test "plan of rt's own example is readable: no number stands where a name belongs" {
	mkdir "$T/new"
	run_rt spec $SPEC_FLAGS --bundle "$T/new"
	run_rt plan --bundle "$T/new"
	assert_success
	assert_match nosuid
	assert_match CAP_KILL
	assert_match RLIMIT_NOFILE
}
