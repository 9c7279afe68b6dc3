# SPDX-License-Identifier: Apache-2.0
load helpers

@test "the default devices are there and work" {
	run_script 'for d in null zero full random urandom tty; do echo $d $(stat -c "%t:%T %a" /dev/$d); done
		echo x >/dev/null && head -c 3 /dev/zero | wc -c && echo y >/dev/full'
	assert_failure
	assert_line 'null 1:3 666'
	assert_line 'zero 1:5 666'
	assert_line 'full 1:7 666'
	assert_line 'random 1:8 666'
	assert_line 'urandom 1:9 666'
	assert_line 'tty 5:0 666'
	assert_line 3
	assert_stderr 'No space left'
}

@test "the default links are there" {
	run_script 'for l in fd stdin stdout stderr ptmx; do echo $l $(readlink /dev/$l); done'
	assert_success
	assert_line 'fd /proc/self/fd'
	assert_line 'stdin /proc/self/fd/0'
	assert_line 'stdout /proc/self/fd/1'
	assert_line 'stderr /proc/self/fd/2'
	assert_match '^ptmx (/dev/)?pts/ptmx$'
}

@test "no /dev/console without a terminal" {
	run_script '[ ! -c /dev/console ]'
	assert_success
}

@test "devices of the list, with their mode and owner" {
	update_config '.linux.devices = [
		{ path: "/dev/mine", type: "c", major: 1, minor: 3, fileMode: 416, uid: 5, gid: 6 },
		{ path: "/dev/deep/er/block", type: "b", major: 7, minor: 200 },
		{ path: "/dev/pipe", type: "p", fileMode: 384 },
		{ path: "/dev/unbuffered", type: "u", major: 1, minor: 5 }]'
	run_script 'stat -c "%n %F %t:%T %a %u:%g" /dev/mine /dev/deep/er/block /dev/pipe /dev/unbuffered'
	assert_success
	assert_line '/dev/mine character special file 1:3 640 5:6'
	assert_match '^/dev/deep/er/block block special file 7:c8 '
	assert_match '^/dev/pipe fifo .* 600 '
	assert_match '^/dev/unbuffered character special file 1:5 '
}

@test "fileMode is not cut by the caller's umask" {
	update_config '.linux.devices = [{ path: "/dev/mine", type: "c", major: 1, minor: 3, fileMode: 438 }]'
	umask 077
	run_script 'stat -c %a /dev/mine /dev/null'
	assert_output $'666\n666'
}

@test "a different file in the place of a device is an error, the same device is none" {
	update_config '.mounts |= map(select(.destination | startswith("/dev") | not))
		| .linux.devices = [{ path: "/dev/mine", type: "c", major: 1, minor: 3 }]'
	echo data >"$ROOTFS/dev/mine"
	run_bundle
	assert_refused '/dev/mine'
	assert_equal "$(<"$ROOTFS/dev/mine")" data
	rm -rf "${ROOTFS:?}/dev"
	mkdir "$ROOTFS/dev"
	mknod -m 666 "$ROOTFS/dev/mine" c 1 3
	run_bundle
	assert_success
}

@test "/dev of the image as a link to the host" {
	mkdir "$T/outside"
	touch "$T/outside/ptmx"
	rmdir "$ROOTFS/dev"
	ln -s "$T/outside" "$ROOTFS/dev"
	update_config '.mounts |= map(select(.destination | startswith("/dev") | not))'
	run_bundle
	assert_equal "$(ls "$T/outside")" ptmx
	[[ ! -L $T/outside/ptmx ]]
}

@test "the devices that a container may use" {
	require_cgroup2
	all_caps
	update_config '.linux.resources.devices = [{ allow: false, access: "rwm" }]'
	run_script 'probe open /dev/null rw; probe open /dev/urandom r
		probe mknod /tmp/kmsg c 1 11; probe open /tmp/kmsg r; probe mknod /tmp/disk b 7 0; probe open /tmp/disk r
		probe mknod /tmp/fuse c 10 229; probe open /tmp/fuse rw'
	# Any node may be made, none but the list may be opened.
	assert_output $'ok\nok\nok\nEPERM\nok\nEPERM\nok\nEPERM'
}

@test "a rule of the list opens a device" {
	require_cgroup2
	all_caps
	update_config '.linux.resources.devices = [{ allow: false, access: "rwm" },
		{ allow: true, type: "c", major: 1, minor: 11, access: "w" }]'
	run_script 'mknod /tmp/kmsg c 1 11; probe open /tmp/kmsg w; probe open /tmp/kmsg r'
	assert_output $'ok\nEPERM'
}

@test "rules apply in their order: the last one that matches" {
	require_cgroup2
	all_caps
	update_config '.linux.resources.devices = [{ allow: true, type: "c", major: 1, access: "rwm" },
		{ allow: false, type: "c", major: 1, minor: 11, access: "r" }]'
	run_script 'mknod /tmp/kmsg c 1 11; probe open /tmp/kmsg r; probe open /tmp/kmsg w'
	assert_output $'EPERM\nok'
}

@test "no rules at all" {
	require_cgroup2
	all_caps
	update_config 'del(.linux.resources)'
	run_script 'mknod /tmp/kmsg c 1 11; probe open /tmp/kmsg r; probe open /dev/null rw'
	assert_output $'EPERM\nok'
}

@test "a program that exec adds is under the same rules" {
	require_cgroup2
	all_caps
	start_waiting
	run_rt exec "$ID" sh -c 'mknod /tmp/kmsg c 1 11; probe open /tmp/kmsg r'
	assert_output EPERM
}

@test "an unknown device type is an error" {
	update_config '.linux.devices = [{ path: "/dev/x", type: "z", major: 1, minor: 1 }]'
	run_bundle
	assert_refused 'devices'
}

@test "a link of the image does not lead a device into a volume" {
	mkdir -p "$T/volume" "$ROOTFS/data" "$ROOTFS/plain"
	ln -s ../data "$ROOTFS/plain/link"
	update_config '.mounts += [{ destination: "/data", type: "bind", source: $s, options: ["bind", "rw"] }]
		| .linux.devices = [{ path: "/plain/link/node", type: "c", major: 1, minor: 3 }]' --arg s "$T/volume"
	run_bundle
	assert_refused 'a link of the root file system leads its path into another mount'
	assert_equal "$(ls "$T/volume")" ''
	# Said by the configuration itself, it is meant; and within the root file system, links are the image's matter.
	update_config '.linux.devices[0].path = "/data/node"'
	run_script 'test -c /data/node && echo made'
	assert_output made
	rm "$T/volume/node"
	ln -sfn ../home "$ROOTFS/plain/link"
	update_config '.linux.devices[0].path = "/plain/link/deeper/node"'
	run_script 'test -c /home/deeper/node && echo made'
	assert_output made
	assert_equal "$(ls "$T/volume")" ''
}

@test "devices of every type, with an owner and a mode each" {
	update_config '.linux.devices = [
		{ path: "/dev/a/c", type: "c", major: 1, minor: 7, fileMode: 416, uid: 5, gid: 6 },
		{ path: "/dev/a/u", type: "u", major: 1, minor: 3, fileMode: 438 },
		{ path: "/dev/b", type: "b", major: 7, minor: 250, fileMode: 384, uid: 1 },
		{ path: "/dev/p", type: "p", fileMode: 511, gid: 7 } ]'
	run_script "stat -c '%n %F %t:%T %a %u:%g' /dev/a/c /dev/a/u /dev/b /dev/p"
	assert_success
	assert_output "$(printf '%s\n' '/dev/a/c character special file 1:7 640 5:6' \
		'/dev/a/u character special file 1:3 666 0:0' '/dev/b block special file 7:fa 600 1:0' \
		'/dev/p fifo 0:0 777 0:7')"
}

@test "a device that is bound keeps the host's owner and mode" {
	update_config '.linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]
		| .linux.gidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]
		| .linux.devices = [{ path: "/dev/full", type: "c", major: 1, minor: 7, fileMode: 384, uid: 7, gid: 8 }]'
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$T" "$BUNDLE"
	local before
	before=$(stat -c '%a %u:%g' /dev/full)
	run_script "stat -c '%F %t:%T' /dev/full"
	assert_success
	assert_output 'character special file 1:7'
	assert_equal "$(stat -c '%a %u:%g' /dev/full)" "$before"
	# Where the host has another file under that name, it is no device to bind.
	update_config '.linux.devices[0].minor = 9'
	run_bundle
	assert_refused "the host's node is not device 1:9"
}
