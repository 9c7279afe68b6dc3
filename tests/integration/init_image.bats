# SPDX-License-Identifier: Apache-2.0
# Nothing that runs in a container reaches a binary of the host (CVE-2019-5736 and its relatives).
load helpers

setup() {
	common_setup
	require_root
	make_bundle
	make_prey
}

@test "the attack works on a plain binary: the test can fail" {
	cp "$PROBE" "$T/host/victim"
	local before
	before=$(sha256sum <"$T/host/victim")
	start_waiting probe attack 4
	wait_until grep -qx ready "$CONTAINER_LOG"
	"$T/host/victim" visit "$INIT"
	wait_until has_status "$ID" stopped
	grep -qx 'written=1' "$CONTAINER_LOG" || { cat "$CONTAINER_LOG" >&2; fail "the attack did not work"; }
	[[ $(sha256sum <"$T/host/victim") != "$before" ]]
}

@test "a program that keeps /proc/PID/exe during execs never writes to the host" {
	start_waiting probe attack 4
	wait_until grep -qx ready "$CONTAINER_LOG"
	local started=0
	while has_status "$ID" running; do
		run_rt exec "$ID" /bin/probe argv
		[[ $status -ne 0 ]] || started=$((started + 1))
	done
	[[ $started -ge 3 ]]
	wait_until has_status "$ID" stopped
	cat "$CONTAINER_LOG" >&2
	grep -qx 'written=0' "$CONTAINER_LOG"
	# It saw some: else this shows nothing.
	refute grep -qx 'caught=0' "$CONTAINER_LOG"
	host_is_whole
}

@test "a program that keeps /proc/PID/exe during the start of another container never writes to the host" {
	require_cgroup2
	start_waiting probe attack 4
	wait_until grep -qx ready "$CONTAINER_LOG"
	update_config '(.linux.namespaces[] | select(.type == "pid")).path = $path' --arg path "/proc/$INIT/ns/pid"
	set_args /bin/probe argv
	local started=0
	# The attacker's end ends the namespace, and with it what is on its way in.
	while has_status "$ID" running; do
		run_rt run --bundle "$BUNDLE" "$ID-b"
		[[ $status -ne 0 ]] || started=$((started + 1))
	done
	[[ $started -ge 3 ]]
	wait_until has_status "$ID" stopped
	cat "$CONTAINER_LOG" >&2
	grep -qx 'written=0' "$CONTAINER_LOG"
	host_is_whole
}

@test "a script whose interpreter is /proc/self/exe does not run the host's binary" {
	printf '#!/proc/self/exe\n' >"$ROOTFS/bin/evil"
	chmod 755 "$ROOTFS/bin/evil"
	set_args /bin/evil --version
	run_bundle
	refute_match '^rt version'
	host_is_whole
	assert_nothing_left
	start_waiting
	run_rt exec "$ID" /bin/evil --version
	refute_match '^rt version'
	host_is_whole
}

@test "a program whose ELF interpreter is /proc/self/exe does not run the host's binary" {
	"$PROBE" make-elf /proc/self/exe "$ROOTFS/bin/evil"
	set_args /bin/evil --version
	run_bundle
	refute_match '^rt version'
	host_is_whole
	assert_nothing_left
	start_waiting
	run_rt exec "$ID" /bin/evil --version
	refute_match '^rt version'
	host_is_whole
}

@test "what waits for start is no file of the host, and is sealed" {
	run_rt create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	assert_success
	local exe
	exe=$(readlink "/proc/$(<"$T/pid")/exe")
	[[ $exe == /memfd:* ]]
	[[ $(stat -Lc %i "/proc/$(<"$T/pid")/exe") != "$(stat -c %i "$RT")" ]]
	refute grep -F "$T/host/rt" "/proc/$(<"$T/pid")/maps"
	# The host's root itself can not write it.
	refute sh -c "echo x >/proc/$(<"$T/pid")/exe" 2>/dev/null
}

@test "what waits for start is not dumpable, and has no descriptor of the host's files" {
	run_rt create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	assert_success
	local fd target
	for fd in "/proc/$(<"$T/pid")/fd"/*; do
		target=$(readlink "$fd")
		[[ $target != "$T/host"* && $target != "$BUNDLE/config.json" ]]
		[[ $(stat -Lc %d:%i "$fd") != "$(stat -c %d:%i /)" ]]
	done
}

@test "where memfds can not be executed, an error says what to do" {
	require_command unshare
	[[ -e /proc/sys/vm/memfd_noexec ]] || skip_because "this kernel can always execute memfds"
	# The setting is of the pid namespace.  A copy of init that happens to be installed would be used.
	capture unshare --pid --fork --mount-proc sh -c 'echo 2 >/proc/sys/vm/memfd_noexec && exec "$@"' sh \
		"$RT" --root "$STATE" run --bundle "$BUNDLE" "$ID"
	if [[ $status -ne 0 ]]; then
		assert_stderr 'memfds can not be executed here'
		assert_stderr 'vm.memfd_noexec=1'
	fi
	assert_nothing_left
}

# /proc/self/exe is not rt then: init must not be taken from that file.
@test "rt that a dynamic loader was told to run starts a container" {
	require_command readelf
	local loader
	loader=$(readelf -lW /bin/sh | sed -n 's/.*interpreter: \(.*\)]$/\1/p')
	[[ $loader == *ld-linux* ]] || skip_because "no dynamic loader of glibc"
	set_args probe argv
	capture "$loader" "$RT" --root "$STATE" run --bundle "$BUNDLE" "$ID"
	assert_success
	assert_nothing_left
}

@test "what was relocated in rt can not be written while it runs" {
	require_command readelf
	# And writes its own tables.
	[[ ${build_is_plain:-yes} == yes ]] || skip_because "a sanitizer or coverage build brings its own libraries"
	set_args probe wait
	background "$RT" --root "$STATE" $RT_FLAGS run --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" running
	local relocated size from to rights file writable=0
	size=$(readelf -lW "$RT" | awk '$1 == "GNU_RELRO" { print $6 }')
	relocated=$((size))
	while read -r from rights _ _ _ file; do
		to=${from#*-} from=${from%-*}
		[[ $rights != *w* || $file != "$RT" ]] || writable=$((writable + 16#$to - 16#$from))
	done <"/proc/$CHILD/maps"
	echo "relocated $relocated, writable $writable" >&2
	# Besides them a page or two of variables with an initial value.
	[[ $relocated -gt 8192 && $writable -gt 0 && $writable -le 8192 ]]
}
