# SPDX-License-Identifier: Apache-2.0
# --trace FILE: the phases of rt and the steps of init, as trace events.
load helpers

setup() {
	common_setup
	require_root
	make_bundle
	set_args probe argv
	TRACE=$T/trace.json
}

# assert_trace VERB: one array of complete events; the one of the verb is around all others of its process, which follow
# each other without a gap; those of init lie within it and do not overlap.
assert_trace() {
	jq -e --arg verb "$1" '
		(type == "array") and (length > 10) and
		all(.[]; .ph == "X" and (.name | length > 0) and .ts >= 0 and .dur >= 0 and .pid > 1 and .tid == .pid) and
		(map(select(.cat == "rt")) | .[0].name == $verb and .[0].ts == 0 and
			([.[1:][].dur] | add) - .[0].dur < 1 and .[0].dur - ([.[1:][].dur] | add) < 1) and
		(.[0].dur as $total | map(select(.cat == "init")) | all(.[]; .ts + .dur < $total + 1)) and
		(map(select(.cat == "init")) | [range(1; length) as $i | .[$i].ts - (.[$i - 1].ts + .[$i - 1].dur)] |
			all(.[]; . > -0.01))' "$TRACE" >&2 || { cat "$TRACE" >&2; fail "not the trace of $1"; }
}

steps() {
	jq -r ".[] | select(.cat == \"$1\") | .name" "$TRACE"
}

# The rows of the table in src/init/init.c that come in this order among those of the trace.
assert_steps_in_order() {
	awk '/^const struct init_step init_steps/ { on = 1 } /^};/ { on = 0 }
		on && match($0, /\{ "[^"]*"/) { print substr($0, RSTART + 3, RLENGTH - 4) }' \
		"$SOURCE_DIR/src/init/init.c" >"$T/table"
	# A subsequence: each step of the trace is found in the table behind the one before.
	steps init | awk 'FNR == NR { table[++n] = $0; next }
		{ do at++; while (at <= n && table[at] != $0); if (at > n) { print "not in order: " $0; exit 1 } }' \
		"$T/table" - >&2
}

@test "run: rt's phases and init's steps up to the exec" {
	run_bundle --trace "$TRACE"
	assert_success
	assert_trace run
	assert_steps_in_order
	assert_equal "$(steps rt | tr '\n' ' ')" \
		"run configuration host plan state directory cgroup hand over init image clone wait for init record go exec container delete "
	assert_equal "$(steps init | head -n 1)" namespaces
	assert_equal "$(steps init | tail -n 1)" exec
	for step in mounts devices pivot capabilities ready; do
		steps init | grep -qx "$step" || fail "no step $step"
	done
}

@test "create: up to ready; the program's start is later" {
	run_rt create --bundle "$BUNDLE" --trace "$TRACE" "$ID"
	assert_success
	assert_trace create
	assert_steps_in_order
	assert_equal "$(steps init | tail -n 1)" ready
	cp "$TRACE" "$T/before"
	run_rt start "$ID"
	assert_success
	wait_until has_status "$ID" stopped
	cmp "$TRACE" "$T/before"
}

@test "exec: in a container that runs" {
	start_waiting
	run_rt exec --trace "$TRACE" "$ID" probe argv
	assert_success
	assert_trace exec
	assert_steps_in_order
	assert_equal "$(steps init | tail -n 1)" exec
}

@test "under a filter the last step is the filter's: to read the clock may be forbidden by it" {
	update_config '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{ names: ["clock_gettime"], action: "SCMP_ACT_KILL_PROCESS" }] }'
	run_bundle --trace "$TRACE"
	if [[ $stderr == *"built without seccomp"* ]]; then
		skip_because "built without seccomp"
	fi
	assert_success
	assert_trace run
	assert_equal "$(steps init | tail -n 1)" filter
	steps rt | grep -qx filter
}

@test "a process that goes on in another's place: its steps are in the same trace" {
	update_config '.linux.namespaces |= map(if .type == "pid" then . + { path: "/proc/self/ns/pid" } else . end)
		| .mounts |= map(select(.type != "proc")) | del(.linux.maskedPaths, .linux.readonlyPaths)'
	run_bundle --trace "$TRACE"
	assert_success
	assert_trace run
	steps init | grep -qx "pid namespace"
	assert_equal "$(steps init | tail -n 1)" exec
}

@test "time namespaces do not move the steps" {
	[[ -e /proc/self/ns/time ]] || skip_because "this kernel has no time namespaces"
	update_config '.linux.namespaces += [{ type: "time" }]
		| .linux.timeOffsets = { monotonic: { secs: 86400 }, boottime: { secs: 86400 } }'
	run_bundle --trace "$TRACE"
	assert_success
	assert_trace run
}

@test "a run that fails leaves the trace up to the step that failed" {
	set_args /no/such/program
	run_bundle --trace "$TRACE"
	assert_failure
	jq -e 'map(select(.cat == "init")) | .[-1].name == "program"' "$TRACE"
}

@test "the container sees nothing of it" {
	set_args probe fds
	run_bundle
	assert_success
	local without=${output//out.*/}
	run_bundle --trace "$TRACE"
	assert_success
	assert_equal "$(wc -l <<<"$output")" 3
	assert_equal "${output//out.*/}" "$without"
	refute_match trace
	# Also with descriptors that are passed on.
	run_bundle --preserve-fds 2 --trace "$TRACE"
	refute_match trace
}

@test "without --trace no clock is read and no page is sent" {
	run_rt plan --bundle "$BUNDLE" "$ID"
	assert_success
	assert_json '[.descriptors[] | select(.role == "trace")] | length' 0
}

@test "a file that can not be written is an error before there is a container" {
	run_bundle --trace "$T/no/such/directory/trace"
	assert_refused 'trace: open .*/no/such/directory/trace'
	ln -s "$T/elsewhere" "$T/link"
	run_bundle --trace "$T/link"
	assert_refused 'trace: open .*/link'
	[[ ! -e $T/elsewhere ]]
}

@test "a full disk is a warning: the container has run" {
	run_bundle --trace /dev/full
	assert_success
	assert_stderr 'trace: .*No space left'
}
