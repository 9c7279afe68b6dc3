# SPDX-License-Identifier: Apache-2.0
load helpers

setup() {
	common_setup
	mkdir -p "$T/new"
}

@test "spec writes a config.json" {
	cd "$T/new"
	run_rt spec
	assert_success
	assert_output ""
	capture jq . config.json
	assert_success
	assert_json '.ociVersion | test("^1\\.")' true
	assert_json '.process.args[0]' sh
	assert_json '.root.path' rootfs
	assert_json '[.linux.namespaces[].type] | contains(["pid", "network", "ipc", "uts", "mount"])' true
}

@test "spec --bundle writes there" {
	run_rt spec --bundle "$T/new"
	assert_success
	[[ -s $T/new/config.json ]]
}

@test "spec refuses to overwrite" {
	echo mine >"$T/new/config.json"
	run_rt spec --bundle "$T/new"
	assert_failure 1
	assert_stderr 'File config.json exists. Remove it first'
	assert_equal "$(<"$T/new/config.json")" mine
}

@test "spec --rootless asks for a user namespace with the caller's ids" {
	run_rt spec --rootless --bundle "$T/new"
	assert_success
	capture jq . "$T/new/config.json"
	assert_json '[.linux.namespaces[].type] | contains(["user"])' true
	assert_json '[.linux.namespaces[].type] | contains(["network"])' false
	assert_json '.linux.uidMappings[0].hostID' "$(id -u)"
	assert_json '.linux.gidMappings[0].hostID' "$(id -g)"
}

@test "what spec writes passes check, and runs" {
	make_bundle
	rm "$BUNDLE/config.json"
	run_rt spec $SPEC_FLAGS --bundle "$BUNDLE"
	run_rt check "$BUNDLE"
	assert_success
	require_root
	update_config '.process.terminal = false | .process.env = ["PATH=/bin"] | .process.args = ["echo", "hello"]'
	run_bundle
	assert_success
	assert_output hello
}
