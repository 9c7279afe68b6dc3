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

@test "a filter that forbids what the runtime itself needs last is told, or works" {
	update_config '.process.noNewPrivileges = true'
	deny sendmsg
	run_bundle
	assert_success
	deny openat
	set_args probe prctl
	run_bundle
	assert_success
	assert_line seccomp=2
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
