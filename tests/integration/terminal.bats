# SPDX-License-Identifier: Apache-2.0
load helpers

setup() {
	common_setup
	require_root
	make_bundle
	update_config '.process.terminal = true'
}

# Runs rt on a terminal: on_terminal [ACTION...] -- ARGUMENTS OF RT
on_terminal() {
	local actions=()
	while [[ $1 != -- ]]; do
		actions+=("$1")
		shift
	done
	shift
	# shellcheck disable=SC2086 # RT_FLAGS is a list of words
	capture timeout -k 5 30 "$PROBE" pty "${actions[@]}" -- "$RT" --root "$STATE" $RT_FLAGS "$@"
	output=${output//$'\r'/}
}

@test "run gives the program a controlling terminal" {
	set_args probe tty
	on_terminal -- run --bundle "$BUNDLE" "$ID"
	assert_success
	assert_line isatty=111
	assert_line controlling=ok
	assert_line session=leader
	assert_line console=same
	assert_line owner=0
}

@test "the terminal's owner is the process's user" {
	set_args probe tty
	update_config '.process.user = { uid: 1000, gid: 1000 }'
	on_terminal -- run --bundle "$BUNDLE" "$ID"
	assert_success
	assert_line owner=1000
	assert_line controlling=ok
}

@test "run takes the size of the caller's terminal" {
	set_args probe tty
	on_terminal size:33x99 -- run --bundle "$BUNDLE" "$ID"
	assert_success
	assert_line size=33x99
}

@test "a resize reaches the program" {
	set_args probe winch
	on_terminal expect:ready size:41x123 expect:size=41x123 'send:q\r' -- run --bundle "$BUNDLE" "$ID"
	assert_success
}

@test "what is typed arrives, once, and a control character is the program's" {
	set_script 'trap "echo interrupted; exit 5" INT; echo ready; read line; echo "got $line"; read line'
	on_terminal expect:ready 'send:hello\r' 'expect:got hello' 'send:\x03' expect:interrupted \
		-- run --bundle "$BUNDLE" "$ID"
	assert_failure 5
	assert_equal "$(grep -c '^got hello' <<<"$output")" 1
}

@test "the caller's terminal is raw while the program runs and restored when it ends" {
	set_script 'echo ready; read line; exit 3'
	on_terminal expect:ready 'send:x\r' -- run --bundle "$BUNDLE" "$ID"
	assert_failure 3
	assert_line modes=restored
}

@test "the terminal is restored when the program is killed, and when rt fails" {
	set_args probe wait
	on_terminal expect:ready kill:15 -- run --bundle "$BUNDLE" "$ID"
	assert_line modes=restored
	set_args /no/such/program
	on_terminal -- run --bundle "$BUNDLE" "$ID"
	assert_failure
	assert_line modes=restored
}

@test "output keeps its lines apart: the terminal inside has no ONLCR beside the caller's" {
	# What the program prints passes two terminals; one of them turns newline into carriage return and newline.
	set_script 'echo one; echo two'
	capture timeout 30 "$PROBE" pty -- "$RT" --root "$STATE" $RT_FLAGS run --bundle "$BUNDLE" "$ID"
	assert_success
	printf 'one\r\ntwo\r\n' >"$T/expected"
	head -c 10 "$LOG" | cmp - "$T/expected"
}

@test "a large output arrives whole" {
	set_script 'seq 1 20000; echo end'
	capture timeout 30 "$PROBE" pty -- "$RT" --root "$STATE" $RT_FLAGS run --bundle "$BUNDLE" "$ID"
	assert_success
	tr -d '\r' <"$LOG" | head -n 20001 | cmp - <(seq 1 20000; echo end)
}

@test "create sends the console to --console-socket" {
	set_args probe tty
	background "$PROBE" recvtty "$T/console.sock"
	wait_until test -S "$T/console.sock"
	run_rt create --bundle "$BUNDLE" --console-socket "$T/console.sock" "$ID"
	assert_success
	run_rt start "$ID"
	assert_success
	wait_until grep -q 'owner=' "$CHILD_LOG"
	grep -q 'console is a terminal' "$CHILD_LOG"
	grep -q 'isatty=111' "$CHILD_LOG"
	grep -q 'controlling=ok' "$CHILD_LOG"
}

@test "run --detach with --console-socket" {
	set_script 'echo ready; read line; echo "got $line"; sleep 100'
	mkfifo "$T/input"
	"$PROBE" recvtty "$T/console.sock" with-input <"$T/input" >"$T/console" 2>&1 3>&- &
	CHILDREN+=($!)
	exec 9>"$T/input"
	wait_until test -S "$T/console.sock"
	run_rt run -d --bundle "$BUNDLE" --console-socket "$T/console.sock" "$ID"
	assert_success
	wait_until grep -q ready "$T/console"
	echo hello >&9
	wait_until grep -q 'got hello' "$T/console"
	exec 9>&-
}

@test "a terminal needs a console socket where rt does not stay, and a socket needs a terminal" {
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused 'cannot allocate tty if runc will detach without setting console socket|console.socket'
	run_rt run -d --bundle "$BUNDLE" "$ID"
	assert_refused 'console.socket'
	update_config '.process.terminal = false'
	run_rt create --bundle "$BUNDLE" --console-socket "$T/console.sock" "$ID"
	assert_refused 'console.socket|terminal'
}

@test "a console socket that nobody listens on is an error" {
	run_rt create --bundle "$BUNDLE" --console-socket "$T/nobody.sock" "$ID"
	assert_refused 'nobody.sock'
}

@test "consoleSize is the terminal's first size" {
	update_config '.process.consoleSize = { height: 21, width: 77 } | .process.args = ["probe", "tty"]'
	background "$PROBE" recvtty "$T/console.sock"
	wait_until test -S "$T/console.sock"
	run_rt run -d --bundle "$BUNDLE" --console-socket "$T/console.sock" "$ID"
	assert_success
	wait_until grep -q 'size=21x77' "$CHILD_LOG"
}

@test "consoleSize without a terminal is ignored" {
	update_config '.process.terminal = false | .process.consoleSize = { height: 21, width: 77 }
		| .process.args = ["probe", "tty"]'
	run_bundle
	assert_success
	assert_line isatty=000
}

@test "exec --tty" {
	update_config '.process.terminal = false'
	start_waiting
	on_terminal size:30x90 -- exec --tty "$ID" probe tty
	assert_success
	assert_line isatty=111
	assert_line size=30x90
	assert_line controlling=ok
	assert_line modes=restored
	on_terminal expect:ready size:31x91 expect:size=31x91 'send:q\r' -- exec -t "$ID" probe winch
	assert_success
}

@test "exec --tty --detach --console-socket" {
	update_config '.process.terminal = false'
	start_waiting
	background "$PROBE" recvtty "$T/console.sock"
	wait_until test -S "$T/console.sock"
	run_rt exec -t -d --console-socket "$T/console.sock" "$ID" probe tty
	assert_success
	wait_until grep -q controlling=ok "$CHILD_LOG"
}

@test "a link in the place of /dev/console leads nowhere" {
	update_config '.process.args = ["probe", "tty"]
		| .mounts |= map(select(.destination | startswith("/dev") | not))'
	rm -rf "${ROOTFS:?}/dev"
	mkdir "$ROOTFS/dev"
	echo untouched >"$T/host-file"
	ln -s "$T/host-file" "$ROOTFS/dev/console"
	on_terminal -- run --bundle "$BUNDLE" "$ID"
	assert_equal "$(<"$T/host-file")" untouched
	[[ ! -c $T/host-file ]]
}
