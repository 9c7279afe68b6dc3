# SPDX-License-Identifier: Apache-2.0
# What every integration test has: a bundle, a way to run the runtime, assertions, and a teardown that removes what the
# test made and fails if something is left.
#
# The environment may say:
#   RT            the runtime (default: ./rt at the top of the build tree)
#   RT_FLAGS      global options for each call, e.g. --cgroup-manager=disabled
#   abs_top_builddir  the build tree (default: the source tree)
# Each test has a directory ($T), a state root ($STATE), a bundle ($BUNDLE) and an id ($ID) of its own, so tests may
# run in parallel.  After run_rt: $status, $output, $stderr.
# shellcheck shell=bash
# shellcheck disable=SC2119,SC2120 # arguments come from the tests

bats_require_minimum_version 1.5.0

SOURCE_DIR=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
BUILD_DIR=${abs_top_builddir:-$SOURCE_DIR}
RT=${RT:-$BUILD_DIR/rt}
ALLOWED_SKIPS=$SOURCE_DIR/tests/allowed-skips

# ---- skips: only for reasons that tests/allowed-skips lists ------------------------------------------------------

skip_because() {
	grep -qxF -- "$1" "$ALLOWED_SKIPS" || fail "not an allowed reason to skip: $1"
	skip "$1"
}

require_root() {
	[[ $EUID -eq 0 ]] || skip_because "needs root"
}

require_command() {
	command -v "$1" >/dev/null || skip_because "$1 is not installed"
}

# The cgroup2 mount, as rt finds it: unified, or beside v1 controllers.
find_cgroup2() {
	if [[ $(stat -fc %T /sys/fs/cgroup) == cgroup2fs ]]; then
		CGROUP2=/sys/fs/cgroup
	elif [[ $(stat -fc %T /sys/fs/cgroup/unified 2>/dev/null) == cgroup2fs ]]; then
		CGROUP2=/sys/fs/cgroup/unified
	else
		CGROUP2=
	fi
}

require_cgroup2() {
	require_root
	[[ -n $CGROUP2 ]] || skip_because "no cgroup2 hierarchy"
	[[ -w $CGROUP2/cgroup.procs ]] || skip_because "the cgroup2 hierarchy can not be written"
}

require_controller() {
	require_cgroup2
	grep -qw "$1" "$CGROUP2/cgroup.controllers" || skip_because "cgroup2 has no $1 controller here"
}

# The cgroup2 path of process $1.
cgroup_of() {
	sed -n 's/^0:://p' "/proc/$1/cgroup"
}

# The directory of the container's cgroup.
cgroup_dir() {
	echo "$CGROUP2$(cgroup_of "$INIT")"
}

# assert_file FILE VALUE: of that cgroup.
assert_file() {
	assert_equal "$(<"$(cgroup_dir)/$1")" "$2"
}

# A block device of this host that throttles can name, "MAJOR:MINOR"
find_disk() {
	local dev
	for dev in /sys/block/*; do
		case ${dev##*/} in
		loop* | ram* | zram*) continue ;;
		esac
		[[ -e $dev/dev ]] || continue # a path of a multipath device
		cat "$dev/dev"
		return
	done
}

# ---- setup and teardown -------------------------------------------------------------------------------------------

find_probe() {
	PROBE=${RT_PROBE:-$BUILD_DIR/tests/probe/probe}
	[[ -x $PROBE ]] || PROBE=$BATS_RUN_TMPDIR/probe
	[[ -x $PROBE ]] || build_probe
}

# For a bats that was started by hand; `make check` has built it.
build_probe() {
	local cc
	for cc in musl-gcc gcc clang; do
		command -v $cc >/dev/null || continue
		$cc -std=gnu17 -D_GNU_SOURCE -O1 -static -I"$SOURCE_DIR/src" -idirafter /usr/include \
			-idirafter "/usr/include/$(uname -m)-linux-gnu" -o "$PROBE.$$" \
			"$SOURCE_DIR"/tests/probe/*.c "$SOURCE_DIR/src/base/num.c" && mv "$PROBE.$$" "$PROBE" && return
	done
	fail "the probe can not be built"
}

APPLETS="sh ash cat ls ln mkdir rmdir rm mv cp chmod chown touch stat id env echo printf true false sleep kill ps grep
	sed awk cut sort head tail wc tr readlink mount umount mountpoint hostname uname dd test find od date
	ip ifconfig nproc pwd tty stty sync mkfifo mknod seq sha256sum tee timeout yes"

# The root file system that each test gets a copy of.
make_template() {
	TEMPLATE=$BATS_FILE_TMPDIR/rootfs
	[[ -d $TEMPLATE ]] && return
	local busybox new=$TEMPLATE.new a
	busybox=$(command -v busybox) || skip_because "busybox is not installed"
	mkdir -p "$new"/{bin,dev,etc,proc,root,sys,tmp,var,run,mnt,home}
	chmod 1777 "$new/tmp"
	cp "$busybox" "$new/bin/busybox"
	cp "$PROBE" "$new/bin/probe"
	(cd "$new/bin" && for a in $APPLETS; do printf '%s\0' "$a"; done | xargs -0 -n 1 ln -s busybox)
	printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'user:x:1000:1000::/home/user:/bin/sh' >"$new/etc/passwd"
	printf '%s\n' 'root:x:0:' 'user:x:1000:' >"$new/etc/group"
	mv "$new" "$TEMPLATE"
}

common_setup() {
	command -v "$RT" >/dev/null || fail "there is no $RT: set abs_top_builddir to the build tree, or RT"
	find_cgroup2
	find_probe
	T=$BATS_TEST_TMPDIR
	STATE=$T/state
	ID=rt-test-$$-$BATS_TEST_NUMBER
	CALLS=0
	CHILDREN=()
	MOUNTS=()
	SPEC_FLAGS=
	[[ $EUID -eq 0 ]] || SPEC_FLAGS=--rootless
	# Only tests that say so see the caller's.
	unset NOTIFY_SOCKET LISTEN_FDS LISTEN_PID LISTEN_FDNAMES XDG_RUNTIME_DIR
	umask 022
}

setup() {
	common_setup
	require_root
	make_bundle
}

common_teardown() {
	local pid mount id
	for id in $(list_state); do
		rt delete --force "$id" >/dev/null 2>"$T/teardown" || cat "$T/teardown" >&2
	done
	for pid in "${CHILDREN[@]}"; do
		kill -KILL "$pid" 2>/dev/null || :
	done
	for mount in "${MOUNTS[@]}"; do
		umount -l "$mount"
	done
	MOUNTS=()
	assert_nothing_left
}

teardown() {
	common_teardown
}

# What is in the state root but the cache.
list_state() {
	find "$STATE" -mindepth 1 -maxdepth 1 ! -name .cache -printf '%f\n' 2>/dev/null || :
}

# No state, no cgroup, no mount on the host is left of this test's containers.
assert_nothing_left() {
	local left
	left=$(list_state)
	[[ -z $left ]] || fail "left in the state root: $left"
	if [[ -n $CGROUP2 ]]; then
		left=$(find "$CGROUP2" -depth -name "$ID*" 2>/dev/null) || :
		[[ -z $left ]] || fail "left cgroup: $left"
	fi
	left=$(awk -v t="$T" 'index($5, t) == 1 { print $5 }' /proc/self/mountinfo |
		grep -vxF -e "$(printf '%s\n' "" "${MOUNTS[@]}")") || :
	[[ -z $left ]] || fail "left mount: $left"
}

# ---- bundles -------------------------------------------------------------------------------------------------------

# A bundle with a busybox root and integration/config.json.  Arguments become process.args.
make_bundle() {
	make_template
	BUNDLE=$T/bundle
	ROOTFS=$BUNDLE/rootfs
	mkdir -p "$BUNDLE"
	# Hard links: a test that writes to a program copies it first.
	cp -al "$TEMPLATE" "$ROOTFS"
	cp "$BATS_TEST_DIRNAME/config.json" "$BUNDLE/config.json"
	[[ $EUID -eq 0 ]] || make_rootless
	[[ $# -eq 0 ]] || set_args "$@"
}

# For the verbs that only read a bundle: what a caller without privileges may ask for.
make_rootless() {
	update_config '.linux.namespaces |= map(select(.type != "network")) + [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: $uid, size: 1 }]
		| .linux.gidMappings = [{ containerID: 0, hostID: $gid, size: 1 }]
		| .mounts |= map(select(.type != "sysfs") | if .options then .options -= ["gid=5"] else . end)
		| del(.linux.resources)' --argjson uid "$(id -u)" --argjson gid "$(id -g)"
}

# update_config FILTER [JQ OPTIONS]
update_config() {
	local filter=$1
	shift
	jq "$filter" "$@" <"$BUNDLE/config.json" >"$BUNDLE/config.json.new"
	mv "$BUNDLE/config.json.new" "$BUNDLE/config.json"
}

# process.args.  set_args sh -c 'echo hello'
set_args() {
	update_config '.process.args = $ARGS.positional' --args -- "$@"
}

# What is attacked from a container that has all capabilities: a runtime that is a copy, so that a successful attack
# harms nobody.  host_is_whole then.
make_prey() {
	all_caps
	# Programs of the image may be written by the image's root: they are no prey, so that all run the probe itself.
	cp --remove-destination "$PROBE" "$ROOTFS/bin/probe"
	mkdir "$T/host"
	cp "$RT" "$T/host/rt"
	RT=$T/host/rt
	BEFORE=$(sha256sum <"$RT")
}

host_is_whole() {
	assert_equal "$(sha256sum <"$RT")" "$BEFORE"
	"$RT" --version >/dev/null
}

# A shell script as the program.
set_script() {
	set_args /bin/sh -c "$1"
}

all_caps() {
	local last caps='[]' i
	last=$(</proc/sys/kernel/cap_last_cap)
	caps=$(for ((i = 0; i <= last; i++)); do
		(((0x$(awk '/^CapPrm/ { print $2 }' /proc/self/status) >> i) & 1)) && echo "${CAP_NAMES[i]}"
	done | jq -R . | jq -sc .)
	update_config '.process.capabilities = { bounding: $caps, effective: $caps, permitted: $caps }' \
		--argjson caps "$caps"
}

CAP_NAMES=(CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_FSETID CAP_KILL CAP_SETGID CAP_SETUID
	CAP_SETPCAP CAP_LINUX_IMMUTABLE CAP_NET_BIND_SERVICE CAP_NET_BROADCAST CAP_NET_ADMIN CAP_NET_RAW CAP_IPC_LOCK
	CAP_IPC_OWNER CAP_SYS_MODULE CAP_SYS_RAWIO CAP_SYS_CHROOT CAP_SYS_PTRACE CAP_SYS_PACCT CAP_SYS_ADMIN CAP_SYS_BOOT
	CAP_SYS_NICE CAP_SYS_RESOURCE CAP_SYS_TIME CAP_SYS_TTY_CONFIG CAP_MKNOD CAP_LEASE CAP_AUDIT_WRITE
	CAP_AUDIT_CONTROL CAP_SETFCAP CAP_MAC_OVERRIDE CAP_MAC_ADMIN CAP_SYSLOG CAP_WAKE_ALARM CAP_BLOCK_SUSPEND
	CAP_AUDIT_READ CAP_PERFMON CAP_BPF CAP_CHECKPOINT_RESTORE)

# ---- running -------------------------------------------------------------------------------------------------------

# The runtime, bounded in time, with this test's state root.
rt() {
	# shellcheck disable=SC2086 # RT_FLAGS is a list of words
	timeout -k 5 "${RT_TIMEOUT:-30}" "$RT" --root "$STATE" $RT_FLAGS "$@"
}

# Runs anything; fills status, output, stderr.  Output goes to files: a container that lives on keeps them open, and a
# pipe would wait for it.  $LOG is the file that standard output goes to.
capture() {
	CALLS=$((CALLS + 1))
	LOG=$T/out.$CALLS
	status=0
	"$@" >"$LOG" 2>"$T/err.$CALLS" </dev/null || status=$?
	output=$(tr -d '\0' <"$LOG")
	stderr=$(<"$T/err.$CALLS")
	COMMAND=$*
}

run_rt() {
	capture rt "$@"
}

# Creates and starts a container that waits; $LOG has its output.
start_waiting() {
	[[ $# -eq 0 ]] || set_args "$@"
	[[ $# -gt 0 ]] || set_args probe wait
	run_rt run -d --bundle "$BUNDLE" --pid-file "$T/$ID.pid" "$ID"
	assert_success
	CONTAINER_LOG=$LOG
	INIT=$(<"$T/$ID.pid")
}

# Runs the bundle in the foreground.
run_bundle() {
	run_rt run --bundle "$BUNDLE" "$@" "$ID"
}

# Runs a script in a container in the foreground.
run_script() {
	set_script "$1"
	run_bundle
}

# Runs a command in the background; its pid is $CHILD, output in $CHILD_LOG.
background() {
	CALLS=$((CALLS + 1))
	CHILD_LOG=$T/out.$CALLS
	"$@" >"$CHILD_LOG" 2>&1 </dev/null 3>&- &
	CHILD=$!
	CHILDREN+=("$CHILD")
}

# Waits, at most some seconds, until a command succeeds.  wait_until [-t SECONDS] COMMAND...
wait_until() {
	local seconds=10 end
	if [[ $1 == -t ]]; then
		seconds=$2
		shift 2
	fi
	end=$((SECONDS + seconds))
	until "$@" 2>/dev/null; do
		[[ $SECONDS -lt $end ]] || fail "still not after $seconds s: $*"
		sleep 0.02
	done
}

is_gone() {
	[[ ! -e /proc/$1 ]] || grep -q '^State:.Z' "/proc/$1/status"
}

has_status() {
	[[ $(rt state "$1" 2>/dev/null | jq -r .status) == "$2" ]]
}

mount_on_host() {
	local target=${*: -1}
	mount "$@"
	MOUNTS=("$target" "${MOUNTS[@]}")
}

# ---- a container that traces what comes into its pid namespace -----------------------------------------------------

# The first process has CAP_SYS_PTRACE over all that it sees, also over what is not dumpable.
start_hunter() {
	update_config '.process.capabilities = ({ bounding: $caps, effective: $caps, permitted: $caps })' \
		--argjson caps '["CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH"]'
	start_waiting probe hunt 4
	wait_until grep -qx ready "$CONTAINER_LOG"
}

assert_hunted_nothing() {
	wait_until has_status "$ID" stopped
	local line
	for line in rights=0 host=0 environ=0; do
		grep -qx "$line" "$CONTAINER_LOG" || fail "$(cat "$CONTAINER_LOG")"
	done
	# It stopped some: else this shows nothing.
	refute grep -qx 'stopped=0' "$CONTAINER_LOG"
}

# ---- assertions ----------------------------------------------------------------------------------------------------

fail() {
	printf '%s\n' "$@" >&2
	return 1
}

# A command that must fail: `!` alone would not end a test.
refute() {
	if "$@"; then
		fail "unexpected success: $*"
	fi
}

show_call() {
	printf '%s\n' "call:   $COMMAND" "status: $status" "stdout: $output" "stderr: $stderr" >&2
}

assert_success() {
	[[ $status -eq 0 ]] || { show_call; fail "expected success"; }
}

# assert_failure [STATUS]
assert_failure() {
	if [[ $# -gt 0 ]]; then
		[[ $status -eq $1 ]] || { show_call; fail "expected status $1"; }
	else
		[[ $status -ne 124 && $status -ne 137 ]] || { show_call; fail "it was killed, or hung"; }
		[[ $status -ne 0 ]] || { show_call; fail "expected a failure"; }
	fi
}

# The whole of standard output.
assert_output() {
	[[ $output == "$1" ]] || { show_call; fail "expected output: $1"; }
}

# A line of standard output.
assert_line() {
	grep -qxF -- "$1" <<<"$output" || { show_call; fail "expected line: $1"; }
}

refute_line() {
	! grep -qxF -- "$1" <<<"$output" || { show_call; fail "unexpected line: $1"; }
}

# Extended regular expressions, in standard output or standard error.
assert_match() {
	grep -qE -- "$1" <<<"$output" || { show_call; fail "expected in output: $1"; }
}

refute_match() {
	! grep -qE -- "$1" <<<"$output" || { show_call; fail "unexpected in output: $1"; }
}

assert_stderr() {
	grep -qE -- "$1" <<<"$stderr" || { show_call; fail "expected in stderr: $1"; }
}

refute_stderr() {
	! grep -qE -- "$1" <<<"$stderr" || { show_call; fail "unexpected in stderr: $1"; }
}

# assert_json FILTER EXPECTED: of standard output
assert_json() {
	local got
	got=$(jq -r "$1" <<<"$output") || { show_call; fail "no JSON for $1"; }
	[[ $got == "$2" ]] || { show_call; fail "$1 is $got, not $2"; }
}

assert_equal() {
	[[ $1 == "$2" ]] || fail "expected: $2" "got:      $1"
}

assert_status() {
	has_status "$1" "$2" || fail "$1 is $(rt state "$1" 2>&1 | jq -r .status), not $2"
}

# A refused create or run: an error that says so, and nothing made.
assert_refused() {
	assert_failure
	[[ -n $stderr ]] || { show_call; fail "no message on stderr"; }
	[[ -z $1 ]] || assert_stderr "$1"
	assert_nothing_left
}
