# SPDX-License-Identifier: Apache-2.0
# Namespaces in combination: each of the eight is the host's, new, or joined.  The unit test goes through all of them
# against a model of the kernel; these go through some of them, evenly spread, against the kernel.
load helpers

setup() {
	common_setup
	require_root
	require_cgroup2
	[[ -e /proc/self/ns/time ]] || skip_because "this kernel has no time namespaces"
	require_command unshare
	require_command nsenter
	make_bundle
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$T" "$BUNDLE"
	ORIGINAL=$(<"$BUNDLE/config.json")
	AS_CALLER=()
	RUN_OPTIONS=()
}

KINDS=(user mount pid network ipc uts cgroup time)
declare -gA LINKS=([user]=user [mount]=mnt [pid]=pid [network]=net [ipc]=ipc [uts]=uts [cgroup]=cgroup [time]=time)
MAPS='.linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]
	| .linux.gidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]'

OFFSETS='.linux.timeOffsets = { monotonic: { secs: 777 }, boottime: { secs: 888, nanosecs: 9 } }'

# holder NAME [FILTER]: a container whose namespaces are all its own; its init in $HOLDER.
holder() {
	echo "$ORIGINAL" >"$BUNDLE/config.json"
	update_config '.linux.namespaces = ($ARGS.positional | map({ type: . })) | .process.args = ["/bin/probe", "wait"]
		| '"${2:-.}" --args mount pid network ipc uts cgroup time
	run_rt run -d --bundle "$BUNDLE" --pid-file "$T/holder" "$ID-$1"
	assert_success
	HOLDER=$(<"$T/holder")
}

# The process whose namespace of KIND is joined.  A container's mount namespace does not have the bundle, and one that a
# container was set up in does not have it any more.
owner_of() {
	if [[ $2 == mount ]]; then echo "${MOUNT_HOLDER:-$1}"; else echo "$1"; fi
}

hold_mounts() {
	if [[ ${#AS_CALLER[@]} -gt 0 ]]; then
		background "${AS_CALLER[@]}" nsenter --target "$1" --user --preserve-credentials \
			unshare --mount --propagation private sleep 300
	elif [[ ${MODES[user]} -eq 2 ]]; then
		background nsenter --target "$1" --user unshare --mount --propagation private sleep 300
	else
		background unshare --mount --propagation private sleep 300
	fi
	MOUNT_HOLDER=$CHILD
	wait_until holds "$CHILD"
}

holds() {
	[[ $(<"/proc/$1/comm") == sleep ]]
}

# combine N: the modes of combination N, in base 3, into MODES.
combine() {
	local n=$1 kind
	declare -gA MODES=()
	for kind in "${KINDS[@]}"; do
		MODES[$kind]=$((n % 3)) # 0 host, 1 new, 2 joined
		n=$((n / 3))
	done
}

# What the kernel refuses for good reasons: a joined mount namespace of the host is not the new user namespace's.
is_possible() {
	[[ ${MODES[user]} -ne 1 || ${MODES[mount]} -ne 2 ]]
}

# A procfs can be mounted by who owns the pid namespace.
has_procfs() {
	[[ ${MODES[mount]} -ne 0 ]] || return 1
	[[ ${MODES[user]} -eq 0 || ${MODES[pid]} -eq 1 || ${MODES[user]}${MODES[pid]} == 22 ]]
}

configure() {
	local owner=$1 list='[]' kind path filter='.mounts = []'
	for kind in "${KINDS[@]}"; do
		case ${MODES[$kind]} in
		1) list=$(jq -c '. + [{ type: $k }]' --arg k "$kind" <<<"$list") ;;
		2)
			path=/proc/$(owner_of "$owner" "$kind")/ns/${LINKS[$kind]}
			list=$(jq -c '. + [{ type: $k, path: $p }]' --arg k "$kind" --arg p "$path" <<<"$list")
			;;
		esac
	done
	[[ ${MODES[mount]} -eq 0 ]] || filter='.mounts |= map(select(.destination == "/dev"))'
	! has_procfs || filter='.mounts |= map(select(.type == "proc" or .destination == "/dev"))'
	[[ ${MODES[user]} -ne 1 ]] || filter+=" | $MAPS"
	[[ ${MODES[time]} -ne 1 ]] || filter+=" | $OFFSETS"
	echo "$ORIGINAL" >"$BUNDLE/config.json"
	update_config '.linux.namespaces = $list | .process.args = ["/bin/probe", "wait"] | del(.hostname, .linux.maskedPaths,
		.linux.readonlyPaths, .linux.resources) | .root.readonly = false | '"$filter" --argjson list "$list"
}

check_namespaces() {
	local owner=$1 pid=$2 kind mine link host theirs
	for kind in "${KINDS[@]}"; do
		link=${LINKS[$kind]}
		mine=$(readlink "/proc/$pid/ns/$link")
		host=$(readlink "/proc/self/ns/$link")
		theirs=$(readlink "/proc/$(owner_of "$owner" "$kind")/ns/$link")
		case ${MODES[$kind]} in
		0) [[ $mine == "$host" ]] || return 1 ;;
		1) [[ $mine != "$host" && $mine != "$theirs" ]] || return 1 ;;
		2) [[ $mine == "$theirs" ]] || return 1 ;;
		esac
	done
	[[ ${MODES[time]} -ne 1 || $(tr -s ' ' <"/proc/$pid/timens_offsets") == $'monotonic 777 0\nboottime 888 9' ]]
}

complain() {
	jq -c .linux.namespaces "$BUNDLE/config.json" >&2
	show_call
	fail "combination $1"
}

# one N [COMMAND]: creates, looks, joins by exec, ends.  COMMAND may change the modes before.
one() {
	combine "$1"
	${2:-:}
	is_possible || return 0
	local owner=$PLAIN
	[[ ${MODES[user]} -ne 2 ]] || owner=$WITH_USER
	[[ ${MODES[mount]} -ne 2 ]] || hold_mounts "$owner"
	configure "$owner"
	run_rt run -d "${RUN_OPTIONS[@]}" --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	[[ $status -eq 0 ]] || complain "$1"
	check_namespaces "$owner" "$(<"$T/pid")" || complain "$1"
	run_rt exec "$ID" /bin/probe argv inside
	[[ $output == inside ]] || complain "$1"
	run_rt delete --force "$ID"
	assert_success
	done_ones=$((done_ones + 1))
}

@test "combinations of new, joined and the host's namespaces" {
	holder plain
	PLAIN=$HOLDER
	holder user ".linux.namespaces += [{ type: \"user\" }] | $MAPS"
	WITH_USER=$HOLDER
	local n done_ones=0
	# 163 is no multiple of 3: every kind comes in every mode, beside every other.
	for ((n = 7; n < 6561; n += ${COMBINATIONS_STEP:-163})); do
		one "$n"
	done
	((done_ones >= ${COMBINATIONS_MIN:-30}))
}

# Becomes a user without rights: from here on rt is called as that user, and all below $T is the user's.
become_ordinary() {
	local id=65534
	require_command setpriv
	AS_CALLER=(setpriv "--reuid=$id" "--regid=$id" --clear-groups --)
	cp --remove-destination -r "$TEMPLATE/bin" "$TEMPLATE/etc" "$ROOTFS/"
	chown -R "$id:$id" "$T"
	"${AS_CALLER[@]}" test -x "$RT" || skip_because "the runtime can not be reached by others"
	"${AS_CALLER[@]}" unshare --user true 2>/dev/null || skip_because "user namespaces are not for everybody here"
	MAPS=".linux.uidMappings = [{ containerID: 0, hostID: $id, size: 1 }]
		| .linux.gidMappings = [{ containerID: 0, hostID: $id, size: 1 }]"
	rt() {
		"${AS_CALLER[@]}" timeout -k 5 "${RT_TIMEOUT:-30}" "$RT" --root "$STATE" "$@"
	}
}

# Without rights there is a user namespace always, and with a new one nothing else can be joined.
make_possible() {
	local kind
	[[ ${MODES[user]} -ne 0 ]] || MODES[user]=1
	[[ ${MODES[user]} -eq 1 ]] || return 0
	for kind in "${KINDS[@]}"; do
		[[ ${MODES[$kind]} -ne 2 ]] || MODES[$kind]=1
	done
}

@test "combinations of an ordinary user" {
	become_ordinary
	holder user ".linux.namespaces += [{ type: \"user\" }] | del(.linux.resources, .linux.maskedPaths, .hostname,
		.linux.readonlyPaths) | .mounts |= map(select(.destination == \"/dev\")) | $MAPS"
	PLAIN=$HOLDER WITH_USER=$HOLDER
	local n done_ones=0
	for ((n = 8; n < 6561; n += ${COMBINATIONS_STEP:-199})); do
		one "$n" make_possible
	done
	((done_ones >= ${COMBINATIONS_MIN:-30}))
}

@test "combinations with --no-pivot" {
	holder plain
	PLAIN=$HOLDER
	holder user ".linux.namespaces += [{ type: \"user\" }] | $MAPS"
	WITH_USER=$HOLDER
	local n done_ones=0
	RUN_OPTIONS=(--no-pivot)
	for ((n = 5; n < 6561; n += ${COMBINATIONS_STEP:-613})); do
		one "$n"
	done
	((done_ones >= ${COMBINATIONS_MIN:-8}))
}
