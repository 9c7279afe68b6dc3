#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# podman as an ordinary user with a systemd of its own, as tests/vm/check starts what is named so.

load helpers
load podman

setup_file() {
	require_guest
	load helpers
	load podman
	[[ $EUID -ne 0 ]] || skip_because "needs an ordinary user"
	use_runtime "$HOME/.config/containers/containers.conf.d"
	make_image "$HOME/bb.tar"
	timeout "$LIMIT" podman import "$HOME/bb.tar" bb >/dev/null
}

setup() {
	require_guest
}

teardown() {
	podman_teardown
}

@test "podman info names the runtime" {
	scenario_info
}

@test "run: output, exit status, a program that is not there" {
	scenario_run
}

@test "run -d, exec, top, stop" {
	scenario_exec
}

@test "run -d, exec, --cgroup-manager=cgroupfs" {
	MANAGER=cgroupfs scenario_exec
}

@test "terminals" {
	scenario_terminal
}

@test "stats" {
	scenario_stats
}

@test "limits, update" {
	scenario_update
}

@test "pause, unpause" {
	scenario_pause
}

@test "a pod with an infra container" {
	scenario_pod
}

@test "--read-only, --user, --ulimit, capabilities, seccomp, --privileged" {
	scenario_options
}

@test "volumes" {
	scenario_volumes
}

@test "logs, wait, ps" {
	scenario_logs
}

@test "healthcheck" {
	scenario_health
}

@test "--uidmap" {
	scenario_uidmap --uidmap 0:0:1000 --gidmap 0:0:1000
}

@test "--userns=auto" {
	scenario_uidmap --userns=auto
}

@test "--userns=keep-id" {
	prun --userns=keep-id bb id -u
	is 1000
}

@test "a quadlet unit" {
	scenario_quadlet 'systemctl --user' "$HOME/.config/containers/systemd"
}
