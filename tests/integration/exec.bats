# SPDX-License-Identifier: Apache-2.0
load helpers

@test "exec runs a program in the container's namespaces" {
	start_waiting
	run_rt exec "$ID" sh -c 'hostname; for ns in /proc/self/ns/*; do readlink $ns; done'
	assert_success
	assert_match '^box$'
	local ns
	for ns in pid net ipc uts mnt cgroup; do
		assert_line "$(readlink "/proc/$INIT/ns/$ns")"
	done
}

@test "exec returns the exit status, or 128 + signal" {
	start_waiting
	run_rt exec "$ID" sh -c 'exit 42'
	assert_failure 42
	run_rt exec "$ID" sh -c 'kill -KILL $$'
	assert_failure 137
	run_rt exec "$ID" true
	assert_success
}

@test "exec connects standard input, output and error" {
	start_waiting
	run_rt exec "$ID" sh -c 'echo out; echo err >&2'
	assert_output out
	assert_equal "$stderr" err
	output=$(echo hello | rt exec "$ID" cat)
	assert_equal "$output" hello
}

@test "exec options end at the id; the command keeps its own" {
	start_waiting
	run_rt exec "$ID" probe argv --cwd -e -- -t
	assert_success
	assert_output "$(printf '%s\n' --cwd -e -- -t)"
	run_rt exec -- "$ID" probe argv x
	assert_output x
}

@test "exec --cwd, --env, --user" {
	start_waiting
	run_rt exec --cwd /tmp "$ID" pwd
	assert_output /tmp
	run_rt exec --env A=1 -e 'B=two words' -e A=3 "$ID" sh -c 'echo "$A|$B"'
	assert_output '3|two words'
	run_rt exec --user 1000:1000 "$ID" sh -c 'id -u; id -g'
	assert_output $'1000\n1000'
	run_rt exec -u 1000 "$ID" id -u
	assert_output 1000
}

@test "exec keeps the environment of config.json" {
	update_config '.process.env += ["FROM_CONFIG=yes"]'
	start_waiting
	run_rt exec "$ID" env
	assert_line FROM_CONFIG=yes
	assert_line PATH=/bin
}

@test "exec --user refuses what is no number" {
	start_waiting
	local user
	for user in root 1x -1 4294967296 '' 1:x ' 1' +1 2147483648 01 00 1:01 0x1 1: :1; do
		run_rt exec --user "$user" "$ID" id -u
		assert_failure
		refute_line 0
	done
}

@test "exec sets HOME from the container's passwd" {
	start_waiting
	run_rt exec "$ID" sh -c 'echo "$HOME"'
	assert_output /root
	run_rt exec --user 1000 "$ID" sh -c 'echo "$HOME"'
	assert_output /home/user
	run_rt exec --env HOME=/mine "$ID" sh -c 'echo "$HOME"'
	assert_output /mine
}

@test "exec --process takes a document" {
	start_waiting
	jq '.process | .args = ["sh", "-c", "echo $X; pwd; id -u"] | .env = ["PATH=/bin", "X=y"] | .cwd = "/tmp" |
		.user = { uid: 1000, gid: 1000 }' "$BUNDLE/config.json" >"$T/process.json"
	run_rt exec --process "$T/process.json" "$ID"
	assert_success
	assert_output $'y\n/tmp\n1000'
}

@test "exec --process without env still sets HOME" {
	start_waiting
	jq '.process | .args = ["/bin/sh", "-c", "echo $HOME"] | del(.env)' "$BUNDLE/config.json" >"$T/process.json"
	run_rt exec --process "$T/process.json" "$ID"
	assert_success
	assert_output /root
}

@test "exec --process of a broken document is an error" {
	start_waiting
	echo '{ "args": [' >"$T/process.json"
	run_rt exec --process "$T/process.json" "$ID"
	assert_failure
	assert_stderr 'process.json'
	run_rt exec --process "$T/missing.json" "$ID"
	assert_failure
	assert_stderr 'No such file or directory'
}

@test "exec without a command is an error" {
	start_waiting
	run_rt exec "$ID"
	assert_failure
}

@test "exec of a missing program tells it as engines expect, with 255" {
	start_waiting
	run_rt exec "$ID" no-such-program
	assert_failure 255
	assert_stderr 'executable file not found'
	run_rt exec "$ID" /no/such/program
	assert_failure 255
	assert_stderr 'no such file or directory|No such file or directory'
	touch "$ROOTFS/bin/plain"
	run_rt exec "$ID" /bin/plain
	assert_failure 255
	assert_stderr '[Pp]ermission denied'
}

@test "exec in a stopped, created or missing container" {
	run_rt exec "$ID" true
	assert_failure
	assert_stderr 'does not exist'
	set_args true
	run_rt create --bundle "$BUNDLE" "$ID"
	run_rt start "$ID"
	wait_until has_status "$ID" stopped
	run_rt exec "$ID" true
	assert_failure
	assert_stderr 'stopped'
}

@test "exec works in a created container" {
	run_rt create --bundle "$BUNDLE" "$ID"
	run_rt exec "$ID" hostname
	assert_success
	assert_output box
	assert_status "$ID" created
}

@test "exec --detach returns while the program runs" {
	start_waiting
	run_rt exec --detach --pid-file "$T/exec.pid" "$ID" sh -c 'echo started; exec sleep 100'
	assert_success
	wait_until grep -q started "$LOG"
	local pid
	pid=$(<"$T/exec.pid")
	assert_equal "$(wc -l <"$T/exec.pid")" 0
	assert_equal "$(readlink "/proc/$pid/ns/pid")" "$(readlink "/proc/$INIT/ns/pid")"
	run_rt delete --force "$ID"
	wait_until is_gone "$pid"
}

@test "exec forwards signals" {
	start_waiting
	background "$RT" --root "$STATE" $RT_FLAGS exec "$ID" probe signal
	wait_until grep -qx ready "$CHILD_LOG"
	kill -USR1 "$CHILD"
	wait "$CHILD"
	assert_equal "$(tail -n 1 "$CHILD_LOG")" 10
}

@test "exec puts the process into the container's cgroup" {
	require_cgroup2
	start_waiting
	run_rt exec --detach --pid-file "$T/exec.pid" "$ID" sleep 100
	assert_success
	assert_equal "$(grep ^0:: "/proc/$(<"$T/exec.pid")/cgroup")" "$(grep ^0:: "/proc/$INIT/cgroup")"
}

@test "exec has the container's capabilities and no inheritable ones" {
	start_waiting
	run_rt exec "$ID" grep ^Cap /proc/self/status
	assert_line "$(printf 'CapInh:\t0000000000000000')"
	assert_line "$(printf 'CapEff:\t0000000020000420')"
	assert_line "$(printf 'CapBnd:\t0000000020000420')"
}

@test "exec --cap adds to bounding, effective and permitted alone" {
	start_waiting
	run_rt exec --cap CAP_NET_RAW "$ID" grep ^Cap /proc/self/status
	assert_success
	assert_line "$(printf 'CapInh:\t0000000000000000')"
	assert_line "$(printf 'CapPrm:\t0000000020002420')"
	assert_line "$(printf 'CapEff:\t0000000020002420')"
	assert_line "$(printf 'CapBnd:\t0000000020002420')"
	assert_line "$(printf 'CapAmb:\t0000000000000000')"
}

@test "exec --no-new-privs and --additional-gids" {
	update_config '.process.noNewPrivileges = false'
	start_waiting
	run_rt exec "$ID" probe prctl
	assert_line no_new_privs=0
	run_rt exec --no-new-privs "$ID" probe prctl
	assert_line no_new_privs=1
	run_rt exec -g 7 --additional-gids 8 "$ID" id -G
	assert_match '\b7 8\b'
}

@test "exec has the container's rlimits and seccomp filter" {
	update_config '.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 100, hard: 200 }]
		| .linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW",
			syscalls: [{ names: ["sethostname"], action: "SCMP_ACT_ERRNO", errnoRet: 38 }] }'
	start_waiting
	run_rt exec "$ID" sh -c 'ulimit -S -n; ulimit -H -n; probe prctl; probe syscall sethostname'
	assert_line 100
	assert_line 200
	assert_line seccomp=2
	assert_line ENOSYS
}

@test "exec leaves no descriptor of the runtime in the program" {
	start_waiting
	run_rt exec "$ID" probe fds
	assert_success
	assert_equal "$(wc -l <<<"$output")" 3
}

@test "exec --preserve-fds hands descriptors over" {
	start_waiting
	echo text >"$T/file"
	output=$(exec 3<"$T/file" && rt exec --preserve-fds 1 "$ID" sh -c 'cat <&3')
	assert_equal "$output" text
}

@test "many execs at once all succeed" {
	start_waiting
	local i pids=()
	for i in {1..12}; do
		rt exec "$ID" echo "n$i" >"$T/exec.$i" 2>&1 &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	assert_equal "$(cat "$T"/exec.* | sort -u | wc -l)" 12
}

@test "exec enters a user namespace with its ids" {
	update_config '.linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]
		| .linux.gidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]'
	chmod 755 "$T" "$BUNDLE" "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test"
	start_waiting
	run_rt exec "$ID" sh -c 'id -u; cat /proc/self/uid_map'
	assert_success
	assert_match '^0$'
	assert_match '100000'
}

@test "exec's process is a child of the caller's rt, and of nobody inside" {
	start_waiting
	run_rt exec "$ID" sh -c 'awk "/^PPid/ { print \$2 }" /proc/self/status; echo $PPID'
	assert_match '^0$'
}

@test "exec enters the root of a container without a mount namespace" {
	update_config '.linux.namespaces |= map(select(.type != "mount")) | .root.readonly = false |
		.mounts = [] | del(.linux.maskedPaths, .linux.readonlyPaths)'
	start_waiting
	run_rt exec "$ID" sh -c 'pwd; cat /etc/group'
	assert_success
	assert_line 'user:x:1000:'
}

# The container has moved its init away and given a controller to what is below: its own cgroup takes no processes now.
delegate_to() {
	local cgroup=$CGROUP2$1 controller
	# Threaded controllers leave it a place for processes.
	controller=$(tr ' ' '\n' <"$cgroup/cgroup.controllers" | grep -vxE 'cpu|cpuset|perf_event|pids' | head -n 1)
	[[ -n $controller ]] || skip_because "cgroup2 has no memory controller here"
	mkdir -p "$CGROUP2$2"
	echo "$INIT" >"$CGROUP2$2/cgroup.procs"
	echo "+$controller" >"$cgroup/cgroup.subtree_control"
}

@test "exec follows init into the cgroup below that it has moved to" {
	require_cgroup2
	update_config '.linux.cgroupsPath = $p' --arg p "/$ID"
	start_waiting
	delegate_to "/$ID" "/$ID/below"
	run_rt exec --detach --pid-file "$T/exec.pid" "$ID" sleep 100
	assert_success
	assert_equal "$(grep ^0:: "/proc/$(<"$T/exec.pid")/cgroup")" "0::/$ID/below"
}

@test "exec does not follow init out of the container's cgroup" {
	require_cgroup2
	update_config '.linux.cgroupsPath = $p' --arg p "/$ID"
	start_waiting
	# A name that begins like the container's is not below it.
	mkdir "$CGROUP2/$ID/filler"
	delegate_to "/$ID" "/$ID-other"
	run_rt exec "$ID" true
	status_outside=$status message=$stderr
	echo "$INIT" >"$CGROUP2/$ID/filler/cgroup.procs"
	rmdir "$CGROUP2/$ID-other"
	assert_equal "$status_outside" 255
	[[ $message == *"init's present cgroup is not below the container's"* ]]
}

@test "what exec says about its options has its name in front" {
	start_waiting
	run_rt exec --cap CAP_UNHEARD_OF "$ID" /bin/true
	assert_success
	assert_stderr 'exec: the capability "CAP_UNHEARD_OF" is unknown and left out'
	run_rt exec --detach --tty "$ID" /bin/true
	assert_failure
	assert_stderr 'leave --tty out'
	refute_stderr 'terminal to false'
	jq '.process | .args = ["/bin/true"] | .terminal = true' "$BUNDLE/config.json" >"$T/process.json"
	run_rt exec --detach --process "$T/process.json" "$ID"
	assert_failure
	assert_stderr 'set terminal to false'
}

@test "exec --cgroup stays below the container's cgroup" {
	require_cgroup2
	start_waiting
	local path
	for path in .. ../.. ../other "../$ID-other" x/../../y /.. memory:/x; do
		run_rt exec --cgroup "$path" "$ID" /bin/true
		assert_failure
		assert_stderr 'cgroup'
	done
	mkdir "$(cgroup_dir)/below"
	run_rt exec --cgroup below "$ID" /bin/grep ^0:: /proc/self/cgroup
	assert_success
	assert_output '0::/below'
	run_rt exec --cgroup /below/ "$ID" /bin/grep ^0:: /proc/self/cgroup
	assert_output '0::/below'
	run_rt exec --cgroup missing "$ID" /bin/true
	assert_failure
	assert_stderr 'No such file or directory'
}

# ---- a container that traces what comes in -------------------------------------------------------------------------

exec_while_hunted() {
	local i
	for i in {1..25}; do
		PROBE_HUNT=1 run_rt exec "$@" "$ID" /bin/probe argv
		[[ $status -eq 0 ]] || ! has_status "$ID" stopped || break
		assert_success
	done
	((i > 1)) || fail "the hunter ended before the first exec"
}

# Somebody who takes a listener at $T/agent.
new_agent() {
	rm -f "$T/agent"
	background "$PROBE" agent "$T/agent" 1
	wait_until grep -qx ready "$CHILD_LOG"
}

@test "a process that may trace finds in exec no right, no descriptor and no variable of the host" {
	start_hunter
	exec_while_hunted
	assert_hunted_nothing
}

@test "exec under a seccomp profile, without noNewPrivileges, shows no more" {
	update_config '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [
		{ names: ["swapon"], action: "SCMP_ACT_ERRNO" },
		{ names: ["clone"], action: "SCMP_ACT_ERRNO",
		  args: [{ index: 0, value: 268435456, valueTwo: 268435456, op: "SCMP_CMP_MASKED_EQ" }] },
		{ names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: 38 }] }
		| .process.noNewPrivileges = false'
	start_hunter
	exec_while_hunted
	assert_hunted_nothing
	# The profile is in force.
	update_config '.process.args = ["/bin/probe", "wait"]'
	run_rt delete "$ID"
	start_waiting
	run_rt exec "$ID" /bin/grep Seccomp: /proc/self/status
	assert_match '2$'
}

@test "exec under a profile with a listener shows no more" {
	rt features | jq -e '.linux.seccomp.enabled' >/dev/null || skip_because "built without seccomp"
	update_config '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", listenerPath: $path, syscalls: [
		{ names: ["getpgid"], action: "SCMP_ACT_NOTIFY" }] }
		| .process.noNewPrivileges = false' --arg path "$T/agent"
	new_agent
	start_hunter
	local i
	for i in {1..15}; do
		new_agent
		PROBE_HUNT=1 run_rt exec "$ID" /bin/probe argv
		[[ $status -eq 0 ]] || ! has_status "$ID" stopped || break
		assert_success
	done
	((i > 1)) || fail "the hunter ended before the first exec"
	assert_hunted_nothing
}

@test "exec with another user, terminal and LISTEN_FDS shows no more" {
	start_hunter
	exec_while_hunted --user 1000:1000 --tty=false --cwd /tmp
	assert_hunted_nothing
}
