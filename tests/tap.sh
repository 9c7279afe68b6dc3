# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# TAP for shell scripts: source this, call ok, not_ok, skip, and tap_done at the end.

tap_count=0
tap_failed=0

# ok NAME
ok() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count $1"
}

# not_ok NAME [DETAIL]: DETAIL may have many lines.
not_ok() {
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count $1"
	if [ -n "${2-}" ]; then
		printf '%s\n' "$2" | sed 's/^/# /'
	fi
}

# skip NAME REASON
skip() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count $1 # SKIP $2"
}

# is_empty NAME TEXT: passes if TEXT is empty, else shows it.
is_empty() {
	if [ -z "$2" ]; then ok "$1"; else not_ok "$1" "$2"; fi
}

tap_skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

tap_done() {
	echo "1..$tap_count"
	[ "$tap_failed" -eq 0 ]
	exit
}
