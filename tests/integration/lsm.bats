# SPDX-License-Identifier: Apache-2.0
# Labels of security modules: AppArmor where it is enabled (the QEMU guest has it), and what is said where one is not.
load helpers

setup() {
	common_setup
	require_root
	make_bundle
	PROFILES=()
}

teardown() {
	local profile
	for profile in "${PROFILES[@]}"; do
		echo "profile $profile {}" | apparmor_parser -R
	done
	common_teardown
}

require_apparmor() {
	[[ $(cat /sys/module/apparmor/parameters/enabled 2>/dev/null) == Y ]] || skip_because "AppArmor is not enabled here"
	require_command apparmor_parser
}

# load_profile NAME: everything is allowed but to write /tmp/denied.
load_profile() {
	add_profile "$1" 'attach_disconnected,mediate_deleted' \
		'file, capability, network, signal, ptrace, mount, umount, deny /tmp/denied w,'
}

# add_profile NAME FLAGS RULES
add_profile() {
	apparmor_parser -r -K <<<"profile $1 flags=($2) { $3 }"
	PROFILES+=("$1")
}

SAY_PROFILE='cat /proc/self/attr/apparmor/current; echo x >/tmp/denied && echo written'

@test "AppArmor: the program and its children are under the profile, the runtime is not" {
	require_apparmor
	load_profile "$ID"
	update_config '.process.apparmorProfile = $p | .root.readonly = false' --arg p "$ID"
	run_script "$SAY_PROFILE"
	assert_line "$ID (enforce)"
	refute_line written
	start_waiting
	assert_equal "$(<"/proc/$INIT/attr/apparmor/current")" "$ID (enforce)"
	assert_equal "$(</proc/self/attr/apparmor/current)" unconfined
}

@test "AppArmor: a container that is created gets the profile when it starts" {
	require_apparmor
	load_profile "$ID"
	update_config '.process.apparmorProfile = $p' --arg p "$ID"
	set_args probe wait
	run_rt create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	assert_success
	assert_equal "$(<"/proc/$(<"$T/pid")/attr/apparmor/exec")" "$ID (enforce)"
	run_rt start "$ID"
	assert_success
	assert_equal "$(<"/proc/$(<"$T/pid")/attr/apparmor/current")" "$ID (enforce)"
	# Nothing is left for what the program executes.
	assert_equal "$(tr -d '\0' <"/proc/$(<"$T/pid")/attr/apparmor/exec")" ""
}

@test "AppArmor: without a profile the program has that of the caller" {
	require_apparmor
	local profile
	for profile in 'null' '""'; do
		update_config 'del(.process.apparmorProfile) | if $p == "" then .process.apparmorProfile = $p else . end
			| .root.readonly = false' --argjson p "$profile"
		run_script "$SAY_PROFILE"
		assert_success
		assert_line unconfined
		assert_line written
	done
}

@test "AppArmor: complain and unconfined" {
	require_apparmor
	add_profile "$ID" complain '' # nothing is allowed
	update_config '.process.apparmorProfile = $p | .root.readonly = false' --arg p "$ID"
	run_script "$SAY_PROFILE"
	assert_success
	assert_line "$ID (complain)"
	assert_line written
	update_config '.process.apparmorProfile = "unconfined"'
	run_script "$SAY_PROFILE"
	assert_success
	assert_line unconfined
	assert_line written
}

@test "AppArmor: a profile that is not loaded is an error that says so" {
	require_apparmor
	update_config '.process.apparmorProfile = "rt-no-such-profile"'
	run_bundle
	assert_refused 'AppArmor profile "rt-no-such-profile": No such file or directory'
	assert_stderr 'not loaded: apparmor_parser'
	update_config '.process.apparmorProfile = ("x" * 600)'
	run_bundle
	assert_refused 'AppArmor profile'
	update_config 'del(.process.apparmorProfile)'
	start_waiting
	run_rt exec --apparmor rt-no-such-profile "$ID" true
	assert_failure 255
	assert_stderr 'AppArmor profile "rt-no-such-profile"'
	assert_status "$ID" running
}

@test "AppArmor: exec has the container's profile, or another one" {
	require_apparmor
	load_profile "$ID"
	load_profile "$ID-other"
	update_config '.process.apparmorProfile = $p' --arg p "$ID"
	start_waiting
	run_rt exec "$ID" cat /proc/self/attr/apparmor/current
	assert_output "$ID (enforce)"
	run_rt exec --apparmor "$ID-other" "$ID" cat /proc/self/attr/apparmor/current
	assert_output "$ID-other (enforce)"
	jq '.process | .args = ["cat", "/proc/self/attr/apparmor/current"] | .apparmorProfile = $p' --arg p "$ID-other" \
		"$BUNDLE/config.json" >"$T/process.json"
	run_rt exec --process "$T/process.json" "$ID"
	assert_output "$ID-other (enforce)"
	# A document that names none is under none, as with other runtimes.
	jq 'del(.apparmorProfile)' "$T/process.json" >"$T/plain.json"
	run_rt exec --process "$T/plain.json" "$ID"
	assert_output unconfined
}

@test "AppArmor: with and without noNewPrivileges, as root and as an ordinary user, under a filter" {
	require_apparmor
	load_profile "$ID"
	local no_new_privs uid
	for no_new_privs in true false; do
		for uid in 0 1000; do
			update_config '.process.apparmorProfile = $p | .process.noNewPrivileges = $n
				| .process.user = { uid: $u, gid: $u }
				| .linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW",
					syscalls: [{ names: ["swapon"], action: "SCMP_ACT_ERRNO" }] }' \
				--arg p "$ID" --argjson n "$no_new_privs" --argjson u "$uid"
			set_args cat /proc/self/attr/apparmor/current
			run_bundle
			assert_success
			assert_output "$ID (enforce)"
			start_waiting
			run_rt exec "$ID" cat /proc/self/attr/apparmor/current
			assert_output "$ID (enforce)"
			run_rt delete --force "$ID"
		done
	done
}

@test "AppArmor: in a user namespace" {
	require_apparmor
	load_profile "$ID"
	update_config '.process.apparmorProfile = $p | .linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]
		| .linux.gidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]' --arg p "$ID"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$T" "$BUNDLE"
	start_waiting
	assert_equal "$(<"/proc/$INIT/attr/apparmor/current")" "$ID (enforce)"
	run_rt exec "$ID" cat /proc/self/attr/apparmor/current
	assert_success
	assert_output "$ID (enforce)"
}

@test "AppArmor: startContainer hooks are under the profile of the container" {
	require_apparmor
	load_profile "$ID"
	update_config '.process.apparmorProfile = $p | .root.readonly = false | .hooks.startContainer = [{ path: "/bin/sh",
		args: ["sh", "-c", "cat /proc/self/attr/apparmor/current >/tmp/hook"], env: ["PATH=/bin"] }]' --arg p "$ID"
	set_args cat /proc/self/attr/apparmor/current
	run_bundle
	assert_success
	assert_output "$ID (enforce)"
	assert_equal "$(<"$ROOTFS/tmp/hook")" "$ID (enforce)"
}

# assert_labelled FAKES: the profile of the container's init and of an exec, as the host sees it; no fake has a byte.
assert_labelled() {
	run_rt run -d --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	assert_success
	assert_equal "$(<"/proc/$(<"$T/pid")/attr/apparmor/current")" "$ID (enforce)"
	run_rt exec --detach --pid-file "$T/exec.pid" "$ID" /bin/sleep 100
	assert_success
	assert_equal "$(<"/proc/$(<"$T/exec.pid")/attr/apparmor/current")" "$ID (enforce)"
	[[ -z $(find "$1" -type f -size +0) ]] || fail "a label was written to a fake"
	run_rt delete --force "$ID"
	assert_success
}

# What the attacks want the label to be written to.
make_fakes() {
	local dir
	for dir in "$1/attr/apparmor" "$1/self/attr/apparmor" "$1/thread-self/attr/apparmor" "$1/1/attr/apparmor"; do
		mkdir -p "$dir"
		touch "$dir/exec" "$dir/current" "$dir/../exec" "$dir/../current"
	done
}

@test "CVE-2019-16884: a /proc of the image with fake attributes takes no label" {
	require_apparmor
	load_profile "$ID"
	make_fakes "$ROOTFS/proc"
	set_args /bin/probe wait
	update_config '.process.apparmorProfile = $p | .mounts |= map(select(.type != "proc"))
		| del(.linux.maskedPaths, .linux.readonlyPaths)' --arg p "$ID"
	assert_labelled "$ROOTFS/proc"
	# A volume in its place is refused: cve-image.bats.
	make_fakes "$T/volume"
	update_config '.mounts += [{ destination: "/proc", type: "bind", source: $s, options: ["bind"] }]' --arg s "$T/volume"
	run_bundle
	assert_refused '/proc'
	[[ -z $(find "$T/volume" -type f -size +0) ]]
}

@test "CVE-2025-52881, CVE-2025-62596: a procfs that has fake attributes mounted on it takes no label" {
	require_apparmor
	load_profile "$ID"
	make_fakes "$T/fake"
	mkdir "$T/procfs"
	# In the container's pid namespace its own number is 1 too.
	mount_on_host -t proc proc "$T/procfs"
	mount_on_host --bind "$T/fake/attr" "$T/procfs/1/attr"
	set_args /bin/probe wait
	update_config '.process.apparmorProfile = $p | .mounts |= map(if .type == "proc"
		then { destination: "/proc", type: "bind", source: $s, options: ["rbind"] } else . end)
		| del(.linux.maskedPaths, .linux.readonlyPaths)' --arg p "$ID" --arg s "$T/procfs"
	assert_labelled "$T/fake"
}

@test "CVE-2019-16884: on a kernel without the newer mount calls" {
	require_apparmor
	load_profile "$ID"
	make_fakes "$ROOTFS/proc"
	set_args /bin/probe wait
	update_config '.process.apparmorProfile = $p | .mounts |= map(select(.type != "proc"))
		| del(.linux.maskedPaths, .linux.readonlyPaths)' --arg p "$ID"
	capture timeout 30 "$PROBE" old-kernel 5.1 "$RT" --root "$STATE" run -d --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	assert_success
	assert_equal "$(<"/proc/$(<"$T/pid")/attr/apparmor/current")" "$ID (enforce)"
	[[ -z $(find "$ROOTFS/proc" -type f -size +0) ]]
}

@test "AppArmor: features tells what is here" {
	require_apparmor
	run_rt features
	assert_json .linux.apparmor.enabled true
}

# ---- where a module is not there -----------------------------------------------------------------------------------

@test "labels without their security module are errors, of a configuration and of exec" {
	start_waiting
	if [[ ! -e /sys/module/apparmor ]]; then
		run_rt exec --apparmor some-profile "$ID" true
		assert_failure 255
		assert_stderr 'AppArmor is not enabled'
	fi
	# In a kernel without a policy everything has this label: it is not enabled.
	[[ ! -e /sys/fs/selinux || $(tr -d '\0' </proc/self/attr/current) == kernel ]] ||
		skip_because "SELinux is enabled here"
	run_rt exec --process-label system_u:system_r:container_t:s0 "$ID" true
	assert_failure 255
	assert_stderr 'SELinux is not enabled'
	jq '.process | .args = ["true"] | .selinuxLabel = "system_u:system_r:container_t:s0"' "$BUNDLE/config.json" \
		>"$T/process.json"
	run_rt exec --process "$T/process.json" "$ID"
	assert_failure 255
	assert_stderr 'SELinux is not enabled'
	run_rt delete --force "$ID"
	# A label of mounts gives or takes nothing where nobody looks at it.
	set_args true
	update_config '.linux.mountLabel = "system_u:object_r:container_file_t:s0"'
	run_bundle
	assert_success
	# Engines write empty strings where there is nothing to say.
	update_config '.linux.mountLabel = "" | .process.selinuxLabel = "" | .process.apparmorProfile = ""'
	run_bundle
	assert_success
}
