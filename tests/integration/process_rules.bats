# SPDX-License-Identifier: Apache-2.0
# What the configuration may say of a process, and what not: tables beside process.bats.
load helpers

# A table of "FILTER|PATTERN": each makes create fail with a message like that.
assert_all_refused() {
	local filter pattern original
	original=$(<"$BUNDLE/config.json")
	while IFS='|' read -r filter pattern; do
		echo "$original" >"$BUNDLE/config.json"
		update_config "$filter"
		run_rt create --bundle "$BUNDLE" "$ID"
		assert_refused "$pattern"
	done
	echo "$original" >"$BUNDLE/config.json"
}

@test "cwd: any way of writing a directory, links of the image, volumes" {
	local cwd expected
	mkdir "$ROOTFS/real"
	ln -s /real "$ROOTFS/link"
	ln -s ../../../../real "$ROOTFS/tmp/up"
	update_config '.mounts += [{ destination: "/volume", type: "tmpfs", source: "tmpfs" }]'
	while read -r cwd expected; do
		update_config '.process.cwd = $c' --arg c "$cwd"
		run_script 'pwd -P; touch here 2>/dev/null; ls -A'
		assert_success
		assert_equal "$(head -n 1 <<<"$output")" "$expected"
	done <<-'END'
		/ /
		//tmp///x/../../real/. /real
		/link /real
		/tmp/up /real
		/volume /volume
		/volume/made/there /volume/made/there
		/link/made /real/made
		/proc/self /proc/1
		/../../tmp /tmp
	END
	assert_equal "$(stat -c '%a %u:%g' "$ROOTFS/real/made")" '755 0:0'
	[[ ! -e $ROOTFS/volume/made ]]
}

@test "cwd: made also in a root that becomes read-only, not in a volume that is" {
	update_config '.root.readonly = true | .process.cwd = "/made/here"'
	run_script 'pwd; touch x'
	assert_failure
	assert_output /made/here
	assert_stderr 'Read-only'
	mkdir "$T/volume"
	update_config '.mounts += [{ destination: "/volume", type: "bind", source: $s, options: ["bind", "ro"] }]
		| .process.cwd = "/volume/made"' --arg s "$T/volume"
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused 'cwd.*Read-only file system|/volume/made.*(Read-only|No such file)'
	[[ ! -e $T/volume/made ]]
}

@test "cwd: what is no directory of the container is refused" {
	touch "$ROOTFS/file"
	mkfifo "$ROOTFS/fifo"
	ln -s /proc/self/fd/3 "$ROOTFS/magic"
	ln -s loop "$ROOTFS/loop"
	assert_all_refused <<-'END'
		.process.cwd = ""|cwd
		.process.cwd = "."|/process/cwd: the path "." is not absolute
		.process.cwd = "tmp"|/process/cwd: the path "tmp" is not absolute
		.process.cwd = "/file"|Not a directory
		.process.cwd = "/file/below"|Not a directory
		.process.cwd = "/fifo"|Not a directory
		.process.cwd = "/magic"|cwd
		.process.cwd = "/proc/self/fd/3"|cwd
		.process.cwd = "/proc/self/root"|cwd
		.process.cwd = "/loop"|Too many levels
		del(.process.cwd)|cwd
	END
}

@test "env: what is no variable is refused" {
	assert_all_refused <<-'END'
		.process.env += ["NOTHING"]|/process/env/1: the variable has no "="
		.process.env = [""]|/process/env/0: the variable has no "="
		.process.env = ["A=1", "=x"]|/process/env/1: the variable has no name
		.process.env = ["A\u0000=1"]|/process/env/0
		.process.env = [1]|/process/env/0
		.process.env = "A=1"|/process/env
	END
}

@test "env: order, duplicates, HOME" {
	update_config '.process.env = ["A=1", "PATH=/bin", "B=1", "A=2", "AA=3", "A=4=5", "B="]'
	run_script 'cat /proc/1/environ | tr "\0" "\n"'
	assert_success
	assert_output $'PATH=/bin\nAA=3\nA=4=5\nB=\nHOME=/root'
	# An empty HOME is none; of several the last one counts here, too.
	update_config '.process.env = ["PATH=/bin", "HOME=/x", "HOME="]'
	run_script 'echo $HOME'
	assert_output /root
	update_config '.process.env = ["PATH=/bin", "HOME=", "HOME=/x"]'
	run_script 'echo $HOME'
	assert_output /x
	update_config 'del(.process.env)'
	set_args /bin/busybox env
	run_bundle
	assert_success
	assert_output HOME=/root
}

@test "umask: also where there is no mount namespace" {
	update_config '.linux.namespaces |= map(select(.type != "mount")) | .mounts = [] | .process.user.umask = 7
		| .root.readonly = false | del(.linux.maskedPaths, .linux.readonlyPaths)'
	umask 077
	run_script umask
	assert_success
	assert_output 0007
	update_config 'del(.process.user.umask)'
	run_script umask
	assert_output 0022
}

@test "umask, oomScoreAdj, rlimits, user: values out of their range are refused" {
	assert_all_refused <<-'END'
		.process.user.umask = 512|/process/user/umask
		.process.user.umask = -1|/process/user/umask
		.process.user.uid = 2147483648|/process/user/uid
		.process.user.gid = 4294967295|/process/user/gid
		.process.user.additionalGids = [5, 2147483648]|/process/user/additionalGids/1
		.process.oomScoreAdj = -1001|/process/oomScoreAdj
		.process.oomScoreAdj = 1001|/process/oomScoreAdj
		.process.rlimits = [{ type: "NOFILE", soft: 1, hard: 1 }]|/process/rlimits/0
		.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 2, hard: 1 }]|/process/rlimits/0
		.process.rlimits += [{ type: "RLIMIT_NOFILE", soft: 1024, hard: 1024 }]|/process/rlimits/1
		.process.rlimits = [{ type: "rlimit_core", soft: 1, hard: 1 }]|/process/rlimits/0
		.process.noNewPrivileges = "true"|/process/noNewPrivileges
		.process += { terminal: true, consoleSize: { height: 65536, width: 1 } }|/process/
	END
}

@test "oomScoreAdj: the caller's stays where none is asked for" {
	local own
	own=$(</proc/self/oom_score_adj)
	update_config 'del(.process.oomScoreAdj)'
	set_args cat /proc/self/oom_score_adj
	capture sh -c 'echo "$1" >/proc/self/oom_score_adj; shift; exec "$@"' sh $((own + 77)) timeout 30 "$RT" \
		--root "$STATE" run --bundle "$BUNDLE" "$ID"
	assert_success
	assert_output $((own + 77))
	update_config '.process.oomScoreAdj = 0'
	capture sh -c 'echo "$1" >/proc/self/oom_score_adj; shift; exec "$@"' sh $((own + 77)) timeout 30 "$RT" \
		--root "$STATE" run --bundle "$BUNDLE" "$ID"
	# Lowering it below what it was takes CAP_SYS_RESOURCE.
	[[ $status -eq 0 ]] || assert_refused 'oom_score_adj: Permission denied'
	[[ $status -ne 0 ]] || assert_output 0
}
