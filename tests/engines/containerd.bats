#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# containerd: ctr and the shim runc.v2, with the runtime as its binary; each list of calls with both cgroup drivers.

load helpers

IMAGE=docker.io/library/bb:latest

setup_file() {
	require_guest
	load helpers
	make_image /tmp/bb.tar
	# An OCI archive without a registry or another daemon.
	timeout "$LIMIT" podman import /tmp/bb.tar docker.io/library/bb:latest
	timeout "$LIMIT" podman save --format oci-archive -o /tmp/bb.oci docker.io/library/bb:latest
	start_containerd
	timeout "$LIMIT" ctr image import /tmp/bb.oci >/dev/null
}

teardown_file() {
	is_guest || return 0
	stop_daemon containerd
}

setup() {
	require_guest
	BINARY=$RT
	[[ $RUNTIME == rt ]] || BINARY=runc
	cgroupfs
}

teardown() {
	is_guest || return 0
	local id
	for id in $(timeout "$LIMIT" ctr container ls -q); do
		timeout "$LIMIT" ctr task kill -s KILL "$id" 2>/dev/null || :
		wait_until remove "$id"
	done
}

remove() {
	timeout "$LIMIT" ctr task delete "$1" || :
	timeout "$LIMIT" ctr container rm "$1"
}

cgroupfs() {
	OPTIONS=()
	DIRECTORY=/sys/fs/cgroup/default/c
}

systemd() {
	OPTIONS=(--runc-systemd-cgroup --cgroup system.slice:ctr:c)
	DIRECTORY=/sys/fs/cgroup/system.slice/ctr-c.scope
}

crun_rm() {
	call ctr run --rm --runc-binary "$BINARY" "${OPTIONS[@]}" "$@"
}

up() {
	ok ctr run -d --runc-binary "$BINARY" "${OPTIONS[@]}" "$@" "$IMAGE" c sleep 1000
}

task_status() {
	timeout "$LIMIT" ctr task ls | awk '$1 == "c" { print $3 }'
}

is_in_state() {
	[[ $(task_status) == "$1" ]]
}

run_outcomes() {
	crun_rm "$IMAGE" c echo hello
	equal "$status $output" '0 hello'
	crun_rm "$IMAGE" c sh -c 'exit 3'
	equal "$status" 3
	crun_rm "$IMAGE" c no-such-program
	equal "$status" 1
	stderr_has 'executable file not found'
	[[ ! -e $DIRECTORY ]]
}

# bats test_tags=smoke
@test "run: output, exit status, a program that is not there" {
	run_outcomes
}

@test "run, --runc-systemd-cgroup" {
	systemd
	run_outcomes
}

exec_outcomes() {
	up
	ok ctr task exec --exec-id e1 c echo inside
	is inside
	gives 4 ctr task exec --exec-id e2 c sh -c 'exit 4'
	ok ctr task exec --exec-id e3 c cat /proc/self/cgroup
	has "${DIRECTORY#/sys/fs/cgroup}$"
	ok ctr task exec --exec-id e4 --cwd /tmp --user 1000 c sh -c 'pwd; id -u'
	is $'/tmp\n1000'
	call ctr task exec --exec-id e5 c no-such-program
	[[ $status -ne 0 ]]
	is_in_state RUNNING
}

# bats test_tags=smoke
@test "task exec" {
	exec_outcomes
}

# bats test_tags=smoke
@test "task exec, --runc-systemd-cgroup" {
	systemd
	exec_outcomes
}

@test "task exec -t: a terminal" {
	up
	ok script -qec 'ctr task exec -t --exec-id e1 c tty' /dev/null
	has '/dev/pts/0'
}

# bats test_tags=smoke
@test "run -t: a terminal" {
	ok script -qec "ctr run --rm -t --runc-binary $BINARY $IMAGE c tty" /dev/null
	has '/dev/pts/0'
}

pause_outcomes() {
	up
	ok ctr task pause c
	is_in_state PAUSED
	equal "$(<"$DIRECTORY/cgroup.freeze")" 1
	call ctr task exec --exec-id e1 c true
	[[ $status -ne 0 ]]
	stderr_has paused
	ok ctr task resume c
	is_in_state RUNNING
	ok ctr task exec --exec-id e2 c true
}

@test "task pause, resume" {
	pause_outcomes
}

# bats test_tags=smoke
@test "task pause, resume, --runc-systemd-cgroup" {
	systemd
	pause_outcomes
}

kill_outcomes() {
	up
	ok ctr task ps c
	has '^[0-9]+'
	ok ctr task kill -s KILL c
	wait_until is_in_state STOPPED
	ok ctr task delete c
	stderr_has 'exit code 137'
	ok ctr container rm c
	wait_until test ! -e "$DIRECTORY"
}

# bats test_tags=smoke
@test "task ps, kill, delete" {
	kill_outcomes
}

@test "task ps, kill, delete, --runc-systemd-cgroup" {
	systemd
	kill_outcomes
}

metrics_outcomes() {
	up --memory-limit 33554432
	ok ctr task metrics c
	has 'memory.usage_limit +33554432'
	has 'pids.current +1 '
	equal "$(<"$DIRECTORY/memory.max")" 33554432
}

# bats test_tags=smoke
@test "task metrics, a memory limit" {
	metrics_outcomes
}

@test "task metrics, a memory limit, --runc-systemd-cgroup" {
	systemd
	metrics_outcomes
}

@test "run: --privileged, --read-only, --env, --cwd, --hostname, --mount" {
	mkdir -p /tmp/mounted
	echo mounted >/tmp/mounted/file
	crun_rm --read-only --env A=b --cwd /tmp --hostname box --mount type=bind,src=/tmp/mounted,dst=/mnt,options=rbind:ro \
		"$IMAGE" c sh -c 'echo $A; pwd; hostname; cat /mnt/file; touch /x 2>/dev/null || echo refused'
	is $'b\n/tmp\nbox\nmounted\nrefused'
	crun_rm --privileged "$IMAGE" c grep CapEff /proc/self/status
	has "$(grep CapBnd /proc/self/status | tr -d '[:space:]' | sed 's/CapBnd:/CapEff:[[:space:]]/')"
}

@test "run: a seccomp profile, no new privileges, a user namespace" {
	crun_rm --seccomp "$IMAGE" c grep -E 'Seccomp:|NoNewPrivs' /proc/self/status
	has 'Seccomp:[[:space:]]2'
	has 'NoNewPrivs:[[:space:]]1'
	crun_rm --uidmap 0:100000:65536 --gidmap 0:100000:65536 "$IMAGE" c cat /proc/self/uid_map
	has '^ +0 +100000 +65536'
}

@test "the configuration of contrib is understood" {
	ok containerd --config "$SOURCE_DIR/contrib/containerd/config.toml" config dump
	has "runtimes.rt.options\]"
	has "BinaryName = '/usr/bin/rt'"
}

@test "containerd is restarted: the task goes on" {
	up
	local pid
	pid=$(timeout "$LIMIT" ctr task ls | awk '$1 == "c" { print $2 }')
	stop_daemon containerd
	[[ -e /proc/$pid ]]
	start_containerd
	is_in_state RUNNING
	ok ctr task exec --exec-id e1 c echo again
	is again
}
