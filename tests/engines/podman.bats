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
	use_network /etc/containers/containers.conf.d
	make_image /tmp/bb.tar
	if ! id -u containers >/dev/null 2>&1; then # whose ids --userns=auto takes
		useradd -r containers
		printf 'containers:200000:1000000\n' >>/etc/subuid
		printf 'containers:200000:1000000\n' >>/etc/subgid
	fi
	timeout "$LIMIT" podman import /tmp/bb.tar bb >/dev/null
}

setup() {
	require_guest
}

teardown() {
	podman_teardown
}

common_scenarios
scenario 'stats, --cgroup-manager=cgroupfs' with_cgroupfs scenario_stats
scenario 'limits, update, --cgroup-manager=cgroupfs' with_cgroupfs scenario_update
scenario 'pause, unpause, --cgroup-manager=cgroupfs' with_cgroupfs scenario_pause
scenario '--uidmap' scenario_uidmap --uidmap 0:100000:1000 --gidmap 0:100000:1000

@test "--uidmap and a volume with :idmap" {
	mkdir -p /srv/idmap
	prun --uidmap 0:100000:1000 --gidmap 0:100000:1000 -v /srv/idmap:/mnt:idmap bb \
		sh -c 'touch /mnt/made && stat -c %u /mnt/made'
	is 0
	equal "$(stat -c %u /srv/idmap/made)" 0
	rm /srv/idmap/made
}

@test "a quadlet unit" {
	rm -f /etc/systemd/system-generators/podman-system-generator # masked in the guest, as all are
	scenario_quadlet systemctl /etc/containers/systemd
}
