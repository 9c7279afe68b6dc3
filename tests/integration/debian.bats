# SPDX-License-Identifier: Apache-2.0
# A real root file system.  It is made once and kept in the build tree.
load helpers

setup_file() {
	export DEBIAN_ROOT=${RT_DEBIAN_ROOT:-${abs_top_builddir:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}/tests/debian-root}
	[[ $EUID -eq 0 ]] || return 0
	command -v mmdebstrap >/dev/null || return 0
	[[ -e $DEBIAN_ROOT/made ]] && return 0
	rm -rf "$DEBIAN_ROOT"
	mkdir -p "$DEBIAN_ROOT"
	if timeout 400 mmdebstrap --variant=apt --include=python3-minimal bookworm "$DEBIAN_ROOT/rootfs" \
		>"$BATS_FILE_TMPDIR/log" 2>&1 3>&-; then
		touch "$DEBIAN_ROOT/made"
	else
		tail -n 5 "$BATS_FILE_TMPDIR/log" | sed 's/^/# /' >&3
	fi
}

setup() {
	common_setup
	require_root
	require_command mmdebstrap
	[[ -e $DEBIAN_ROOT/made ]] || skip_because "no Debian mirror can be reached"
	mkdir "$T/bundle"
	BUNDLE=$T/bundle
	cp "$BATS_TEST_DIRNAME/config.json" "$BUNDLE/config.json"
	update_config '.root.path = $p | .process.env = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"] | .root.readonly = true
		| .mounts += [{ destination: "/tmp", type: "tmpfs", source: "tmpfs" }]' --arg p "$DEBIAN_ROOT/rootfs"
}

@test "Debian: bash" {
	set_args bash -c 'echo $BASH_VERSION; cat /etc/os-release'
	run_bundle
	assert_success
	assert_match '^5\.'
	assert_line ID=debian
}

@test "Debian: python3 with threads and subprocesses" {
	set_args python3 -c '
import os, subprocess, threading
seen = []
threads = [threading.Thread(target=lambda n=n: seen.append(n)) for n in range(20)]
[t.start() for t in threads]
[t.join() for t in threads]
print(len(seen), os.getpid(), subprocess.run(["/bin/echo", "child"], capture_output=True, text=True).stdout.strip())
'
	run_bundle
	assert_success
	assert_output '20 1 child'
}

@test "Debian: apt-get --version" {
	set_args apt-get --version
	run_bundle
	assert_success
	assert_match '^apt [0-9.]+'
}

@test "Debian: exec of bash in a running container" {
	set_args sleep 100
	run_rt run -d --bundle "$BUNDLE" "$ID"
	assert_success
	run_rt exec "$ID" bash -c 'ls /proc | grep -c "^[0-9]"; getent passwd root'
	assert_success
	assert_match '^root:x:0:0'
}

@test "Debian: as an ordinary user, without capabilities" {
	update_config '.process.user = { uid: 65534, gid: 65534 } | .process.capabilities = { bounding: [] }'
	set_args bash -c 'id -un; cat /etc/shadow'
	run_bundle
	assert_failure
	assert_line nobody
	assert_stderr 'Permission denied'
}

@test "a threaded static program" {
	cp "$PROBE" "$BUNDLE/probe"
	update_config '.mounts += [{ destination: "/tmp/probe", type: "bind", source: $s, options: ["bind", "ro"] }]' \
		--arg s "$BUNDLE/probe"
	set_args /tmp/probe threads 100
	run_bundle
	assert_success
	assert_output 100
}
