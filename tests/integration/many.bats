# SPDX-License-Identifier: Apache-2.0
load helpers

setup() {
	common_setup
	require_root
	make_bundle
	census >"$T/before"
}

# What these containers could leave: cgroups, mounts, processes, directories.
census() {
	[[ -z $CGROUP2 ]] || find "$CGROUP2" -type d -name "$ID*" | sort
	grep -F "$T" /proc/self/mountinfo || :
	grep -l "$ID" /proc/[0-9]*/cgroup 2>/dev/null | sort || :
	find "$STATE" -mindepth 1 -maxdepth 1 ! -name .cache 2>/dev/null || :
	grep -lzF "$ID" /proc/[0-9]*/cmdline 2>/dev/null | grep -cv "/$$/" || :
}

nothing_more() {
	census | cmp -s "$T/before" -
}

@test "300 containers, one after the other, leave nothing and none failed" {
	local i failed=0
	for i in {1..300}; do
		"$RT" --root "$STATE" $RT_FLAGS run --bundle "$BUNDLE" "$ID-$i" >"$T/log" 2>&1 </dev/null ||
			{ failed=$((failed + 1)); cat "$T/log" >&2; }
	done
	assert_equal "$failed" 0
	wait_until nothing_more
	census | diff "$T/before" -
}

@test "50 containers at once leave nothing and none failed" {
	local i failed=0 pids=()
	for i in {1..50}; do
		"$RT" --root "$STATE" $RT_FLAGS run --bundle "$BUNDLE" "$ID-$i" >"$T/log.$i" 2>&1 </dev/null 3>&- &
		pids+=($!)
	done
	for i in "${!pids[@]}"; do
		wait "${pids[$i]}" || { failed=$((failed + 1)); cat "$T/log.$((i + 1))" >&2; }
	done
	assert_equal "$failed" 0
	wait_until nothing_more
	census | diff "$T/before" -
}

@test "30 containers that live at the same time are listed, and all deleted" {
	set_args probe wait
	local i
	for i in {1..30}; do
		rt run -d --bundle "$BUNDLE" "$ID-$i" >"$T/log" 2>&1 </dev/null
	done
	run_rt list --format json
	assert_json 'map(select(.status == "running")) | length' 30
	for i in {1..30}; do
		run_rt delete --force "$ID-$i"
		assert_success
	done
	wait_until nothing_more
	census | diff "$T/before" -
}

@test "100 failed creates leave nothing" {
	set_args /no/such/program
	local i
	for i in {1..100}; do
		run_rt create --bundle "$BUNDLE" "$ID"
		assert_failure 1
	done
	wait_until nothing_more
	census | diff "$T/before" -
}
