# SPDX-License-Identifier: Apache-2.0
load helpers

setup() {
	common_setup
	require_root
	make_bundle
	HOOK=$T/hook
	ORDER=$T/order
	: >"$ORDER"
	# The hook that each test uses: notes its name, its state document and its surroundings.
	cat >"$HOOK" <<-END
		#!/bin/sh
		echo "\$1" >>"$ORDER"
		cat >"$T/\$1.state"
		env >"$T/\$1.env"
		readlink /proc/self/ns/mnt >"$T/\$1.mnt"
		readlink /proc/self/ns/net >"$T/\$1.net"
		case \$2 in
		fail) echo "output of the hook" >&2; exit 3 ;;
		hang) sleep 100 ;;
		esac
	END
	chmod 755 "$HOOK"
}

# add_hook KIND [fail|hang]
add_hook() {
	update_config '.hooks[$k] += [{ path: $p, args: ["hook", $k, $w], env: ["PATH=/bin:/usr/bin", "KIND=" + $k] }]' \
		--arg k "$1" --arg p "$HOOK" --arg w "${2-}"
}

# A hook inside the container: the probe's shell, writing into the root file system.
add_inside_hook() {
	update_config '.hooks[$k] += [{ path: "/bin/sh", args: ["sh", "-c", $s], env: ["PATH=/bin", "A=inside"] }]' \
		--arg k "$1" --arg s "$2"
}

hook_state() {
	output=$(<"$T/$1.state")
}

@test "the hooks of the runtime's namespaces run in their order" {
	local kind
	for kind in poststop poststart createRuntime prestart; do
		add_hook $kind
	done
	set_args probe wait
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_success
	assert_equal "$(xargs <"$ORDER")" 'prestart createRuntime'
	run_rt start "$ID"
	assert_success
	assert_equal "$(xargs <"$ORDER")" 'prestart createRuntime poststart'
	run_rt kill "$ID" KILL
	wait_until has_status "$ID" stopped
	assert_equal "$(xargs <"$ORDER")" 'prestart createRuntime poststart'
	run_rt delete "$ID"
	assert_success
	assert_equal "$(xargs <"$ORDER")" 'prestart createRuntime poststart poststop'
	for kind in prestart createRuntime poststart poststop; do
		assert_equal "$(<"$T/$kind.mnt")" "$(readlink /proc/self/ns/mnt)"
		assert_equal "$(<"$T/$kind.net")" "$(readlink /proc/self/ns/net)"
	done
}

@test "the state document on standard input" {
	local kind
	for kind in prestart createRuntime poststart poststop; do
		add_hook $kind
	done
	update_config '.annotations = { "some/key": "va\"lue" } | .process.args = ["probe", "wait"]'
	run_rt create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	assert_success
	run_rt start "$ID"
	assert_success
	run_rt delete --force "$ID"
	assert_success
	local pid
	pid=$(<"$T/pid")
	for kind in prestart createRuntime poststart poststop; do
		hook_state $kind
		assert_json .id "$ID"
		assert_json .bundle "$BUNDLE"
		assert_json '.annotations["some/key"]' 'va"lue'
		assert_json '.ociVersion | test("^1\\.")' true
		# One line, and slashes are not escaped: some consumers are no JSON parsers.
		assert_equal "$(wc -l <<<"$output")" 1
		assert_match 'some/key'
	done
	hook_state createRuntime
	assert_json .status created
	assert_json .pid "$pid"
	hook_state poststart
	assert_json .status running
	assert_json .pid "$pid"
	hook_state poststop
	assert_json .status stopped
}

@test "prestart and createRuntime see the container's namespaces and its root before the pivot" {
	cat >"$HOOK" <<-END
		#!/bin/sh
		pid=\$(jq .pid)
		readlink /proc/\$pid/ns/net >$T/net
		nsenter -t \$pid -m cat $ROOTFS/etc/group >$T/group
		nsenter -t \$pid -m grep -c " $ROOTFS/proc " /proc/self/mountinfo >$T/mounted
	END
	local kind
	for kind in prestart createRuntime; do
		rm -f "$T/net" "$T/group" "$T/mounted"
		update_config 'del(.hooks)'
		add_hook $kind
		run_script 'readlink /proc/self/ns/net'
		assert_success
		assert_equal "$(<"$T/net")" "$output"
		grep -qx user:x:1000: "$T/group"
		assert_equal "$(<"$T/mounted")" 1
	done
}

@test "createContainer runs in the container's namespaces, before the pivot" {
	cat >"$HOOK" <<-END
		#!/bin/sh
		cat >$T/document
		readlink /proc/self/ns/net >$T/net
		readlink /proc/self/ns/mnt >$T/mnt
		ls $ROOTFS/bin/probe >$T/sees
	END
	add_hook createContainer
	run_script 'readlink /proc/self/ns/net; readlink /proc/self/ns/mnt'
	assert_success
	assert_output "$(cat "$T/net" "$T/mnt")"
	[[ -s $T/sees ]]
	output=$(<"$T/document")
	assert_json .status created
	assert_json .id "$ID"
	assert_json '.pid > 0' true
}

@test "startContainer runs inside, at start and not before" {
	add_inside_hook startContainer 'cat >/state; echo $A >/env; readlink /proc/self/ns/net >/net; pwd >/cwd'
	set_script 'readlink /proc/self/ns/net >/program'
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_success
	[[ ! -e $ROOTFS/state ]]
	run_rt start "$ID"
	assert_success
	wait_until test -s "$ROOTFS/program"
	output=$(<"$ROOTFS/state")
	assert_json .status created
	assert_json .id "$ID"
	assert_json .pid 1
	assert_equal "$(<"$ROOTFS/env")" inside
	assert_equal "$(<"$ROOTFS/net")" "$(<"$ROOTFS/program")"
}

@test "a hook's environment is its list; without one, that of rt" {
	add_hook createRuntime
	FROM_CALLER=yes run_bundle
	assert_success
	grep -qx KIND=createRuntime "$T/createRuntime.env"
	refute grep FROM_CALLER "$T/createRuntime.env"
	update_config 'del(.hooks.createRuntime[0].env)'
	FROM_CALLER=yes run_bundle
	assert_success
	grep -qx FROM_CALLER=yes "$T/createRuntime.env"
	update_config '.hooks.createRuntime[0].env = []'
	FROM_CALLER=yes run_bundle
	assert_success
	refute grep FROM_CALLER "$T/createRuntime.env"
}

@test "a hook's first argument is free" {
	printf '#!/bin/sh\ntr "\\0" "\\n" </proc/$$/cmdline >%s\n' "$T/cmdline" >"$HOOK"
	update_config '.hooks.createRuntime = [{ path: $p, args: ["any name", "one", "two words"] }]' --arg p "$HOOK"
	run_bundle
	assert_success
	assert_equal "$(tail -n 2 "$T/cmdline")" $'one\ntwo words'
}

@test "several hooks of a kind run in their order" {
	local i
	for i in 1 2 3; do
		update_config '.hooks.createRuntime += [{ path: "/bin/sh", args: ["sh", "-c", $s] }]' \
			--arg s "echo $i >>$ORDER"
	done
	run_bundle
	assert_success
	assert_equal "$(xargs <"$ORDER")" '1 2 3'
}

@test "a hook that fails before the program runs ends the container, and poststop runs" {
	local kind
	for kind in prestart createRuntime createContainer; do
		update_config 'del(.hooks)'
		: >"$ORDER"
		add_hook $kind fail
		add_hook poststop
		set_script 'echo ran >/ran'
		run_bundle
		assert_refused "$kind"
		assert_stderr 'output of the hook'
		assert_equal "$(xargs <"$ORDER")" "$kind poststop"
		[[ ! -e $ROOTFS/ran ]]
	done
}

@test "startContainer that fails: the program does not run" {
	add_inside_hook startContainer 'exit 5'
	add_hook poststop
	set_script 'echo ran >/ran'
	run_bundle
	assert_failure
	assert_stderr 'startContainer'
	[[ ! -e $ROOTFS/ran ]]
	assert_equal "$(xargs <"$ORDER")" poststop
	assert_nothing_left
}

@test "startContainer that fails at start: the container is destroyed, poststop runs" {
	add_inside_hook startContainer 'echo said; exit 5'
	add_hook poststop
	set_script 'echo ran >/ran'
	run_rt create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	assert_success
	run_rt start "$ID"
	assert_failure 1
	assert_stderr 'error running startContainer hook #0: exit status 5, stdout: said'
	[[ ! -e $ROOTFS/ran ]]
	wait_until is_gone "$(<"$T/pid")"
	assert_equal "$(xargs <"$ORDER")" poststop
	hook_state poststop
	assert_json .status stopped
	assert_nothing_left
}

@test "poststart that fails ends the container, poststop runs" {
	add_hook poststart fail
	add_hook poststop
	set_args probe wait
	run_rt create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	assert_success
	run_rt start "$ID"
	assert_failure 1
	assert_stderr 'poststart'
	wait_until is_gone "$(<"$T/pid")"
	assert_equal "$(xargs <"$ORDER")" 'poststart poststop'
	assert_nothing_left
	: >"$ORDER"
	run_bundle
	assert_failure 1
	assert_equal "$(xargs <"$ORDER")" 'poststart poststop'
	assert_nothing_left
}

@test "poststart runs after the program was executed" {
	update_config '.hooks.poststart = [{ path: "/bin/sh", args: ["sh", "-c", $s] }]' \
		--arg s "jq -r .pid | xargs -I{} readlink /proc/{}/exe >$T/exe"
	start_waiting
	assert_equal "$(<"$T/exe")" /bin/probe
}

@test "poststop that fails is a warning, the other hooks run and the container is deleted" {
	add_hook poststop fail
	update_config '.hooks.poststop += [{ path: "/bin/sh", args: ["sh", "-c", $s] }]' --arg s "echo second >>$ORDER"
	set_args true
	run_rt run -d --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" stopped
	run_rt delete "$ID"
	assert_success
	assert_stderr 'poststop'
	assert_equal "$(xargs <"$ORDER")" 'poststop second'
	assert_nothing_left
}

@test "a hook that takes longer than its timeout is killed, and fails" {
	add_hook createRuntime hang
	update_config '.hooks.createRuntime[0].timeout = 1'
	local before=$SECONDS
	run_bundle
	assert_refused 'createRuntime'
	[[ $((SECONDS - before)) -le 5 ]]
	assert_stderr 'time'
}

@test "a hook within its timeout succeeds" {
	add_hook createRuntime
	update_config '.hooks.createRuntime[0].timeout = 20'
	run_bundle
	assert_success
}

@test "a hook that is missing, or has no absolute path, is an error" {
	update_config '.hooks.createRuntime = [{ path: "/no/such/hook" }]'
	run_bundle
	assert_refused '/no/such/hook.*No such file'
	update_config '.hooks = { createContainer: [{ path: "/no/such/hook" }] }'
	run_bundle
	assert_refused 'createContainer.*/no/such/hook.*No such file'
	update_config '.hooks = { startContainer: [{ path: "/no/such/hook" }] }'
	run_bundle
	assert_refused 'startContainer.*/no/such/hook.*No such file'
	update_config '.hooks = { createRuntime: [{ path: "relative" }] }'
	run_bundle
	assert_refused 'hooks.*path|path.*absolute'
	update_config '.hooks.createRuntime = [{ path: "/bin/true", timeout: 0 }]'
	run_bundle
	assert_refused 'timeout'
}

@test "hooks leave no process behind, and do not need to read their input" {
	update_config '.hooks.createRuntime = [{ path: "/bin/true" }]
		| .annotations = { "long": ("x" * 200000) }'
	run_bundle
	assert_success
}

@test "what hooks make is for others too, whatever rt's own umask is" {
	printf '#!/bin/sh\numask >"%s/$KIND.umask"\n' "$T" >"$HOOK"
	local kind
	for kind in prestart createRuntime createContainer poststart poststop; do
		add_hook $kind
	done
	run_bundle
	assert_success
	for kind in prestart createRuntime createContainer poststart poststop; do
		assert_equal "$(<"$T/$kind.umask")" 0022
	done
}

@test "a timeout ends what the hook has started, inside and outside" {
	local kind
	for kind in createRuntime createContainer; do
		update_config '.hooks = { ($k): [{ path: "/bin/sh", timeout: 1, args: ["sh", "-c", $s] }] }' --arg k $kind \
			--arg s "sleep 300 & echo \$! >$T/$kind.child; wait"
		run_bundle
		assert_refused "$kind.*1 s"
		# The number is the one of the pid namespace that the hook is in: only outside it is ours.
		[[ $kind != createRuntime ]] || wait_until is_gone "$(<"$T/$kind.child")"
		[[ -s $T/$kind.child ]]
	done
}

@test "a hook that leaves a child with its pipes is not waited for" {
	local kind
	for kind in createRuntime createContainer startContainer poststart; do
		update_config '.hooks = { ($k): [{ path: "/bin/sh", args: ["sh", "-c", "sleep 20 & exit 0"] }] }' --arg k $kind
		local before=$SECONDS
		run_bundle
		assert_success
		[[ $((SECONDS - before)) -le 15 ]] || fail "$kind"
	done
}

@test "output without end is read, and the begin of it is in the error" {
	local kind
	for kind in createRuntime createContainer startContainer; do
		update_config '.hooks = { ($k): [{ path: "/bin/sh",
			args: ["sh", "-c", "echo first; head -c 3000000 /dev/zero | tr \"\\0\" x; echo wrong >&2; exit 3"] }] }' \
			--arg k $kind
		run_bundle
		assert_failure
		assert_stderr "error running $kind hook #0: exit status 3, stdout: first"
		assert_stderr 'stderr: wrong'
		[[ ${#stderr} -lt 2000 ]]
		assert_nothing_left
	done
}

@test "a hook that is no program is an error" {
	echo 'no program' >"$T/text"
	local kind
	for kind in createRuntime createContainer; do
		update_config '.hooks = { ($k): [{ path: $p }] }' --arg k $kind --arg p "$T/text"
		run_bundle
		assert_refused "$kind.*Permission denied"
	done
	chmod 755 "$T/text"
	update_config '.hooks = { createRuntime: [{ path: $p }] }' --arg p "$T/text"
	run_bundle
	assert_refused 'Exec format error'
}

@test "hooks have default signals, no descriptor of the runtime, and a process group of their own" {
	local kind
	cat >"$HOOK" <<-END
		#!/bin/sh
		kind=\$1
		sed -n 's/^Sig\(Ign\|Blk\):\t//p' /proc/self/status | xargs >"$T/\$kind.signals"
		ls -l /proc/self/fd >"$T/\$kind.fds"
		cut -d' ' -f4,5 /proc/self/stat >"$T/\$kind.group" # of cut: the hook, its group
	END
	for kind in prestart createRuntime createContainer poststart poststop; do
		add_hook $kind
	done
	set_args true
	# A caller who ignores signals and has open files.
	(trap '' HUP INT USR1 PIPE CHLD && exec 7</etc/passwd 8>"$T/leak" && run_bundle && assert_success)
	for kind in prestart createRuntime createContainer poststart poststop; do
		assert_equal "$(<"$T/$kind.signals")" '0000000000000000 0000000000000000'
		[[ -s $T/$kind.fds ]]
		refute grep -E 'passwd|leak|memfd|socket|anon_inode|/state' "$T/$kind.fds"
		read -r pid group <"$T/$kind.group"
		assert_equal "$group" "$pid"
	done
}

@test "where hooks start: the bundle, the root file system, the working directory" {
	update_config '.process.cwd = "/tmp" | .hooks = { startContainer: [{ path: "/bin/sh", args: ["sh", "-c", "pwd >/tmp/cwd"] }] }'
	printf '#!/bin/sh\npwd >"%s/$KIND.cwd"\n' "$T" >"$HOOK"
	local kind
	for kind in prestart createRuntime createContainer poststart poststop; do
		add_hook $kind
	done
	run_bundle
	assert_success
	for kind in prestart createRuntime poststart poststop; do
		assert_equal "$(<"$T/$kind.cwd")" "$BUNDLE"
	done
	assert_equal "$(<"$T/createContainer.cwd")" "$ROOTFS"
	assert_equal "$(<"$ROOTFS/tmp/cwd")" /tmp
}

@test "without an environment of its own, startContainer has the program's and createContainer none" {
	update_config '.process.env = ["PATH=/bin", "OF=program"] | .hooks = {
		startContainer: [{ path: "/bin/sh", args: ["sh", "-c", "env >/start.env"] }],
		createContainer: [{ path: "/bin/sh", args: ["sh", "-c", $s] }] }' --arg s "/usr/bin/env >$T/container.env"
	OF=caller run_bundle
	assert_success
	grep -qx OF=program "$ROOTFS/start.env"
	refute grep -E 'OF=|HOME=' "$T/container.env"
}

@test "hooks run under the filter of a listener, which is there before start" {
	rt features | jq -e '.linux.seccomp.enabled' >/dev/null || skip_because "built without seccomp"
	update_config '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", listenerPath: $p, syscalls: [
			{ names: ["getpgid"], action: "SCMP_ACT_NOTIFY" }, { names: ["sync"], action: "SCMP_ACT_ERRNO" }] }
		| .hooks.startContainer = [{ path: "/bin/sh", args: ["sh", "-c", "probe syscall sync >/hook.sync; true"],
			env: ["PATH=/bin"] }]' --arg p "$T/agent"
	background "$PROBE" agent "$T/agent"
	wait_until grep -qx ready "$CHILD_LOG"
	run_bundle
	assert_success
	assert_equal "$(<"$ROOTFS/hook.sync")" EPERM
}

@test "the path of a startContainer hook is the container's, of all others the host's" {
	local kind
	for kind in prestart createRuntime createContainer poststart poststop; do
		add_hook $kind # there is no such file in the container
	done
	# Nor this one on the host.
	[[ ! -e /bin/probe ]]
	update_config '.hooks.startContainer = [{ path: "/bin/probe", args: ["probe", "xattr", "/started", "user.kind", "hook"] }]'
	touch "$ROOTFS/started"
	run_bundle
	assert_success
	assert_equal "$(xargs <"$ORDER")" 'prestart createRuntime createContainer poststart poststop'
	assert_equal "$("$PROBE" xattr "$ROOTFS/started" user.kind)" hook
}

@test "poststop runs when the container's processes and its cgroup are gone, and before delete returns" {
	require_cgroup2
	start_waiting
	local cgroup
	cgroup=$(cgroup_dir)
	run_rt delete --force "$ID"
	# The same once more, with a hook that looks.
	update_config '.hooks.poststop = [{ path: "/bin/sh", args: ["sh", "-c", $s] }]' --arg s "sleep 0.2
		[ -d $cgroup ] && echo cgroup >>$ORDER; read -r pid <$T/$ID.pid; grep -qs \"^State:.[^ZX]\" /proc/\$pid/status && echo process >>$ORDER
		echo hook >>$ORDER"
	start_waiting
	assert_equal "$(cgroup_dir)" "$cgroup"
	run_rt delete --force "$ID"
	assert_success
	assert_equal "$(xargs <"$ORDER")" hook
}
