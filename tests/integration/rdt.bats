# SPDX-License-Identifier: Apache-2.0
# Intel RDT, on a pretended resctrl (resctrl.c) in a mount namespace of the test's own; $RDT is its tree.
load helpers

setup() {
	common_setup
	require_root
	require_command unshare
	require_command cc
	make_bundle
	build_library
	RDT=$T/resctrl
	mkdir -p "$RDT/mon_groups" "$RDT/info"
	: >"$RDT/tasks"
	echo 'L3:0=fff;1=fff' >"$RDT/schemata"
	echo 'mask has no bits' >"$RDT/info/last_cmd_status"
	export RESCTRL_LOG=$T/log
	: >"$RESCTRL_LOG"
	IS_MOUNTED=1
}

build_library() {
	LIBRARY=$BATS_FILE_TMPDIR/resctrl.so
	[[ -e $LIBRARY ]] || cc -D_GNU_SOURCE -O1 -shared -fPIC -o "$LIBRARY" "$BATS_TEST_DIRNAME/resctrl.c" -ldl
	if ! readelf -l "$RT" | grep -q INTERP || readelf -d "$RT" | grep -q 'asan\|ubsan'; then
		skip_because "a sanitizer or coverage build brings its own libraries"
	fi
}

# sysfs has no directory for resctrl where the machine has none: a tmpfs takes its place, with the cgroups as they are.
# shellcheck disable=SC2016 # expanded by that shell
IN_NAMESPACE='mkdir -p "$0/cgroup"; mount --rbind /sys/fs/cgroup "$0/cgroup"; mount -t tmpfs tmpfs /sys/fs
	mkdir /sys/fs/cgroup /sys/fs/resctrl; mount --rbind "$0/cgroup" /sys/fs/cgroup; umount -l "$0/cgroup"
	mount --bind "$1" /sys/fs/resctrl; shift; library=$1; shift
	LD_PRELOAD=$library exec "$@"'

rt() {
	local call=("$RT" --root "$STATE")
	# shellcheck disable=SC2206 # RT_FLAGS is a list of words
	call+=($RT_FLAGS "$@")
	if [[ -n $IS_MOUNTED ]]; then
		call=(unshare --mount --propagation private sh -ec "$IN_NAMESPACE" "$T" "$RDT" "$LIBRARY" "${call[@]}")
	fi
	timeout -k 5 "${RT_TIMEOUT:-30}" "${call[@]}"
}

make_group() {
	mkdir -p "$RDT/$1/mon_groups"
	: >"$RDT/$1/tasks"
	printf '%s\n' "${2:-}" >"$RDT/$1/schemata"
}

use_rdt() {
	update_config ".linux.intelRdt = $1"
}

# What was written to the groups, in order.
assert_writes() {
	assert_equal "$(<"$RESCTRL_LOG")" "$1"
}

directories() {
	find "$RDT" -mindepth 1 -type d ! -name mon_groups ! -name info -printf '%P\n' | sort
}

@test "a group named after the container, from create to delete" {
	use_rdt '{ l3CacheSchema: "L3:0=7f0;1=1f" }'
	start_waiting
	assert_equal "$(directories)" "$ID"
	assert_writes "$ID/schemata L3:0=7f0;1=1f
$ID/tasks $INIT"
	run_rt delete --force "$ID"
	assert_success
	assert_equal "$(directories)" ""
}

@test "the order: cache, bandwidth, schemata" {
	use_rdt '{ schemata: ["L2:0=f", "MB:0=30"], memBwSchema: "MB:0=20", l3CacheSchema: "L3:0=7f0" }'
	run_bundle
	assert_success
	assert_equal "$(grep -c . "$RESCTRL_LOG")" 5
	assert_equal "$(head -n 4 "$RESCTRL_LOG")" "$ID/schemata L3:0=7f0
$ID/schemata MB:0=20
$ID/schemata L2:0=f
$ID/schemata MB:0=30"
	assert_equal "$(directories)" ""
}

@test "without a schema a group of its own is made, and nothing is written to it" {
	use_rdt '{}'
	start_waiting
	assert_equal "$(directories)" "$ID"
	assert_writes "$ID/tasks $INIT"
}

@test "the process is in its group before it starts" {
	use_rdt '{ l3CacheSchema: "L3:0=f" }'
	set_args probe wait
	run_rt create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	assert_success
	assert_writes "$ID/schemata L3:0=f
$ID/tasks $(<"$T/pid")"
	run_rt delete "$ID"
	assert_success
	assert_equal "$(directories)" ""
}

@test "a process of exec is in the group too" {
	use_rdt '{ enableMonitoring: true }'
	start_waiting
	: >"$RESCTRL_LOG"
	run_rt exec "$ID" /bin/true
	assert_success
	assert_equal "$(sed 's/ [0-9]*$//' "$RESCTRL_LOG")" "$ID/tasks
$ID/mon_groups/$ID/tasks"
}

@test "a group of closID is made, and stays" {
	use_rdt '{ closID: "gold", l3CacheSchema: "L3:0=f" }'
	run_bundle
	assert_success
	assert_equal "$(directories)" gold
}

@test "a group of closID that is there" {
	make_group gold '    L3:0=00f;1=ff'
	use_rdt '{ closID: "gold", l3CacheSchema: "L3:1=FF;0=f" }'
	run_bundle
	assert_success
	assert_equal "$(directories)" gold
	use_rdt '{ closID: "gold" }'
	: >"$RESCTRL_LOG"
	start_waiting
	assert_writes "gold/tasks $INIT"
}

@test "refused: a group of closID with another schema" {
	make_group gold 'L3:0=ff'
	use_rdt '{ closID: "gold", l3CacheSchema: "L3:0=f" }'
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused 'resctrl group "gold": /linux/intelRdt/l3CacheSchema: the group exists with another schema'
	use_rdt '{ closID: "gold", memBwSchema: "MB:0=10" }'
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused memBwSchema
	assert_writes ""
	assert_equal "$(directories)" gold
}

@test "refused: a group of closID that is missing, without a schema" {
	use_rdt '{ closID: "gold", enableMonitoring: true }'
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused 'resctrl group "gold": .*must exist'
	assert_equal "$(directories)" ""
}

@test "closID / is the root group" {
	use_rdt '{ closID: "/", enableMonitoring: true }'
	start_waiting
	assert_writes "tasks $INIT
mon_groups/$ID/tasks $INIT"
	assert_equal "$(directories)" "mon_groups/$ID"
	run_rt delete --force "$ID"
	assert_success
	assert_equal "$(directories)" ""
}

@test "a monitoring group, in a group that stays" {
	make_group gold
	use_rdt '{ closID: "gold", enableMonitoring: true }'
	start_waiting
	assert_writes "gold/tasks $INIT
gold/mon_groups/$ID/tasks $INIT"
	run_rt delete --force "$ID"
	assert_success
	assert_equal "$(directories)" gold
}

@test "refused: a monitoring group that is there, and it stays" {
	make_group gold
	mkdir "$RDT/gold/mon_groups/$ID"
	use_rdt '{ closID: "gold", enableMonitoring: true }'
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused 'make the monitoring group .*File exists'
	assert_equal "$(directories)" $'gold\n'"gold/mon_groups/$ID"
}

@test "a create that fails takes everything back" {
	make_group gold 'L3:0=f'
	update_config '.process.args = ["/nothere"]'
	use_rdt '{ enableMonitoring: true, l3CacheSchema: "L3:0=f" }'
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused nothere
	assert_equal "$(directories)" gold
	use_rdt '{ closID: "silver", l3CacheSchema: "L3:0=f" }'
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused nothere
	assert_equal "$(directories)" gold
	use_rdt '{ closID: "gold", enableMonitoring: true, schemata: ["L3:0=1"] }'
	: >"$RESCTRL_LOG"
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused nothere
	assert_equal "$(directories)" gold
	assert_writes $'gold/schemata L3:0=1\ngold/schemata L3:0=f'
}

@test "a refused schema: resctrl's own words" {
	use_rdt '{ schemata: ["L3:0=0"] }'
	RESCTRL_REFUSE=L3:0=0 run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused '/linux/intelRdt/schemata/0: .*Invalid argument'
	assert_stderr 'mask has no bits'
	assert_equal "$(directories)" ""
}

@test "delete --force removes the groups of a create that died" {
	use_rdt '{ enableMonitoring: true }'
	update_config '.hooks.createRuntime = [{ path: "/bin/sh", args: ["sh", "-c", "kill -KILL $PPID; sleep 1"] }]'
	run_rt create --bundle "$BUNDLE" "$ID"
	[[ $status -eq 137 ]] || { show_call; fail "rt was not killed"; }
	assert_equal "$(directories)" "$ID
$ID/mon_groups/$ID"
	run_rt delete --force "$ID"
	assert_success
	assert_equal "$(directories)" ""
}

@test "refused: no resctrl is mounted" {
	[[ ! -e /sys/fs/resctrl/tasks ]] || skip_because "resctrl is mounted"
	IS_MOUNTED=
	use_rdt '{ closID: "gold", schemata: ["L3:0=f"] }'
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused 'no resctrl file system is mounted'
}

@test "without intelRdt nothing is looked at" {
	run_bundle
	assert_success
	assert_writes ""
	assert_equal "$(directories)" ""
}

@test "the deprecated switches are accepted" {
	make_group gold
	use_rdt '{ closID: "gold", enableCMT: true, enableMBM: true }'
	run_bundle
	assert_success
	assert_equal "$(directories)" gold
}

@test "refused: what is no group and no line" {
	local c
	for c in '{ closID: "a/b" }' '{ closID: ".." }' '{ closID: "info" }' '{ closID: "mon_groups" }' \
		'{ memBwSchema: "L3:0=f" }' '{ memBwSchema: "MB:0=1\nMB:0=2" }' '{ schemata: ["a\nb"] }' '{ schemata: [""] }'; do
		use_rdt "$c"
		run_rt create --bundle "$BUNDLE" "$ID"
		assert_refused "/linux/intelRdt/"
	done
}

@test "features says so" {
	run_rt features
	assert_json '.linux.intelRdt | [.enabled, .schemata, .monitoring] | all' true
}

monitor() {
	mkdir -p "$1/mon_data/mon_L3_01" "$1/mon_data/mon_L3_00"
	printf '%s\n' "$2" | while read -r domain occupancy total local; do
		echo "$occupancy" >"$1/mon_data/$domain/llc_occupancy"
		echo "$total" >"$1/mon_data/$domain/mbm_total_bytes"
		echo "$local" >"$1/mon_data/$domain/mbm_local_bytes"
	done
}

@test "events has what the monitoring group counts, and the schemata" {
	mkdir "$RDT/info/L3"
	echo fff >"$RDT/info/L3/cbm_mask"
	echo 1 >"$RDT/info/L3/min_cbm_bits"
	echo 16 >"$RDT/info/L3/num_closids"
	printf '    %s\n' 'MB:0=100;1=100' 'L3:0=fff;1=fff' >"$RDT/schemata"
	use_rdt '{ l3CacheSchema: "L3:0=7f0;1=1f", enableMonitoring: true }'
	start_waiting
	monitor "$RDT/$ID/mon_groups/$ID" $'mon_L3_00 4096 10 5\nmon_L3_01 8192 20 6'
	run_rt events --stats "$ID"
	rm -r "$RDT/$ID/mon_groups/$ID/mon_data"
	assert_success
	assert_json '.data.intel_rdt | tojson' "$(jq -rn '{
		l3_cache_info: { cbm_mask: "fff", min_cbm_bits: 1, num_closids: 16 },
		l3_cache_schema_root: "L3:0=fff;1=fff", l3_cache_schema: "L3:0=7f0;1=1f", mem_bw_schema_root: "MB:0=100;1=100",
		mbm_stats: [{ mbm_total_bytes: 10, mbm_local_bytes: 5 }, { mbm_total_bytes: 20, mbm_local_bytes: 6 }],
		cmt_stats: [{ llc_occupancy: 4096 }, { llc_occupancy: 8192 }] } | tojson')"
}

@test "events does not take what a shared group counts for the container's" {
	make_group gold 'L3:0=00f'
	monitor "$RDT/gold" $'mon_L3_00 4096 10 5\nmon_L3_01 Unavailable Unavailable Unavailable'
	use_rdt '{ closID: "gold" }'
	start_waiting
	run_rt events --stats "$ID"
	assert_success
	assert_json '.data.intel_rdt | tojson' '{"l3_cache_schema_root":"L3:0=fff;1=fff","l3_cache_schema":"L3:0=00f"}'
}
