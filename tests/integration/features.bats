# SPDX-License-Identifier: Apache-2.0
load helpers

setup() {
	common_setup
	run_rt features
	assert_success
}

@test "features names the versions and hooks" {
	assert_json .ociVersionMin 1.0.0
	assert_json .ociVersionMax 1.3.0
	assert_json '.hooks | sort | join(" ")' \
		'createContainer createRuntime poststart poststop prestart startContainer'
}

@test "features names all eight namespaces" {
	assert_json '.linux.namespaces | sort | join(" ")' 'cgroup ipc mount network pid time user uts'
}

@test "features names every mount option of the specification" {
	local option
	for option in async atime bind defaults dev diratime dirsync exec iversion lazytime loud noatime nodev nodiratime \
		noexec noiversion nolazytime norelatime nostrictatime nosuid private ratime rbind rdev rdiratime relatime \
		remount rexec rnoatime rnodiratime rnoexec rnorelatime rnostrictatime rnosuid rnosymfollow ro rprivate \
		rrelatime rro rrw rshared rslave rstrictatime rsuid rsymfollow runbindable rw shared silent slave \
		strictatime suid symfollow sync tmpcopyup unbindable nosymfollow; do
		assert_json ".mountOptions | contains([\"$option\"])" true
	done
}

@test "features names capabilities" {
	assert_json '.linux.capabilities | contains(["CAP_SYS_ADMIN", "CAP_CHECKPOINT_RESTORE"])' true
	assert_json '.linux.capabilities | length >= 41' true
}

@test "features describes cgroups and seccomp" {
	assert_json .linux.cgroup.v2 true
	assert_json .linux.cgroup.v1 false
	assert_json .linux.seccomp.enabled true
	assert_json '.linux.seccomp.actions | contains(["SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL_PROCESS"])' true
	assert_json '.linux.seccomp.operators | contains(["SCMP_CMP_MASKED_EQ"])' true
	assert_json '.linux.seccomp.archs | contains(["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"])' true
	assert_json '.linux.seccomp.knownFlags | contains(["SECCOMP_FILTER_FLAG_LOG"])' true
}

@test "features names the annotations that must not come from strangers, and the manual explains them" {
	assert_json '.potentiallyUnsafeConfigAnnotations | contains(["run.oci.keep_original_groups"])' true
	local key
	for key in $(jq -r '.potentiallyUnsafeConfigAnnotations[]' <<<"$output"); do
		# A prefix stands there with the name that follows it.
		grep -qxF -e ".It Li $key" -e ".It Li $key\& Ns Ar NAME" "$SOURCE_DIR/man/rt.1" ||
			fail "not in the manual: $key"
	done
}

@test "features says which rt this is" {
	local version
	version=$(rt --version | head -n 1 | cut -d' ' -f3)
	assert_json '.annotations["rt.version"]' "$version"
}

# ---- what features lists is what a configuration may have ----------------------------------------------------------

# Each word of LIST is put into a configuration and checked.  What this machine lacks is another matter: only UNKNOWN,
# what is said of a word that nobody knows, must not be said.
assert_recognized() { # LIST CONFIGURATION UNKNOWN
	local word n=0
	while read -r word; do
		cp "$BATS_TEST_DIRNAME/config.json" "$BUNDLE/config.json"
		update_config "$2" --arg w "$word"
		capture rt check --bundle "$BUNDLE"
		refute_match "$3"
		n=$((n + 1))
	done < <(rt features | jq -r "$1")
	[[ $n -gt 0 ]]
	# The same of a word that nobody knows is told, in these words.
	update_config "$2" --arg w UNHEARD_OF
	capture rt check --bundle "$BUNDLE"
	assert_match "$3"
}

@test "features: every word of a list is recognized in config.json, another is not" {
	make_bundle
	assert_recognized '.linux.namespaces[]' '.linux.namespaces = [{ type: $w }]' 'no namespace of type'
	assert_recognized '.linux.capabilities[]' '.process.capabilities.bounding = [$w]' 'UNHEARD_OF'
	assert_recognized '.linux.memoryPolicy.modes[]' '.linux.memoryPolicy = { mode: $w, nodes: "0" }' 'no memory policy'
	assert_recognized '.linux.memoryPolicy.flags[]' '.linux.memoryPolicy = { mode: "MPOL_BIND", nodes: "0", flags: [$w] }' \
		'no memory policy flag'
	assert_recognized '.linux.seccomp.actions[]' \
		'.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", listenerPath: "/agent", syscalls: [{ names: ["getpgid"], action: $w }] }' \
		'no seccomp action'
	assert_recognized '.linux.seccomp.operators[]' \
		'.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: ["getpgid"], action: "SCMP_ACT_ERRNO",
			args: [{ index: 0, value: 1, valueTwo: 1, op: $w }] }] }' 'no operator'
	assert_recognized '.linux.seccomp.archs[]' '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", architectures: [$w] }' \
		'no architecture'
	assert_recognized '.linux.seccomp.knownFlags[]' '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", flags: [$w] }' \
		'no seccomp flag'
	assert_recognized '.hooks[]' '.hooks = { ($w): [{ path: "/bin/true" }] }' 'unknown property'
}

@test "features: every mount option of the list is one of ours, an unknown word goes to the file system" {
	make_bundle
	local word
	cp "$BUNDLE/config.json" "$T/config.json"
	while read -r word; do
		cp "$T/config.json" "$BUNDLE/config.json"
		update_config '.mounts += [{ destination: "/mnt", type: "tmpfs", source: "tmpfs", options: ["size=64k", $w] }]' --arg w "$word"
		case $word in
		bind | rbind | idmap | ridmap | copy-symlink | src-nofollow | dest-nofollow) update_config \
			'.mounts[-1] |= (.type = "bind" | .options -= ["size=64k"] | .source = "/tmp")
				| .mounts[-1].uidMappings = [{ containerID: 0, hostID: 1, size: 1 }]
				| .mounts[-1].gidMappings = [{ containerID: 0, hostID: 1, size: 1 }]' ;;
		esac
		run_rt plan --bundle "$BUNDLE" x
		[[ $status -eq 0 ]] || { show_call; fail "refused: $word"; }
		# None of them is left for the file system.
		assert_json ".mounts[] | select(.destination == \"/mnt\") | .options // \"\" | split(\",\") | map(select(. == \"$word\")) | length" 0
	done < <(rt features | jq -r '.mountOptions[]')
	update_config '.mounts[-1].options = ["unheard_of"]'
	run_rt plan --bundle "$BUNDLE" x
	assert_match unheard_of
	run_rt features
	assert_json '.mountOptions | map(select(test("^(size|mode|uid|gid|nr_inodes|newinstance|ptmxmode|hidepid)$"))) | length' 0
}

@test "features has no property that the specification has not, and its annotations are texts" {
	assert_json 'keys - ["annotations", "hooks", "linux", "mountOptions", "ociVersionMax", "ociVersionMin",
		"potentiallyUnsafeConfigAnnotations"] | join(" ")' ''
	assert_json '.linux | keys - ["apparmor", "capabilities", "cgroup", "intelRdt", "memoryPolicy", "mountExtensions",
		"namespaces", "netDevices", "seccomp", "selinux"] | join(" ")' ''
	assert_json '.linux.cgroup | keys - ["rdma", "systemd", "systemdUser", "v1", "v2"] | join(" ")' ''
	assert_json '.linux.seccomp | keys - ["actions", "archs", "enabled", "knownFlags", "operators", "supportedFlags"] | join(" ")' ''
	assert_json '.linux.intelRdt | keys - ["enabled", "monitoring", "schemata"] | join(" ")' ''
	assert_json '.linux.memoryPolicy | keys | join(" ")' 'flags modes'
	assert_json '.linux.mountExtensions == { idmap: { enabled: true } }' true
	assert_json '.annotations | to_entries | all((.key | length > 0) and (.value | type == "string"))' true
	assert_json '[.. | nulls] | length' 0
	assert_json '[.ociVersionMin, .ociVersionMax] | map(split(".") | map(tonumber)) | .[0] <= .[1]' true
}

@test "features is the same wherever it is called" {
	require_root
	local here=$output
	capture env -i "$PROBE" old-kernel 5.1 "$RT" features
	assert_success
	assert_output "$here"
	require_command unshare
	mkdir "$T/empty"
	# shellcheck disable=SC2016 # expanded by that shell
	capture unshare --mount --propagation private sh -ec 'mount --bind "$0" /sys; exec "$@"' "$T/empty" "$RT" features
	assert_success
	assert_output "$here"
}
