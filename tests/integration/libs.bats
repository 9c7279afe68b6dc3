# SPDX-License-Identifier: Apache-2.0
# rt-libs, the program that opens libraries of the host for rt: what it gets, and what becomes of its failures.
load helpers

setup() {
	common_setup
	require_root
	require_command cc
	make_bundle
	update_config '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [
		{ names: ["getpgid"], action: "SCMP_ACT_ERRNO" }] }'
	set_args /bin/probe syscall getpgid 0
	run_rt --version
	[[ $output == *seccomp* ]] || skip_because "built without seccomp"
}

# A directory with a libseccomp that does what the FLAGS of its compiler say.
use_library() { # FLAG...
	mkdir -p "$T/lib"
	cc -D_GNU_SOURCE -O1 -shared -fPIC -Wl,-soname,libseccomp.so.2 "$@" -o "$T/lib/libseccomp.so.2" \
		"$BATS_TEST_DIRNAME/fake-libseccomp.c"
	export LD_LIBRARY_PATH=$T/lib
}

@test "rt-libs: a copy of rt alone has it" {
	mkdir "$T/host"
	cp "$RT" "$T/host/rt"
	RT=$T/host/rt
	run_bundle
	assert_output EPERM
}

@test "rt-libs: no libseccomp is an error that says what to install" {
	mkdir "$T/lib"
	echo 'no library' >"$T/lib/libseccomp.so.2"
	export LD_LIBRARY_PATH=$T/lib
	run_bundle
	assert_failure
	assert_stderr 'linux.seccomp: open libseccomp: .*libseccomp.so.2: (file too short|invalid ELF header)'
	assert_stderr 'install libseccomp'
	assert_nothing_left
}

@test "rt-libs: a libseccomp that lacks something is named" {
	use_library
	run_bundle
	assert_failure
	assert_stderr 'linux.seccomp: this libseccomp has no seccomp_init'
	assert_nothing_left
}

@test "rt-libs: it has its two descriptors, the host's namespaces, rt's cgroup and few variables" {
	use_library -DREPORT="\"$T/report\""
	exec 7<"$BUNDLE/config.json"
	export DBUS_SESSION_BUS_ADDRESS=unix:path=/nowhere SECRET=1 LD_PRELOAD=
	run_rt run --bundle "$BUNDLE" "$ID"
	exec 7<&-
	assert_failure
	cat "$T/report" >&2
	grep -qx 'fd/0 /dev/null' "$T/report"
	# Request and answer.
	assert_equal "$(grep '^fd/' "$T/report" | grep -cv '^fd/[012] ')" 2
	assert_equal "$(grep -c '^fd/[0-9]* /memfd:rt-request (deleted)$' "$T/report")" 1
	assert_equal "$(grep -c '^fd/[0-9]* socket:' "$T/report")" 1
	grep -qx 'exe /memfd:rt-libs (deleted)' "$T/report"
	grep -qxF "ns/mnt $(readlink /proc/self/ns/mnt)" "$T/report"
	grep -qxF "ns/pid $(readlink /proc/self/ns/pid)" "$T/report"
	assert_equal "$(grep '^0::' "$T/report")" "$(grep '^0::' /proc/self/cgroup)"
	assert_equal "$(grep '^env ' "$T/report" | sort)" \
		"$(printf 'env %s\n' 'DBUS_SESSION_BUS_ADDRESS=unix:path=/nowhere' "LD_LIBRARY_PATH=$T/lib")"
}

@test "rt-libs: what a library prints is no output of rt" {
	use_library -DREPORT="\"$T/report\""
	run_bundle
	assert_failure
	assert_output ''
	assert_stderr 'the library says hello'
}

@test "rt-libs: a crash is an error with the signal's name, and nothing is left" {
	use_library -DCRASH
	run_bundle
	assert_failure
	assert_stderr 'rt-libs ended without an answer: signal: SIGSEGV'
	assert_nothing_left
	unset LD_LIBRARY_PATH
	run_bundle
	assert_output EPERM
}

is_gone() {
	[[ ! -e /proc/$1/exe ]]
}

@test "rt-libs: it dies with rt" {
	use_library -DHANG="\"$T/pid\""
	"$RT" --root "$STATE" run --bundle "$BUNDLE" "$ID" 3>&- &
	local rt=$!
	CHILDREN+=("$rt")
	wait_until test -s "$T/pid"
	kill -KILL "$rt"
	wait_until is_gone "$(<"$T/pid")"
	rt delete --force "$ID"
}

@test "rt-libs: what it has to say is in the log of rt" {
	update_config '.linux.seccomp.syscalls[0].names += ["no_such_call"]'
	run_rt --log "$T/log" --log-level debug run --bundle "$BUNDLE" "$ID"
	assert_output EPERM
	grep -q 'system call no_such_call is not known to libseccomp' "$T/log"
}

@test "rt-libs: where memfds can not be executed, the installed one is" {
	require_command unshare
	[[ -e /proc/sys/vm/memfd_noexec ]] || skip_because "this kernel can always execute memfds"
	local installed there
	installed=$(grep -ao '/[^[:cntrl:]]*/rt-libs' "$RT" | head -n 1)
	[[ $installed == /*/rt/rt-libs ]]
	# In the way of nothing that is installed.
	there=$installed
	while [[ ! -d $there ]]; do there=${there%/*}; done
	mkdir "$T/host"
	cp "$RT" "$BUILD_DIR/rt-init" "$BUILD_DIR/rt-libs" "$T/host/"
	# shellcheck disable=SC2016 # expanded by that shell
	local script='echo 2 >/proc/sys/vm/memfd_noexec; mount -t tmpfs tmpfs "$1"; mkdir -p "$2"
		cp "$3/rt-init" "$2/"; [ "$4" = without ] || cp "$3/rt-libs" "$2/"
		shift 4; exec "$@"'
	capture unshare --mount --pid --fork --mount-proc sh -ec "$script" sh "$there" "${installed%/*}" "$T/host" with \
		"$T/host/rt" --root "$STATE" run --bundle "$BUNDLE" "$ID"
	assert_output EPERM
	rm -rf "$STATE/.cache"
	capture unshare --mount --pid --fork --mount-proc sh -ec "$script" sh "$there" "${installed%/*}" "$T/host" without \
		"$T/host/rt" --root "$STATE" run --bundle "$BUNDLE" "$ID"
	assert_failure
	assert_stderr "memfds can not be executed here, and open $installed: No such file or directory"
	assert_stderr 'vm.memfd_noexec=1'
	assert_nothing_left
}
