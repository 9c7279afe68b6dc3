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

# Fails if rt with these arguments makes more than $1 system calls; "-f" before them counts its children's too.
assert_calls() {
	local limit=$1 calls follow=()
	shift
	[[ $1 != -f ]] || { follow=(-f) && shift; }
	# shellcheck disable=SC2086 # RT_FLAGS is a list of words
	capture timeout 60 strace "${follow[@]}" -c -o "$T/count" "$RT" --root "$STATE" $RT_FLAGS "$@"
	assert_success
	calls=$(awk '$NF == "total" { print $4 }' "$T/count")
	echo "$1: $calls system calls" >&2
	[[ $calls -gt 0 && $calls -le $limit ]] || { cat "$T/count" >&2; fail "$1: $calls system calls, not $limit"; }
}

@test "run of true makes at most 400 system calls, all processes together" {
	require_command strace
	# A program that makes next to none of its own: what is counted is the start.
	set_args probe argv
	run_bundle
	assert_success
	# /proc/kcore and more of the paths that are masked exist in the guest of tests/vm.
	local limit=400
	[[ $(uname -n) != rt-vm ]] || limit=415
	assert_calls "$limit" -f run --bundle "$BUNDLE" "$ID"
}

# In a dynamic build some 30 calls of each are the loader's, before main().
@test "each verb makes few system calls" {
	require_command strace
	set_args probe wait
	assert_calls 155 create --bundle "$BUNDLE" "$ID"
	assert_calls 70 state "$ID"
	assert_calls 80 start "$ID"
	assert_calls 250 -f exec "$ID" probe argv
	assert_calls 66 kill "$ID" KILL
	wait_until has_status "$ID" stopped
	assert_calls 90 delete "$ID"
}

@test "rt stays below 700 kB while it waits for the program, below 2 MB where it is a dynamic program" {
	set_args probe wait
	background "$RT" --root "$STATE" $RT_FLAGS run --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" running
	local peak limit=700
	if grep -q '/ld-' "/proc/$CHILD/maps"; then
		limit=2048
		# The guest of tests/vm has another C library, of which more is mapped.
		[[ $(uname -n) != rt-vm ]] || limit=2200
	fi
	peak=$(peak_kb "$CHILD")
	echo "$peak kB, limit $limit" >&2
	[[ $peak -lt $limit ]]
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
