#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# podman as root, with both cgroup managers; the default runtime is crun.

load helpers
load podman

setup_file() {
	require_guest
	load helpers
	load podman
	use_runtime /etc/containers/containers.conf.d
	make_image /tmp/bb.tar
	id -u containers >/dev/null 2>&1 || useradd -r containers # whose ids --userns=auto takes
	printf 'containers:200000:1000000\n' >>/etc/subuid
	printf 'containers:200000:1000000\n' >>/etc/subgid
	timeout "$LIMIT" podman import /tmp/bb.tar bb >/dev/null
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

@test "run -d, exec, top, stop, --cgroup-manager=cgroupfs" {
	MANAGER=cgroupfs scenario_exec
}

@test "terminals" {
	scenario_terminal
}

@test "stats" {
	scenario_stats
}

@test "stats, --cgroup-manager=cgroupfs" {
	MANAGER=cgroupfs scenario_stats
}

@test "limits, update" {
	scenario_update
}

@test "limits, update, --cgroup-manager=cgroupfs" {
	MANAGER=cgroupfs scenario_update
}

@test "pause, unpause" {
	scenario_pause
}

@test "pause, unpause, --cgroup-manager=cgroupfs" {
	MANAGER=cgroupfs scenario_pause
}

@test "--cgroups=disabled" {
	prun --cgroups=disabled bb echo none
	is none
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

@test "restart policy, restart" {
	scenario_restart
}

@test "healthcheck" {
	scenario_health
}

@test "--uidmap" {
	scenario_uidmap --uidmap 0:100000:1000 --gidmap 0:100000:1000
}

@test "--userns=auto" {
	scenario_uidmap --userns=auto
}

@test "--uidmap and a volume with :idmap" {
	mkdir -p /srv/idmap
	prun --uidmap 0:100000:1000 --gidmap 0:100000:1000 -v /srv/idmap:/mnt:idmap bb \
		sh -c 'touch /mnt/made && stat -c %u /mnt/made'
	is 0
	equal "$(stat -c %u /srv/idmap/made)" 0
}

@test "a quadlet unit" {
	rm -f /etc/systemd/system-generators/podman-system-generator # masked in the guest, as all are
	scenario_quadlet systemctl /etc/containers/systemd
}
