# SPDX-License-Identifier: Apache-2.0
# linux.maskedPaths and linux.readonlyPaths: every kind of file, on every kind of mount.
load helpers

make_tree() {
	mkdir -p "$1/dir/below"
	echo secret | tee "$1/file" "$1/dir/file" "$1/dir/below/file" >/dev/null
	mkfifo "$1/fifo"
	ln -s file "$1/link"
	ln -s /nowhere "$1/dangling"
}

# What a script says of each path in its arguments.
LOOK='for p; do
	if [ -d $p ]; then echo "$p dir $(ls -A $p | wc -l)"
	elif [ -e $p ]; then echo "$p $(stat -c %F $p) $(timeout 5 cat $p | wc -c)"
	else echo "$p missing"; fi
	touch $p/new 2>/dev/null && echo "$p takes files"
	! [ -f $p ] || ! { echo x >>$p; } 2>/dev/null || echo "$p can be written"
done'

look_at() {
	update_config '.process.args = ["/bin/sh", "-c", $s, "sh"] + $ARGS.positional' --arg s "$LOOK" --args -- "$@"
	run_bundle
}

@test "masked: files, directories, FIFOs and links, in the root and in volumes, read-only or not" {
	local base options
	make_tree "$ROOTFS/data"
	make_tree "$T/volume"
	mkdir "$ROOTFS/volume"
	update_config '.root.readonly = true'
	for base in /data /volume; do
		for options in '"bind"' '"bind", "ro"' '"bind", "ro", "nosuid", "nodev", "noexec"'; do
			update_config '.mounts |= map(select(.destination != "/volume"))
				| .mounts += [{ destination: "/volume", type: "bind", source: $s, options: ['"$options"'] }]
				| .linux.maskedPaths = ["file", "dir", "fifo", "dangling", "none", "file/none", "none/none" | "\($b)/\(.)"]' \
				--arg s "$T/volume" --arg b "$base"
			look_at "$base/file" "$base/dir" "$base/fifo" "$base/dangling" "$base/none"
			assert_success
			assert_output "$base/file character special file 0
$base/dir dir 0
$base/fifo character special file 0
$base/dangling missing
$base/none missing"
		done
	done
	assert_equal "$(cat "$ROOTFS/data/file" "$ROOTFS/data/dir/file" "$T/volume/file" "$T/volume/dir/file" | sort -u)" secret
	[[ ! -e $ROOTFS/nowhere && ! -e $T/volume/none ]]
}

@test "masked: the target of a link, a name twice, one below another" {
	make_tree "$ROOTFS/data"
	update_config '.linux.maskedPaths = ["/data/link", "/data/file", "/data/dir/file", "/data/dir", "/data/dir",
		"/data/dir/below", "/data//dir/./below/../file/"]'
	look_at /data/file /data/dir
	assert_success
	assert_line '/data/file character special file 0'
	assert_line '/data/dir dir 0'
	refute_match 'takes files'
}

@test "a path in both lists is masked" {
	make_tree "$ROOTFS/data"
	update_config '.linux.maskedPaths = ["/data/file", "/data/dir"] | .linux.readonlyPaths = ["/data/dir", "/data/file", "/data"]'
	look_at /data/file /data/dir /data/link
	assert_success
	assert_line '/data/file character special file 0'
	assert_line '/data/dir dir 0'
	refute_match 'takes files'
}

@test "read-only: files, directories and what is mounted below, in the root and in volumes" {
	make_tree "$ROOTFS/data"
	make_tree "$T/volume"
	mkdir "$ROOTFS/volume" "$ROOTFS/data/tmpfs"
	update_config '.mounts += [{ destination: "/volume", type: "bind", source: $s, options: ["bind", "nosuid"] },
		{ destination: "/data/tmpfs", type: "tmpfs", source: "tmpfs" }]
		| .linux.readonlyPaths = ["/data", "/volume/dir", "/volume/file", "/volume/none", "/volume/dangling", "/data/dir"]' \
		--arg s "$T/volume"
	all_caps
	look_at /data/file /data/dir /data/tmpfs /volume/file /volume/dir /volume
	assert_success
	assert_equal "$output" '/data/file regular file 7
/data/dir dir 2
/data/tmpfs dir 0
/volume/file regular file 7
/volume/dir dir 2
/volume dir 5
/volume takes files'
	run_script "awk '\$5 == \"/volume/dir\" { print \$6 }' /proc/self/mountinfo"
	assert_match '^ro,nosuid'
}

@test "masks and read-only paths in a user namespace, on mounts with locked flags" {
	make_tree "$ROOTFS/data"
	mkdir "$T/volume" "$ROOTFS/volume"
	mount_on_host -t tmpfs -o nosuid,nodev,noexec tmpfs "$T/volume"
	make_tree "$T/volume"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$T" "$BUNDLE"
	chmod -R a+rwX "$ROOTFS/data" "$T/volume"
	update_config '.linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]
		| .linux.gidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]
		| .mounts += [{ destination: "/volume", type: "bind", source: $s, options: ["bind"] }]
		| .linux.maskedPaths = ["/data/dir", "/data/file", "/volume/dir", "/volume/file"]
		| .linux.readonlyPaths = ["/volume", "/data"]' --arg s "$T/volume"
	look_at /data/file /data/dir /data /volume/file /volume/dir /volume
	assert_success
	assert_line '/data/file character special file 0'
	assert_line '/data/dir dir 0'
	assert_line '/volume/file character special file 0'
	assert_line '/volume/dir dir 0'
	refute_match 'takes files'
}

@test "masks and read-only paths on a kernel without the newer mount calls" {
	make_tree "$ROOTFS/data"
	mkdir "$ROOTFS/data/ro"
	update_config '.linux.maskedPaths = ["/data/file", "/data/dir", "/data/none", "/proc/version"]
		| .linux.readonlyPaths = ["/data/ro", "/data/link", "/proc/sys"]
		| .process.args = ["/bin/sh", "-c", $s, "sh", "/data/file", "/data/dir", "/data/ro", "/proc/version"]' --arg s "$LOOK"
	capture timeout 30 "$PROBE" old-kernel 5.1 "$RT" --root "$STATE" $RT_FLAGS run --bundle "$BUNDLE" "$ID"
	assert_success
	assert_line '/data/file character special file 0'
	assert_line '/data/dir dir 0'
	assert_line '/data/ro dir 0'
	assert_line '/proc/version character special file 0'
	refute_match 'takes files'
}

@test "masked and read-only paths: the root itself is refused, a loop of links is an error" {
	local list
	ln -s loop "$ROOTFS/loop"
	for list in maskedPaths readonlyPaths; do
		update_config 'del(.linux.maskedPaths, .linux.readonlyPaths) | .linux[$l] = ["/tmp/.."]' --arg l "$list"
		run_bundle
		assert_refused "/linux/$list/0: the path is the root itself"
		update_config '.linux[$l] = ["/loop"]' --arg l "$list"
		run_bundle
		assert_refused '/loop: open: Too many levels of symbolic links'
	done
}

@test "exec sees what is masked and read-only as the container does" {
	make_tree "$ROOTFS/data"
	update_config '.linux.maskedPaths = ["/data/dir"] | .linux.readonlyPaths = ["/data/file"]'
	all_caps
	start_waiting
	run_rt exec "$ID" sh -c "$LOOK" sh /data/dir /data/file
	assert_success
	assert_output $'/data/dir dir 0\n/data/file regular file 7'
}
