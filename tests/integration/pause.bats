# SPDX-License-Identifier: Apache-2.0
load helpers

setup() {
	common_setup
	require_cgroup2
	make_bundle
}

COUNT='i=0; while :; do i=$((i + 1)); echo $i >/tmp/count; done'

count() {
	cat "$ROOTFS/tmp/count"
}

# Its counter has another value than the one given.
counts_on() {
	[[ -s $ROOTFS/tmp/count && $(count) != "$1" ]]
}

@test "a paused container stands still, and goes on when it is resumed" {
	local before
	start_waiting /bin/sh -c "$COUNT"
	wait_until counts_on 0
	run_rt pause "$ID"
	assert_success
	assert_status "$ID" paused
	grep -qx 'frozen 1' "$(cgroup_dir)/cgroup.events"
	before=$(count)
	sleep 0.3
	assert_equal "$(count)" "$before"
	run_rt list -q
	assert_line "$ID"
	run_rt resume "$ID"
	assert_success
	assert_status "$ID" running
	wait_until counts_on "$before"
}

@test "pause and resume say in the words that engines know what is not so" {
	start_waiting
	run_rt resume "$ID"
	assert_failure 1
	assert_stderr 'container not paused'
	run_rt pause "$ID"
	assert_success
	run_rt pause "$ID"
	assert_failure 1
	assert_stderr 'container not running'
	assert_status "$ID" paused
	run_rt resume "$ID"
	assert_success
	run_rt kill "$ID" KILL
	wait_until has_status "$ID" stopped
	run_rt pause "$ID"
	assert_failure 1
	assert_stderr 'container not running'
	run_rt resume "$ID"
	assert_failure 1
	assert_stderr 'container not paused'
	run_rt pause "$ID-none"
	assert_failure 1
	assert_stderr 'does not exist'
}

@test "a created container can be paused; it starts after it was resumed" {
	set_args /bin/sh -c 'echo started >/tmp/started; exec probe wait'
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_success
	run_rt pause "$ID"
	assert_success
	assert_status "$ID" paused
	run_rt start "$ID"
	assert_failure 1
	refute test -e "$ROOTFS/tmp/started"
	run_rt resume "$ID"
	assert_success
	assert_status "$ID" created
	run_rt start "$ID"
	assert_success
	wait_until test -e "$ROOTFS/tmp/started"
}

@test "exec in a paused container is refused; --ignore-paused waits for the resume" {
	start_waiting
	run_rt pause "$ID"
	assert_success
	run_rt exec "$ID" true
	assert_failure 255
	assert_stderr 'cannot exec in a paused container \(use --ignore-paused to override\)'
	background rt exec --ignore-paused "$ID" echo later
	sleep 0.3
	refute grep -q later "$CHILD_LOG"
	run_rt resume "$ID"
	assert_success
	wait "$CHILD"
	grep -qx later "$CHILD_LOG"
}

# There is one more process than the init.
exec_is_there() {
	[[ $(wc -l <"$(cgroup_dir)/cgroup.procs") -gt 1 ]]
}

@test "a signal ends an exec that waits for a paused container, and what it has made" {
	local result=0
	start_waiting
	run_rt pause "$ID"
	assert_success
	# shellcheck disable=SC2086 # options
	background "$RT" --root "$STATE" $RT_FLAGS exec --ignore-paused "$ID" echo later
	wait_until exec_is_there
	kill -TERM "$CHILD"
	wait_until is_gone "$CHILD"
	wait "$CHILD" || result=$?
	assert_equal "$result" 255
	grep -q 'ended by a signal' "$CHILD_LOG"
	refute exec_is_there
	assert_status "$ID" paused
	run_rt resume "$ID"
	assert_success
}

@test "SIGKILL reaches a paused container" {
	start_waiting
	run_rt pause "$ID"
	assert_success
	run_rt kill "$ID" KILL
	assert_success
	wait_until has_status "$ID" stopped
	run_rt delete "$ID"
	assert_success
	assert_nothing_left
}

@test "other signals reach a paused container when it is resumed" {
	start_waiting /bin/sh -c 'trap "echo got >/tmp/got" USR1; while :; do sleep 0.05; done'
	run_rt pause "$ID"
	assert_success
	run_rt kill "$ID" USR1
	assert_success
	sleep 0.2
	refute test -e "$ROOTFS/tmp/got"
	run_rt resume "$ID"
	assert_success
	wait_until test -e "$ROOTFS/tmp/got"
}

@test "a paused container is deleted by force alone" {
	start_waiting
	run_rt pause "$ID"
	assert_success
	run_rt delete "$ID"
	assert_failure 1
	assert_stderr 'paused'
	run_rt delete --force "$ID"
	assert_success
	assert_nothing_left
}

@test "a paused container without a pid namespace is killed whole" {
	update_config '.linux.namespaces |= map(select(.type != "pid"))'
	start_waiting /bin/sh -c 'probe orphans 4; exec probe wait'
	wait_until grep -qx ready "$CONTAINER_LOG"
	run_rt pause "$ID"
	assert_success
	local pids pid
	run_rt ps -f json "$ID"
	pids=$(jq -r '.[]' <<<"$output")
	run_rt kill "$ID" KILL
	assert_success
	for pid in $pids; do
		wait_until is_gone "$pid"
	done
	run_rt delete "$ID"
	assert_success
}

@test "a frozen parent is named when a container can not be resumed" {
	update_config '.linux.cgroupsPath = $p' --arg p "/$ID/inner"
	start_waiting
	run_rt pause "$ID"
	assert_success
	echo 1 >"$CGROUP2/$ID/cgroup.freeze"
	run_rt resume "$ID"
	assert_failure 1
	assert_stderr 'does not thaw'
	assert_stderr 'parent'
	echo 0 >"$CGROUP2/$ID/cgroup.freeze"
	wait_until has_status "$ID" running
	run_rt delete --force "$ID"
	assert_success
	rmdir "$CGROUP2/$ID"
}

@test "a container without a cgroup can not be paused: the error says why" {
	update_config 'del(.linux.resources)'
	set_args probe wait
	run_rt --cgroup-manager=disabled run -d --bundle "$BUNDLE" "$ID"
	assert_success
	run_rt pause "$ID"
	assert_failure 1
	assert_stderr 'no cgroup of its own'
	assert_status "$ID" running
	run_rt update --pids-limit 10 "$ID"
	assert_failure 1
	assert_stderr 'no cgroup of its own'
}
