# SPDX-License-Identifier: Apache-2.0
load helpers

add_mount() { # DESTINATION TYPE SOURCE OPTION...
	local destination=$1 type=$2 source=$3
	shift 3
	update_config '.mounts += [{ destination: $d, type: $t, source: $s, options: $ARGS.positional }]' \
		--arg d "$destination" --arg t "$type" --arg s "$source" --args -- "$@"
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

@test "an option of a file system means nothing to a bind, and a warning says so" {
	mkdir "$BUNDLE/data"
	echo here >"$BUNDLE/data/file"
	add_mount /mnt bind data ro mode=755
	run_script 'cat /mnt/file; echo x 2>/dev/null >/mnt/file || echo read-only'
	assert_success
	assert_output $'here\nread-only'
	assert_stderr '"mode" means nothing to a bind mount'
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

# bats test_tags=mount_setattr
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

# bats test_tags=mount_setattr
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

@test "remount changes the superblock where it is named" {
	add_mount /mnt tmpfs tmpfs sync size=64k
	add_mount /mnt none none remount async size=128k
	run_script "awk '\$5 == \"/mnt\" { print \$NF }' /proc/self/mountinfo"
	assert_success
	refute_match 'sync'
	assert_match 'size=128k'
	update_config '.mounts[-1].options = ["remount", "async"]'
	run_script "awk '\$5 == \"/mnt\" { print \$NF }' /proc/self/mountinfo"
	assert_success
	refute_match 'sync'
}

# bats test_tags=mount_setattr
@test "each recursive option, on a mount and on the one below it" {
	mkdir "$T/source"
	mount_on_host -t tmpfs -o nosuid,nodev,noexec,noatime,nodiratime,nosymfollow tmpfs "$T/source"
	mkdir "$T/source/sub"
	mount_on_host -t tmpfs -o nosuid,nodev,noexec,noatime,nodiratime,nosymfollow tmpfs "$T/source/sub"
	mkdir "$T/plain"
	mount_on_host -t tmpfs -o strictatime tmpfs "$T/plain"
	mkdir "$T/plain/sub"
	mount_on_host -t tmpfs -o strictatime tmpfs "$T/plain/sub"
	add_mount /mnt none none
	local word flag
	# What is taken away.
	for word in rsuid:nosuid rdev:nodev rexec:noexec rdiratime:nodiratime rsymfollow:nosymfollow ratime:noatime; do
		flag=${word#*:}
		update_config '.mounts[-1] |= (.source = $s | .options = ["rbind", $w])' --arg s "$T/source" --arg w "${word%:*}"
		run_script "awk '\$5 ~ \"^/mnt\" { print \$5, \",\" \$6 \",\" }' /proc/self/mountinfo"
		assert_success
		assert_match '^/mnt ,'
		assert_match '^/mnt/sub ,'
		refute_match ",$flag,"
	done
	# What is set; the access time is one field, and a word for another value of it says nothing of this one.
	for word in rro:ro rnosuid:nosuid rnodev:nodev rnoexec:noexec rnodiratime:nodiratime rnosymfollow:nosymfollow \
		rnoatime:noatime rrelatime:relatime; do
		flag=${word#*:}
		update_config '.mounts[-1] |= (.source = $s | .options = ["rbind", $w])' --arg s "$T/plain" --arg w "${word%:*}"
		run_script "awk '\$5 ~ \"^/mnt\" { print \$5, \",\" \$6 \",\" }' /proc/self/mountinfo"
		assert_success
		assert_match "^/mnt .*,$flag,"
		assert_match "^/mnt/sub .*,$flag,"
	done
	update_config '.mounts[-1].options = ["rbind", "rrelatime", "rnoatime", "rstrictatime", "rnorelatime", "rrw"]'
	run_script "awk '\$5 ~ \"^/mnt\" { print \$5, \$6 }' /proc/self/mountinfo"
	assert_success
	assert_match '^/mnt/sub rw'
	refute_match 'relatime|noatime'
	# To take a value away is to have the kernel's default: the field has no bits of its own.
	update_config '.mounts[-1].options = ["rbind", "rnostrictatime"]'
	run_script "awk '\$5 ~ \"^/mnt\" { print \$6 }' /proc/self/mountinfo | sort -u"
	assert_success
	assert_output rw,relatime
}

@test "a path in an option that is not absolute does not begin in the container" {
	mkdir -p "$BUNDLE/rootfs/rel/low" "$BUNDLE/rootfs/rel/more"
	add_mount /rel tmpfs tmpfs mode=755
	add_mount /merged overlay overlay lowerdir=low:more
	run_script 'true'
	assert_failure
	assert_stderr '/merged'
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

@test "a tmpfs on a place that is not there can be written by everybody, again and again" {
	add_mount /new/place tmpfs tmpfs
	local i
	for i in 1 2; do
		run_script 'stat -c %a /new /new/place'
		assert_output $'755\n1777'
	done
	update_config '.mounts[-1].options = ["mode=750"] | .mounts[-1].destination = "/other"'
	run_script 'stat -c %a /other'
	assert_output 750
	# Only for a tmpfs.
	mkdir "$T/source"
	add_mount /third bind "$T/source" bind
	run_script 'true'
	assert_success
	assert_equal "$(stat -c %a "$ROOTFS/third")" 755
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

@test "tmpcopyup: attributes, capabilities and hard links" {
	mkdir -p "$ROOTFS/data/dir"
	echo one >"$ROOTFS/data/a"
	ln "$ROOTFS/data/a" "$ROOTFS/data/dir/b"
	echo two >"$ROOTFS/data/other"
	"$PROBE" xattr "$ROOTFS/data/other" trusted.test value
	"$PROBE" xattr "$ROOTFS/data/dir" trusted.dir value
	cp "$(command -v busybox)" "$ROOTFS/data/program"
	chmod 4750 "$ROOTFS/data/program"
	touch -d '2001-02-03 04:05:06' "$ROOTFS/data/dir"
	all_caps
	add_mount /data tmpfs tmpfs tmpcopyup
	run_script 'stat -c %h /data/a /data/dir/b /data/other; echo more >>/data/a; cat /data/dir/b
		probe xattr /data/other trusted.test; probe xattr /data/dir trusted.dir
		stat -c %a /data/program; stat -c %Y /data/dir; [ /data/a -ef /data/dir/b ] && echo same'
	assert_success
	assert_output "2
2
1
one
more
value
value
4750
$(date -d '2001-02-03 04:05:06' +%s)
same"
	assert_equal "$(<"$ROOTFS/data/a")" one
}

@test "tmpcopyup of a read-only tmpfs" {
	mkdir "$ROOTFS/data"
	echo original >"$ROOTFS/data/file"
	all_caps
	add_mount /data tmpfs tmpfs tmpcopyup ro
	run_script 'cat /data/file; echo >/data/file'
	assert_failure
	assert_output original
	assert_stderr 'Read-only'
}

@test "a source that is a link: followed, bound itself, or copied" {
	mkdir "$T/source"
	echo target >"$T/source/file"
	ln -s file "$T/source/link"
	ln -s /no/where "$T/source/dangling"
	add_mount /followed bind "$T/source/link" bind
	run_script 'cat /followed; [ ! -L /followed ]'
	assert_success
	assert_output target
	update_config '.mounts[-1] |= (.destination = "/itself" | .source = $s | .options = ["bind", "src-nofollow"])' \
		--arg s "$T/source/dangling"
	run_script 'readlink /itself'
	assert_success
	assert_output /no/where
	update_config '.mounts[-1] |= (.destination = "/copied" | .options = ["bind", "copy-symlink"])'
	run_script 'readlink /copied; grep -c " /copied " /proc/self/mountinfo'
	assert_output $'/no/where\n0'
	assert_equal "$(readlink "$ROOTFS/copied")" /no/where
	# The same again is no error, another one is.
	run_script 'readlink /copied'
	assert_success
	ln -sfn /else "$ROOTFS/copied"
	run_bundle
	assert_refused '/copied.*copy the symbolic link'
	# What is no link is bound.
	update_config '.mounts[-1] |= (.destination = "/plain" | .source = $s)' --arg s "$T/source/file"
	run_script 'cat /plain; [ ! -L /plain ]'
	assert_success
	assert_output target
	update_config '.mounts[-1].options = ["bind", "copy-symlink", "src-nofollow"]'
	run_bundle
	assert_refused 'excludes'
}

@test "links as sources with a user namespace" {
	update_config '.linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]
		| .linux.gidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]'
	chmod 755 "$T" "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR"
	chown 100000:100000 "$ROOTFS" "$ROOTFS/mnt"
	mkdir "$T/source"
	ln -s /no/where "$T/source/dangling"
	add_mount /mnt/copied bind "$T/source/dangling" bind copy-symlink
	add_mount /mnt/itself bind "$T/source/dangling" bind src-nofollow
	run_script 'readlink /mnt/copied; readlink /mnt/itself'
	assert_success
	assert_output $'/no/where\n/no/where'
}

@test "a destination that is a link: followed, or mounted on itself" {
	echo source >"$T/source"
	echo target >"$ROOTFS/target"
	ln -s target "$ROOTFS/link"
	add_mount /link bind "$T/source" bind
	run_script 'cat /target; readlink /link'
	assert_success
	assert_output $'source\ntarget'
	update_config '.mounts[-1].options = ["bind", "dest-nofollow"]'
	run_script 'cat /link; cat /target; [ ! -L /link ]'
	assert_success
	assert_output $'source\ntarget'
}

@test "on /proc only a procfs is bound" {
	mkdir -p "$T/source/self"
	update_config '.mounts |= map(select(.destination != "/proc"))'
	add_mount /proc bind "$T/source" rbind
	run_bundle
	assert_refused '\(/proc\).*only a procfs'
	update_config '.mounts[-1].source = "/proc/sys"'
	run_bundle
	assert_refused '\(/proc\).*only a procfs'
	update_config '.mounts[-1].source = "/proc" | .mounts[-1].options = ["rbind", "rprivate"]
		| .linux.namespaces |= map(select(.type != "pid"))'
	run_script '[ -e /proc/1/status ] && cat /proc/self/comm'
	assert_success
	assert_output cat
}

@test "a mount point that is missing in a read-only bind is an error" {
	mkdir "$T/source"
	add_mount /mnt bind "$T/source" bind ro
	add_mount /mnt/missing tmpfs tmpfs
	run_bundle
	assert_refused '\(/mnt/missing\).*Read-only'
	add_mount /mnt/file bind "$RT" bind
	update_config 'del(.mounts[-2])'
	run_bundle
	assert_refused '\(/mnt/file\).*Read-only'
	assert_equal "$(ls -A "$T/source")" ""
}

@test "flags of the source stay in a bind that does not name them" {
	mkdir "$T/source"
	mount_on_host -t tmpfs -o nosuid,noexec,noatime,nodiratime tmpfs "$T/source"
	add_mount /mnt bind "$T/source" bind nodev
	run_script "awk '\$5 == \"/mnt\" { print \$6 }' /proc/self/mountinfo"
	assert_success
	local flag
	for flag in nosuid noexec nodev noatime nodiratime; do
		assert_match "(^|,)$flag(,|\$)"
	done
}

@test "flags that are locked in a user namespace" {
	require_command unshare
	mkdir "$T/source"
	mount_on_host -t tmpfs -o nosuid,noexec,noatime,mode=755 tmpfs "$T/source"
	# A runtime in a user namespace of its own, for which the flags of the host are locked.
	cat >"$T/nested" <<-'END'
		exec "$2" --root "$1/nested-state" --cgroup-manager=disabled run --bundle "$3" nested
	END
	update_config '.linux.namespaces |= map(select(.type != "network" and .type != "cgroup")) | del(.linux.resources)
		| .mounts |= map(select(.type != "sysfs" and .type != "cgroup")
			| if .options then .options -= ["gid=5"] else . end)'
	add_mount /mnt bind "$T/source" bind nodev
	set_script "awk '\$5 == \"/mnt\" { print \$6 }' /proc/self/mountinfo"
	capture timeout 30 unshare --user --map-root-user --mount sh "$T/nested" "$T" "$RT" "$BUNDLE"
	assert_success
	assert_match 'nosuid,nodev,noexec,noatime'
	local words
	for words in exec suid relatime; do
		update_config '.mounts[-1].options = ["bind", $w]' --arg w $words
		capture timeout 30 unshare --user --map-root-user --mount sh "$T/nested" "$T" "$RT" "$BUNDLE"
		assert_failure
		assert_stderr '\(/mnt\)'
		assert_stderr 'locked'
	done
	# To say what is so already changes nothing.
	update_config '.mounts[-1].options = ["bind", "noexec", "noatime", "rw"]'
	capture timeout 30 unshare --user --map-root-user --mount sh "$T/nested" "$T" "$RT" "$BUNDLE"
	assert_success
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

add_userns() {
	chmod 755 "$T" "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR"
	update_config '.linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]
		| .linux.gidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]'
}

remove_namespace() {
	update_config '.linux.namespaces |= map(select(.type != $n))' --arg n "$1"
}

@test "proc, sysfs and mqueue with a user namespace, with and without their namespaces" {
	add_userns
	run_script 'for p in /proc /sys /dev/mqueue; do stat -f -c %T $p; done; ls /sys/class/net'
	assert_success
	assert_line lo
	# The host's sysfs, in the place of one's own.
	remove_namespace network
	run_script '[ -d /sys/kernel ] && awk "\$5 == \"/sys\" { print \$6 }" /proc/self/mountinfo'
	assert_success
	assert_match '^ro,nosuid,nodev,noexec'
	remove_namespace ipc
	run_bundle
	assert_refused 'mqueue can be mounted only with a namespace of type ipc'
	update_config '.mounts |= map(select(.type != "mqueue"))'
	remove_namespace pid
	run_bundle
	assert_refused 'proc can be mounted only with a namespace of type pid'
}

# bats test_tags=mount_setattr
@test "where the host's sysfs stands in, nothing below it can be written either" {
	add_userns
	remove_namespace network
	run_script '[ -d /sys/kernel ] && awk "\$5 ~ \"^/sys\" && \$6 !~ /^ro/" /proc/self/mountinfo | wc -l'
	assert_success
	assert_output 0
}

@test "mqueue and proc of the host without their namespaces" {
	remove_namespace ipc
	remove_namespace pid
	run_script 'grep -c " /dev/mqueue .* - mqueue " /proc/self/mountinfo; [ -e /proc/1/stat ] && cat /proc/self/comm'
	assert_success
	assert_output $'1\ncat'
}

@test "a cgroup mount with a user namespace, with and without a cgroup namespace" {
	require_cgroup2
	add_userns
	add_mount /sys/fs/cgroup cgroup cgroup nosuid noexec nodev relatime ro
	update_config '.linux.namespaces |= (map(select(.type != "cgroup")) + [{ type: "cgroup" }])'
	run_script 'cat /sys/fs/cgroup/cgroup.procs; mkdir /sys/fs/cgroup/x'
	assert_failure
	assert_line 1
	assert_stderr 'Read-only'
	remove_namespace cgroup
	run_script 'cat /sys/fs/cgroup/cgroup.procs; mkdir /sys/fs/cgroup/x'
	assert_failure
	assert_line 1
	assert_stderr 'Read-only'
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

@test "a hundred mounts" {
	mkdir "$T/source"
	update_config '.mounts += [range(100) | { destination: "/mnt/\(.)", type: "bind", source: $s,
		options: ["bind", "ro"] }]' --arg s "$T/source"
	run_script "grep -c ' /mnt/' /proc/self/mountinfo"
	assert_success
	assert_output 100
}
