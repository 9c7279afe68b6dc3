# SPDX-License-Identifier: Apache-2.0
# A hostile image, container or neighbour, and a careless configuration.  Attacks that have a name are in cve-*.bats.
load helpers

setup() {
	common_setup
	require_root
	make_bundle
	NAME_BEFORE=$(hostname)
	TTL_BEFORE=$(</proc/sys/net/ipv4/ip_default_ttl)
}

# A runtime that fails some of these has changed the host.
teardown() {
	[[ $(hostname) == "$NAME_BEFORE" ]] || hostname "$NAME_BEFORE"
	[[ $(</proc/sys/net/ipv4/ip_default_ttl) == "$TTL_BEFORE" ]] || echo "$TTL_BEFORE" >/proc/sys/net/ipv4/ip_default_ttl
	common_teardown
}

user_namespace() {
	update_config '.linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]
		| .linux.gidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]'
	# The container's root is a stranger on the host: it must reach its root file system.
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$T" "$BUNDLE"
}

# A bind mount of $T/volume at $1.
volume() {
	mkdir -p "$T/volume"
	update_config '.mounts += [{ destination: $d, type: "bind", source: $s, options: ["rbind", "rw"] }]' \
		--arg d "$1" --arg s "$T/volume"
}

# ---- links of the image in the place of mount points ---------------------------------------------------------------

@test "a volume that a link of the image leads to /dev stays as it is" {
	volume /data
	echo precious >"$T/volume/ptmx"
	ln -s /dev "$ROOTFS/data"
	run_bundle
	assert_refused '/dev is covered'
	assert_equal "$(ls "$T/volume")" ptmx
	assert_equal "$(<"$T/volume/ptmx")" precious
	# The image's own /dev, and one that is missing.
	update_config '.mounts |= map(select(.destination | startswith("/dev") | not))'
	run_bundle
	assert_refused '/dev is covered'
	rmdir "$ROOTFS/dev"
	run_bundle
	assert_refused '/dev is covered'
	assert_equal "$(ls "$T/volume")" ptmx
}

@test "a volume that a link of the image leads to / is refused" {
	volume /data
	local target
	for target in / /proc/.. ../.. data/../..; do
		ln -sfn "$target" "$ROOTFS/data"
		run_bundle
		assert_failure
		assert_nothing_left
	done
	ln -sfn / "$ROOTFS/data"
	run_bundle
	assert_refused "link to the container's root"
}

# ---- namespaces of the host, joined --------------------------------------------------------------------------------

@test "a sysctl of a joined namespace that is the host's is refused" {
	update_config '(.linux.namespaces[] | select(.type == "network")).path = "/proc/self/ns/net"
		| .linux.sysctl = { "net.ipv4.ip_default_ttl": "61" } | .mounts |= map(select(.type != "sysfs"))'
	run_bundle
	assert_refused "network namespace: /proc/self/ns/net is the host's"
	assert_equal "$(</proc/sys/net/ipv4/ip_default_ttl)" "$TTL_BEFORE"
	update_config 'del(.linux.sysctl)'
	run_bundle
	assert_success
}

@test "a name for a joined uts namespace that is the host's is refused, unless it is the host's" {
	update_config '.hostname = "not-" + $name
		| (.linux.namespaces[] | select(.type == "uts")).path = "/proc/self/ns/uts"' --arg name "$NAME_BEFORE"
	run_bundle
	assert_refused "uts namespace: /proc/self/ns/uts is the host's"
	assert_equal "$(hostname)" "$NAME_BEFORE"
	update_config '.hostname = $name' --arg name "$NAME_BEFORE"
	run_bundle
	assert_success
}

# ---- containers that have changed what exec relies on --------------------------------------------------------------

@test "exec in a user namespace whose /proc is missing" {
	user_namespace
	update_config '.mounts |= map(select(.type != "proc")) | .linux.maskedPaths = [] | .linux.readonlyPaths = []'
	start_waiting /bin/sleep 100
	run_rt exec "$ID" /bin/echo fine
	assert_success
	assert_output fine
}

@test "what waits for start has no procfs in its hands" {
	run_rt create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	assert_success
	local fd n=0
	for fd in "/proc/$(<"$T/pid")/fd"/*; do
		n=$((n + 1))
		[[ $(stat -Lfc %T "$fd") != proc ]] || fail "$fd is of a procfs"
	done
	((n > 3))
}

# ---- standard streams ----------------------------------------------------------------------------------------------

@test "a file, directory or device of the host that is read as standard input keeps its owner" {
	update_config '.process.user = { uid: 1000, gid: 1000 } | .process.args = ["/bin/true"]'
	mkdir "$T/dir"
	echo secret >"$T/file"
	mknod "$T/zero" c 1 5
	mkfifo "$T/fifo"
	local f
	for f in dir file zero; do
		rt run --bundle "$BUNDLE" "$ID" <"$T/$f" >"$T/out" 2>"$T/err"
		assert_equal "$(stat -c %u "$T/$f")" 0
	done
	# What is written, and pipes, are the program's to open anew: /dev/stdout of another user.
	rt run --bundle "$BUNDLE" "$ID" <>"$T/fifo" >"$T/out" 2>"$T/err"
	assert_equal "$(stat -c %u "$T/fifo" "$T/out" "$T/err")" $'1000\n1000\n1000'
}

# ---- sizes ---------------------------------------------------------------------------------------------------------

@test "lists of a hundred thousand are refused at once" {
	local original
	original=$(<"$BUNDLE/config.json")
	local property
	for property in mounts linux.maskedPaths linux.readonlyPaths linux.devices process.env linux.resources.devices; do
		case $property in
		mounts) item='{ destination: "/mnt", type: "tmpfs" }' ;;
		linux.devices) item='{ path: "/dev/x", type: "c", major: 1, minor: 3 }' ;;
		linux.resources.devices) item='{ allow: true, access: "r", type: "c", major: ., minor: 1 }' ;;
		process.env) item='"A\(.)=1"' ;;
		*) item='"/proc/keys"' ;;
		esac
		jq ".$property = [range(100000) | $item]" <<<"$original" >"$BUNDLE/config.json"
		RT_TIMEOUT=5 run_bundle
		assert_refused "/${property//.//}: more than [0-9]+ "
	done
}

@test "strings of a mebibyte, deep nesting and a giant file are errors" {
	local original filter
	original=$(<"$BUNDLE/config.json")
	for filter in '.hostname = $long' '.process.args[0] = "/" + $long' '.process.args += [$long]' \
		'.process.cwd = "/" + $long' '.process.env += ["A=" + $long]' \
		'.mounts += [{ destination: ("/" + $long), type: "tmpfs" }]' \
		'.mounts += [{ destination: "/mnt", type: "tmpfs", options: [$long] }]' '.linux.cgroupsPath = "/" + $long' \
		'.linux.devices = [{ path: ("/dev/" + $long), type: "c", major: 1, minor: 3 }]' '.root.path = "/" + $long' \
		'.linux.sysctl = { ("net." + $long): "1" }'; do
		jq --rawfile long <(head -c 1048576 /dev/zero | tr '\0' a) "$filter" <<<"$original" >"$BUNDLE/config.json"
		run_bundle
		assert_refused '^rt: '
	done
	head -c 300000 /dev/zero | tr '\0' '[' >"$BUNDLE/config.json"
	run_bundle
	assert_refused '^rt: '
	printf '{"a":%.0s' {1..10000} >"$BUNDLE/config.json"
	run_bundle
	assert_refused 'nested deeper'
	truncate -s 1T "$BUNDLE/config.json"
	run_bundle
	assert_refused 'larger than'
}

# ---- processes on their way in -------------------------------------------------------------------------------------

# Until the tracer has ended, or often enough.
exec_while_running() {
	local i
	for i in {1..20}; do
		run_rt exec "$ID" /bin/probe argv
		[[ $status -eq 0 ]] || ! has_status "$ID" stopped || break
		assert_success
	done
	((i > 1)) || fail "the tracer ended before the first exec"
}

@test "a process of the container reaches no exec before it is the program (CVE-2016-9962)" {
	start_waiting probe trace 3
	wait_until grep -qx ready "$CONTAINER_LOG"
	exec_while_running
	wait_until has_status "$ID" stopped
	grep -qx 'reached=0' "$CONTAINER_LOG" || { cat "$CONTAINER_LOG" >&2; false; }
	# It saw some: else this shows nothing.
	refute grep -qx 'seen=0' "$CONTAINER_LOG"
}

@test "a process with CAP_SYS_PTRACE in its user namespace reaches no exec before it is the program" {
	user_namespace
	update_config '.process.capabilities |= map_values(. + ["CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE"])'
	start_waiting probe trace 3
	wait_until grep -qx ready "$CONTAINER_LOG"
	exec_while_running
	wait_until has_status "$ID" stopped
	grep -qx 'reached=0' "$CONTAINER_LOG" || { cat "$CONTAINER_LOG" >&2; false; }
	refute grep -qx 'seen=0' "$CONTAINER_LOG"
}

@test "a createContainer hook that never ends does not keep a container whose rt was killed" {
	printf '#!/bin/sh\ntouch "%s"\nexec sleep 100\n' "$T/hooked" >"$T/hook"
	chmod 755 "$T/hook"
	update_config '.hooks = { createContainer: [{ path: $hook, env: ["PATH=/bin:/usr/bin"] }] }' --arg hook "$T/hook"
	background "$RT" --root "$STATE" $RT_FLAGS create --bundle "$BUNDLE" "$ID"
	wait_until test -e "$T/hooked"
	local init
	init=$(grep -ls "^PPid:.$CHILD\$" /proc/[0-9]*/status) || :
	init=${init//[!0-9]/}
	[[ -n $init ]]
	kill -KILL "$CHILD"
	wait_until -t 5 is_gone "$init"
}

# ---- cgroups of the container's own --------------------------------------------------------------------------------

# As a container does it that has its cgroup: far below, the first process and one more.
go_deep() {
	local dir=$CGROUP2/$1 i
	for i in {1..300}; do
		# Relative: the whole path is too long at some depth.
		mkdir "$dir/d"
		dir=$dir/d
	done
	mkdir "$dir/other" "$CGROUP2/$1/wide" "$CGROUP2/$1/wide"/{a,b,c} "$CGROUP2/$1/wide"/{a,b,c}/below
	# shellcheck disable=SC2153 # start_waiting sets it
	echo "$INIT" >"$dir/cgroup.procs"
	rt exec -d --pid-file "$T/deep.pid" "$ID" /bin/sleep 100
	echo "$(<"$T/deep.pid")" >"$CGROUP2/$1/wide/b/below/cgroup.procs"
}

@test "a container that hides in deep cgroups is seen, paused, signalled and deleted" {
	update_config '.linux.cgroupsPath = $p' --arg p "/$ID"
	start_waiting /bin/sleep 100
	go_deep "$ID"
	run_rt ps --format json "$ID"
	assert_success
	assert_json 'sort | join(" ")' "$(printf '%s\n' "$INIT" "$(<"$T/deep.pid")" | sort -n | paste -sd' ')"
	run_rt pause "$ID"
	assert_success
	run_rt resume "$ID"
	assert_success
	run_rt kill --all "$ID" USR1
	assert_success
	wait_until is_gone "$(<"$T/deep.pid")"
	run_rt delete --force "$ID"
	assert_success
	assert_nothing_left
}

@test "a container in a cgroup that is not rt's hides as little" {
	mkdir "$CGROUP2/$ID-theirs"
	update_config '.linux.cgroupsPath = $p' --arg p "/$ID-theirs"
	start_waiting /bin/sleep 100
	go_deep "$ID-theirs"
	run_rt delete --force "$ID"
	rmdir "$CGROUP2/$ID-theirs" || :
	assert_success
	wait_until is_gone "$(<"$T/deep.pid")"
	assert_nothing_left
}
