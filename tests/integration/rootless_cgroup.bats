# SPDX-License-Identifier: Apache-2.0
# Cgroups of a caller without privileges: those that are delegated, and none.
load helpers
load rootless

setup() {
	rootless_setup
	[[ -n $CGROUP2 ]] || skip_because "no cgroup2 hierarchy"
	set_args probe wait
}

teardown() {
	common_teardown
	[[ -z $PART ]] || find "$PART" -depth -type d -exec rmdir {} +
}

give() {
	chown "$USER_ID" "$1" "$1/cgroup.procs" "$1/cgroup.threads" "$1/cgroup.subtree_control"
}

# A part of the hierarchy is the user's, and rt runs in a cgroup below it, as in a unit of the user's systemd; WHAT is
# both or own: that cgroup alone, as in a unit of the system with User= and Delegate=.
delegate() {
	local name
	if [[ $EUID -ne 0 ]]; then
		OWN=$CGROUP2$(sed -n 's/^0:://p' /proc/self/cgroup)
		PARENT=$(dirname "$OWN")
		[[ $1 == both && -w $PARENT/cgroup.procs ]] || skip_because "no cgroup is delegated to this user"
		return
	fi
	PART=$CGROUP2/part-$$-$BATS_TEST_NUMBER
	PARENT=$PART OWN=$PART/own
	for name in memory pids; do
		grep -qw $name "$CGROUP2/cgroup.controllers" || continue
		grep -qw $name "$CGROUP2/cgroup.subtree_control" || echo "+$name" >"$CGROUP2/cgroup.subtree_control"
	done
	mkdir "$PART" "$OWN"
	[[ $1 == own ]] || give "$PART"
	give "$OWN"
	# shellcheck disable=SC2016 # the inner shell's
	WRAP=(bash -ec 'echo 0 >"$0/cgroup.procs"; exec "$@"' "$OWN")
}

# The cgroup of a process, as the host sees it.
cgroup_of() {
	echo "$CGROUP2$(sed -n 's/^0:://p' "/proc/$1/cgroup")"
}

start_it() {
	run_rt run -d --bundle "$BUNDLE" --pid-file "$XDG/pid" "$ID"
	assert_success
	INIT=$(<"$XDG/pid")
}

delete_it() {
	run_rt delete --force "$ID"
	assert_success
	assert_nothing_left
}

@test "rootless cgroups: the container's is beside rt's own" {
	delegate both
	start_it
	assert_equal "$(cgroup_of "$INIT")" "$PARENT/$ID"
	# A process that joins is born there too.
	run_rt exec -d --pid-file "$XDG/second" "$ID" sleep 100
	assert_success
	assert_equal "$(cgroup_of "$(<"$XDG/second")")" "$PARENT/$ID"
	run_rt ps --format json "$ID"
	assert_success
	assert_json 'length' 2
	run_rt pause "$ID"
	assert_success
	assert_status "$ID" paused
	run_rt resume "$ID"
	assert_success
	assert_status "$ID" running
	run_rt kill --all "$ID" KILL
	assert_success
	wait_until has_status "$ID" stopped
	run_rt delete "$ID"
	assert_success
	assert_nothing_left
	[[ ! -e $PARENT/$ID ]]
}

@test "rootless cgroups: a relative path is below the parent of rt's own" {
	delegate both
	update_config '.linux.cgroupsPath = "../../pod/a"'
	start_it
	assert_equal "$(cgroup_of "$INIT")" "$PARENT/pod/a"
	delete_it
	[[ ! -e $PARENT/pod/a ]]
	rmdir "$PARENT/pod"
}

@test "rootless cgroups: an absolute path into the delegated part" {
	delegate both
	update_config '.linux.cgroupsPath = $p' --arg p "${PARENT#"$CGROUP2"}/engine/$ID"
	start_it
	assert_equal "$(cgroup_of "$INIT")" "$PARENT/engine/$ID"
	delete_it
	rmdir "$PARENT/engine"
}

@test "rootless cgroups: limits of controllers that are delegated" {
	[[ $(<"$CGROUP2/cgroup.controllers") == *pids* ]] || skip_because "cgroup2 has no pids controller here"
	delegate both
	update_config '.linux.resources = { pids: { limit: 30 } }'
	start_it
	assert_equal "$(<"$PARENT/$ID/pids.max")" 30
	run_rt update --pids-limit 20 "$ID"
	assert_success
	assert_equal "$(<"$PARENT/$ID/pids.max")" 20
	run_rt events --stats "$ID"
	assert_success
	assert_json '.data.pids.limit' 20
	delete_it
}

@test "rootless cgroups: where rt's own cgroup alone is delegated, the container is below it" {
	delegate own
	start_it
	assert_equal "$(cgroup_of "$INIT")" "$OWN/$ID"
	delete_it
}

@test "rootless cgroups: rt's own cgroup has processes, so that limits can not be below it" {
	[[ $(<"$CGROUP2/cgroup.controllers") == *memory* ]] || skip_because "cgroup2 has no memory controller here"
	delegate own
	echo "+memory +pids" >"$PART/cgroup.subtree_control"
	# Threads can be counted there (cgroups(7), threaded mode), memory can not.
	update_config '.linux.resources = { pids: { limit: 30 } }'
	start_it
	assert_equal "$(<"$OWN/$ID/pids.max")" 30
	delete_it
	update_config '.linux.resources = { memory: { limit: 100000000 } }'
	run_bundle
	assert_refused '/linux/resources/memory/limit.* can not be applied'
	assert_stderr 'hint: .*it has processes of its own'
}

@test "rootless cgroups: a controller that is not delegated" {
	[[ $(<"$CGROUP2/cgroup.controllers") == *pids* ]] || skip_because "cgroup2 has no pids controller here"
	require_root
	delegate both
	# The hierarchy has it, and does not pass it on.
	mkdir "$PART/below" "$PART/below/own"
	give "$PART/below"
	give "$PART/below/own"
	chown 0 "$PART/cgroup.subtree_control"
	WRAP[3]=$PART/below/own
	update_config '.linux.resources = { pids: { limit: 30 } }'
	run_bundle
	assert_refused 'pids.* can not be applied'
	assert_stderr "hint: the pids controller is not delegated to uid $USER_ID: .*Delegate=cpu cpuset io memory pids"
}

@test "rootless cgroups: none is delegated" {
	require_root
	set_args cat /proc/self/cgroup
	# Nothing is asked for, and nothing is made.
	run_bundle
	assert_success
	assert_match '^0::/'
	run_rt --rootless=true run --bundle "$BUNDLE" "$ID"
	assert_success
	run_rt --rootless=false run --bundle "$BUNDLE" "$ID"
	assert_refused 'make cgroup .*: Permission denied'
	assert_stderr 'hint: .*not delegated to uid 65534: run rt by `systemd-run --user --scope -p Delegate=yes`'
	# What is asked for has its reason named.
	update_config '.linux.cgroupsPath = "/some/path"'
	run_bundle
	assert_refused 'make cgroup .*/some/path: Permission denied'
	assert_stderr 'hint: .*not delegated'
	update_config 'del(.linux.cgroupsPath) | .linux.resources = { unified: { "cgroup.max.depth": "3" } }'
	run_bundle
	assert_refused 'make cgroup .*: Permission denied'
	assert_stderr 'hint: .*not delegated'
}

@test "rootless cgroups: verbs that need a cgroup say that there is none" {
	require_root
	start_it
	run_rt ps "$ID"
	assert_failure 1
	assert_stderr 'the container has no cgroup of its own'
	run_rt pause "$ID"
	assert_failure 1
	assert_stderr 'the container has no cgroup of its own'
	run_rt update --pids-limit 5 "$ID"
	assert_failure 1
	assert_stderr 'the container has no cgroup of its own'
	# It has a pid namespace of its own, whose end is that of all its processes.
	run_rt kill --all "$ID" KILL
	assert_success
	wait_until has_status "$ID" stopped
	delete_it
}

@test "rootless cgroups: the hierarchy is mounted read-only" {
	on_host "mount --bind $CGROUP2 $CGROUP2; mount -o remount,bind,ro $CGROUP2"
	set_args true
	run_bundle
	assert_success
	update_config '.linux.resources = { unified: { "cgroup.max.depth": "3" } }'
	run_bundle
	assert_refused 'make cgroup .*: Read-only file system'
	assert_stderr 'hint: .*mounted read-only'
}

@test "rootless cgroups: the hierarchy is not mounted" {
	on_host "mount -t tmpfs none /sys/fs/cgroup"
	set_args true
	run_bundle
	assert_success
	update_config '.linux.resources = { unified: { "cgroup.max.depth": "3" } }'
	run_bundle
	assert_refused 'the limit can not be applied: the container has no cgroup of its own'
}

@test "CVE-2023-25809: rootless: without a cgroup namespace the host's cgroups can not be written" {
	delegate both
	update_config '.linux.namespaces |= map(select(.type != "cgroup")) | .mounts |= map(select(.type != "cgroup"))
		| .mounts += [{ destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["rw"] }]'
	# What is shown is the container's own cgroup and nothing above it, from where it could leave its limits.
	run_script 'd=/sys/fs/cgroup; cat /proc/self/cgroup; mkdir $d/own && rmdir $d/own && echo made
		mkdir $d/../escape; echo 0 >$d/../cgroup.procs; find $d/ -name part-\* -o -name own; cat /proc/self/cgroup'
	assert_line made
	assert_equal "$(grep -c "^0::${PARENT#"$CGROUP2"}/$ID\$" <<<"$output")" 2
	[[ -z $(find "$CGROUP2" -name escape) ]]
	# Read-only unless it is asked for.
	update_config '.mounts[-1].options = ["ro"]'
	run_script 'mkdir /sys/fs/cgroup/own || echo refused'
	assert_line refused
}

@test "CVE-2023-25809: rootless: a bind of the host's /sys leaves no cgroup of the caller's to write to" {
	delegate both
	# The configuration of spec --rootless, with and without a cgroup namespace.
	run_script 'find /sys/fs/cgroup -type f -name cgroup.procs | while read -r f; do
			[ ! -w "$f" ] || (echo 0 >"$f") 2>/dev/null && echo "written: $f"; done
		cd /sys/fs/cgroup && mkdir -p ".$(sed -n s/^0:://p /proc/self/cgroup)/escape" || echo refused; echo end'
	assert_success
	refute_match '^written'
	assert_line refused
	update_config '.linux.namespaces |= map(select(.type != "cgroup"))'
	run_bundle
	assert_success
	refute_match '^written'
	assert_line refused
	[[ -z $(find "$CGROUP2" -name escape) ]]
}
