# SPDX-License-Identifier: Apache-2.0
# Limits on what a start costs.  Numbers of system calls and pages, not times: those depend on the machine.
load helpers

setup() {
	common_setup
	require_root
	[[ ${build_is_plain:-yes} == yes ]] || skip_because "an instrumented build costs more"
	make_bundle
}

peak_kb() {
	awk '/^VmHWM/ { print $2 }' "/proc/$1/status"
}

@test "run of true makes at most 400 system calls, all processes together" {
	require_command strace
	# A program that makes next to none of its own: what is counted is the start.
	set_args probe argv
	run_bundle
	assert_success
	capture timeout 60 strace -f -c -o "$T/count" "$RT" --root "$STATE" $RT_FLAGS run --bundle "$BUNDLE" "$ID"
	assert_success
	local calls
	calls=$(awk '$NF == "total" { print $4 }' "$T/count")
	echo "$calls system calls" >&2
	[[ $calls -gt 0 && $calls -le 400 ]] || { cat "$T/count" >&2; fail "$calls system calls"; }
}

@test "rt stays below 2 MB while it waits for the program" {
	set_args probe wait
	background "$RT" --root "$STATE" $RT_FLAGS run --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" running
	local peak
	peak=$(peak_kb "$CHILD")
	echo "$peak kB" >&2
	[[ $peak -lt 2048 ]]
}

@test "init stays below 300 kB while it waits for start" {
	run_rt create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	assert_success
	local peak
	peak=$(peak_kb "$(<"$T/pid")")
	echo "$peak kB" >&2
	[[ $peak -lt 300 ]]
}

@test "rt loads libc alone" {
	require_command strace
	capture timeout 60 strace -e trace=openat,open -o "$T/trace" \
		"$RT" --root "$STATE" $RT_FLAGS run --bundle "$BUNDLE" "$ID"
	assert_success
	grep -oE '/[^"]*\.so(\.[0-9]+)*"' "$T/trace" | grep -vE '/(libc\.so|ld-|libc\.musl)' >"$T/libraries" || :
	assert_equal "$(cat "$T/libraries")" ""
}

@test "state and kill read a fixed number of files, however many containers there are" {
	require_command strace
	set_args probe wait
	run_rt run -d --bundle "$BUNDLE" "$ID"
	assert_success
	count_calls() {
		strace -c -o "$T/count" "$RT" --root "$STATE" $RT_FLAGS state "$ID" >/dev/null
		awk '$NF != "total" && $1 ~ /^[0-9.]+$/ { sum += $4 } END { print sum }' "$T/count"
	}
	local one many i
	one=$(count_calls)
	for i in {1..20}; do
		rt create --bundle "$BUNDLE" "$ID-$i" >/dev/null 2>&1 </dev/null
	done
	many=$(count_calls)
	assert_equal "$many" "$one"
}
