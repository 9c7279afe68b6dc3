# SPDX-License-Identifier: Apache-2.0
# The mount(2) path, for kernels, and filters around rt, without the newer calls.
load helpers

setup() {
	common_setup
	require_root
	make_bundle
	mkdir "$T/source"
	make_old 5.11
}

# RT becomes one that meets an older kernel.
make_old() {
	REAL_RT=${REAL_RT:-$RT}
	printf '#!/bin/sh\nexec %s old-kernel %s %s "$@"\n' "$PROBE" "$1" "$REAL_RT" >"$T/rt-$1"
	chmod 755 "$T/rt-$1"
	RT=$T/rt-$1
}

add_bind() { # OPTION...
	update_config '.mounts += [{ destination: "/mnt", type: "bind", source: $s, options: $ARGS.positional }]' \
		--arg s "$T/source" --args -- bind "$@"
}

add_userns() {
	chmod 755 "$T" "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR"
	update_config '.linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]
		| .linux.gidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]'
}

# Another run of bats, with nothing of this one's environment: FILE, without what needs mount_setattr, and the TAG.
run_file() {
	capture timeout 500 env -i PATH="${PATH//"$BATS_LIBEXEC:"/}" HOME="$HOME" RT="$RT" RT_PROBE="$PROBE" abs_top_builddir="$BUILD_DIR" \
		bats --tap --filter-tags "!mount_setattr${2:+,!$2}" "$BATS_TEST_DIRNAME/$1"
	[[ $status -eq 0 ]] || { grep -v '^ok' <<<"$output" >&2; fail "$1 with $RT"; }
	# More than a few of them were there to pass.
	[[ $(grep -c '^ok' <<<"$output") -gt 5 ]]
}

@test "the plan says that it is so" {
	run_rt plan --bundle "$BUNDLE" x
	assert_success
	assert_json .legacy_mount_api true
	RT=$REAL_RT run_rt plan --bundle "$BUNDLE" x
	assert_json .legacy_mount_api null
}

@test "mounts without mount_setattr, as before Linux 5.12" {
	run_file mounts.bats
	run_file mount_options.bats
}

@test "mounts without open_tree, move_mount and fsopen" {
	make_old 5.1
	run_file mounts.bats
	run_file mount_options.bats
}

@test "propagation" {
	make_old 5.1
	run_file propagation.bats
}

@test "devices, masks and the root" {
	make_old 5.1
	run_file devices.bats
	run_file rootfs.bats
}

@test "user namespaces" {
	run_file userns.bats
	make_old 5.1
	run_file userns.bats open_tree
}

@test "a source that the container's root can not reach" {
	make_old 5.1
	add_userns
	mkdir -m 700 "$T/secret"
	mkdir "$T/secret/inner"
	update_config '.mounts += [{ destination: "/mnt", type: "bind", source: $s, options: ["bind"] }]' \
		--arg s "$T/secret/inner"
	run_bundle
	assert_refused '\(/mnt\): open source .*Permission denied'
	assert_stderr 'may not enter .*/secret'
}

@test "sysfs of the host is not writable where it stands in" {
	add_userns
	update_config '.linux.namespaces |= map(select(.type != "network"))'
	run_script 'grep -c " /sys .*sysfs" /proc/self/mountinfo; touch /sys/x'
	assert_failure
	assert_output 1
	assert_stderr 'Read-only|Permission'
	run_script "awk '\$5 == \"/sys\" { print \$6 }' /proc/self/mountinfo"
	assert_match '^ro,nosuid,nodev,noexec'
}

@test "what can not be done is an error" {
	local options
	for options in rro rrw rnosuid ratime rnosymfollow; do
		add_bind $options
		run_bundle
		assert_refused 'recursive mount options need mount_setattr\(2\) of Linux 5.12'
		update_config 'del(.mounts[-1])'
	done
	add_bind idmap
	update_config '.mounts[-1] |= (.uidMappings = [{ containerID: 0, hostID: 1, size: 1 }] | .gidMappings = .uidMappings)'
	run_bundle
	assert_refused 'id-mapped mounts need mount_setattr'
}

@test "exec and delete" {
	start_waiting
	run_rt exec "$ID" sh -c 'echo in; cat /proc/self/comm'
	assert_output $'in\ncat'
	run_rt kill "$ID" KILL
	run_rt delete --force "$ID"
	assert_success
}
