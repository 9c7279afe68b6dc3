# SPDX-License-Identifier: Apache-2.0
# The options of exec, alone and together, and what is wrong with them.
load helpers


agent() {
	rm -f "$T/agent"
	background "$PROBE" agent "$T/agent"
	wait_until grep -qx ready "$CHILD_LOG"
}

# refuse STATUS PATTERN OPTION...: an error before anything runs: 1 = a mistake on the command line, 255 = any other.
refuse() {
	local expected=$1 pattern=$2
	shift 2
	run_rt exec "$@" "$ID" /bin/touch /tmp/ran
	assert_failure "$expected"
	assert_stderr "$pattern"
	[[ ! -e $ROOTFS/tmp/ran ]]
	assert_status "$ID" running
}

@test "exec --pid-file and --pidfd-socket name the same process, the one that runs the program" {
	start_waiting
	agent
	run_rt exec --detach --pid-file "$T/exec.pid" --pidfd-socket "$T/agent" "$ID" sh -c 'echo $$ >&2; exec sleep 100'
	assert_success
	wait_until grep -q '^document=' "$CHILD_LOG"
	local pid
	pid=$(<"$T/exec.pid")
	grep -qx "pidfd_of=$pid" "$CHILD_LOG"
	grep -qx fds_of_first_message=1 "$CHILD_LOG"
	wait_until grep -q . "$T/err.$((CALLS))"
	# Its number inside is another one.
	assert_equal "$(awk '/^NSpid/ { print $NF }' "/proc/$pid/status")" "$(<"$T/err.$CALLS")"
	assert_equal "$(stat -c %a "$T/exec.pid")" 644
	kill "$pid"
	wait_until is_gone "$pid"
	# The container has nothing to do with it.
	assert_status "$ID" running
}

@test "exec --pidfd-socket and --pid-file that can not be served end the process" {
	start_waiting
	refuse 255 "$T/nobody" --pidfd-socket "$T/nobody"
	refuse 255 'exec.pid' --pid-file "$T/missing/exec.pid"
	run_rt exec --pid-file "$T/exec.pid" --pidfd-socket "$T/nobody" "$ID" sleep 100
	assert_failure 255
	[[ ! -e $T/exec.pid ]]
	run_rt exec "$ID" ps -o args
	refute_match 'sleep'
}

@test "exec in the foreground: the pid file is there while the program runs" {
	start_waiting
	run_rt exec --pid-file "$T/exec.pid" "$ID" sh -c 'awk "/^NSpid/ { print NF }" /proc/self/status'
	assert_success
	[[ $(<"$T/exec.pid") =~ ^[0-9]+$ ]]
	is_gone "$(<"$T/exec.pid")"
}

@test "exec --preserve-fds, LISTEN_FDS, and both" {
	start_waiting
	echo listened >"$T/a"
	echo preserved >"$T/b"
	output=$(exec 3<"$T/a" && LISTEN_FDS=1 LISTEN_FDNAMES=web rt exec "$ID" probe listen)
	assert_line fds=1
	assert_line names=web
	assert_line pid=mine
	assert_line text=listened
	output=$(exec 3<"$T/a" 4<"$T/b" &&
		LISTEN_FDS=1 rt exec --preserve-fds 1 "$ID" sh -c 'cat <&3; cat <&4; echo $LISTEN_FDS')
	assert_output $'listened\npreserved\n1'
	output=$(exec 3<"$T/a" 4<"$T/b" && rt exec --preserve-fds 1 "$ID" probe fds)
	assert_match '^3 '
	refute_match '^[4-9]'
	run_rt exec "$ID" env
	refute_match LISTEN_
	refute rt exec --preserve-fds 1 "$ID" /bin/touch /tmp/ran 3>&- 4>&-
	[[ ! -e $ROOTFS/tmp/ran ]]
	local n
	for n in -1 x 4294967296 ''; do
		refuse 1 'preserve-?fds' --preserve-fds "$n"
	done
}

@test "exec --env: what is no variable is refused" {
	start_waiting
	refuse 255 '"="' --env NOTHING
	refuse 255 'no name' --env =value
	refuse 255 '"="' --env ''
	run_rt exec --env EMPTY= --env 'LINES=two
lines' "$ID" sh -c 'echo "[$EMPTY][$LINES]"'
	assert_output $'[][two\nlines]'
	# Of the container's and the option's the latter counts, at its place.
	run_rt exec --env PATH=/bin:/second "$ID" sh -c 'echo $PATH; tr "\0" "\n" </proc/$$/environ | grep -c ^PATH='
	assert_output $'/bin:/second\n1'
}

@test "exec --cwd: relative, missing, no directory, out of the root" {
	start_waiting
	refuse 255 'cwd: the path "tmp" is not absolute' --cwd tmp
	refuse 255 'cwd' --cwd ''
	refuse 255 'chdir to cwd \("/missing"\).*No such file or directory' --cwd /missing
	[[ ! -e $ROOTFS/missing ]]
	refuse 255 'chdir to cwd .*Not a directory' --cwd /etc/passwd
	ln -s /proc/self/fd/3 "$ROOTFS/magic"
	refuse 255 'chdir to cwd' --cwd /magic
	refuse 255 'chdir to cwd' --cwd /proc/self/fd/3
	ln -s / "$ROOTFS/top"
	run_rt exec --cwd /top/tmp/../bin "$ID" pwd
	assert_success
	assert_output /bin
}

@test "exec --additional-gids and --user: numbers in their range, repeated, beside those of the container" {
	update_config '.process.user = { uid: 1000, gid: 1000, additionalGids: [5] }'
	start_waiting
	run_rt exec "$ID" id -G
	assert_output '1000 5'
	run_rt exec --additional-gids 8 -g 9 -g 8 "$ID" grep ^Groups: /proc/self/status
	assert_match '^Groups:.5 8 (8 )?9 *$'
	run_rt exec --user 0 -g 8 "$ID" sh -c 'id -u; id -g; id -G'
	assert_output $'0\n1000\n1000 5 8'
	local id
	for id in -1 08 x 4294967296 2147483648 '' '1 2' 1,2; do
		run_rt exec --additional-gids "$id" "$ID" true
		assert_failure
		assert_stderr 'additional-?[gG]ids'
	done
}

@test "exec gives no inheritable capability to anybody, with and without --cap and --user" {
	local inheritable option
	for inheritable in '[]' '["CAP_KILL"]'; do
		update_config '.process.capabilities.inheritable = $i' --argjson i "$inheritable"
		start_waiting
		for option in --user=0 --user=1000 --cap=CAP_NET_RAW; do
			run_rt exec "$option" "$ID" grep -E '^Cap(Inh|Amb)' /proc/self/status
			assert_success
			assert_equal "$(awk '/^CapInh/ { print $2 }' <<<"$output")" \
				"$(awk '/^CapInh/ { print $2 }' "/proc/$INIT/status")"
			[[ $inheritable != '[]' ]] || assert_line "$(printf 'CapAmb:\t0000000000000000')"
		done
		run_rt delete --force "$ID"
	done
}

@test "exec --no-new-privs only adds; --process says all" {
	start_waiting
	run_rt exec --no-new-privs=false "$ID" probe prctl
	assert_line no_new_privs=1
	jq '.process | .args = ["/bin/probe", "prctl"] | .noNewPrivileges = false' "$BUNDLE/config.json" >"$T/process.json"
	run_rt exec --process "$T/process.json" "$ID"
	assert_line no_new_privs=0
	run_rt exec --no-new-privs --user 1 --process "$T/process.json" "$ID"
	assert_success
	assert_line no_new_privs=0
	assert_stderr '--no-new-privs is ignored: the document of --process says all'
	assert_stderr '--user is ignored'
	run_rt exec --process "$T/process.json" "$ID" /bin/false
	assert_success
	assert_line no_new_privs=0
	assert_stderr 'the command is ignored: the document of --process says all'
}

@test "exec --process: each thing that a process can ask for" {
	start_waiting
	jq '.process | .args = ["/bin/sh", "-c", "id -u; id -G; pwd; umask; ulimit -n; echo $A; cat /proc/self/oom_score_adj"]
		| .user = { uid: 1000, gid: 1001, umask: 63, additionalGids: [7] } | .cwd = "/tmp" | .env = ["A=b", "PATH=/bin"]
		| .rlimits = [{ type: "RLIMIT_NOFILE", soft: 99, hard: 100 }] | .oomScoreAdj = 333' \
		"$BUNDLE/config.json" >"$T/process.json"
	run_rt exec --process "$T/process.json" "$ID"
	assert_success
	assert_output $'1000\n1001 7\n/tmp\n0077\n99\nb\n333'
}

@test "exec --process: what is wrong in the document is told with its place" {
	start_waiting
	local change pattern
	while IFS='|' read -r change pattern; do
		jq ".process | .args = [\"/bin/true\"] | $change" "$BUNDLE/config.json" >"$T/process.json"
		run_rt exec --process "$T/process.json" "$ID"
		assert_failure 255
		assert_stderr "process.json.*$pattern"
	done <<-'END'
		.args = []|/args
		del(.args)|/args
		.cwd = "tmp"|/cwd
		del(.cwd)|/?cwd
		.env = ["X"]|/env/0
		.user.uid = -1|/user/uid
		.user.umask = 512|/user/umask
		.rlimits = [{ type: "RLIMIT_NOSUCH", soft: 1, hard: 1 }]|/rlimits/0
		.oomScoreAdj = -1001|/oomScoreAdj
		.terminal = "yes"|/terminal
	END
}
