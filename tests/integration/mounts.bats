# SPDX-License-Identifier: Apache-2.0
load helpers

add_mount() { # DESTINATION TYPE SOURCE OPTION...
	local destination=$1 type=$2 source=$3
	shift 3
	update_config '.mounts += [{ destination: $d, type: $t, source: $s, options: $ARGS.positional }]' \
		--arg d "$destination" --arg t "$type" --arg s "$source" --args -- "$@"
}

# Mounts a tmpfs with the options, runs, and prints its line of mountinfo: fields 6 and behind.
mount_flags() {
	rm -rf "$BUNDLE"
	make_bundle
	add_mount /mnt tmpfs tmpfs "$@"
	run_script "awk '\$5 == \"/mnt\" { print \$6, \$NF }' /proc/self/mountinfo"
}

@test "the default mounts are there" {
	run_script "awk '{ print \$5, \$(NF - 2) }' /proc/self/mountinfo"
	assert_success
	assert_line '/proc proc'
	assert_line '/dev tmpfs'
	assert_line '/dev/pts devpts'
	assert_line '/dev/shm tmpfs'
	assert_line '/dev/mqueue mqueue'
	assert_line '/sys sysfs'
}

@test "no mount of the host is left" {
	run_script "awk '\$5 != \"/\"' /proc/self/mountinfo"
	assert_success
	refute_match "$T"
	refute_match ' /sys/fs/cgroup/unified '
	refute_match ' (/etc/hosts|/boot|/home) '
}

@test "options that set a flag" {
	local option
	for option in ro nosuid nodev noexec noatime nodiratime nosymfollow; do
		mount_flags "$option"
		assert_success
		assert_match "^([a-z,]*,)?$option(,[a-z,]*)? "
	done
	for option in sync dirsync lazytime; do
		mount_flags "$option"
		assert_success
		assert_match " ([a-z0-9=,]*,)?$option(,[a-z0-9=,]*)?\$"
	done
	mount_flags strictatime
	assert_success
	refute_match '(relatime|noatime)'
	mount_flags relatime
	assert_match relatime
}

@test "options that clear a flag, the last one wins" {
	mount_flags ro rw nosuid suid nodev dev noexec exec noatime atime
	assert_success
	refute_match '^ro|nosuid|nodev|noexec|noatime'
	mount_flags rw ro suid nosuid
	assert_match '^ro,nosuid'
	mount_flags sync async dirsync
	assert_success
	refute_match '(^| |,)sync'
}

@test "options without an effect here are taken" {
	local option
	for option in defaults iversion noiversion loud silent mand nomand norelatime nostrictatime diratime nolazytime \
		symfollow; do
		mount_flags "$option"
		# No file system here keeps versions; it is the one to say so.
		[[ $status -eq 0 || $option == iversion ]] || { show_call; fail "refused: $option"; }
	done
}

@test "other words go to the file system" {
	mount_flags size=64k mode=701 nr_inodes=50
	assert_success
	assert_match 'size=64k'
	assert_match 'mode=701'
	assert_match 'nr_inodes=50'
	mount_flags no_such_option_of_tmpfs
	assert_refused 'mounts\[[0-9]+\] \(/mnt\)'
	assert_stderr 'no_such_option_of_tmpfs'
}

@test "bind and rbind" {
	mkdir -p "$T/source/sub"
	echo file >"$T/source/file"
	mount_on_host -t tmpfs tmpfs "$T/source/sub"
	echo deep >"$T/source/sub/deep"
	add_mount /mnt/plain none "$T/source" bind
	add_mount /mnt/deep none "$T/source" rbind
	run_script 'cat /mnt/plain/file; ls /mnt/plain/sub | wc -l; cat /mnt/deep/sub/deep'
	assert_success
	assert_output $'file\n0\ndeep'
}

@test "a bind is one by its type, too, and its relative source is of the bundle" {
	mkdir "$BUNDLE/data"
	echo here >"$BUNDLE/data/file"
	add_mount /mnt bind data
	run_script 'cat /mnt/file'
	assert_success
	assert_output here
}

@test "a file is bound on a file, made where it is missing" {
	echo content >"$T/source"
	add_mount /etc/new/file bind "$T/source" bind ro
	run_script 'cat /etc/new/file; echo x >/etc/new/file'
	assert_failure
	assert_output content
	assert_equal "$(<"$T/source")" content
}

@test "flags of a bind are set and cleared on it alone" {
	mkdir -p "$T/source/sub"
	mount_on_host -t tmpfs -o nosuid,noexec tmpfs "$T/source"
	mkdir "$T/source/sub"
	mount_on_host -t tmpfs tmpfs "$T/source/sub"
	add_mount /mnt bind "$T/source" rbind ro nodev exec
	run_script "awk '\$5 ~ \"^/mnt\" { print \$5, \$6 }' /proc/self/mountinfo"
	assert_success
	assert_match '^/mnt ro,(nosuid,)?nodev,'
	refute_match '^/mnt .*noexec'
	# Not recursive.
	assert_match '^/mnt/sub rw,'
	grep " $T/source " /proc/self/mountinfo | grep -q noexec
}

@test "recursive flags reach every mount below" {
	mkdir -p "$T/source"
	mount_on_host -t tmpfs tmpfs "$T/source"
	mkdir "$T/source/sub"
	mount_on_host -t tmpfs tmpfs "$T/source/sub"
	add_mount /mnt bind "$T/source" rbind rro rnosuid rnodev rnoexec rnoatime rnodiratime rnosymfollow
	run_script "awk '\$5 ~ \"^/mnt\" { print \$5, \$6 }' /proc/self/mountinfo"
	assert_success
	local point
	for point in /mnt /mnt/sub; do
		assert_match "^$point ro,nosuid,nodev,noexec,noatime,nodiratime,nosymfollow"
	done
	grep " $T/source/sub " /proc/self/mountinfo | grep -qv 'ro,'
}

@test "recursive options in turn: the last one wins" {
	mkdir -p "$T/source"
	add_mount /mnt bind "$T/source" rbind rro rrw rnoexec rexec rnoatime rrelatime
	run_script "awk '\$5 ~ \"^/mnt\" { print \$5, \$6 }' /proc/self/mountinfo"
	assert_success
	assert_match '^/mnt rw,'
	refute_match 'noexec|noatime'
	rm -rf "$BUNDLE"
	make_bundle
	add_mount /mnt bind "$T/source" rbind rstrictatime rsuid rdev rsymfollow rdiratime
	run_script true
	assert_success
}

@test "a read-only bind is read-only at once, for a recursive attack too" {
	mkdir "$T/source"
	add_mount /mnt bind "$T/source" bind ro
	all_caps
	run_script 'touch /mnt/x'
	assert_failure
	assert_stderr 'Read-only'
}

@test "remount changes what is there" {
	add_mount /mnt tmpfs tmpfs
	add_mount /mnt none none remount bind ro noexec
	run_script "awk '\$5 == \"/mnt\" { print \$6 }' /proc/self/mountinfo"
	assert_success
	assert_match '^ro,.*noexec'
}

@test "mounts are made in the order of the list" {
	mkdir "$T/source"
	echo deep >"$T/source/file"
	add_mount /mnt tmpfs tmpfs mode=755
	add_mount /mnt/inner bind "$T/source" bind
	add_mount /mnt/inner/over tmpfs tmpfs
	run_script 'cat /mnt/inner/file; ls /mnt/inner'
	assert_success
	assert_line deep
	assert_line over
}

@test "a relative destination is one below /" {
	add_mount mnt/x tmpfs tmpfs
	run_script "grep -c ' /mnt/x ' /proc/self/mountinfo"
	assert_output 1
}

@test "links of the image lead inside the image" {
	mkdir -p "$T/outside" "$T/source"
	echo secret >"$T/outside/file"
	echo mounted >"$T/source/file"
	ln -s "$T/outside" "$ROOTFS/absolute"
	ln -s ../../../../../../../../../../../../..$T/outside "$ROOTFS/relative"
	add_mount /absolute/x bind "$T/source" bind
	add_mount /relative/y bind "$T/source" bind
	run_script "cat /absolute/x/file /relative/y/file"
	assert_success
	assert_output $'mounted\nmounted'
	# Nothing was made on the host.
	assert_equal "$(ls "$T/outside")" file
}

@test "proc, sysfs and mqueue are not mounted through a link" {
	local name
	for name in proc sys; do
		rm -rf "$BUNDLE"
		make_bundle
		rmdir "$ROOTFS/$name"
		mkdir "$ROOTFS/decoy"
		ln -s decoy "$ROOTFS/$name"
		run_bundle
		assert_refused "/$name"
	done
}

@test "nothing is mounted below /proc but what is harmless" {
	echo 1 >"$T/file"
	mkdir "$T/dir"
	add_mount /proc/sys bind "$T/dir" bind
	run_bundle
	assert_refused '/proc/sys'
	rm -rf "$BUNDLE"
	make_bundle
	add_mount /proc/uptime bind "$T/file" bind
	run_script 'cat /proc/uptime'
	assert_success
	assert_output 1
}

@test "a tmpfs keeps the mode of its mount point, unless told" {
	chmod 1777 "$ROOTFS/mnt"
	add_mount /mnt tmpfs tmpfs
	run_script 'stat -c %a /mnt'
	assert_output 1777
	update_config '.mounts[-1].options = ["mode=700"]'
	run_script 'stat -c %a /mnt'
	assert_output 700
}

@test "tmpcopyup brings what the image has there" {
	mkdir -p "$ROOTFS/data/dir"
	echo original >"$ROOTFS/data/file"
	ln -s file "$ROOTFS/data/link"
	chmod 600 "$ROOTFS/data/file"
	chown 7:8 "$ROOTFS/data/file"
	all_caps
	add_mount /data tmpfs tmpfs tmpcopyup
	run_script 'cat /data/link; stat -c %a:%u:%g /data/file; echo new >/data/file; ls /data'
	assert_success
	assert_output $'original\n600:7:8\ndir\nfile\nlink'
	assert_equal "$(<"$ROOTFS/data/file")" original
}

@test "a mount of type cgroup shows the container's cgroup, read-only" {
	require_cgroup2
	add_mount /sys/fs/cgroup cgroup cgroup nosuid noexec nodev relatime ro
	run_script 'cat /sys/fs/cgroup/cgroup.procs; mkdir /sys/fs/cgroup/x'
	assert_failure
	assert_line 1
	assert_stderr 'Read-only'
}

@test "a mount of type cgroup that is to be written" {
	require_cgroup2
	add_mount /sys/fs/cgroup cgroup cgroup nosuid noexec nodev relatime rw
	all_caps
	run_script 'mkdir /sys/fs/cgroup/x && rmdir /sys/fs/cgroup/x && echo made'
	assert_success
	assert_output made
}

@test "sysfs without a network namespace of one's own" {
	update_config '.linux.namespaces |= map(select(.type != "network"))'
	run_script 'ls /sys/kernel >/dev/null; touch /sys/x'
	assert_failure
	assert_stderr 'Read-only|Permission'
}

@test "a missing source or an unknown file system is an error that names the mount" {
	add_mount /mnt bind "$T/nothing" bind
	run_bundle
	assert_refused 'mounts\[6\] \(/mnt\).*nothing.*No such file'
	update_config '.mounts[-1] = { destination: "/mnt", type: "nosuchfs", source: "x" }'
	run_bundle
	assert_refused 'mounts\[6\] \(/mnt\).*nosuchfs'
}

@test "a directory on a file, and a file on a directory, are errors" {
	mkdir "$T/dir"
	touch "$ROOTFS/file" "$T/file"
	add_mount /file bind "$T/dir" bind
	run_bundle
	assert_refused '/file'
	update_config '.mounts[-1].destination = "/tmp" | .mounts[-1].source = $s' --arg s "$T/file"
	run_bundle
	assert_refused '/tmp'
}

@test "idmap without mappings and without a user namespace is an error" {
	mkdir "$T/source"
	add_mount /mnt bind "$T/source" bind idmap
	run_bundle
	assert_refused 'id-?map'
}

@test "a hundred mounts" {
	mkdir "$T/source"
	update_config '.mounts += [range(100) | { destination: "/mnt/\(.)", type: "bind", source: $s,
		options: ["bind", "ro"] }]' --arg s "$T/source"
	run_script "grep -c ' /mnt/' /proc/self/mountinfo"
	assert_success
	assert_output 100
}
