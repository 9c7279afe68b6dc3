# SPDX-License-Identifier: Apache-2.0
load helpers

setup() {
	common_setup
	make_bundle
}

@test "check of a good bundle is silent" {
	run_rt check "$BUNDLE"
	assert_success
	assert_output ""
}

@test "check prints every finding with line, column, pointer and section" {
	update_config '.process.cwd = "relative" | .linux.namespaces += [{ type: "nonsense" }] |
		.process.rlimits += [{ type: "RLIMIT_NOSUCH", soft: 1, hard: 1 }]'
	run_rt check "$BUNDLE"
	assert_failure 1
	assert_match '^config\.json:[0-9]+:[0-9]+: error: /process/cwd: .*\(config.*\)$'
	assert_match '^config\.json:[0-9]+:[0-9]+: error: /linux/namespaces/6(/type)?: .*nonsense'
	assert_match '^config\.json:[0-9]+:[0-9]+: error: /process/rlimits/1(/type)?: .*RLIMIT_NOSUCH'
}

@test "check points at the right line" {
	jq --tab . "$BUNDLE/config.json" | sed 's|"cwd": "/"|"cwd": "relative"|' >"$T/config.json"
	cp "$T/config.json" "$BUNDLE/config.json"
	local line
	line=$(grep -n '"cwd"' "$BUNDLE/config.json" | cut -d: -f1)
	run_rt check "$BUNDLE"
	assert_failure 1
	assert_match "^config\\.json:$line:"
}

@test "check tells syntax errors with their place" {
	printf '{\n  "ociVersion": "1.0.0",\n  "root": {,}\n}\n' >"$BUNDLE/config.json"
	run_rt check "$BUNDLE"
	assert_failure 1
	assert_match '^config\.json:3:[0-9]+: error: '
}

@test "check --format json is a list of findings" {
	update_config '.process.cwd = "relative"'
	run_rt check --format json "$BUNDLE"
	assert_failure 1
	assert_json 'type' array
	assert_json 'map(select(.pointer == "/process/cwd" and .severity == "error" and .line > 1)) | length' 1
}

@test "check warns of unknown properties and still succeeds" {
	update_config '.process.noSuchProperty = 1'
	run_rt check "$BUNDLE"
	assert_success
	assert_match 'warning: /process/noSuchProperty: '
}

@test "check finds no fault in the platforms that are not ours" {
	update_config '.windows = { layerFolders: [] } | .solaris = { milestone: "x" }'
	run_rt check "$BUNDLE"
	assert_success
	refute_match error
}

@test "check of a missing bundle is an error" {
	run_rt check "$T/nothing"
	assert_failure 1
	assert_stderr '[Nn]o such file or directory'
}

@test "check takes the current directory" {
	cd "$BUNDLE"
	run_rt check
	assert_success
}

@test "duplicate keys, depth, NUL and bad UTF-8 are errors" {
	local text
	for text in '{ "ociVersion": "1.0.0", "ociVersion": "1.0.1" }' \
		"{ \"x\": $(printf '[%.0s' {1..100})$(printf ']%.0s' {1..100}) }" \
		'{ "ociVersion": "1.0.0", "hostname": "a\u0000b" }' \
		$'{ "ociVersion": "1.0.0", "hostname": "\xc0\xaf" }' \
		'{ "ociVersion": 3 }' \
		'[]' \
		''; do
		printf '%s' "$text" >"$BUNDLE/config.json"
		run_rt check "$BUNDLE"
		assert_failure 1
		assert_match 'error: '
	done
}

@test "a file larger than 16 MiB is an error" {
	head -c 17000000 /dev/zero | tr '\0' ' ' >"$BUNDLE/config.json"
	run_rt check "$BUNDLE"
	assert_failure 1
	require_root
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused '(MiB|large|size)'
}

@test "check looks at the paths of the host" {
	update_config '.root.path = "nowhere" |
		.linux.namespaces |= map(if .type == "ipc" then .path = "/proc/self/ns/net" else . end) |
		.hooks = { poststop: [{ path: "/nonexistent" }, { path: "/proc/self/status" }] } |
		.mounts += [{ destination: "/x", source: "/nonexistent", options: ["bind"] }]'
	run_rt check "$BUNDLE"
	assert_failure 1
	assert_match 'error: /root/path: .*/nowhere: No such file or directory'
	assert_match 'error: /linux/namespaces: /proc/self/ns/net: this is no ipc namespace'
	assert_match 'error: /hooks/poststop/0/path: /nonexistent: No such file or directory'
	assert_match 'error: /hooks/poststop/1/path: /proc/self/status: Permission denied'
	assert_match 'error: /mounts/[0-9]+/source: /nonexistent: No such file or directory'
}

@test "check looks for the program in the root" {
	update_config '.process.args = ["no-such-program"]'
	run_rt check "$BUNDLE"
	assert_failure 1
	assert_match 'error: /process/args/0: no-such-program: not found in the PATH of the container'
	update_config '.process.args = ["/etc"]'
	mkdir -p "$BUNDLE/rootfs/etc"
	run_rt check "$BUNDLE"
	assert_failure 1
	assert_match 'error: /process/args/0: /etc: not an executable file'
}
