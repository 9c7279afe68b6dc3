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
	use_network "$HOME/.config/containers/containers.conf.d"
	make_image "$HOME/bb.tar"
	timeout "$LIMIT" podman import "$HOME/bb.tar" bb >/dev/null
}

setup() {
	require_guest
}

teardown() {
	podman_teardown
}

common_scenarios
scenario '--uidmap' scenario_uidmap --uidmap 0:1:1000 --gidmap 0:1:1000

@test "--userns=keep-id" {
	prun --userns=keep-id bb id -u
	is 1000
}

@test "a quadlet unit" {
	scenario_quadlet 'systemctl --user' "$HOME/.config/containers/systemd"
}
