# SPDX-License-Identifier: Apache-2.0
# What the scenario lists of the engines share.  Each list is run once with rt and once with the engine's own default
# runtime, and must pass with both: ENGINE_RUNTIME says which.  The lists start daemons and write to /etc, so they run
# in a guest of tests/vm alone (make check-engines).
# shellcheck shell=bash

bats_require_minimum_version 1.5.0

SOURCE_DIR=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
RT=${RT:-${abs_top_builddir:-$SOURCE_DIR}/rt}
RUNTIME=${ENGINE_RUNTIME:-rt}
ALLOWED_SKIPS=$SOURCE_DIR/tests/allowed-skips
# Nothing waits without end: a call of an engine in a slow guest takes some seconds, in an emulated one half a minute.
LIMIT=120
[[ ${RT_VM_KIND-} != qemu ]] || LIMIT=600

fail() {
	printf '%s\n' "$@" >&2
	return 1
}

skip_because() {
	grep -qxF -- "$1" "$ALLOWED_SKIPS" || fail "not an allowed reason to skip: $1"
	skip "$1"
}

# A guest of tests/vm has its own first program.
is_guest() {
	[[ -x /usr/local/sbin/rt-boot ]]
}

require_guest() {
	is_guest || skip_because "engines are tried in guests alone"
}

# wait_until COMMAND...: for a bounded time.
wait_until() {
	local end=$((SECONDS + LIMIT))
	while [[ $SECONDS -lt $end ]]; do
		"$@" >/dev/null 2>&1 && return
		sleep 0.2
	done
	fail "this did not come true: $*"
}

# call COMMAND...: sets status, output and stderr.
call() {
	CALL=$*
	status=0
	output=$(timeout -k 5 "$LIMIT" "$@" 2>"$BATS_TEST_TMPDIR/stderr" 3>&-) || status=$?
	stderr=$(<"$BATS_TEST_TMPDIR/stderr")
}

show_call() {
	printf 'call:   %s\nstatus: %s\nstdout: %s\nstderr: %s\n' "$CALL" "$status" "$output" "$stderr"
}

# ok COMMAND...: it succeeds.  gives STATUS COMMAND...: it ends with that.
ok() {
	call "$@"
	[[ $status -eq 0 ]] || { show_call; fail 'expected success'; }
}

gives() {
	call "${@:2}"
	[[ $status -eq $1 ]] || { show_call; fail "expected status $1"; }
}

# The output of the last call: all of it, or something in it.
is() {
	[[ $output == "$1" ]] || { show_call; fail "expected: $1"; }
}

has() {
	grep -qE -- "$1" <<<"$output" || { show_call; fail "expected in the output: $1"; }
}

lacks() {
	! grep -qE -- "$1" <<<"$output" || { show_call; fail "not expected in the output: $1"; }
}

stderr_has() {
	grep -qiE -- "$1" <<<"$stderr" || { show_call; fail "expected in the messages: $1"; }
}

equal() {
	[[ $1 == "$2" ]] || fail "expected: $2" "     got: $1"
}

# make_image FILE: a tar of a root file system with busybox.
make_image() {
	local root applet
	root=$(mktemp -d)
	chmod 755 "$root"
	mkdir -p "$root"/{bin,dev,etc,home/user,mnt,proc,root,sys,tmp,var}
	chmod 1777 "$root/tmp"
	cp "$(command -v busybox)" "$root/bin/busybox"
	for applet in $(busybox --list); do
		[[ $applet == busybox ]] || ln -s busybox "$root/bin/$applet"
	done
	printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'user:x:1000:1000::/home/user:/bin/sh' >"$root/etc/passwd"
	printf '%s\n' 'root:x:0:' 'user:x:1000:' >"$root/etc/group"
	echo 'of the image' >"$root/home/user/file"
	tar -C "$root" --owner=0 --group=0 -cf "$1" .
	rm -rf "$root"
}

# start_daemon NAME COMMAND...: its pid is in /tmp/NAME.pid, what it says in /tmp/NAME.log.
start_daemon() {
	"${@:2}" </dev/null >>"/tmp/$1.log" 2>&1 3>&- &
	echo $! >"/tmp/$1.pid"
}

stop_daemon() {
	local pid
	pid=$(<"/tmp/$1.pid")
	kill "$pid" 2>/dev/null || return 0
	wait_until is_gone "$pid"
}

# A zombie of another shell's child is gone as well.
is_gone() {
	[[ ! -e /proc/$1 ]] || grep -q '^State:[[:space:]]Z' "/proc/$1/status"
}

# start_containerd OPTION...
start_containerd() {
	start_daemon containerd containerd "$@"
	wait_until timeout "$LIMIT" ctr version
}
