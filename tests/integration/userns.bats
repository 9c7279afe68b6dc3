# SPDX-License-Identifier: Apache-2.0
load helpers

setup() {
	common_setup
	require_root
	make_bundle
	update_config '.linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]
		| .linux.gidMappings = [{ containerID: 0, hostID: 200000, size: 65536 }]'
	# The container's root is a stranger on the host: it must reach its root file system.
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$T" "$BUNDLE"
}

@test "the ids inside are mapped" {
	run_script 'id -u; id -g; cat /proc/self/uid_map /proc/self/gid_map'
	assert_success
	assert_line 0
	assert_match '^ +0 +100000 +65536$'
	assert_match '^ +0 +200000 +65536$'
}

@test "on the host the process has the mapped ids" {
	start_waiting
	assert_equal "$(awk '/^Uid/ { print $2 }' "/proc/$INIT/status")" 100000
	assert_equal "$(awk '/^Gid/ { print $2 }' "/proc/$INIT/status")" 200000
}

@test "another user inside" {
	update_config '.process.user = { uid: 1000, gid: 1001, additionalGids: [5, 6] }'
	run_script 'id -u; id -g; id -G'
	assert_success
	assert_output $'1000\n1001\n1001 5 6'
}

@test "several ranges" {
	update_config '.linux.uidMappings = [
		{ containerID: 0, hostID: 100000, size: 1 }, { containerID: 1, hostID: 300000, size: 100 }]'
	run_script 'cat /proc/self/uid_map'
	assert_success
	assert_match '^ +0 +100000 +1$'
	assert_match '^ +1 +300000 +100$'
}

@test "device nodes are there and work" {
	run_script 'echo x >/dev/null; head -c 4 /dev/zero | wc -c; head -c 4 /dev/urandom | wc -c; [ -c /dev/null ]'
	assert_success
	assert_output $'4\n4'
}

@test "files of the mapped root can be written, the host's not" {
	chown 100000:200000 "$ROOTFS/tmp"
	run_script 'touch /tmp/mine; stat -c %u /tmp/mine; touch /etc/theirs'
	assert_failure
	assert_line 0
	assert_equal "$(stat -c %u "$ROOTFS/tmp/mine")" 100000
	[[ ! -e $ROOTFS/etc/theirs ]]
}

@test "capabilities hold inside alone" {
	all_caps
	run_script 'hostname other && hostname; probe mknod /tmp/sda b 8 0; grep CapEff /proc/self/status'
	assert_match '^other$'
	assert_match 'EPERM|EACCES'
	refute_match '^ok$'
}

@test "rlimits above the user namespace's right are set by the host side" {
	update_config '.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 512, hard: 512 },
		{ type: "RLIMIT_CORE", soft: 0, hard: 0 }]'
	run_script 'ulimit -n; ulimit -c'
	assert_success
	assert_output $'512\n0'
}

@test "a user namespace is joined by path, with its maps" {
	start_waiting
	update_config '(.linux.namespaces[] | select(.type == "user")).path = $path
		| del(.linux.uidMappings, .linux.gidMappings)' --arg path "/proc/$INIT/ns/user"
	set_script 'readlink /proc/self/ns/user; id -u; cat /proc/self/uid_map'
	run_rt run --bundle "$BUNDLE" "$ID-b"
	assert_success
	assert_line "$(readlink "/proc/$INIT/ns/user")"
	assert_line 0
	assert_match '100000'
}

# beside_path UID_MAPPINGS GID_MAPPINGS: a container that joins all namespaces of $INIT's pod, with mappings beside.
run_beside_path() {
	echo "$ORIGINAL" >"$BUNDLE/config.json"
	update_config '.linux.namespaces |= map(if .type | IN("user", "network", "ipc", "uts")
		then .path = "/proc/\($pid)/ns/\({ network: "net" }[.type] // .type)" else . end) | del(.hostname)
		| .linux.uidMappings = $u | .linux.gidMappings = $g' \
		--argjson u "$1" --argjson g "$2" --arg pid "$INIT"
	set_script 'readlink /proc/self/ns/user; id -u; cat /proc/self/uid_map'
	run_rt run --bundle "$BUNDLE" "$ID-b"
}

@test "mappings beside the path of a user namespace must be its own, in any order" {
	update_config '.linux.uidMappings = [
		{ containerID: 0, hostID: 100000, size: 1000 }, { containerID: 1000, hostID: 300000, size: 7 }]'
	ORIGINAL=$(<"$BUNDLE/config.json")
	start_waiting
	local uids='[{ "containerID": 1000, "hostID": 300000, "size": 7 },
		{ "containerID": 0, "hostID": 100000, "size": 1000 }]'
	local gids='[{ "containerID": 0, "hostID": 200000, "size": 65536 }]'
	run_beside_path "$uids" "$gids"
	assert_success
	assert_line "$(readlink "/proc/$INIT/ns/user")"
	assert_line 0
	assert_match '^ +1000 +300000 +7$'
	assert_stderr 'uidMappings: the joined user namespace has mappings already'
	local other
	for other in '[{ "containerID": 0, "hostID": 100000, "size": 1000 }]' '[]' \
		'[{ "containerID": 0, "hostID": 100000, "size": 1000 }, { "containerID": 1000, "hostID": 300001, "size": 7 }]' \
		'[{ "containerID": 0, "hostID": 100000, "size": 1000 }, { "containerID": 1000, "hostID": 300000, "size": 6 }]' \
		'[{ "containerID": 0, "hostID": 0, "size": 4294967295 }]'; do
		run_beside_path "$other" "$gids"
		assert_failure 1
		assert_stderr 'linux.uidMappings differs from the mappings of the one that is joined'
	done
	run_beside_path "$uids" '[{ "containerID": 0, "hostID": 200001, "size": 65536 }]'
	assert_failure 1
	assert_stderr 'linux.gidMappings differs'
	run_beside_path "$uids" '[]'
	assert_failure 1
	assert_stderr 'linux.gidMappings differs'
	# The user is looked up in them already.
	run_beside_path "$uids" "$gids"
	update_config '.process.user.uid = 1007'
	run_rt create --bundle "$BUNDLE" "$ID-b"
	assert_failure 1
	assert_stderr 'the uid 1007 is not mapped'
}

@test "as many mappings as the kernel takes, written at once" {
	local n
	for n in 340 341; do
		# As short as can be: the kernel takes less than a page of text.
		update_config '.linux.uidMappings = [range($n) | { containerID: ., hostID: (. + 1), size: 1 }]' --argjson n "$n"
		run_script 'wc -l </proc/self/uid_map'
		if ((n == 340)); then
			assert_success
			assert_output 340
		else
			assert_refused 'uidMappings.*341 mappings, the kernel takes 340'
		fi
	done
	update_config '.linux.uidMappings = [range(340) | { containerID: ., hostID: (. + 1000000000), size: 1 }]'
	run_bundle
	assert_refused 'uid_map: 340 id mappings of [0-9]+ bytes: the kernel takes less than a page'
}

@test "mappings without a user namespace, and a user namespace without mappings, are errors" {
	update_config 'del(.linux.uidMappings, .linux.gidMappings)'
	run_bundle
	assert_refused 'apping'
	update_config '.linux.namespaces |= map(select(.type != "user"))
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 10 }]'
	run_bundle
	assert_refused 'user namespace|apping'
}

@test "mappings that overlap, are empty or too large are errors" {
	local mapping
	for mapping in '[{ containerID: 0, hostID: 1, size: 0 }]' \
		'[{ containerID: 0, hostID: 1, size: 10 }, { containerID: 5, hostID: 100, size: 10 }]' \
		'[{ containerID: 0, hostID: 4294967295, size: 10 }]' \
		'[{ containerID: 0, hostID: -1, size: 10 }]'; do
		update_config ".linux.uidMappings = $mapping"
		run_bundle
		assert_refused 'uidMappings|uid_map'
	done
}

@test "a process user that is not mapped is an error" {
	update_config '.process.user = { uid: 70000, gid: 0 }'
	run_bundle
	assert_refused '70000'
}

# bats test_tags=open_tree
@test "bind sources that the container's root can not reach are mounted" {
	mkdir -p "$T/secret/inner"
	echo hello >"$T/secret/inner/file"
	chmod 700 "$T/secret"
	update_config '.mounts += [{ destination: "/mnt", type: "bind", source: $s, options: ["bind"] }]' \
		--arg s "$T/secret/inner"
	run_script 'cat /mnt/file'
	assert_success
	assert_output hello
}

@test "the owners of files on the host stay, of the root and of volumes" {
	mkdir "$T/volume"
	touch "$T/volume/file"
	chown 7:8 "$T/volume/file"
	update_config '.mounts += [{ destination: "/mnt", type: "bind", source: $s, options: ["bind"] }]' --arg s "$T/volume"
	# The mount points are made first: they are the container's.
	run_script true
	assert_success
	(cd "$T" && find bundle/rootfs volume -printf '%p %U:%G %m\n' | sort) >"$T/before"
	run_script 'ls -ln /mnt/file'
	assert_success
	(cd "$T" && find bundle/rootfs volume -printf '%p %U:%G %m\n' | sort) | diff "$T/before" -
}

@test "what is mounted on a volume inside does not show on the host, where mounts are shared" {
	mkdir "$T/volume"
	mount_on_host -t tmpfs tmpfs "$T/volume"
	mount --make-shared "$T/volume"
	mkdir "$T/volume/dir" "$T/volume/mine"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$T" "$BUNDLE"
	update_config '.mounts += [{ destination: "/mnt", type: "bind", source: $s, options: ["rbind"] }]
		| .linux.maskedPaths += ["/mnt/dir"] | .linux.readonlyPaths += ["/mnt"]
		| .process.capabilities |= map_values(. + ["CAP_SYS_ADMIN"])' --arg s "$T/volume"
	run_script 'mount -t tmpfs tmpfs /mnt/mine && grep -c " /mnt" /proc/self/mountinfo'
	assert_success
	[[ $output -ge 3 ]]
	assert_equal "$(grep -c " $T/volume" /proc/self/mountinfo)" 1
}
