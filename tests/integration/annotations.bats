# SPDX-License-Identifier: Apache-2.0
# The annotations that change what the runtime does: src/plan/annotations.c
load helpers

annotate() { # KEY VALUE
	update_config '.annotations[$k] = $v' --arg k "$1" --arg v "$2"
}

agent() { # [VALUE]
	background "$PROBE" agent "$T/agent" "$@"
	wait_until grep -qx ready "$CHILD_LOG"
}

# A profile that asks an agent about getpgid, and names none.
notify() {
	rt features | jq -e '.linux.seccomp.enabled' >/dev/null || skip_because "built without seccomp"
	update_config '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [
		{ action: "SCMP_ACT_NOTIFY", names: ["getpgid"] }] }'
	set_args probe syscall getpgid 0
}

@test "every annotation with a path or a truth is checked" {
	local key
	for key in org.criu.config run.oci.hooks.stdout run.oci.hooks.stderr run.oci.pidfd_receiver \
		run.oci.seccomp.receiver run.oci.keep_original_groups run.oci.seccomp_fail_unknown_syscall; do
		update_config 'del(.annotations)'
		annotate $key relative/path
		run_bundle
		assert_refused "$key.*relative/path"
		rt features | jq -e --arg k $key '.potentiallyUnsafeConfigAnnotations | contains([$k])' >/dev/null ||
			fail "not in features: $key"
	done
}

@test "annotations of others change nothing, and all are in the state" {
	annotate com.example.key value
	annotate org.criu.config /etc/criu/runc.conf
	start_waiting
	run_rt state "$ID"
	assert_json '.annotations["com.example.key"]' value
	assert_json '.annotations["org.criu.config"]' /etc/criu/runc.conf
}

@test "run.oci.seccomp.receiver names the agent of a profile without listenerPath" {
	notify
	run_bundle
	assert_refused 'listenerPath'
	annotate run.oci.seccomp.receiver "$T/agent"
	agent 33
	run_bundle
	assert_success
	assert_output ok
}

@test "RUN_OCI_SECCOMP_RECEIVER does so too, after the annotation and after listenerPath" {
	notify
	agent 33
	RUN_OCI_SECCOMP_RECEIVER=$T/agent run_bundle
	assert_success
	assert_output ok
	RUN_OCI_SECCOMP_RECEIVER=relative run_bundle
	assert_refused 'RUN_OCI_SECCOMP_RECEIVER'
	annotate run.oci.seccomp.receiver /no/agent/of/annotation
	RUN_OCI_SECCOMP_RECEIVER=$T/agent run_bundle
	assert_refused '/no/agent/of/annotation'
	update_config '.linux.seccomp.listenerPath = "/no/agent/of/profile"'
	run_bundle
	assert_refused '/no/agent/of/profile'
}

@test "a ready filter with a notification goes to the receiver" {
	[[ $(uname -m) == x86_64 ]] || skip_because "the machine is no x86_64"
	# Load the number; getpgid (121) is SECCOMP_RET_USER_NOTIF, all else is allowed.
	local bpf
	bpf=$(printf '\x20\0\0\0\0\0\0\0\x15\0\0\1\x79\0\0\0\6\0\0\0\0\0\xc0\x7f\6\0\0\0\0\0\xff\x7f' | base64 -w0)
	annotate run.oci.seccomp_bpf_data "$bpf"
	set_args probe syscall getpgid 0
	run_bundle
	assert_refused 'listenerPath'
	annotate run.oci.seccomp.receiver "$T/agent"
	agent 33
	run_bundle
	assert_success
	assert_output ok
}

@test "run.oci.seccomp_fail_unknown_syscall makes unknown names an error, whatever the cache has" {
	notify
	update_config '.linux.seccomp.syscalls = [{ names: ["no_such_call", "getpgid"], action: "SCMP_ACT_ERRNO" }]'
	run_bundle
	assert_output EPERM
	annotate run.oci.seccomp_fail_unknown_syscall 1
	run_bundle
	assert_refused 'no_such_call'
	annotate run.oci.seccomp_fail_unknown_syscall 0
	run_bundle
	assert_output EPERM
}

@test "run.oci.pidfd_receiver gets a pidfd of init" {
	annotate run.oci.pidfd_receiver "$T/agent"
	agent
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_success
	wait_until grep -q '^document=' "$CHILD_LOG"
	assert_equal "$(grep ^fd "$CHILD_LOG")" $'fds_of_first_message=1\nfd=anon_inode:[pidfd]'
	run_rt delete --force "$ID"
	assert_success
	# Nobody there: an error.  The option comes first.
	rm "$T/agent"
	run_bundle
	assert_refused "$T/agent"
	annotate run.oci.pidfd_receiver /no/receiver
	agent
	run_bundle --pidfd-socket "$T/agent"
	assert_success
}

@test "run.oci.hooks.stdout and .stderr: the output of all hooks is appended to files" {
	local kind
	for kind in prestart createRuntime createContainer startContainer poststart poststop; do
		update_config '.hooks[$k] = [{ path: "/bin/sh", args: ["sh", "-c", "echo " + $k + "; echo error of " + $k + " >&2"] }]' \
			--arg k $kind
	done
	annotate run.oci.hooks.stdout "$T/stdout"
	annotate run.oci.hooks.stderr "$T/stderr"
	echo before >"$T/stdout"
	set_args probe fds
	run_bundle
	assert_success
	refute_match "$T/std"
	assert_equal "$(xargs <"$T/stdout")" \
		'before prestart createRuntime createContainer startContainer poststart poststop'
	assert_equal "$(grep -c '^error of ' "$T/stderr")" 6
	assert_equal "$(stat -c %a "$T/stderr")" 600
}

@test "a file for the output of hooks that can not be opened is an error, a FIFO without a reader too" {
	update_config '.hooks.createRuntime = [{ path: "/bin/true" }]'
	annotate run.oci.hooks.stdout /no/such/directory/file
	run_bundle
	assert_refused '/no/such/directory/file'
	mkfifo "$T/fifo"
	annotate run.oci.hooks.stdout "$T/fifo"
	run_bundle
	assert_refused "$T/fifo"
	update_config '.hooks = { createContainer: .hooks.createRuntime }'
	run_bundle
	assert_refused "$T/fifo"
	# It costs nobody a hook of the end.
	update_config '.hooks = { poststop: [{ path: "/bin/sh", args: ["sh", "-c", $s] }] }' --arg s "echo ran >$T/ran"
	run_bundle
	assert_success
	assert_stderr "$T/fifo"
	[[ -s $T/ran ]]
}

@test "run.oci.keep_original_groups keeps the caller's groups" {
	require_command setpriv
	update_config '.process.user = { uid: 0, gid: 0, additionalGids: [5] }'
	set_args id -G
	capture setpriv --groups 0,4242 "$RT" --root "$STATE" $RT_FLAGS run --bundle "$BUNDLE" "$ID"
	assert_output '0 5'
	annotate run.oci.keep_original_groups 1
	capture setpriv --groups 0,4242 "$RT" --root "$STATE" $RT_FLAGS run --bundle "$BUNDLE" "$ID"
	assert_match 4242
	annotate run.oci.keep_original_groups false
	capture setpriv --groups 0,4242 "$RT" --root "$STATE" $RT_FLAGS run --bundle "$BUNDLE" "$ID"
	assert_output '0 5'
}
