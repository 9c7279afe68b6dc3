# SPDX-License-Identifier: Apache-2.0
load helpers

@test "cwd" {
	update_config '.process.cwd = "/tmp"'
	run_script pwd
	assert_output /tmp
}

@test "a cwd that is missing is made" {
	update_config '.process.cwd = "/made/for/it"'
	run_script pwd
	assert_success
	assert_output /made/for/it
}

@test "a cwd that is a file, relative or not reachable is an error" {
	update_config '.process.cwd = "/etc/passwd"'
	run_bundle
	assert_refused '/etc/passwd'
	update_config '.process.cwd = "tmp"'
	run_bundle
	assert_refused 'cwd'
	mkdir -m 700 "$ROOTFS/closed"
	update_config '.process.cwd = "/closed" | .process.user = { uid: 1000, gid: 1000 }
		| del(.process.capabilities)'
	run_script pwd
	[[ $status -eq 0 ]] || assert_stderr 'closed.*[Pp]ermission denied'
}

@test "a cwd that leads out of the root is an error" {
	ln -s /proc/self/fd/0/.. "$ROOTFS/out"
	update_config '.process.cwd = "/out"'
	run_script 'ls'
	[[ $status -ne 0 ]] || refute_match lost+found
}

@test "the environment is the configuration's alone" {
	update_config '.process.env = ["PATH=/bin", "A=1", "B=with = and space", "EMPTY="]'
	FROM_CALLER=yes run_script env
	assert_success
	assert_line A=1
	assert_line 'B=with = and space'
	assert_line EMPTY=
	refute_match FROM_CALLER
}

@test "of a variable that is there twice the last one counts" {
	update_config '.process.env = ["PATH=/bin", "A=1", "A=2"]'
	run_script 'env | grep ^A='
	assert_output A=2
}

@test "a variable without = is an error, and so is one with a NUL" {
	update_config '.process.env = ["PATH=/bin", "NOTHING"]'
	run_script env
	[[ $status -eq 0 ]] || assert_stderr 'env'
	update_config '.process.env = ["PATH=/bin", "A=\u0000b"]'
	run_bundle
	assert_refused 'config.json|env'
}

@test "HOME comes from the image's passwd" {
	run_script 'echo $HOME'
	assert_output /root
	update_config '.process.user = { uid: 1000, gid: 1000 }'
	run_script 'echo $HOME'
	assert_output /home/user
	update_config '.process.user = { uid: 4242, gid: 1000 }'
	run_script 'echo $HOME'
	assert_output /
	update_config '.process.env += ["HOME=/given"]'
	run_script 'echo $HOME'
	assert_output /given
}

@test "a passwd that is no file of the image does no harm" {
	rm "$ROOTFS/etc/passwd"
	run_script 'echo $HOME'
	assert_success
	mkfifo "$ROOTFS/etc/passwd"
	run_script 'echo $HOME'
	assert_success
	rm "$ROOTFS/etc/passwd"
	ln -s /proc/self/fd/0 "$ROOTFS/etc/passwd"
	run_script 'echo $HOME'
	assert_success
	rm "$ROOTFS/etc/passwd"
	echo 'root:x:0:0:root:/evil:/bin/sh' >"$T/outside"
	ln -s "$T/outside" "$ROOTFS/etc/passwd"
	run_script 'echo $HOME'
	assert_success
	refute_match evil
}

@test "the program is searched in the container's PATH" {
	mkdir "$ROOTFS/first" "$ROOTFS/second"
	printf '#!/bin/sh\necho second\n' >"$ROOTFS/second/tool"
	printf '#!/bin/sh\necho not me\n' >"$ROOTFS/first/tool"
	chmod 755 "$ROOTFS/second/tool"
	update_config '.process.env = ["PATH=/missing:/first:/second:/bin"]'
	set_args tool
	run_bundle
	assert_success
	assert_output second
}

@test "arguments arrive as they are" {
	set_args probe argv '' 'two words' $'new\nline' '*' '$HOME' 'ü'
	run_bundle
	assert_success
	assert_output "$(printf '%s\n' '' 'two words' $'new\nline' '*' '$HOME' 'ü')"
}

@test "a program that is missing is told at create, as engines expect it" {
	set_args no-such-program
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused 'executable file not found in \$PATH'
	set_args /no/such/program
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused '/no/such/program.*[Nn]o such file or directory'
	touch "$ROOTFS/bin/plain"
	set_args /bin/plain
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused '/bin/plain.*[Pp]ermission denied'
	set_args /bin
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused '/bin.*([Pp]ermission denied|[Ii]s a directory)'
}

@test "no arguments are an error" {
	update_config '.process.args = []'
	run_bundle
	assert_refused 'args'
	update_config 'del(.process.args)'
	run_bundle
	assert_refused 'args'
}

@test "a missing interpreter is blamed, not the script" {
	printf '#!/no/such/interpreter\n' >"$ROOTFS/bin/script"
	chmod 755 "$ROOTFS/bin/script"
	set_args /bin/script
	run_bundle
	assert_failure
	assert_stderr 'interpreter'
}

@test "a script with DOS line ends is said to be one" {
	printf '#!/bin/sh\r\ntrue\r\n' >"$ROOTFS/bin/script"
	chmod +x "$ROOTFS/bin/script"
	set_args /bin/script
	run_bundle
	assert_failure
	assert_stderr 'carriage return'
}

@test "user, group, additional groups" {
	update_config '.process.user = { uid: 1000, gid: 1001, additionalGids: [5, 6, 7] }'
	run_script 'id -u; id -g; id -G; grep Groups /proc/self/status'
	assert_success
	assert_line 1000
	assert_line 1001
	assert_match '^Groups:.5 6 7 *$'
}

@test "no group of the caller is left" {
	run_script 'grep Groups /proc/self/status'
	assert_match '^Groups:.(0 )? *$'
}

@test "ids that are too large are errors" {
	update_config '.process.user.uid = 4294967295'
	run_bundle
	assert_refused 'uid'
	update_config '.process.user.uid = 2147483648'
	run_bundle
	assert_refused 'uid'
	update_config '.process.user.uid = -1'
	run_bundle
	assert_refused 'uid'
}

@test "umask is 0022, or what the configuration says" {
	umask 077
	run_script umask
	assert_output 0022
	update_config '.process.user.umask = 63'
	run_script umask
	assert_output 0077
	update_config '.process.user.umask = 0'
	run_script umask
	assert_output 0000
}

@test "rlimits" {
	update_config '.process.rlimits = [
		{ type: "RLIMIT_NOFILE", soft: 100, hard: 200 }, { type: "RLIMIT_CORE", soft: 0, hard: 0 },
		{ type: "RLIMIT_FSIZE", soft: 1048576, hard: "infinity" },
		{ type: "RLIMIT_STACK", soft: 4194304, hard: 8388608 }]'
	set_script 'cat /proc/self/limits'
	# jq rounds a number as large as this.
	sed -i 's/"infinity"/18446744073709551615/' "$BUNDLE/config.json"
	run_bundle
	assert_success
	assert_match '^Max open files +100 +200 '
	assert_match '^Max core file size +0 +0 '
	assert_match '^Max file size +1048576 +unlimited '
	assert_match '^Max stack size +4194304 +8388608 '
}

@test "a tiny limit of descriptors does not break the start" {
	update_config '.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 4, hard: 4 }]'
	run_script 'ulimit -n'
	assert_success
	assert_output 4
}

@test "unknown, duplicate and impossible rlimits are errors" {
	update_config '.process.rlimits = [{ type: "RLIMIT_NOSUCH", soft: 1, hard: 1 }]'
	run_bundle
	assert_refused 'RLIMIT_NOSUCH'
	update_config '.process.rlimits = [{ type: "RLIMIT_CORE", soft: 1, hard: 1 }, { type: "RLIMIT_CORE", soft: 2, hard: 2 }]'
	run_bundle
	assert_refused 'RLIMIT_CORE'
	update_config '.process.rlimits = [{ type: "RLIMIT_CORE", soft: 2, hard: 1 }]'
	run_bundle
	assert_refused 'RLIMIT_CORE'
}

@test "noNewPrivileges" {
	set_args probe prctl
	run_bundle
	assert_line no_new_privs=1
	update_config '.process.noNewPrivileges = false'
	run_bundle
	assert_line no_new_privs=0
	update_config 'del(.process.noNewPrivileges)'
	run_bundle
	assert_line no_new_privs=0
}

@test "oomScoreAdj is set, or left alone" {
	update_config '.process.oomScoreAdj = 321'
	run_script 'cat /proc/self/oom_score_adj'
	assert_output 321
	update_config 'del(.process.oomScoreAdj)'
	run_script 'cat /proc/self/oom_score_adj'
	assert_output "$(cat /proc/self/oom_score_adj)"
	update_config '.process.oomScoreAdj = 1001'
	run_bundle
	assert_refused 'oomScoreAdj'
}

@test "a new session keyring, unless told otherwise" {
	"$PROBE" keyring >/dev/null || skip_because "keyrings can not be used here"
	set_args probe keyring
	run_bundle
	assert_success
	assert_match "$ID"
	run_bundle --no-new-keyring
	refute_match "$ID"
}

@test "personality" {
	update_config '.linux.personality = { domain: "LINUX32" }'
	[[ $(uname -m) == x86_64 ]] || skip_because "the machine is no x86_64"
	# User-mode Linux has no other name for itself.
	[[ $(setarch linux32 uname -m) == i686 ]] || skip_because "the machine is no x86_64"
	run_script 'uname -m'
	assert_success
	assert_output i686
}

@test "the program's descriptors 0 to 2 and its session are as they should be" {
	set_args probe fds
	run_bundle
	assert_line '0 /dev/null'
	run_script 'cat /proc/self/stat | cut -d" " -f5,6'
	assert_success
}

# ---- scheduling ----------------------------------------------------------------------------------------------------

@test "scheduler: every policy" {
	local policy number rest
	while read -r policy number rest; do
		update_config '.process.scheduler = ({ policy: $p } + ($rest | fromjson))' --arg p "$policy" --arg rest "${rest:-{\}}"
		set_args probe sched
		run_bundle
		if [[ $policy =~ FIFO|RR|DEADLINE && $status -ne 0 ]]; then
			# Without CAP_SYS_NICE, a cgroup without real-time budget, CPUs that are not all of a root domain.
			assert_refused 'process.scheduler: (Operation not permitted|Device or resource busy)'
			continue
		fi
		assert_success
		assert_line "policy=$number"
		case $rest in *nice*) assert_line nice=7 ;; esac
	done <<-'END'
		SCHED_OTHER 0 {"nice":7}
		SCHED_BATCH 3 {"nice":7}
		SCHED_IDLE 5
		SCHED_FIFO 1 {"priority":1}
		SCHED_RR 2 {"priority":99}
		SCHED_DEADLINE 6 {"runtime":1000000,"deadline":10000000,"period":10000000,"flags":["SCHED_FLAG_RECLAIM"]}
		SCHED_OTHER 1073741824 {"nice":7,"flags":["SCHED_FLAG_RESET_ON_FORK"]}
	END
}

@test "scheduler: exec has it too, also what a child does not inherit" {
	update_config '.process.scheduler = { policy: "SCHED_BATCH", nice: 7, flags: ["SCHED_FLAG_RESET_ON_FORK"] }'
	start_waiting
	run_rt exec "$ID" probe sched
	assert_success
	# With the flag the number has SCHED_RESET_ON_FORK in it.
	assert_line "policy=$((3 | 0x40000000))"
	assert_line nice=7
}

@test "scheduler: what does not go together is an error" {
	local json
	while read -r json; do
		update_config ".process.scheduler = $json"
		run_bundle
		assert_refused '/process/scheduler'
	done <<-'END'
		{"policy":"SCHED_OFTEN"}
		{"policy":"SCHED_ISO"}
		{"policy":"SCHED_OTHER","nice":20}
		{"policy":"SCHED_OTHER","nice":-21}
		{"policy":"SCHED_FIFO","priority":1,"nice":1}
		{"policy":"SCHED_FIFO"}
		{"policy":"SCHED_RR","priority":100}
		{"policy":"SCHED_OTHER","priority":1}
		{"policy":"SCHED_OTHER","runtime":1}
		{"policy":"SCHED_OTHER","flags":["SCHED_FLAG_UNHEARD_OF"]}
		{"policy":"SCHED_DEADLINE","runtime":5,"deadline":5,"period":5,"priority":3}
	END
}

@test "ioPriority" {
	local class value
	while read -r class value; do
		update_config '.process.ioPriority = { class: $c, priority: 3 }' --arg c "$class"
		set_args probe sched
		run_bundle
		# The real-time class needs CAP_SYS_ADMIN or CAP_SYS_NICE.
		assert_success
		assert_line "ioprio=$value"
	done <<-END
		IOPRIO_CLASS_BE $((2 << 13 | 3))
		IOPRIO_CLASS_IDLE $((3 << 13 | 3))
		IOPRIO_CLASS_RT $((1 << 13 | 3))
	END
	start_waiting
	run_rt exec "$ID" probe sched
	assert_line "ioprio=$((1 << 13 | 3))"
	run_rt delete --force "$ID"
	for class in '{ "class": "IOPRIO_CLASS_BEST", "priority": 1 }' '{ "class": "IOPRIO_CLASS_BE", "priority": 8 }' \
		'{ "class": "IOPRIO_CLASS_BE", "priority": -1 }'; do
		update_config ".process.ioPriority = $class"
		run_bundle
		assert_refused '/process/ioPriority'
	done
}

@test "memoryPolicy" {
	[[ -e /proc/self/numa_maps ]] || skip_because "this kernel has no NUMA policies"
	local json expected
	while read -r expected json; do
		update_config ".linux.memoryPolicy = $json"
		run_script 'head -n 1 /proc/self/numa_maps'
		assert_success
		assert_match "^[0-9a-f]+ $expected "
	done <<-'END'
		default {"mode":"MPOL_DEFAULT"}
		local {"mode":"MPOL_LOCAL"}
		bind:0 {"mode":"MPOL_BIND","nodes":"0"}
		bind=static:0 {"mode":"MPOL_BIND","nodes":"0","flags":["MPOL_F_STATIC_NODES"]}
		bind=relative:0 {"mode":"MPOL_BIND","nodes":"0","flags":["MPOL_F_RELATIVE_NODES"]}
		interleave:0 {"mode":"MPOL_INTERLEAVE","nodes":"0"}
		prefer:0 {"mode":"MPOL_PREFERRED","nodes":"0"}
	END
	while read -r json; do
		update_config ".linux.memoryPolicy = $json"
		run_bundle
		assert_refused 'memoryPolicy'
	done <<-'END'
		{"mode":"MPOL_UNHEARD_OF"}
		{"mode":"MPOL_BIND"}
		{"mode":"MPOL_LOCAL","nodes":"0"}
		{"mode":"MPOL_DEFAULT","nodes":"0"}
		{"mode":"MPOL_BIND","nodes":"x"}
		{"mode":"MPOL_BIND","nodes":"3-1"}
		{"mode":"MPOL_BIND","nodes":"1024"}
		{"mode":"MPOL_BIND","nodes":"0","flags":["MPOL_F_UNHEARD_OF"]}
		{"mode":"MPOL_BIND","nodes":"0","flags":["MPOL_F_STATIC_NODES","MPOL_F_RELATIVE_NODES"]}
	END
}

@test "execCPUAffinity is for exec alone" {
	update_config '.process.execCPUAffinity = { initial: "0", final: "0" }'
	start_waiting
	run_rt exec "$ID" grep Cpus_allowed_list: /proc/self/status
	assert_success
	assert_output $'Cpus_allowed_list:\t0'
	assert_equal "$(awk '/^Cpus_allowed_list/ { print $2 }' "/proc/$INIT/status")" \
		"$(awk '/^Cpus_allowed_list/ { print $2 }' /proc/self/status)"
	run_rt delete --force "$ID"
	local list
	for list in x 1- 3-1 '0,' 8192 -1 '0 1'; do
		update_config '.process.execCPUAffinity = { final: $l }' --arg l "$list"
		run_bundle
		assert_refused '/process/execCPUAffinity/final'
	done
}

@test "labels without their security module are errors" {
	[[ -e /sys/module/apparmor ]] || {
		update_config '.process.apparmorProfile = "some-profile"'
		run_bundle
		assert_refused 'AppArmor is not enabled'
		update_config 'del(.process.apparmorProfile)'
	}
	[[ -e /sys/fs/selinux ]] || {
		update_config '.process.selinuxLabel = "system_u:system_r:container_t:s0"'
		run_bundle
		assert_refused 'SELinux is not enabled'
	}
}

@test "rlimits: every type" {
	local type name value
	while read -r type value name; do
		update_config '.process.rlimits = [{ type: $t, soft: $v, hard: $v }]' --arg t "RLIMIT_$type" --argjson v "$value"
		run_script 'cat /proc/self/limits'
		assert_success
		assert_match "^Max $name +$value +$value "
	done <<-'END'
		AS 1073741824 address space
		CORE 4096 core file size
		CPU 600 cpu time
		DATA 1073741824 data size
		FSIZE 1048576 file size
		LOCKS 99 file locks
		MEMLOCK 8192 locked memory
		MSGQUEUE 4096 msgqueue size
		NICE 0 nice priority
		NOFILE 77 open files
		NPROC 1000 processes
		RSS 1073741824 resident set
		RTPRIO 0 realtime priority
		RTTIME 1000000 realtime timeout
		SIGPENDING 99 pending signals
		STACK 4194304 stack size
	END
}

@test "without execCPUAffinity, and where it is empty, exec has the caller's CPUs" {
	require_command taskset
	local affinity cpu
	cpu=$(taskset -cp $$ | sed 's/.*[ ,-]//')
	for affinity in null '{}' '{ initial: "" }' '{ initial: "", final: "" }'; do
		update_config ".process.execCPUAffinity = $affinity"
		start_waiting
		capture taskset -c "$cpu" timeout 30 "$RT" --root "$STATE" $RT_FLAGS exec "$ID" \
			grep Cpus_allowed_list: /proc/self/status
		assert_success
		assert_output $'Cpus_allowed_list:\t'"$cpu"
		run_rt delete --force "$ID"
	done
}

@test "scheduler: flags that keep what is there, and those of deadlines and clamps" {
	local policy nice json
	set_args probe sched
	while read -r policy nice json; do
		update_config ".process.scheduler = $json"
		run_bundle
		if [[ $json == *CLAMP* && $status -ne 0 ]]; then
			# A kernel without clamps of utilization.
			assert_refused 'process.scheduler: Operation not supported'
			continue
		fi
		if [[ $json == *DEADLINE* && $status -ne 0 ]]; then
			assert_refused 'process.scheduler: (Operation not permitted|Device or resource busy)'
			continue
		fi
		assert_success
		assert_line "policy=$policy"
		assert_line "nice=$nice"
	done <<-'END'
		3 7 {"policy":"SCHED_BATCH","nice":7}
		0 7 {"policy":"SCHED_BATCH","nice":7,"flags":["SCHED_FLAG_KEEP_POLICY"]}
		0 0 {"policy":"SCHED_BATCH","nice":7,"flags":["SCHED_FLAG_KEEP_POLICY","SCHED_FLAG_KEEP_PARAMS"]}
		3 7 {"policy":"SCHED_BATCH","nice":7,"flags":["SCHED_FLAG_UTIL_CLAMP_MIN"]}
		3 7 {"policy":"SCHED_BATCH","nice":7,"flags":["SCHED_FLAG_UTIL_CLAMP_MAX"]}
		6 0 {"policy":"SCHED_DEADLINE","runtime":1000000,"deadline":10000000,"period":10000000,"flags":["SCHED_FLAG_DL_OVERRUN"]}
	END
}

@test "memoryPolicy: the modes and flags of newer kernels" {
	[[ -e /proc/self/numa_maps ]] || skip_because "this kernel has no NUMA policies"
	local json expected
	while IFS='|' read -r expected json; do
		update_config ".linux.memoryPolicy = $json"
		run_script 'head -n 1 /proc/self/numa_maps'
		if [[ $status -ne 0 ]]; then
			# An older one.
			assert_refused 'linux.memoryPolicy: Invalid argument'
			continue
		fi
		assert_match "^[0-9a-f]+ $expected"
	done <<-'END'
		prefer \(many\):0|{"mode":"MPOL_PREFERRED_MANY","nodes":"0"}
		weighted interleave:0|{"mode":"MPOL_WEIGHTED_INTERLEAVE","nodes":"0"}
		bind(=balancing)?:0|{"mode":"MPOL_BIND","nodes":"0","flags":["MPOL_F_NUMA_BALANCING"]}
	END
}
