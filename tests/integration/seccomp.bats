# SPDX-License-Identifier: Apache-2.0
load helpers

setup() {
	common_setup
	require_root
	rt features | jq -e '.linux.seccomp.enabled' >/dev/null || skip_because "built without seccomp"
	make_bundle
}

# profile DEFAULT [JQ EXPRESSION]: e.g. profile ALLOW '.syscalls = [...]'
profile() {
	update_config ".linux.seccomp = ({ defaultAction: \"SCMP_ACT_$1\" } | ${2-.})"
}

deny() { # NAME [EXPRESSION]
	profile ALLOW ".syscalls = [{ names: [\"$1\"], action: \"SCMP_ACT_ERRNO\" } | ${2-.}]"
}

@test "a filter is in force, and without one there is none" {
	set_args probe prctl
	run_bundle
	assert_line seccomp=0
	profile ALLOW
	run_bundle
	assert_success
	assert_line seccomp=2
}

@test "an action denies with EPERM, or with what errnoRet says" {
	deny getpgid
	run_script 'probe syscall getpgid 0; probe syscall getppid'
	assert_output $'EPERM\nok'
	deny getpgid '.errnoRet = 2'
	run_script 'probe syscall getpgid 0'
	assert_output ENOENT
	deny getpgid '.errnoRet = 0'
	run_script 'probe syscall getpgid 0'
	assert_output ok
}

@test "the default action with defaultErrnoRet" {
	# All that a program of busybox needs, by exception.
	profile ALLOW '.syscalls = [{ names: ["sync"], action: "SCMP_ACT_ERRNO", errnoRet: 95 }]'
	run_script 'probe syscall sync'
	assert_output ENOTSUP
}

@test "errnoRet with an action that has none is an error" {
	deny getpgid '.action = "SCMP_ACT_KILL" | .errnoRet = 1'
	run_bundle
	assert_refused 'errnoRet'
	profile ALLOW '.defaultErrnoRet = 1'
	run_bundle
	assert_refused 'defaultErrnoRet'
}

@test "kill actions end the program by SIGSYS" {
	local action
	for action in KILL KILL_PROCESS KILL_THREAD; do
		deny getpgid ".action = \"SCMP_ACT_$action\""
		run_script 'probe syscall getpgid 0; echo $?'
		assert_line 159
	done
}

@test "trap raises SIGSYS, log and allow let pass" {
	deny getpgid '.action = "SCMP_ACT_TRAP"'
	run_script 'probe syscall getpgid 0; echo $?'
	assert_line 159
	deny getpgid '.action = "SCMP_ACT_LOG"'
	run_script 'probe syscall getpgid 0'
	assert_output ok
}

@test "arguments: every operator" {
	# personality(0xffffffff) and others only look; the filter decides before.
	local op value two inside outside
	while read -r op value two inside outside; do
		deny getpgid ".args = [{ index: 0, value: $value, valueTwo: $two, op: \"SCMP_CMP_$op\" }]"
		run_script "probe syscall getpgid $inside; probe syscall getpgid $outside | sed s/ESRCH/ok/"
		assert_output $'EPERM\nok' || fail "operator $op"
	done <<-END
		EQ 100 0 100 101
		NE 100 0 101 100
		LT 100 0 99 100
		LE 100 0 100 101
		GE 100 0 100 99
		GT 100 0 101 100
		MASKED_EQ 15 5 21 22
	END
}

@test "several arguments must all match" {
	deny keyctl '.args = [{ index: 0, value: 6, op: "SCMP_CMP_EQ" }, { index: 1, value: 77, op: "SCMP_CMP_EQ" }]'
	run_script 'probe syscall keyctl 6 77; probe syscall keyctl 6 78'
	assert_line EPERM
	assert_match 'ENOKEY|EINVAL|EFAULT|ok'
}

@test "values beyond 32 bits" {
	profile ALLOW '.syscalls = [{ names: ["getpgid"], action: "SCMP_ACT_ERRNO",
		args: [{ index: 0, value: "large", op: "SCMP_CMP_EQ" }] }]'
	set_script 'probe syscall getpgid -1; probe syscall getpgid 0'
	# jq rounds a number as large as this.
	sed -i 's/"large"/18446744073709551615/' "$BUNDLE/config.json"
	run_bundle
	assert_output $'EPERM\nok'
}

@test "names that nobody knows are passed over" {
	profile ALLOW '.syscalls = [{ names: ["no_such_call", "getpgid"], action: "SCMP_ACT_ERRNO" }]'
	run_script 'probe syscall getpgid 0'
	assert_output EPERM
}

@test "a call newer than the profile is told as missing, so that libraries fall back" {
	# An allow list, as engines send it: what it does not know is ENOSYS above the newest it names, else EPERM.
	jq -n '{ defaultAction: "SCMP_ACT_ERRNO", architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"],
		syscalls: [{ action: "SCMP_ACT_ALLOW", names: $ARGS.positional }] }' --args -- \
		read write open openat close stat fstat newfstatat lstat poll lseek mmap mprotect munmap brk rt_sigaction \
		rt_sigprocmask rt_sigreturn ioctl pread64 writev readv access pipe pipe2 dup dup2 dup3 getpid fork vfork clone \
		execve exit wait4 uname fcntl getcwd getuid getgid geteuid getegid getppid setpgid getpgrp arch_prctl \
		set_tid_address set_robust_list exit_group prctl prlimit64 getrandom rseq futex readlink sigaltstack gettid tgkill \
		fstatfs getdents64 faccessat umask chdir statx capget capset setuid setgid setgroups setresuid setresgid >"$T/profile"
	update_config '.linux.seccomp = $p[0]' --slurpfile p "$T/profile"
	[[ $(uname -m) == x86_64 ]] || skip_because "the machine is no x86_64"
	run_script 'probe syscall getpgid 0; probe syscall sync; probe syscall 451; probe syscall 9999'
	# 451 and 9999 came after everything in the list.
	assert_output $'EPERM\nEPERM\nENOSYS\nENOSYS'
}

@test "architectures: 32-bit calls are filtered, or refused where the architecture is left out" {
	profile ALLOW '.architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]
		| .syscalls = [{ names: ["getpgid"], action: "SCMP_ACT_ERRNO" }]'
	[[ $(uname -m) == x86_64 ]] || skip_because "the machine is no x86_64"
	run_script 'probe syscall getpgid 0'
	assert_output EPERM
	profile ALLOW '.architectures = ["SCMP_ARCH_NOSUCH"]'
	run_bundle
	assert_refused 'SCMP_ARCH_NOSUCH'
}

@test "flags" {
	profile ALLOW '.flags = ["SECCOMP_FILTER_FLAG_LOG"]'
	run_bundle
	assert_success
	profile ALLOW '.flags = []'
	run_bundle
	assert_success
	profile ALLOW '.flags = ["SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"]'
	run_bundle
	assert_success
	profile ALLOW '.flags = ["SECCOMP_FILTER_FLAG_NOSUCH"]'
	run_bundle
	assert_refused 'SECCOMP_FILTER_FLAG_NOSUCH'
}

@test "unknown actions and operators are errors" {
	profile NOSUCH
	run_bundle
	assert_refused 'SCMP_ACT_NOSUCH'
	deny getpgid '.args = [{ index: 0, value: 1, op: "SCMP_CMP_NOSUCH" }]'
	run_bundle
	assert_refused 'SCMP_CMP_NOSUCH'
	deny getpgid '.args = [{ index: 6, value: 1, op: "SCMP_CMP_EQ" }]'
	run_bundle
	assert_refused 'index'
}

@test "the filter is loaded with and without noNewPrivileges" {
	deny getpgid
	local value
	for value in true false; do
		update_config ".process.noNewPrivileges = $value"
		run_script 'probe syscall getpgid 0; probe prctl'
		assert_line EPERM
		assert_line seccomp=2
	done
}

# A profile that kills whoever makes a call but those of the probe and NAME...
only() {
	local calls
	require_command strace
	calls=$(strace -o "$T/calls" "$PROBE" prctl >/dev/null && sed -n 's/^\([a-z0-9_]*\)(.*/\1/p' "$T/calls" | sort -u)
	update_config '.linux.seccomp = { defaultAction: "SCMP_ACT_KILL_PROCESS", syscalls: [
		{ action: "SCMP_ACT_ALLOW", names: $ARGS.positional }] } | .process.args = ["probe", "prctl"]
		| .process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 20, hard: 30 }, { type: "RLIMIT_CORE", soft: 0, hard: 0 }]' \
		--args -- "$@" $calls
}

@test "with noNewPrivileges a profile must allow execve alone" {
	update_config '.process.noNewPrivileges = true | .process.user = { uid: 1000, gid: 1000 }'
	only execve
	run_bundle
	assert_success
	assert_line seccomp=2
	only
	update_config '.linux.seccomp.syscalls[0].names -= ["execve"]'
	run_bundle
	assert_failure
	refute_line seccomp=2
	assert_nothing_left
}

@test "without noNewPrivileges a profile must allow execve and capset" {
	update_config '.process.noNewPrivileges = false'
	local user
	for user in 0 1000; do
		update_config '.process.user = { uid: $u, gid: $u, additionalGids: [7] }' --argjson u $user
		only execve capset
		run_bundle
		assert_success
		assert_line seccomp=2
	done
	# Without capset it ends, instead of going on with a right that the program has not.
	only execve
	run_bundle
	assert_failure
	refute_line seccomp=2
	assert_nothing_left
	update_config '.linux.seccomp.defaultAction = "SCMP_ACT_ERRNO"
		| .linux.seccomp.syscalls[0].names += ["write", "exit_group"]'
	run_bundle
	assert_failure
	assert_stderr 'must allow capset'
	assert_nothing_left
}

@test "a program with CAP_SYS_ADMIN needs no capset in its profile" {
	update_config '.process.noNewPrivileges = false | .process.user = { uid: 0, gid: 0 }
		| .process.capabilities |= with_entries(.value = ["CAP_SYS_ADMIN"])'
	only execve
	run_bundle
	assert_success
	assert_line seccomp=2
}

@test "the right to load a filter does not reach the program" {
	profile ALLOW
	update_config '.process.noNewPrivileges = false | .process.user = { uid: 1000, gid: 1000 }
		| .process.capabilities = { bounding: ["CAP_KILL", "CAP_SYS_ADMIN"], permitted: ["CAP_KILL"],
			effective: ["CAP_KILL"], inheritable: ["CAP_KILL"], ambient: ["CAP_KILL"] }'
	run_script 'grep Cap /proc/self/status'
	assert_success
	assert_line $'CapPrm:\t0000000000000020'
	assert_line $'CapEff:\t0000000000000020'
	assert_line $'CapAmb:\t0000000000000020'
}

@test "exec loads the filter under the same rules" {
	update_config '.process.noNewPrivileges = false'
	only execve capset
	update_config '.linux.seccomp.syscalls[0].names += ["rt_sigaction", "rt_sigprocmask", "rt_sigtimedwait", "wait4",
		"pause", "rt_sigsuspend", "rt_sigreturn", "ppoll", "poll", "read", "signalfd4", "fcntl", "ioctl"]'
	start_waiting
	run_rt exec "$ID" probe prctl
	assert_success
	assert_line seccomp=2
}

# ---- the agent of a listener ----

# agent [VALUE]: listens at $T/agent
agent() {
	rm -f "$T/agent"
	background "$PROBE" agent "$T/agent" "$@"
	wait_until grep -qx ready "$CHILD_LOG"
	AGENT_LOG=$CHILD_LOG
}

# What the agent was told.
agent_document() {
	wait_until grep -q '^document=' "$AGENT_LOG"
	output=$(sed -n 's/^document=//p' "$AGENT_LOG")
}

notify() { # NAME...
	update_config '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", listenerPath: $path, syscalls: [
		{ action: "SCMP_ACT_NOTIFY", names: $ARGS.positional }] }' --arg path "$T/agent" --args -- "$@"
}

@test "an agent gets the listener and the container process state, and answers" {
	notify getpgid
	update_config '.linux.seccomp.listenerMetadata = "what \"it\" says" | .annotations = { "some/key": "value" }'
	set_script 'probe syscall getpgid 0 >/answer; echo $? >>/answer'
	local value
	for value in true false; do
		update_config ".process.noNewPrivileges = $value"
		agent 77
		run_rt create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
		assert_success
		agent_document
		assert_equal "$(grep ^fd "$AGENT_LOG")" $'fds_of_first_message=1\nfd=anon_inode:seccomp notify'
		assert_json 'keys | join(" ")' 'fds metadata ociVersion pid state'
		assert_json .ociVersion 1.3.0
		assert_json '.fds | join(" ")' seccompFd
		assert_json .pid "$(<"$T/pid")"
		assert_json .metadata 'what "it" says'
		assert_json .state.status creating
		assert_json .state.id "$ID"
		assert_json .state.pid "$(<"$T/pid")"
		assert_json .state.bundle "$BUNDLE"
		assert_json '.state.annotations["some/key"]' value
		run_rt start "$ID"
		assert_success
		wait_until has_status "$ID" stopped
		# The agent's value is the result of the call.
		assert_equal "$(<"$ROOTFS/answer")" $'ok\n0'
		run_rt delete "$ID"
		assert_success
	done
}

@test "the agent of an exec gets the pid of that process and the state of the container" {
	notify getpgid
	agent 1
	start_waiting
	agent 1
	run_rt exec -d --pid-file "$T/exec.pid" "$ID" probe wait
	assert_success
	agent_document
	assert_json .pid "$(<"$T/exec.pid")"
	assert_json .state.pid "$INIT"
	assert_json .state.status running
}

@test "with a listener a profile must allow what the runtime says to the agent's end, and no more" {
	local value
	for value in true false; do
		update_config ".process.noNewPrivileges = $value | .process.user = { uid: 0, gid: 0 }"
		only execve read write close
		[[ $value == true ]] || update_config '.linux.seccomp.syscalls[0].names += ["capset"]'
		update_config '.linux.seccomp.listenerPath = $p
			| .linux.seccomp.syscalls += [{ names: ["getpgid"], action: "SCMP_ACT_NOTIFY" }]' --arg p "$T/agent"
		agent
		run_bundle
		assert_success
		assert_line seccomp=2
	done
}

@test "an agent that is not there is an error" {
	notify getpgid
	run_bundle
	assert_refused 'agent.*No such file'
	: >"$T/agent"
	run_bundle
	assert_refused 'Connection refused'
}

@test "an agent that ends the connection is an error" {
	notify getpgid
	# More than a socket takes at once; this agent reads one message.
	update_config '.annotations = { "long": ("x" * 3000000) }'
	background "$PROBE" recvtty "$T/agent"
	wait_until test -S "$T/agent"
	run_bundle
	assert_refused 'agent.*(Broken pipe|Connection reset)'
}

@test "the rules of NOTIFY, listenerPath and listenerMetadata" {
	notify getpgid write
	run_bundle
	assert_refused 'write'
	notify getpgid
	update_config 'del(.linux.seccomp.listenerPath)'
	run_bundle
	assert_refused 'listenerPath'
	update_config '.linux.seccomp.listenerMetadata = "data"'
	run_bundle
	assert_refused 'listenerMetadata'
	update_config '.linux.seccomp = { defaultAction: "SCMP_ACT_NOTIFY", listenerPath: "/agent" }'
	run_bundle
	assert_refused 'SCMP_ACT_NOTIFY'
	# Without NOTIFY the path is ignored; the kernel has a flag that means something with it alone.
	profile ALLOW '.listenerPath = "/no/such/agent" | .listenerMetadata = "data"'
	run_bundle
	assert_success
	profile ALLOW '.flags = ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"]'
	run_bundle
	assert_refused 'WAIT_KILLABLE_RECV'
}

@test "a listener with WAIT_KILLABLE_RECV and TSYNC" {
	rt features | jq -e '.linux.seccomp.supportedFlags | contains(["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"])' >/dev/null ||
		skip_because "the kernel has no SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"
	notify getpgid
	update_config '.linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", "SECCOMP_FILTER_FLAG_TSYNC"]'
	agent 5
	run_script 'probe syscall getpgid 0'
	assert_output ok
}

@test "every architecture of the specification is known, those that libseccomp lacks are told" {
	local arch
	for arch in $(rt features | jq -r '.linux.seccomp.archs[]'); do
		profile ALLOW ".architectures = [\"$arch\"] | .syscalls = [{ names: [\"getpgid\"], action: \"SCMP_ACT_ERRNO\" }]"
		run_script 'probe syscall getpgid 0'
		assert_output EPERM || fail "$arch"
		[[ -z $stderr || $stderr == *"does not know"* ]] || fail "$arch: $stderr"
	done
	assert_equal "$(rt features | jq '.linux.seccomp.archs | length')" 23
}

@test "a profile that forbids execve is told" {
	update_config '.process.noNewPrivileges = true'
	deny execve
	run_bundle
	assert_failure
	assert_stderr 'execve|Operation not permitted|filter'
	assert_nothing_left
}

@test "the second run takes the filter from the cache, and loads no libseccomp" {
	require_command strace
	deny getpgid
	run_script 'probe syscall getpgid 0'
	assert_output EPERM
	[[ -n $(find "$STATE/.cache" -type f) ]]
	capture timeout 60 strace -f -e trace=openat,open -o "$T/trace" \
		"$RT" --root "$STATE" $RT_FLAGS run --bundle "$BUNDLE" "$ID"
	assert_output EPERM
	refute grep libseccomp "$T/trace"
}

@test "the cache is closed to others, and an entry of somebody else is not taken" {
	deny getpgid
	run_script 'probe syscall getpgid 0'
	assert_output EPERM
	[[ -z $(find "$STATE/.cache" -perm /022) ]]
	find "$STATE/.cache" -type f -exec chown 1000 {} +
	run_script 'probe syscall getpgid 0'
	assert_output EPERM
}

@test "a damaged entry is not taken: changed, cut short, empty, grown" {
	deny getpgid
	run_script 'probe syscall getpgid 0'
	assert_output EPERM
	local entry size
	for damage in change cut empty grow allow; do
		entry=$(find "$STATE/.cache" -type f | head -n 1)
		[[ -n $entry ]]
		size=$(stat -c %s "$entry")
		case $damage in
		change) printf '\377\377\377\377' | dd of="$entry" bs=1 seek=$((size / 2)) conv=notrunc status=none ;;
		cut) truncate -s $((size - 8)) "$entry" ;;
		empty) : >"$entry" ;;
		grow) printf 'more and more' >>"$entry" ;;
		allow) head -c "$size" /dev/zero >"$entry" ;;
		esac
		run_script 'probe syscall getpgid 0'
		assert_output EPERM || fail "after $damage"
	done
}

@test "a cache that can not be written, or is no directory, stops nothing" {
	deny getpgid
	mkdir -p "$STATE"
	echo x >"$STATE/.cache"
	run_script 'probe syscall getpgid 0'
	assert_output EPERM
	rm -rf "$STATE/.cache"
	ln -s /dev/null "$STATE/.cache"
	run_script 'probe syscall getpgid 0'
	assert_output EPERM
	rm -f "$STATE/.cache"
}

@test "many at once with an empty cache all get the whole filter" {
	deny getpgid
	set_script 'probe syscall getpgid 0'
	local i pids=()
	for i in {1..8}; do
		rt run --bundle "$BUNDLE" "$ID-$i" >"$T/many.$i" 2>&1 &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" || :
	done
	assert_equal "$(cat "$T"/many.* | sort | uniq -c | xargs)" '8 EPERM'
	[[ -z $(find "$STATE/.cache" -name '*tmp*') ]]
}

@test "a large profile, with many rules" {
	update_config '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [range(300) |
		{ names: ["getpgid"], action: "SCMP_ACT_ERRNO", args: [{ index: 0, value: (. + 1000), op: "SCMP_CMP_EQ" }] }] }'
	run_script 'probe syscall getpgid 1299; probe syscall getpgid 0'
	assert_output $'EPERM\nok'
}

@test "a ready filter by annotation takes the place of a profile" {
	[[ $(uname -m) == x86_64 ]] || skip_because "the machine is no x86_64"
	# Load the number; getpgid (121) is EPERM, all else is allowed.
	local bpf
	bpf=$(printf '\x20\0\0\0\0\0\0\0\x15\0\0\1\x79\0\0\0\6\0\0\0\1\0\5\0\6\0\0\0\0\0\xff\x7f' | base64 -w0)
	profile KILL
	update_config '.annotations["run.oci.seccomp_bpf_data"] = $b' --arg b "$bpf"
	run_script 'probe syscall getpgid 0; probe syscall getppid'
	assert_output $'EPERM\nok'
	update_config '.annotations["run.oci.seccomp_bpf_data"] = "no base64"'
	run_bundle
	assert_refused 'seccomp_bpf_data'
}
