# SPDX-License-Identifier: Apache-2.0
load helpers

@test "delete removes a stopped container" {
	set_args true
	run_rt create --bundle "$BUNDLE" "$ID"
	run_rt start "$ID"
	wait_until has_status "$ID" stopped
	run_rt delete "$ID"
	assert_success
	assert_output ""
	assert_nothing_left
	run_rt state "$ID"
	assert_stderr 'does not exist'
}

@test "delete removes a created container" {
	run_rt create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	run_rt delete "$ID"
	assert_success
	assert_nothing_left
	wait_until is_gone "$(<"$T/pid")"
}

@test "delete of a running container is an error and changes nothing" {
	start_waiting
	run_rt delete "$ID"
	assert_failure 1
	assert_stderr "cannot delete container $ID that is not stopped: running"
	assert_status "$ID" running
}

@test "delete --force ends a running container" {
	start_waiting
	run_rt delete --force "$ID"
	assert_success
	assert_nothing_left
	wait_until is_gone "$INIT"
}

@test "delete --force ends a container that ignores signals and has children" {
	start_waiting /bin/sh -c 'trap "" TERM INT HUP; probe orphans 5; while :; do sleep 1; done'
	run_rt delete -f "$ID"
	assert_success
	assert_nothing_left
}

@test "delete of a missing container says so, with --force it is no error" {
	run_rt delete "$ID"
	assert_failure 1
	assert_stderr 'does not exist'
	run_rt delete --force "$ID"
	assert_success
}

@test "delete --force takes broken state" {
	start_waiting
	kill -KILL "$INIT"
	wait_until is_gone "$INIT"
	echo '{ "broken": ' >"$STATE/$ID/state.json"
	run_rt delete "$ID"
	assert_failure 1
	run_rt delete --force "$ID"
	assert_success
	[[ ! -e $STATE/$ID ]]
	# What the record named can not be known any more: the cgroup goes with the test.
	[[ -z $CGROUP2 ]] || find "$CGROUP2" -depth -type d -name "$ID*" -exec rmdir {} +
}

@test "delete and kill --all leave alone who has made a cgroup of that name since" {
	local cgroup other
	require_cgroup2
	set_args true
	run_rt run --detach --bundle "$BUNDLE" "$ID"
	assert_success
	wait_until has_status "$ID" stopped
	cgroup=$CGROUP2$(jq -r .cgroupPath "$STATE/$ID/state.json")
	rmdir "$cgroup"
	mkdir "$cgroup"
	sleep 1000 3>&- &
	other=$!
	echo "$other" >"$cgroup/cgroup.procs"
	run_rt kill --all "$ID" KILL
	assert_failure 1
	assert_stderr 'container not running'
	run_rt delete "$ID"
	assert_success
	assert_stderr 'is not the one that .* was created with: it is left alone'
	[[ ! -e $STATE/$ID ]]
	refute is_gone "$other"
	grep -qx "$other" "$cgroup/cgroup.procs"
	kill -KILL "$other"
	wait_until rmdir "$cgroup"
}

@test "delete removes only what rt made" {
	set_args true
	run_rt create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	run_rt delete -f "$ID"
	assert_success
	[[ -d $ROOTFS/bin && -f $BUNDLE/config.json ]]
}

@test "delete leaves the other containers alone" {
	start_waiting
	set_args true
	run_rt create --bundle "$BUNDLE" "$ID-other"
	assert_success
	run_rt delete --force "$ID-other"
	assert_success
	assert_status "$ID" running
}

@test "an id can be used again after delete" {
	local i
	for i in 1 2 3; do
		run_bundle
		assert_success
	done
}

@test "delete refuses an id that leads out of the state root" {
	mkdir -p "$T/outside" "$STATE"
	local id
	for id in ../outside .. . ''; do
		run_rt delete --force "$id"
		assert_failure 1
	done
	[[ -d $T/outside ]]
}

@test "delete does not follow a link in the state root" {
	mkdir -p "$T/outside" "$STATE"
	touch "$T/outside/precious"
	ln -s "$T/outside" "$STATE/$ID"
	run_rt delete --force "$ID"
	[[ -e $T/outside/precious ]]
	rm -f "$STATE/$ID"
}
