# SPDX-License-Identifier: Apache-2.0
load helpers

setup() {
	common_setup
	require_cgroup2
	make_bundle
}

BUSY=(/bin/sh -c 'while :; do :; done')
TITLES='^ID +CPU% +MEMORY +LIMIT +MEM% +PIDS +THROTTLED +CPU-PSI +MEM-PSI +IO-PSI$'

# The grammar of OpenMetrics text that rt uses: families one after the other, each with its metadata first, samples with
# well-formed labels and the suffix of their type, a unit that the name ends with, "# EOF" as the last line.
OPENMETRICS='
	function wrong(what) { print FNR ": " what ": " $0; bad = 1 }
	ended { wrong("behind the end") }
	$0 == "# EOF" { ended = 1; next }
	/^# (HELP|TYPE|UNIT) [a-zA-Z_:][a-zA-Z0-9_:]* [^ ]/ {
		if ($3 != family) {
			if ($3 in seen) wrong("a family twice")
			seen[$3] = 1; family = $3; type = ""; has_sample = 0; split("", had)
		}
		if ($2 in had) wrong("metadata twice")
		if (has_sample) wrong("metadata behind a sample")
		had[$2] = 1
		if ($2 == "TYPE") type = $4
		if ($2 == "TYPE" && $4 !~ /^(counter|gauge)$/) wrong("type")
		if ($2 == "UNIT" && substr(family, length(family) - length($4)) != "_" $4) wrong("unit")
		next
	}
	/^#/ { wrong("comment"); next }
	!/^[a-zA-Z_:][a-zA-Z0-9_:]*[{]([a-z]+="([^"\\]|\\["\\n])*",?)+[}] [0-9]+([.][0-9]+)?$/ { wrong("form") }
	/,}/ { wrong("comma") }
	{
		name = $0; sub(/[{].*/, "", name)
		labels = $0; sub(/ [^ ]*$/, "", labels)
		if (name != family (type == "counter" ? "_total" : "")) wrong("name")
		if (labels in sample) wrong("a sample twice")
		sample[labels] = 1; has_sample = 1
	}
	END { if (!ended) { print "no end"; bad = 1 } exit bad }'

assert_openmetrics() {
	awk "$OPENMETRICS" <<<"$output" >"$T/grammar" || { show_call; fail "$(cat "$T/grammar")"; }
}

# follows_grammar LINE...
follows_grammar() {
	printf '%s\n' "$@" | awk "$OPENMETRICS" >/dev/null
}

# The n-th field of the container's line.
field() {
	awk -v id="$1" -v n="$2" '$1 == id { print $n }' <<<"$output"
}

@test "stats of nothing is a header, an empty array, metadata" {
	run_rt stats
	assert_success
	assert_match "$TITLES"
	assert_equal "$(wc -l <<<"$output")" 1
	run_rt stats --format json
	assert_output '[]'
	run_rt stats --format openmetrics
	assert_success
	assert_openmetrics
	refute_match '^rt_'
}

@test "stats: a table of all that run" {
	start_waiting "${BUSY[@]}"
	set_args true
	run_rt create --bundle "$BUNDLE" "$ID-created"
	run_rt run -d --bundle "$BUNDLE" "$ID-ended"
	wait_until has_status "$ID-ended" stopped
	run_rt stats
	assert_success
	assert_equal "$(wc -l <<<"$output")" 2
	assert_match "$TITLES"
	awk '$1 == id && $2 > 1 && NF == 10 { found = 1 } END { exit !found }' id="$ID" <<<"$output" ||
		fail "no share of the CPU: $output"
	# Those that are named may not run yet, but they must not have ended.
	run_rt stats "$ID-created" "$ID"
	assert_success
	assert_equal "$(awk '{ print $1 }' <<<"$output" | tr '\n' ' ')" "ID $ID-created $ID "
	run_rt stats "$ID" "$ID-ended"
	assert_failure 1
	assert_stderr 'container not running'
	run_rt stats "$ID-none"
	assert_failure 1
	assert_stderr 'does not exist'
}

@test "stats: a paused container stands still" {
	start_waiting "${BUSY[@]}"
	run_rt pause "$ID"
	run_rt stats
	assert_equal "$(field "$ID" 2)" 0.00
	run_rt stats --format json
	assert_json '.[0].status' paused
	assert_json '.[0].cpu.percent' 0
}

@test "stats: memory, tasks and their limits" {
	require_controller memory
	require_controller pids
	update_config '.linux.resources = { memory: { limit: 67108864, swap: 67108864 }, pids: { limit: 20 } }'
	start_waiting /bin/sh -c 'dd if=/dev/zero of=/dev/shm/fill bs=1M count=32 2>/dev/null; echo full; exec probe wait'
	wait_until grep -qx full "$CONTAINER_LOG"
	run_rt stats --interval 10ms
	assert_equal "$(field "$ID" 4)" 64.0MiB
	assert_equal "$(field "$ID" 6)" 1/20
	assert_match "^$ID +[0-9.]+ +3[0-9][.][0-9]MiB +64.0MiB +[456][0-9][.][0-9]{2} "
	run_rt stats --format json --interval 10ms
	assert_json '.[0].memory.limit' 67108864
	assert_json '.[0].memory | .usage > 33554432 and .usage < .limit and .percent > 50 and .percent < 100' true
	assert_json '.[0].memory.oomKills' 0
	assert_json '.[0].pids | tojson' '{"current":1,"limit":20}'
	run_rt update --memory -1 --memory-swap -1 --pids-limit -1 "$ID"
	run_rt stats --interval 10ms
	assert_equal "$(field "$ID" 4) $(field "$ID" 5) $(field "$ID" 6)" "max - 1"
	run_rt stats --format json --interval 10ms
	assert_json '.[0] | [.memory.limit, .pids.limit] | tojson' '[null,null]'
}

@test "stats: what is not counted is a dash, and is no member" {
	[[ ! " $(<"$CGROUP2/cgroup.controllers") " == *" memory "* ]] || skip_because "cgroup2 has a memory controller here"
	start_waiting
	run_rt stats --interval 10ms
	assert_equal "$(field "$ID" 3) $(field "$ID" 4) $(field "$ID" 5)" "- - -"
	run_rt stats --format json --interval 10ms
	assert_json '.[0].memory | has("usage") or has("limit")' false
}

@test "stats --format=openmetrics follows its grammar" {
	start_waiting
	run_rt run -d --bundle "$BUNDLE" "$ID-b"
	run_rt stats -f openmetrics
	assert_success
	assert_openmetrics
	assert_match "^rt_container_cpu_usage_seconds_total[{]id=\"$ID\"[}] [0-9]+[.][0-9]{6}$"
	assert_match "^rt_container_cpu_usage_seconds_total[{]id=\"$ID-b\"[}] "
	# The check can fail.
	refute follows_grammar "${output%# EOF}"
	follows_grammar '# TYPE a counter' 'a_total{id="x",b="\\\"\n"} 1' '# EOF'
	refute follows_grammar '# TYPE a counter' 'a_total{id="x"y"} 1' '# EOF'
	refute follows_grammar '# TYPE a counter' 'a{id="x"} 1' '# EOF'
	refute follows_grammar '# TYPE a gauge' 'a{id="x"} 1' 'a{id="x"} 2' '# EOF'
	refute follows_grammar '# TYPE a gauge' '# UNIT a bytes' '# EOF'
	refute follows_grammar '# EOF' '# TYPE a gauge'
}

@test "stats --format=openmetrics: counters and limits as the files have them" {
	require_controller memory
	update_config '.linux.resources.memory = { limit: 67108864 }'
	start_waiting
	run_rt pause "$ID"
	run_rt stats -f openmetrics "$ID"
	assert_openmetrics
	assert_line "rt_container_memory_limit_bytes{id=\"$ID\"} 67108864"
	local dir
	dir=$(cgroup_dir)
	assert_line "rt_container_memory_usage_bytes{id=\"$ID\"} $(<"$dir/memory.current")"
	assert_line "rt_container_cpu_usage_seconds_total{id=\"$ID\"} $(awk \
		'$1 == "usage_usec" { printf "%d.%06d", $2 / 1000000, $2 % 1000000 }' "$dir/cpu.stat")"
}

has_tables() {
	[[ $(grep -cE "$TITLES" "$CHILD_LOG") -ge $1 ]]
}

@test "stats --watch goes on until its containers have ended" {
	start_waiting "${BUSY[@]}"
	background rt stats --watch --interval 50ms "$ID"
	wait_until has_tables 3
	refute is_gone "$CHILD"
	kill -KILL "$INIT"
	wait_until is_gone "$CHILD"
	wait "$CHILD"
	# No terminal, no escape sequences.
	refute grep -q $'\033' "$CHILD_LOG"
	background rt stats --watch --interval 50ms --format json
	wait_until grep -qx '\[\]' "$CHILD_LOG"
	refute is_gone "$CHILD"
}

@test "stats --watch clears a terminal, and ends with ^C" {
	start_waiting
	capture timeout -k 5 30 "$PROBE" pty expect:IO-PSI expect:IO-PSI send:$'\003' -- \
		"$RT" --root "$STATE" stats --watch --interval 50ms
	assert_failure # killed by the signal, and not by the timeout
	grep -qF $'\033[H\033[J' <<<"$output"
}

@test "stats: containers without a cgroup are skipped, or refused by name" {
	RT_FLAGS="$RT_FLAGS --cgroup-manager=disabled"
	update_config 'del(.linux.resources)'
	start_waiting
	run_rt stats
	assert_success
	assert_equal "$(wc -l <<<"$output")" 1
	refute_stderr .
	run_rt stats "$ID"
	assert_failure 1
	assert_stderr 'has no cgroup of its own'
}

@test "stats: mistakes in its options" {
	run_rt stats --watch --format openmetrics
	assert_failure 1
	assert_stderr 'OpenMetrics'
	run_rt stats --interval 0s
	assert_failure 1
	assert_stderr 'greater than 0'
	run_rt stats --format yaml
	assert_failure 1
	assert_stderr 'table, json, openmetrics'
}
