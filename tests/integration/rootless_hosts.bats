# SPDX-License-Identifier: Apache-2.0
# What a newcomer's host denies: each refusal has a message and says what to do.
load helpers
load rootless

setup() {
	rootless_setup
}

@test "rootless: user.max_user_namespaces is 0" {
	AS_USER=("${AS_USER[@]}" unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces; exec "$@"' sh)
	update_config '.linux.uidMappings[0].hostID = 0 | .linux.gidMappings[0].hostID = 0'
	run_bundle
	assert_refused 'No space left on device'
	assert_stderr 'hint: sysctl user.max_user_namespaces is 0'
}

@test "rootless: another limit of namespaces is 0" {
	AS_USER=("${AS_USER[@]}" unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_ipc_namespaces; exec "$@"' sh)
	update_config '.linux.uidMappings[0].hostID = 0 | .linux.gidMappings[0].hostID = 0'
	run_bundle
	assert_refused 'hint: sysctl user.max_ipc_namespaces is 0'
}

@test "rootless: a chroot" {
	mkdir "$T/all" "$T/all/host"
	on_host "mount --rbind / $T/all/host; set -- chroot $T/all/host \"\$@\""
	run_bundle
	assert_refused 'clone3: Operation not permitted'
	assert_stderr 'hint: .*(rt runs in a chroot|new namespaces need)'
}

# with_sysctls NAME=VALUE...: a /proc/sys/kernel that says so, in front of a kernel that refuses user namespaces.
with_sysctls() {
	local word
	mkdir -p "$T/kernel/random" "$T/all/host"
	cp /proc/sys/kernel/random/boot_id "$T/kernel/random/"
	cp /proc/sys/kernel/cap_last_cap "$T/kernel/"
	for word; do
		echo "${word#*=}" >"$T/kernel/${word%%=*}"
	done
	chmod -R a+rX "$T/kernel" "$T/all"
	on_host "mount --bind $T/kernel /proc/sys/kernel; mount --rbind / $T/all/host
		set -- chroot $T/all/host \"\$@\""
}

@test "rootless: kernel.unprivileged_userns_clone is 0" {
	with_sysctls unprivileged_userns_clone=0
	run_bundle
	assert_refused 'clone3: Operation not permitted'
	assert_stderr 'hint: .*sysctl kernel.unprivileged_userns_clone=1'
}

@test "rootless: AppArmor keeps user namespaces to programs with a profile" {
	with_sysctls unprivileged_userns_clone=1 apparmor_restrict_unprivileged_userns=1
	run_bundle
	assert_refused 'clone3: Operation not permitted'
	assert_stderr 'hint: AppArmor restricts user namespaces .*"userns,"'
}

@test "rootless: AppArmor takes the capabilities in a user namespace away" {
	mkdir -p "$T/kernel/random"
	cp /proc/sys/kernel/random/boot_id "$T/kernel/random/"
	cp /proc/sys/kernel/cap_last_cap "$T/kernel/"
	echo 1 >"$T/kernel/apparmor_restrict_unprivileged_userns"
	chmod -R a+rX "$T/kernel"
	on_host "mount --bind $T/kernel /proc/sys/kernel"
	# What is denied inside looks the same: here a mount of something that belongs to the host.
	update_config '.mounts |= [{ destination: "/mnt", type: "ext4", source: "/dev/null" }]'
	run_bundle
	assert_refused 'mounts\[[0-9]*\] \(/mnt\)'
	assert_stderr 'hint: AppArmor restricts user namespaces'
}

@test "rootless: parts of /proc are covered" {
	on_host "mount -t tmpfs none /proc/scsi 2>/dev/null || mount --bind /dev/null /proc/cmdline"
	run_bundle
	assert_refused '/proc.*Operation not permitted'
	assert_stderr 'hint: parts of /proc are covered where rt runs'
}

@test "rootless: no newuidmap" {
	with_ranges
	mkdir "$XDG/bin"
	ln -s "$(command -v env)" "$XDG/bin/env"
	RT_ENV=("PATH=$XDG/bin")
	run_bundle
	assert_refused 'user namespace: exec newuidmap: No such file or directory'
	assert_stderr 'hint: newuidmap is not in PATH: it is in the package uidmap'
}

@test "rootless: newuidmap without its rights" {
	with_ranges
	mkdir "$XDG/bin"
	cp "$(command -v newuidmap)" "$(command -v newgidmap)" "$XDG/bin/"
	chmod 755 "$XDG"/bin/*
	RT_ENV=("PATH=$XDG/bin:$PATH")
	run_bundle
	assert_refused 'user namespace: exit status 1, .*newuidmap:'
	assert_stderr "hint: .*/xdg/bin/newuidmap has neither root's set-uid bit nor file capabilities"
}

@test "rootless: newuidmap on a file system that is mounted nosuid" {
	with_ranges
	mkdir "$XDG/bin"
	cp -p "$(command -v newuidmap)" "$(command -v newgidmap)" "$XDG/bin/"
	on_host "mount --bind $T/subid /etc/subuid; mount --bind $T/subid /etc/subgid
		mount --bind $XDG/bin $XDG/bin; mount -o remount,bind,nosuid $XDG/bin"
	RT_ENV=("PATH=$XDG/bin:$PATH")
	run_bundle
	assert_refused 'user namespace: exit status 1'
	assert_stderr 'hint: .*/xdg/bin/newuidmap lies on a file system that is mounted nosuid'
}

@test "rootless: newuidmap below no_new_privs" {
	with_ranges
	RT_ENV=(setpriv --no-new-privs env)
	run_bundle
	assert_refused 'user namespace: exit status 1'
	assert_stderr 'hint: rt runs with no_new_privs'
}

@test "rootless: no range of subordinate ids" {
	with_ranges
	update_config '.linux.uidMappings[1].hostID = 300000'
	run_bundle
	assert_refused 'user namespace: exit status 1, .*uid range .* not allowed'
	assert_stderr 'hint: /etc/subuid gives [a-z]+ no range with the ids 300000 to 365535; as root: usermod --add-subuids'
	update_config '.linux.uidMappings[1].hostID = $range | .linux.gidMappings[1].hostID = 400000' \
		--argjson range "$RANGE"
	run_bundle
	assert_refused 'hint: /etc/subgid gives [a-z]+ no range with the ids 400000 to 465535; as root: usermod --add-subgids'
}

@test "rootless: ids of others can not be mapped" {
	update_config '.linux.uidMappings[0].hostID = 0'
	run_bundle
	assert_failure 1
	assert_nothing_left
}

@test "rootless: no XDG_RUNTIME_DIR" {
	run_no_runtime_dir() {
		capture as_user env -u XDG_RUNTIME_DIR "$RT" run --bundle "$BUNDLE" "$ID"
	}
	[[ ! -w /run/rt && ! -w /run ]] || [[ $EUID -eq 0 ]]
	run_no_runtime_dir
	assert_failure 1
	assert_stderr 'Permission denied'
	assert_stderr "hint: XDG_RUNTIME_DIR is not set: .*loginctl enable-linger.*/run/user/$USER_ID"
	XDG=/run/user-$ID/1
	run_bundle
	assert_failure 1
	assert_stderr "hint: XDG_RUNTIME_DIR=$XDG is not there"
}

@test "rootless: a state root that others may write to, or that can not be made" {
	run_rt --root /usr/rt-state run --bundle "$BUNDLE" "$ID"
	assert_failure 1
	assert_stderr "hint: uid $USER_ID may not write to /usr: give --root"
	chmod 777 "$XDG"
	mkdir "$STATE"
	[[ $EUID -ne 0 ]] || chown "$USER_ID" "$STATE"
	chmod 777 "$STATE"
	run_bundle
	assert_failure 1
	assert_stderr 'must belong to us and be writable by nobody else'
}

@test "rootless: a bundle or a root file system that the user can not reach" {
	mkdir -p "$XDG/closed/below"
	[[ $EUID -ne 0 ]] || chown -R "$USER_ID" "$XDG/closed"
	update_config '.root.path = $p' --arg p "$XDG/closed/below"
	chmod 000 "$XDG/closed"
	run_bundle
	assert_failure 1
	assert_stderr 'invalid rootfs: .*Permission denied'
	assert_stderr "hint: uid $USER_ID may not enter $XDG/closed "
	run_rt run --bundle "$XDG/closed/below" "$ID"
	assert_failure 1
	assert_stderr "hint: uid $USER_ID may not enter $XDG/closed "
	chmod 755 "$XDG/closed"
}

@test "rootless: a root file system that the container's root can not reach" {
	with_ranges
	# Root of the container is not the user.
	update_config '.linux.uidMappings = [{ containerID: 0, hostID: $range, size: 65536 }]
		| .linux.gidMappings = .linux.uidMappings' --argjson range "$RANGE"
	chmod 700 "$BUNDLE"
	run_bundle
	assert_refused 'Permission denied'
	assert_stderr "hint: the container's root, uid $RANGE here, may not enter $BUNDLE: chmod o[+]x"
	chmod 755 "$BUNDLE"
	mkdir -p "$XDG/closed/source"
	[[ $EUID -ne 0 ]] || chown -R "$USER_ID" "$XDG/closed"
	chmod 700 "$XDG/closed"
	update_config '.mounts += [{ destination: "/mnt", type: "bind", source: $p, options: ["rbind"] }]' \
		--arg p "$XDG/closed/source"
	run_bundle
	assert_refused 'Permission denied'
	assert_stderr "may not enter $XDG/closed:"
	chmod 711 "$XDG/closed"
	run_bundle
	assert_success
}
