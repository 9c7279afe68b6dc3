# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What quickstart, check and .ci/run share.  Source this with TOP set to the top of the source tree.

# shellcheck source=contrib/deps.sh
. "$TOP/contrib/deps.sh"

JOBS=$(nproc 2>/dev/null || echo 1)

step_number=0
# say TEXT: the headline of a step, with the time since the start.
say() {
	step_number=$((step_number + 1))
	printf '\n==> [%d, %d s] %s\n' "$step_number" "$SECONDS" "$1"
}

die() {
	printf '%s: %s\n' "${0##*/}" "$1" >&2
	exit 1
}

# Under sudo, what is built in a user's tree stays the user's.
as_builder() {
	if [ "$(id -u)" -eq 0 ] && [ -n "${SUDO_USER-}" ] && [ "$(stat -c %U "$TOP")" = "$SUDO_USER" ] &&
		[ "$SUDO_USER" != root ]; then
		sudo -u "$SUDO_USER" -- "$@"
	else
		"$@"
	fi
}

# run_logged LOG COMMAND...: shows a dot for every 20 lines of output; all of it goes to LOG, whose end is shown if the
# command fails.
run_logged() {
	local log=$1 status
	shift
	"$@" 2>&1 </dev/null | awk -v log_file="$log" '
		{ print >log_file; if (NR % 20 == 0) { printf "."; fflush() } } END { if (NR >= 20) print "" }'
	status=${PIPESTATUS[0]}
	if [ "$status" -ne 0 ]; then
		echo "failed (status $status): $*"
		tail -n 40 "$log" | sed 's/^/  | /'
		echo "log: $log"
	fi
	return "$status"
}

# build_configure DIRECTORY [CONFIGURE-ARGUMENT...]: configures an out-of-tree build, unless it is so already.
build_configure() {
	local directory=$1
	shift
	[ ! -e "$TOP/config.status" ] || die "the source tree itself is configured; run \`make distclean\` there first"
	if [ ! -x "$TOP/configure" ] || [ "$TOP/configure.ac" -nt "$TOP/configure" ]; then
		as_builder mkdir -p "$TOP/build"
		run_logged "$TOP/build/autogen.log" as_builder "$TOP/autogen.sh" || return 1
	fi
	as_builder mkdir -p "$directory"
	if [ ! -e "$directory/Makefile" ] || [ "$*" != "$(cat "$directory/configured" 2>/dev/null)" ]; then
		# shellcheck disable=SC2016 # expanded by the inner shell
		run_logged "$directory/configure.log" \
			as_builder sh -c 'cd "$1" && shift && exec "$@"' sh "$directory" "$TOP/configure" "$@" || return 1
		printf '%s\n' "$*" | as_builder tee "$directory/configured" >/dev/null
	fi
}

# build_make DIRECTORY [TARGET...]
build_make() {
	local directory=$1
	shift
	run_logged "$directory/make.log" as_builder make -C "$directory" -j"$JOBS" "$@"
}
