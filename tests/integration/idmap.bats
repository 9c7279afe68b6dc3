# SPDX-License-Identifier: Apache-2.0
load helpers

setup() {
	common_setup
	require_root
	make_bundle
	mkdir "$T/source"
	mount_on_host -t tmpfs -o mode=755 tmpfs "$T/source"
	touch "$T/source/zero" "$T/source/seven"
	chown 7:8 "$T/source/seven"
	mkdir "$T/source/sub"
	mount_on_host -t tmpfs tmpfs "$T/source/sub"
	touch "$T/source/sub/deep"
	add_mount /mnt bind "$T/source" rbind idmap
	set_maps '[[0, 1000, 10]]' '[[0, 2000, 10]]'
	run_script true
	[[ $stderr != *'can not be id-mapped'* ]] || skip_because "this kernel can not map the ids of a tmpfs"
}

add_mount() { # DESTINATION TYPE SOURCE OPTION...
	local destination=$1 type=$2 source=$3
	shift 3
	update_config '.mounts += [{ destination: $d, type: $t, source: $s, options: $ARGS.positional }]' \
		--arg d "$destination" --arg t "$type" --arg s "$source" --args -- "$@"
}

# set_maps UIDS GIDS [INDEX]: of a mount, the last one; lists of [containerID, hostID, size]
set_maps() {
	update_config 'def rows: map({ containerID: .[0], hostID: .[1], size: .[2] });
		.mounts[$i].uidMappings = ($u | rows) | .mounts[$i].gidMappings = ($g | rows)' \
		--argjson u "$1" --argjson g "$2" --argjson i "${3:--1}"
}

set_options() {
	update_config '.mounts[-1].options = $ARGS.positional' --args -- "$@"
}

remove_maps() {
	update_config 'del(.mounts[-1].uidMappings, .mounts[-1].gidMappings)'
}

# A user namespace: uids from 100000, gids from 200000.
add_userns() {
	chmod 755 "$T" "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR"
	update_config '.linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]
		| .linux.gidMappings = [{ containerID: 0, hostID: 200000, size: 65536 }]'
}

@test "the mappings of a mount are what a container without a user namespace sees" {
	run_script 'stat -c "%n %u:%g" /mnt/zero /mnt/seven /mnt/sub/deep; touch /mnt/new'
	# Root of the container, id 0, is no id of this mount.
	assert_failure
	assert_stderr 'Value too large|overflow|Permission'
	assert_output $'/mnt/zero 1000:2000\n/mnt/seven 1007:2008\n/mnt/sub/deep 0:0'
	# The source is as it was.
	assert_equal "$(stat -c %u:%g "$T/source/seven")" 7:8
}

@test "what a mapped user writes has the id of the file system" {
	chmod 777 "$T/source"
	update_config '.process.user = { uid: 1003, gid: 2004 }'
	run_script 'touch /mnt/new && stat -c %u:%g /mnt/new'
	assert_success
	assert_output 1003:2004
	assert_equal "$(stat -c %u:%g "$T/source/new")" 3:4
}

@test "ids without a mapping are the overflow ids" {
	chown 70:80 "$T/source/seven"
	run_script 'stat -c %u:%g /mnt/seven'
	assert_success
	assert_output 65534:65534
}

@test "ridmap maps the mounts below, idmap does not" {
	set_options rbind ridmap
	run_script 'stat -c %u:%g /mnt/zero /mnt/sub/deep'
	assert_success
	assert_output $'1000:2000\n1000:2000'
	set_options rbind ridmap idmap
	run_script 'stat -c %u:%g /mnt/zero /mnt/sub/deep'
	assert_success
	assert_output $'1000:2000\n0:0'
}

@test "mappings without the word idmap" {
	set_options bind
	run_script 'stat -c %u:%g /mnt/zero'
	assert_success
	assert_output 1000:2000
}

@test "a file" {
	update_config '.mounts[-1].source = $s | .mounts[-1].destination = "/etc/one"
		| .mounts[-1].options = ["bind", "idmap", "ro"]' --arg s "$T/source/seven"
	run_script 'stat -c %u:%g /etc/one; echo >/etc/one'
	assert_failure
	assert_output 1007:2008
	assert_stderr 'Read-only'
}

@test "several lines of mappings" {
	set_maps '[[0, 5000, 1], [7, 6000, 1]]' '[[0, 5001, 1], [8, 6001, 1]]'
	run_script 'stat -c %u:%g /mnt/zero /mnt/seven'
	assert_success
	assert_output $'5000:5001\n6000:6001'
}

@test "several mounts, equal and different mappings" {
	local i
	set_options bind idmap
	for i in 1 2 3; do
		add_mount /mnt$i bind "$T/source" bind idmap
		set_maps '[[0, 1000, 10]]' '[[0, 2000, 10]]'
	done
	add_mount /mnt4 bind "$T/source" bind idmap
	set_maps '[[0, 3000, 10]]' '[[0, 4000, 10]]'
	run_script 'stat -c %u:%g /mnt/zero /mnt[1-4]/zero'
	assert_success
	assert_output $'1000:2000\n1000:2000\n1000:2000\n1000:2000\n3000:4000'
	# Equal ones are one.
	run_rt plan --bundle "$BUNDLE" x
	assert_json '.idmaps | length' 2
	assert_json '[.mounts[].idmap | numbers] | map(tostring) | join(" ")' '0 0 0 0 1'
}

@test "with a user namespace: the container's mapping" {
	add_userns
	remove_maps
	run_script 'stat -c "%u:%g" /mnt/zero /mnt/seven; touch /mnt/new; stat -c %u:%g /mnt/sub/deep'
	assert_success
	# The mount below has no mapping: the host's ids are none of the container's.
	assert_output $'0:0\n7:8\n65534:65534'
	assert_equal "$(stat -c %u:%g "$T/source/new")" 0:0
}

@test "with a user namespace: ridmap" {
	add_userns
	remove_maps
	set_options rbind ridmap
	run_script 'stat -c "%u:%g" /mnt/zero /mnt/sub/deep'
	assert_success
	assert_output $'0:0\n0:0'
}

@test "with a user namespace: mappings of the mount's own" {
	add_userns
	set_maps '[[7, 100042, 1]]' '[[8, 200043, 1]]'
	run_script 'stat -c "%u:%g" /mnt/seven /mnt/zero'
	assert_success
	assert_output $'42:43\n65534:65534'
}

@test "with a joined user namespace: its mapping" {
	require_command unshare
	chmod 755 "$T" "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR"
	background unshare --user sleep 60
	wait_until -t 5 grep -q sleep "/proc/$CHILD/comm"
	echo "0 100000 1000" >"/proc/$CHILD/uid_map"
	echo "0 200000 1000" >"/proc/$CHILD/gid_map"
	update_config '.linux.namespaces += [{ type: "user", path: $p }]' --arg p "/proc/$CHILD/ns/user"
	remove_maps
	run_script 'stat -c "%u:%g" /mnt/zero /mnt/seven'
	assert_success
	assert_output $'0:0\n7:8'
}

@test "idmap=uids=...;gids=..." {
	remove_maps
	set_options bind 'idmap=uids=0-1000-1#7-1010-2;gids=0-2000-10'
	run_script 'stat -c "%u:%g" /mnt/zero /mnt/seven'
	assert_success
	assert_output $'1000:2000\n1010:2008'
	set_options rbind 'ridmap=gids=0-2000-10;uids=0-1000-10'
	run_script 'stat -c "%u:%g" /mnt/sub/deep'
	assert_success
	assert_output 1000:2000
}

@test "idmap=uids=@... is relative to the container" {
	add_userns
	remove_maps
	set_options bind 'idmap=uids=@0-3-10;gids=@0-4-10#20-200020-1'
	run_script 'stat -c "%u:%g" /mnt/zero /mnt/seven'
	assert_success
	assert_output $'3:4\n10:12'
	# Beyond the line of the container's mapping.
	set_options bind 'idmap=uids=@0-0-65537;gids=@0-0-1'
	run_bundle
	assert_refused 'beyond'
	set_options bind 'idmap=uids=@70000-0-1;gids=@0-0-1'
	run_bundle
	assert_refused 'no mapping for "@70000"'
}

@test "malformed values of idmap=" {
	remove_maps
	local value
	for value in uids=0-1-1 'uids=0-1-1;gids=' 'uids=0-1;gids=0-1-1' 'uids=0-1-1;gids=0-1-x' 'uids=0-1-1,gids=0-1-1' \
		'uids=0-1-1;uids=0-1-1' 'uids=0-1-1;gids=0-1-1;' 'uids=0-1-99999999999;gids=0-1-1' \
		'uids=0- 1-1;gids=0-1-1' 'uids=0-1-0;gids=0-1-1' 'uids=0-1-5#2-7-1;gids=0-1-1' x; do
		set_options bind "idmap=$value"
		run_bundle
		assert_refused 'config.json'
	done
}

@test "without mappings and without a user namespace idmap is an error" {
	remove_maps
	local word
	for word in idmap ridmap idmap=; do
		set_options bind $word
		run_bundle
		assert_refused 'mappings of its own, or a user namespace'
	done
}

@test "one of uidMappings and gidMappings is an error" {
	update_config 'del(.mounts[-1].gidMappings)'
	run_bundle
	assert_refused 'together'
	set_maps '[]' '[[0, 1, 1]]'
	run_bundle
	assert_refused 'together'
}

@test "mappings that the kernel would refuse are named" {
	set_maps '[[0, 1000, 10], [5, 2000, 1]]' '[[0, 2000, 10]]'
	run_bundle
	assert_refused 'mounts/6/uidMappings/1.*overlaps'
	set_maps '[[0, 1000, 0]]' '[[0, 2000, 10]]'
	run_bundle
	assert_refused 'no ids'
	update_config '.mounts[-1].uidMappings = [range(341) | { containerID: ., hostID: ., size: 1 }]'
	run_bundle
	assert_refused '341'
}

@test "the kernel's limit of 340 lines" {
	update_config '.mounts[-1].uidMappings = [range(340) | { containerID: (. * 2), hostID: (. * 2 + 1000), size: 1 }]'
	chown 678 "$T/source/seven"
	run_script 'stat -c %u /mnt/seven'
	assert_success
	assert_output 1678
}

@test "only a bind can be mapped, and not every file system" {
	update_config '.mounts[-1] |= (.type = "tmpfs" | .source = "tmpfs" | .options = ["idmap"])'
	run_bundle
	assert_refused 'only a bind'
	update_config '.mounts[-1] |= (.type = "bind" | .source = "/proc/sys" | .options = ["bind", "idmap"])'
	run_bundle
	assert_refused '\(/mnt\).*/proc/sys can not be id-mapped: its file system \(proc\)'
}

@test "more mappings than are sensible" {
	update_config '.mounts = [range(65) as $i | .mounts[-1] | .destination = "/mnt/\($i)"
		| .uidMappings[0].hostID = 1000 + $i]'
	run_bundle
	assert_refused 'more than 64'
}

@test "nothing of the mapping's making is left" {
	start_waiting
	run_rt exec "$ID" probe fds
	assert_success
	run_rt exec "$ID" stat -c %u /mnt/zero
	assert_output 1000
}

@test "nested in a user namespace" {
	require_command unshare
	chmod -R a+rX "$T"
	# In there, a tmpfs of its own is what can be mapped.
	cat >"$T/nested" <<-'END'
		for i in 0 1 2 3 4 5 6 7 8 9; do
			[ -z "$(cat /proc/self/uid_map)" ] || [ -z "$(cat /proc/self/gid_map)" ] || break
			sleep 0.5
		done
		mkdir -p "$1/inner" && mount -t tmpfs -o mode=755 tmpfs "$1/inner" && touch "$1/inner/file" &&
		exec "$2" --root "$1/nested-state" --cgroup-manager=disabled run --bundle "$3" nested
	END
	set_script 'stat -c %u:%g /mnt/file'
	update_config '.linux.namespaces |= map(select(.type != "network" and .type != "cgroup")) | del(.linux.resources)
		| .mounts |= map(select(.type != "sysfs" and .type != "cgroup"))
		| .mounts[-1].source = $s | .mounts[-1].options = ["bind", "idmap"]' --arg s "$T/inner"
	set_maps '[[0, 30, 5]]' '[[0, 40, 5]]'
	background timeout 30 unshare --user --mount sh "$T/nested" "$T" "$RT" "$BUNDLE"
	wait_until -t 5 has_nested_shell
	echo 0 0 65536 >"/proc/$NESTED/uid_map"
	echo 0 0 65536 >"/proc/$NESTED/gid_map"
	wait "$CHILD" || { cat "$CHILD_LOG"; false; }
	assert_equal "$(<"$CHILD_LOG")" 30:40
	# An id that the outer user namespace does not have.
	set_maps '[[0, 70000, 5]]' '[[0, 40, 5]]'
	background timeout 30 unshare --user --mount sh "$T/nested" "$T" "$RT" "$BUNDLE"
	wait_until -t 5 has_nested_shell
	echo 0 0 65536 >"/proc/$NESTED/uid_map"
	echo 0 0 65536 >"/proc/$NESTED/gid_map"
	refute wait "$CHILD"
	grep -q 'mounts\[[0-9]*\] (/mnt): id mapping: .*uid_map' "$CHILD_LOG"
}

# unshare becomes the shell; timeout is its parent.
has_nested_shell() {
	NESTED=$(tr -d ' ' <"/proc/$CHILD/task/$CHILD/children")
	[[ -n $NESTED && $(<"/proc/$NESTED/comm") == sh ]]
}
