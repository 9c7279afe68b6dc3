# SPDX-License-Identifier: Apache-2.0
load helpers

@test "broken JSON" {
	echo '{ "ociVersion": "1.0.0", ' >"$BUNDLE/config.json"
	run_bundle
	assert_refused 'config.json:[0-9]+:[0-9]+: '
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused 'config.json:[0-9]+:[0-9]+: '
}

@test "a value of the wrong type names its place" {
	update_config '.process.user.uid = "root"'
	run_bundle
	assert_refused 'config.json:[0-9]+:[0-9]+: .*/process/user/uid'
}

@test "a missing bundle, a bundle without config.json" {
	run_rt run --bundle "$T/nothing" "$ID"
	assert_refused 'nothing.*[Nn]o such file or directory'
	rm "$BUNDLE/config.json"
	run_bundle
	assert_refused 'config.json.*[Nn]o such file or directory'
}

@test "a bundle that is a file, and a config.json that is no file" {
	touch "$T/file"
	run_rt run --bundle "$T/file" "$ID"
	assert_refused 'file.*(Not a directory|directory)'
	rm "$BUNDLE/config.json"
	mkdir "$BUNDLE/config.json"
	run_bundle
	assert_refused 'config.json'
	rmdir "$BUNDLE/config.json"
	mkfifo "$BUNDLE/config.json"
	run_bundle
	assert_refused 'config.json'
}

@test "missing and unsupported versions" {
	update_config 'del(.ociVersion)'
	run_bundle
	assert_refused 'ociVersion'
	update_config '.ociVersion = "2.0.0"'
	run_bundle
	assert_refused 'ociVersion'
	update_config '.ociVersion = "not a version"'
	run_bundle
	assert_refused 'ociVersion'
	update_config '.ociVersion = "1.3.0+dev"'
	run_bundle
	assert_success
}

@test "a later minor version warns: the rest of the configuration means what it meant" {
	local version
	for version in 1.4.0 1.4.0-rc.1 1.10.0; do
		update_config '.ociVersion = $v' --arg v "$version"
		run_script 'hostname'
		assert_success
		assert_output box
		assert_stderr "version $version of the specification is newer than 1.3.0"
	done
	# What it says and is not known is passed over (config.md, Extensibility); what has no meaning is still an error.
	update_config '.linux.namespaces += [{ type: "of-tomorrow" }]'
	run_bundle
	assert_refused 'of-tomorrow'
}

@test "unknown properties are ignored, everywhere" {
	update_config '.x = { "y": [1, { "z": null }] } | .process.x = 1 | .linux.x = [] | .mounts[0].x = "y"'
	run_bundle
	assert_success
}

@test "a mapping of wrong types all over is an error, not a crash" {
	local path
	for path in .process .process.args .process.env .process.user .process.capabilities .process.rlimits .mounts \
		.mounts[0] .mounts[0].options .linux .linux.namespaces .linux.namespaces[0].type .linux.resources .hooks \
		.linux.seccomp .linux.devices .linux.maskedPaths .annotations .root .hostname .linux.sysctl .process.cwd; do
		cp "$BATS_TEST_DIRNAME/config.json" "$BUNDLE/config.json"
		update_config "$path = 7"
		run_bundle
		assert_failure 1
		assert_stderr 'config.json'
		assert_nothing_left
	done
}

@test "unreadable files" {
	require_command setpriv
	chmod 700 "$BUNDLE"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$T"
	capture timeout 20 setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$RT" --root "$T/nobody" run --bundle "$BUNDLE" "$ID"
	[[ $status -ne 126 ]] || skip_because "the runtime can not be reached by others"
	assert_failure 1
	assert_stderr '[Pp]ermission denied'
}

@test "no privileges: an error that says so, and nothing made" {
	require_command setpriv
	chmod 755 "$BUNDLE" "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$T"
	mkdir -m 777 "$T/theirs"
	capture timeout 20 setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$RT" --root "$T/theirs/state" run --bundle "$BUNDLE" "$ID"
	[[ $status -ne 126 ]] || skip_because "the runtime can not be reached by others"
	assert_failure 1
	assert_stderr '[Oo]peration not permitted|[Pp]ermission denied|user namespace|privilege'
	[[ -z $(ls "$T/theirs/state" 2>/dev/null) ]]
}

@test "a full disk below the state root" {
	mkdir "$T/small"
	mount_on_host -t tmpfs -o size=4k tmpfs "$T/small"
	head -c 4096 /dev/zero >"$T/small/filler" || :
	local state=$STATE
	STATE=$T/small/state
	run_bundle
	assert_failure 1
	assert_stderr 'No space left on device'
	[[ ! -e $STATE/$ID ]]
	[[ -z $CGROUP2 || -z $(find "$CGROUP2" -name "$ID*") ]]
	# With room again it works.
	rm "$T/small/filler"
	mount -o remount,size=1m "$T/small"
	run_bundle
	assert_success
	STATE=$state
}

@test "a disk that fills up on the way: every size of what is left" {
	mkdir "$T/small"
	mount_on_host -t tmpfs -o size=64k,nr_inodes=64 tmpfs "$T/small"
	local state=$STATE pages
	STATE=$T/small/state
	for pages in 15 14 13 12 11 10; do
		rm -rf "$T/small/filler"
		head -c $((pages * 4096)) /dev/zero >"$T/small/filler" || :
		run_bundle
		[[ $status -eq 0 || $status -eq 1 ]]
		[[ $status -eq 0 ]] || assert_stderr 'No space left on device'
		[[ ! -e $STATE/$ID ]]
	done
	STATE=$state
}

@test "a state root that can not be made" {
	touch "$T/file"
	run_rt --root "$T/file/state" run --bundle "$BUNDLE" "$ID"
	assert_failure 1
	assert_stderr "$T/file"
}

@test "a pid file that can not be written" {
	run_rt create --bundle "$BUNDLE" --pid-file "$T/nothing/pid" "$ID"
	assert_refused 'nothing'
	touch "$T/file"
	run_rt create --bundle "$BUNDLE" --pid-file "$T/file/pid" "$ID"
	assert_refused 'Not a directory'
	assert_nothing_left
	run_rt create --bundle "$BUNDLE" --pid-file "$T/$(printf 'x%.0s' {1..300})" "$ID"
	assert_refused 'File name too long'
	assert_nothing_left
	mkdir "$T/pid"
	run_rt create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	assert_refused "$T/pid"
	[[ -d $T/pid && -z $(ls -A "$T/pid") ]]
}

@test "a pid file does not outlive a create that fails" {
	set_args /no/such/program
	run_rt create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	assert_refused
	[[ ! -e $T/pid ]]
}

@test "a read-only view of the cgroup file system" {
	require_cgroup2
	require_command unshare
	set_args true
	cat >"$T/script" <<-END
		mount -o remount,bind,ro $CGROUP2 && exec "$RT" --root "$STATE" run --bundle "$BUNDLE" "$ID"
	END
	capture timeout 30 unshare --mount --propagation private sh "$T/script"
	assert_failure 1
	assert_stderr 'cgroup.*Read-only file system'
	assert_nothing_left
	# Without a cgroup it works there.
	sed -i 's/ run / --cgroup-manager=disabled run /' "$T/script"
	update_config 'del(.linux.resources)'
	capture timeout 30 unshare --mount --propagation private sh "$T/script"
	assert_success
}

@test "no cgroup file system at all" {
	require_command unshare
	cat >"$T/script" <<-END
		umount -l /sys/fs/cgroup && exec "$RT" --root "$STATE" run --bundle "$BUNDLE" "$ID"
	END
	update_config 'del(.linux.resources)'
	capture timeout 30 unshare --mount --propagation private sh "$T/script"
	[[ $status -eq 0 ]] || assert_stderr cgroup
	assert_nothing_left
}

@test "an image without anything" {
	rm -rf "$ROOTFS"
	mkdir "$ROOTFS"
	run_bundle
	assert_refused '/bin/true.*[Nn]o such file'
}

@test "an image with the probe alone runs it" {
	rm -rf "$ROOTFS"
	mkdir "$ROOTFS"
	cp "$PROBE" "$ROOTFS/probe"
	set_args /probe argv hello
	run_bundle
	assert_success
	assert_output hello
}

@test "the message is one line, and says it once" {
	update_config '.root.path = "nothing"'
	run_bundle
	assert_failure 1
	assert_equal "$(wc -l <<<"$stderr")" 1
	assert_equal "$(grep -oi 'no such file or directory' <<<"$stderr" | wc -l)" 1
}
