# SPDX-License-Identifier: Apache-2.0
# An ordinary user's containers in scopes of the user's own systemd.
load helpers

setup() {
	common_setup
	require_root
	[[ -n $CGROUP2 ]] || skip_because "no cgroup2 hierarchy"
	require_user_manager
	make_bundle
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$T" "$BUNDLE"
	cp --remove-destination -r "$TEMPLATE/bin" "$ROOTFS/"
	STATE=$T/state
	mkdir -p "$STATE"
	rm "$BUNDLE/config.json"
	chown -R "$USER_ID:$USER_ID" "$BUNDLE" "$STATE"
	as_user "$RT" spec --rootless --bundle "$BUNDLE"
	update_config '.process.terminal = false | .process.env = ["PATH=/bin"] | .root.readonly = false'
	UNIT=rt-$ID.scope
	SCOPE=/user.slice/user-$USER_ID.slice/user@$USER_ID.service/user.slice/$UNIT
	RT_FLAGS="$RT_FLAGS --systemd-cgroup"
}

# A user who may log in; lingering starts the user's manager.
require_user_manager() {
	[[ -d /run/systemd/system ]] || skip_because "systemd does not run here"
	require_command setpriv
	[[ $("$RT" features | jq .linux.cgroup.systemdUser) == true ]] || skip_because "built without systemd"
	USER_ID=$(id -u user 2>/dev/null) || skip_because "there is no user's manager of systemd"
	loginctl enable-linger user 2>/dev/null || skip_because "there is no user's manager of systemd"
	USER_ENV=("XDG_RUNTIME_DIR=/run/user/$USER_ID")
	wait_until -t 60 test -S "/run/user/$USER_ID/bus"
}

as_user() {
	setpriv --reuid="$USER_ID" --regid="$USER_ID" --init-groups -- \
		env "${USER_ENV[@]}" "$@"
}

# What helpers.bash calls.
rt() {
	# shellcheck disable=SC2086 # RT_FLAGS is a list of words
	as_user timeout -k 5 "${RT_TIMEOUT:-60}" "$RT" --root "$STATE" $RT_FLAGS "$@"
}

user_systemctl() {
	as_user systemctl --user "$@"
}

property() {
	user_systemctl show --value -p "$1" "$UNIT"
}

has_no_units() {
	[[ -z $(user_systemctl list-units --all --plain --no-legend "*$ID*") ]]
}

start_as_user() {
	set_args /bin/sh -c 'cat /proc/self/cgroup; exec probe wait'
	run_rt run -d --bundle "$BUNDLE" --pid-file "$STATE/../bundle/pid" "$ID"
	assert_success
	CONTAINER_LOG=$LOG
	INIT=$(<"$BUNDLE/pid")
}

@test "systemd of a user: a scope below the user's manager" {
	start_as_user
	assert_equal "$(cgroup_of "$INIT")" "$SCOPE"
	assert_equal "$(property ActiveState)" active
	assert_equal "$(property Slice)" user.slice
	wait_until grep -qx '0::/' "$CONTAINER_LOG"
	# Not from below the manager, the kernel refuses to clone into the scope: the manager moves the process.
	run_rt exec "$ID" cat /proc/self/cgroup
	assert_success
	assert_output '0::/'
	run_rt delete --force "$ID"
	assert_success
	[[ ! -e $CGROUP2$SCOPE ]]
	wait_until has_no_units
}

@test "systemd of a user: limits, update, pause" {
	require_controller memory
	require_controller pids
	update_config '.linux.resources = { memory: { limit: 67108864 }, pids: { limit: 40 } }'
	start_as_user
	assert_equal "$(property MemoryMax)" 67108864
	assert_equal "$(property TasksMax)" 40
	assert_equal "$(<"$CGROUP2$SCOPE/memory.max")" 67108864
	run_rt update --memory 33554432 "$ID"
	assert_success
	assert_equal "$(property MemoryMax)" 33554432
	assert_equal "$(<"$CGROUP2$SCOPE/memory.max")" 33554432
	run_rt pause "$ID"
	assert_success
	assert_status "$ID" paused
	run_rt resume "$ID"
	assert_status "$ID" running
}

@test "systemd of a user: root of a user namespace is that user" {
	require_command unshare
	set_args cat /proc/self/cgroup
	update_config 'del(.linux.uidMappings, .linux.gidMappings) | .linux.namespaces |= map(select(.type != "user"))
		| .mounts |= map(select(.type != "sysfs"))'
	capture as_user unshare -Urm timeout -k 5 60 "$RT" --root "$STATE" --systemd-cgroup run --bundle "$BUNDLE" "$ID"
	assert_success
	assert_output '0::/'
	wait_until has_no_units
}

@test "systemd of a user: no environment, no bus" {
	USER_ENV=(-u XDG_RUNTIME_DIR -u DBUS_SESSION_BUS_ADDRESS)
	run_rt run --bundle "$BUNDLE" "$ID"
	assert_refused 'neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set'
	assert_stderr "XDG_RUNTIME_DIR=/run/user/$USER_ID"
	USER_ENV=("XDG_RUNTIME_DIR=$T/none")
	run_rt run --bundle "$BUNDLE" "$ID"
	assert_refused "connect to the user's bus"
	assert_stderr 'loginctl enable-linger'
}
