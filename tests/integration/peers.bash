# SPDX-License-Identifier: Apache-2.0
# Other runtimes, where they are installed in a version that lacks a fix: the same attack must succeed against them, else
# the test of ours shows nothing.
# shellcheck shell=bash

# is_older VERSION FIXED...: VERSION lacks the fix, which came with the first of FIXED of its own series (the same two
# leading numbers), else with the highest of them.
is_older() {
	local version=$1 fixed
	shift
	for fixed in "$@"; do
		[[ ${version%.*} != "${fixed%.*}" ]] || break
	done
	[[ $version != "$fixed" && $(printf '%s\n' "$version" "$fixed" | sort -V | head -n 1) == "$version" ]]
}

# require_vulnerable PEER FIXED...: PEER is runc or crun; FIXED are the versions that brought the fix.
require_vulnerable() {
	local peer=$1 version
	shift
	version=$("$peer" --version 2>/dev/null | sed -n 's/^[a-z]* version \([0-9.]*[0-9]\).*/\1/p') || :
	if [[ -z $version ]] || ! is_older "$version" "$@"; then
		skip_because "no runtime without the fix is installed"
	fi
}

# peer NAME ARGUMENT...: the runtime NAME, in a mount namespace of its own, so that what goes wrong there stays there.
# crun takes no host with v1 controllers beside a cgroup2 that has some: it is shown none.  Its standard input is a null
# device of the test's own: crun gives the one it gets to the container's user.
peer() {
	local name=$1
	shift
	[[ $name != crun ]] || set -- --cgroup-manager=disabled "$@"
	[[ -e $T/null ]] || mknod "$T/null" c 1 3
	timeout -k 5 "${RT_TIMEOUT:-30}" unshare --mount sh -c '
		f=/sys/fs/cgroup/unified/cgroup.controllers
		[ ! -e $f ] || mount --bind /dev/null $f
		exec "$@"' sh "$name" --root "$STATE-$name" "$@" <"$T/null"
}

# run_peer NAME [OPTION...]: the bundle in the foreground, without limits and rules, which not every host lets them make.
run_peer() {
	local name=$1
	shift
	update_config 'del(.linux.resources) | .linux.namespaces |= map(select(.type != "cgroup"))'
	capture peer "$name" run --bundle "$BUNDLE" "$@" "$ID-$name"
	peer "$name" delete --force "$ID-$name" >/dev/null 2>&1 || :
}
