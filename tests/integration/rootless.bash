# SPDX-License-Identifier: Apache-2.0
# What the tests of a caller without privileges share: they run the runtime as an ordinary user, also when they run as
# root themselves.  The state root is the default one, below XDG_RUNTIME_DIR.
# shellcheck shell=bash
# shellcheck disable=SC2034 # used by the tests

# The bundle of `spec --rootless`, and all else that is the user's.
rootless_setup() {
	common_setup
	make_bundle
	USER_ID=$(id -u)
	AS_USER=()
	# For the user, and for who the container's root is outside.
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$T" "$BUNDLE"
	if [[ $EUID -eq 0 ]]; then
		require_command setpriv
		USER_ID=65534
		AS_USER=(setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups --)
		cp --remove-destination -r "$TEMPLATE/bin" "$ROOTFS/"
		as_user test -x "$RT" || skip_because "the runtime can not be reached by others"
	fi
	XDG=$T/xdg
	STATE=$XDG/rt
	mkdir -p "$XDG"
	rm "$BUNDLE/config.json"
	[[ $EUID -ne 0 ]] || chown -R "$USER_ID:$USER_ID" "$BUNDLE" "$XDG"
	as_user unshare --user true 2>/dev/null || skip_because "user namespaces are not for everybody here"
	as_user "$RT" spec --rootless --bundle "$BUNDLE"
	update_config '.process.terminal = false | .process.env = ["PATH=/bin"] | .root.readonly = false'
	set_args true
}

as_user() {
	"${AS_USER[@]}" "$@"
}

# What helpers.bash calls: the runtime with its default state root.  WRAP is what comes before it.  USER=root would be
# a login as root in a user namespace.
rt() {
	# shellcheck disable=SC2086 # RT_FLAGS is a list of words
	"${WRAP[@]}" "${AS_USER[@]}" timeout -k 5 "${RT_TIMEOUT:-30}" env -u USER "${RT_ENV[@]}" \
		XDG_RUNTIME_DIR="$XDG" "$RT" $RT_FLAGS "$@"
}

# on_host COMMANDS: what follows sees a host that these have changed, in a mount namespace of its own.
on_host() {
	require_root
	# shellcheck disable=SC2016 # the inner shell's
	WRAP=(unshare --mount --propagation private bash -ec "$1"'; exec "$@"' bash)
}

# A range of subordinate ids for the user.
RANGE=100000
with_ranges() {
	require_command newuidmap
	if [[ $EUID -eq 0 ]]; then
		echo "nobody:$RANGE:65536" >"$T/subid"
		on_host "mount --bind $T/subid /etc/subuid; mount --bind $T/subid /etc/subgid"
	else
		grep -q "^$(id -un):$RANGE:65536" /etc/subuid /etc/subgid ||
			skip_because "the user has no subordinate ids"
	fi
	update_config '.linux |= (.uidMappings = [{ containerID: 0, hostID: $id, size: 1 },
		{ containerID: 1, hostID: $range, size: 65536 }] | .gidMappings = .uidMappings)' \
		--argjson id "$USER_ID" --argjson range "$RANGE"
}
