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
