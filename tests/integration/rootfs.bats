# SPDX-License-Identifier: Apache-2.0
load helpers

@test "the root can be written unless it is read-only" {
	run_script 'echo x >/new && cat /new'
	assert_success
	update_config '.root.readonly = true'
	run_script 'echo x >/new2'
	assert_failure
	assert_stderr 'Read-only file system'
	[[ ! -e $ROOTFS/new2 ]]
	rm "$ROOTFS/new"
}

@test "a read-only root has its mount points made, and mounts in it are as they say" {
	rmdir "$ROOTFS/proc" "$ROOTFS/sys"
	update_config '.root.readonly = true
		| .mounts += [{ destination: "/not/there/yet", type: "tmpfs", source: "tmpfs" }]'
	run_script 'touch /not/there/yet/file /dev/shm/file && ls /proc/self/exe'
	assert_success
}

@test "a read-only root cannot be made writable without CAP_SYS_ADMIN, and is its own mount" {
	update_config '.root.readonly = true'
	run_script "mount -o remount,rw / || true; awk '\$5 == \"/\" { print \$6 }' /proc/self/mountinfo"
	assert_match '^ro'
	[[ -w $ROOTFS ]]
}

@test "an absolute root path, and a relative one" {
	update_config '.root.path = $p' --arg p "$ROOTFS"
	run_script 'ls /bin/probe'
	assert_success
	mv "$ROOTFS" "$BUNDLE/other"
	update_config '.root.path = "./other/../other"'
	run_script 'ls /bin/probe'
	assert_success
}

@test "the old root is gone" {
	echo secret >"$T/secret"
	all_caps
	run_script "cat $T/secret || cat ../../../../../../$T/secret || cat /proc/1/root/$T/secret; mount | grep -c ' / '"
	refute_match secret
	assert_line 1
}

@test "masked paths: a file reads empty, a directory is empty, both can not be changed" {
	mkdir "$ROOTFS/dir"
	echo secret >"$ROOTFS/dir/file"
	echo secret >"$ROOTFS/file"
	update_config '.linux.maskedPaths = ["/dir", "/file", "/not/there", "/proc/version"]'
	run_script 'cat /file; ls /dir; touch /dir/x; wc -c </proc/version'
	assert_success_or_failure
	refute_match secret
	refute_line file
	assert_line 0
	assert_stderr 'Read-only'
	assert_equal "$(<"$ROOTFS/file")" secret
	[[ ! -e $ROOTFS/not ]]
}

assert_success_or_failure() {
	[[ $status -eq 0 || $status -eq 1 ]] || { show_call; fail "it did not run"; }
}

@test "masks hide with the device 1:3 and nothing else, whatever the image has as /dev/null" {
	echo secret >"$ROOTFS/file"
	echo decoy >"$ROOTFS/decoy"
	update_config '.linux.maskedPaths = ["/file"] | .mounts |= map(select(.destination | startswith("/dev") | not))'
	ln -s ../decoy "$ROOTFS/dev/null"
	run_script 'cat /file'
	refute_match 'secret|decoy'
	assert_equal "$(<"$ROOTFS/decoy")" decoy
}

@test "a mask through a link of the image hides inside the image" {
	mkdir "$T/outside"
	echo host >"$T/outside/file"
	ln -s "$T/outside" "$ROOTFS/link"
	update_config '.linux.maskedPaths = ["/link"]'
	run_script true
	assert_success
	assert_equal "$(<"$T/outside/file")" host
}

@test "read-only paths" {
	mkdir "$ROOTFS/dir"
	touch "$ROOTFS/file"
	update_config '.linux.readonlyPaths = ["/dir", "/file", "/not/there", "/proc/sys"]'
	all_caps
	run_script 'touch /dir/x; echo x >/file; echo x >/proc/sys/kernel/hostname; touch /free && echo free'
	assert_output free
	assert_equal "$(grep -c 'Read-only' <<<"$stderr")" 3
	[[ ! -e $ROOTFS/dir/x && ! -s $ROOTFS/file ]]
}

@test "a read-only path keeps the flags of its mount" {
	update_config '.mounts += [{ destination: "/data", type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev", "noexec"] }]
		| .linux.readonlyPaths = ["/data"]'
	run_script "awk '\$5 == \"/data\" { print \$6 }' /proc/self/mountinfo | tail -n 1"
	assert_match '^ro,nosuid,nodev,noexec'
}

@test "a missing root, and a root that is no directory, are errors" {
	update_config '.root.path = "nothing"'
	run_bundle
	assert_refused 'nothing.*[Nn]o such file'
	echo x >"$BUNDLE/file"
	update_config '.root.path = "file"'
	run_bundle
	assert_refused 'file.*([Nn]ot a directory|directory)'
	update_config 'del(.root)'
	run_bundle
	assert_refused 'root'
}

@test "two containers can share one root" {
	start_waiting
	set_args echo hello
	run_rt run --bundle "$BUNDLE" "$ID-b"
	assert_success
	assert_output hello
}
