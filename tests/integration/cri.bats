# SPDX-License-Identifier: Apache-2.0
# The calls that container engines of Kubernetes make, word by word: containerd's CRI plugin through its shim (go-runc's
# command lines), CRI-O by itself, and conmon below it.  contrib/ has their configurations.
load helpers

setup() {
	common_setup
	require_root
	make_bundle
	LOG_JSON=$T/log.json
	SANDBOX=$ID-sandbox
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$T" "$BUNDLE"
}

# go_runc ARGUMENT...: the global options of go-runc, in its order.
go_runc() {
	capture timeout -k 5 30 "$RT" --root "$STATE" --log "$LOG_JSON" --log-format json $RT_FLAGS "$@"
}

# crio ARGUMENT...: CRI-O's own calls, which read standard error.
crio() {
	capture timeout -k 5 30 "$RT" --root "$STATE" $RT_FLAGS "$@"
}

# What the shim takes as the error: the last line of level error.
last_error() {
	jq -r 'select(.level == "error") | .msg' "$LOG_JSON" | tail -n 1
}

# Each line is an object with these three as text, the time in RFC 3339.
assert_log_shape() {
	jq -es 'length > 0 and all(.[]; (.level | type == "string") and (.msg | type == "string")
		and (.time | test("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$")))' \
		"$LOG_JSON" >/dev/null || fail "the log: $(cat "$LOG_JSON")"
}

# start_sandbox: the pause container, as a pod's first; $INIT is its process, $BUNDLE again that of the test.
start_sandbox() {
	local own=$BUNDLE
	BUNDLE=$T/sandbox
	mkdir "$BUNDLE"
	cp -al "$own/rootfs" "$BUNDLE/rootfs"
	cp "$own/config.json" "$BUNDLE/config.json"
	set_args probe wait
	update_config '.hostname = "pod" | .root.readonly = true
		| .annotations = { "io.kubernetes.cri.container-type": "sandbox" }'
	go_runc create --bundle "$BUNDLE" --pid-file "$T/sandbox.pid" "$SANDBOX"
	assert_success
	go_runc start "$SANDBOX"
	assert_success
	INIT=$(<"$T/sandbox.pid")
	BUNDLE=$own
}

# The container's namespaces are the sandbox's, but for pid, mount and cgroup.
join_sandbox() {
	update_config 'del(.hostname) | .linux.namespaces |= map(if .type | IN("network", "ipc", "uts")
		then .path = "/proc/\($pid)/ns/" + ({ network: "net" }[.type] // .type) else . end)' --arg pid "$INIT"
}

pod_userns() {
	update_config '.linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]
		| .linux.gidMappings = [{ containerID: 0, hostID: 200000, size: 65536 }]
		| .linux.namespaces += [{ type: "user" }]'
}

@test "containerd: a sandbox, and a container in its namespaces" {
	start_sandbox
	join_sandbox
	set_script 'cat /proc/sys/kernel/hostname; for n in net ipc uts; do readlink /proc/self/ns/$n; done; echo $$'
	go_runc create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	assert_success
	local out=$LOG kind
	go_runc start "$ID"
	assert_success
	wait_until has_status "$ID" stopped
	grep -qx pod "$out"
	for kind in net ipc uts; do
		grep -qxF "$(readlink "/proc/$INIT/ns/$kind")" "$out" || fail "another $kind namespace"
	done
	# Its own pid namespace.
	assert_equal "$(tail -n 1 "$out")" 1
	go_runc delete "$ID"
	assert_success
	go_runc kill "$SANDBOX" 9
	assert_success
	wait_until has_status "$SANDBOX" stopped
	go_runc delete "$SANDBOX"
	assert_success
}

@test "containerd: a container that shares the pod's process namespace" {
	start_sandbox
	join_sandbox
	update_config '.linux.namespaces |= map(if .type == "pid" then .path = "/proc/\($pid)/ns/pid" else . end)' --arg pid "$INIT"
	set_script 'tr "\0" " " </proc/1/cmdline'
	run_rt run --bundle "$BUNDLE" "$ID"
	assert_success
	assert_match '^probe wait'
	go_runc delete --force "$SANDBOX"
	assert_success
}

@test "containerd: the pid file has the number alone" {
	set_args probe wait
	go_runc create --bundle "$BUNDLE" --pid-file "$T/pid" --no-new-keyring "$ID"
	assert_success
	assert_equal "$(tr -d 0-9 <"$T/pid" | wc -c)" 0
	assert_equal "$(<"$T/pid")" "$(rt state "$ID" | jq .pid)"
	go_runc delete --force "$ID"
	assert_success
}

@test "containerd: features announce user namespaces of pods, id-mapped and recursively read-only mounts" {
	# By the absolute path, with no option before it.
	capture "$(readlink -f "$(command -v "$RT")")" features
	assert_success
	assert_json '.linux.namespaces | index("user") != null' true
	assert_json '.linux.mountExtensions.idmap.enabled' true
	assert_json '.mountOptions | index("rro") != null' true
	assert_json '.linux.seccomp.enabled | type' boolean
}

@test "CRI: a pod with a user namespace, joined by a container, with an id-mapped volume" {
	mkdir "$T/volume"
	mount_on_host -t tmpfs -o mode=755 tmpfs "$T/volume"
	touch "$T/volume/file"
	pod_userns
	start_sandbox
	join_sandbox
	update_config '.linux.namespaces |= map(if .type == "user" then .path = "/proc/\($pid)/ns/user" else . end)
		| .mounts += [{ destination: "/mnt", type: "bind", source: $s, options: ["rbind", "rprivate", "rw"],
			uidMappings: .linux.uidMappings, gidMappings: .linux.gidMappings }]' \
		--arg pid "$INIT" --arg s "$T/volume"
	# The mappings that belong to the joined namespace stay in the configuration, as the engine writes it.
	set_script 'id -u; stat -c %u:%g /mnt/file; touch /mnt/new; readlink /proc/self/ns/user'
	run_rt run --bundle "$BUNDLE" "$ID"
	[[ $stderr != *'can not be id-mapped'* ]] || skip_because "this kernel can not map the ids of a tmpfs"
	assert_success
	assert_equal "$(sed -n 1p <<<"$output")" 0
	# On the disk the files are root's; so they are in the pod.
	assert_equal "$(sed -n 2p <<<"$output")" 0:0
	assert_equal "$(stat -c %u:%g "$T/volume/new")" 0:0
	assert_equal "$(sed -n 3p <<<"$output")" "$(readlink "/proc/$INIT/ns/user")"
	crio delete --force "$SANDBOX"
	assert_success
}

@test "CRI: a recursively read-only volume" {
	mkdir -p "$T/volume"
	mount_on_host -t tmpfs tmpfs "$T/volume"
	mkdir "$T/volume/sub"
	mount_on_host -t tmpfs tmpfs "$T/volume/sub"
	update_config '.mounts += [{ destination: "/mnt", type: "bind", source: $s, options: ["rbind", "rprivate", "rro"] }]' \
		--arg s "$T/volume"
	run_script 'touch /mnt/x; touch /mnt/sub/x; echo done'
	assert_output "done"
	assert_equal "$(grep -c 'Read-only file system' <<<"$stderr")" 2
	# "ro" alone is not recursive: this is why the engine asks.
	update_config '.mounts[-1].options = ["rbind", "rprivate", "ro"]'
	run_script 'touch /mnt/x; touch /mnt/sub/x && echo done'
	assert_output "done"
}

@test "containerd: exec with a process file, detached, with a pid file" {
	start_waiting
	jq -n '{ args: ["sh", "-c", "echo ran; exit 3"], cwd: "/", env: ["PATH=/bin"], user: { uid: 0, gid: 0 } }' >"$T/process"
	go_runc exec --process "$T/process" --detach --pid-file "$T/exec.pid" "$ID"
	assert_success
	wait_until grep -qx ran "$LOG"
	assert_equal "$(tr -d 0-9 <"$T/exec.pid" | wc -c)" 0
	# The process is gone, or a child of the caller: never one of the container's first process.
	[[ ! -e /proc/$(<"$T/exec.pid") ]] || refute grep -qx "PPid:	$INIT" "/proc/$(<"$T/exec.pid")/status"
	go_runc exec --process "$T/process" "$ID"
	assert_failure 3
}

@test "containerd: a probe whose program is missing tells so in the log" {
	start_waiting
	jq -n '{ args: ["/bin/missing"], cwd: "/", env: [] }' >"$T/process"
	go_runc exec --process "$T/process" --detach --pid-file "$T/exec.pid" "$ID"
	assert_failure
	assert_log_shape
	[[ $(last_error) == *no\ such\ file* ]] || fail "$(last_error)"
	[[ ! -e $T/exec.pid ]]
}

@test "CRI-O: ExecSync that takes too long is killed, and nothing else" {
	start_waiting
	jq -n '{ args: ["sh", "-c", "sleep 600 & wait"], cwd: "/", env: ["PATH=/bin"] }' >"$T/process"
	# conmon -e: the runtime is below it; at the time limit the process of the pid file is killed.
	background rt exec --pid-file "$T/exec.pid" --process "$T/process" --detach "$ID"
	wait_until test -s "$T/exec.pid"
	local pid
	pid=$(<"$T/exec.pid")
	wait "$CHILD"
	kill -KILL "$pid"
	wait_until is_gone "$pid"
	assert_status "$ID" running
	crio exec "$ID" true
	assert_success
}

@test "CRI-O: ExecSync in the foreground passes the signal on" {
	start_waiting
	jq -n '{ args: ["sleep", "600"], cwd: "/", env: ["PATH=/bin"] }' >"$T/process"
	# shellcheck disable=SC2086 # RT_FLAGS is a list of words
	background "$RT" --root "$STATE" $RT_FLAGS exec --pid-file "$T/exec.pid" --process "$T/process" "$ID"
	wait_until test -s "$T/exec.pid"
	local pid
	pid=$(<"$T/exec.pid")
	kill -TERM "$CHILD"
	wait_until is_gone "$pid"
	assert_status "$ID" running
}

@test "containerd and CRI-O: update with resources on standard input" {
	start_waiting
	# Nothing is asked: engines send such a document with zeros and empty lists.
	echo '{ "cpu": { "shares": 0, "quota": 0, "period": 0 }, "memory": { "limit": 0 }, "hugepageLimits": [] }' >"$T/r"
	local option
	for option in '--resources=-' '--resources -' '-r -'; do
		status=0
		# shellcheck disable=SC2086 # words are meant
		rt update $option "$ID" <"$T/r" >"$T/update" 2>&1 || status=$?
		[[ $status -eq 0 ]] || fail "$option: $(cat "$T/update")"
	done
	echo '{ "memory": { "limit": "x" } }' >"$T/r"
	refute rt update --resources=- "$ID" <"$T/r" 2>"$T/update"
	grep -q limit "$T/update"
}

@test "containerd and CRI-O: update of the limits" {
	require_controller pids
	require_controller memory
	start_waiting
	rt update --resources=- "$ID" <<<'{ "pids": { "limit": 55 }, "memory": { "limit": 67108864, "swap": 67108864 } }'
	local dir
	dir=$CGROUP2$(sed -n 's/^0:://p' "/proc/$INIT/cgroup")
	assert_equal "$(<"$dir/pids.max")" 55
	assert_equal "$(<"$dir/memory.max")" 67108864
}

@test "CRI-O: statistics and events" {
	start_waiting
	crio events --stats "$ID"
	assert_success
	assert_json .type stats
	assert_json .id "$ID"
	assert_json '.data | has("cpu") and has("memory") and has("pids")' true
	assert_equal "$(wc -l <<<"$output")" 1
	background rt events --interval=1s "$ID"
	wait_until grep -q '"type":"stats"' "$CHILD_LOG"
	crio kill "$ID" KILL
	wait_until is_gone "$CHILD"
}

@test "the life of a container as its state is polled" {
	set_args probe wait
	go_runc create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
	assert_success
	go_runc state "$ID"
	assert_json .status created
	assert_json .pid "$(<"$T/pid")"
	go_runc start "$ID"
	assert_success
	go_runc state "$ID"
	assert_json .status running
	assert_json .bundle "$BUNDLE"
	go_runc kill "$ID" 15
	assert_success
	wait_until has_status "$ID" stopped
	go_runc state "$ID"
	assert_json .pid 0
	go_runc list --format=json
	assert_json "map(select(.id == \"$ID\"))[0].status" stopped
	go_runc delete "$ID"
	assert_success
	go_runc state "$ID"
	assert_failure
	assert_log_shape
	[[ $(last_error) == *'does not exist'* ]]
}

@test "what kill and delete say of what is gone are the words that are looked for" {
	start_waiting
	go_runc kill --all "$ID" 9
	assert_success
	wait_until has_status "$ID" stopped
	go_runc kill "$ID" 9
	assert_failure
	assert_log_shape
	# Any of these is "not found" for the shim and for CRI-O.
	grep -qiE 'os: process already finished|container not running|no such process|does not exist' <<<"$(last_error)"
	grep -qiE 'no such process|container not running' <<<"$stderr"
	go_runc delete "$ID"
	assert_success
	go_runc delete "$ID"
	assert_failure
	[[ $(last_error) == *'does not exist'* ]]
	go_runc delete --force "$ID"
	assert_success
}

@test "CRI-O: pause and resume" {
	require_cgroup2
	start_waiting
	crio pause "$ID"
	assert_success
	crio state "$ID"
	assert_json .status paused
	crio resume "$ID"
	assert_success
	assert_status "$ID" running
}

@test "containerd: ps for the processes of a container" {
	require_command ps
	start_waiting
	go_runc ps --format json "$ID"
	assert_json "index($INIT) != null" true
	go_runc ps --format table "$ID" -o pid,comm
	assert_match "^ *$INIT +probe"
}

@test "restore's option with one dash is understood" {
	go_runc run -no-subreaper --bundle "$BUNDLE" "$ID"
	assert_success
}

# conmon's child: the runtime creates, conmon is a subreaper, and reads standard error of the runtime if it fails.
conmon_create() {
	# shellcheck disable=SC2086 # RT_FLAGS is a list of words
	capture timeout -k 5 30 "$RT" "$@" --root "$STATE" $RT_FLAGS create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
}

@test "conmon: create, exec and the message of a failure" {
	set_args probe wait
	conmon_create
	assert_success
	[[ -s $T/pid ]]
	crio start "$ID"
	assert_success
	jq -n '{ args: ["true"], cwd: "/", env: ["PATH=/bin"] }' >"$T/process"
	crio exec --pid-file "$T/exec.pid" --process "$T/process" --detach "$ID"
	assert_success
	crio delete --force "$ID"
	assert_success
	rm "$T/pid"
	set_args /missing
	conmon_create
	assert_failure
	[[ ! -e $T/pid ]]
	assert_stderr 'no such file'
}

@test "conmon: create with a console socket" {
	set_args sh -c 'test -t 0 && echo terminal'
	update_config '.process.terminal = true'
	background "$PROBE" recvtty "$T/console.sock"
	wait_until test -S "$T/console.sock"
	# shellcheck disable=SC2086 # RT_FLAGS is a list of words
	capture timeout -k 5 30 "$RT" --root "$STATE" $RT_FLAGS create --bundle "$BUNDLE" --pid-file "$T/pid" \
		--console-socket "$T/console.sock" "$ID"
	assert_success
	crio start "$ID"
	assert_success
	wait_until grep -q '^terminal' "$CHILD_LOG"
}

@test "conmon and the shim: with systemd" {
	require_cgroup2
	[[ -d /run/systemd/system ]] || skip_because "systemd does not run here"
	run_rt features
	[[ $(jq .linux.cgroup.systemd <<<"$output") == true ]] || skip_because "built without systemd"
	update_config '.linux.cgroupsPath = $p' --arg p "kubepods-besteffort.slice:cri-containerd:$ID"
	set_args probe wait
	# conmon puts the option first; it has none of them for exec.
	conmon_create --systemd-cgroup
	assert_success
	crio start "$ID"
	assert_success
	assert_equal "$(sed -n 's/^0:://p' "/proc/$(<"$T/pid")/cgroup")" \
		"/kubepods.slice/kubepods-besteffort.slice/cri-containerd-$ID.scope"
	jq -n '{ args: ["cat", "/proc/self/cgroup"], cwd: "/", env: ["PATH=/bin"] }' >"$T/process"
	crio exec --process "$T/process" "$ID"
	assert_success
	RT_FLAGS="$RT_FLAGS --systemd-cgroup"
	rt update --resources=- "$ID" <<<'{ "pids": { "limit": 77 } }'
	assert_equal "$(systemctl show --value -p TasksMax "cri-containerd-$ID.scope")" 77
	go_runc kill "$ID" 9
	assert_success
	wait_until has_status "$ID" stopped
	go_runc delete "$ID"
	assert_success
	wait_until not_loaded "cri-containerd-$ID.scope"
}

not_loaded() {
	[[ -z $(systemctl list-units --all --plain --no-legend "$1") ]]
}

@test "CRI-O's and containerd's configurations name what is tested here" {
	grep -qx 'runtime_type = "oci"' "$SOURCE_DIR/contrib/crio/50-rt.conf"
	grep -qx "runtime_type = 'io.containerd.runc.v2'" "$SOURCE_DIR/contrib/containerd/config.toml"
	grep -qx 'SystemdCgroup = true' "$SOURCE_DIR/contrib/containerd/config.toml"
	# The handler of the RuntimeClass is the runtime's name in both.
	local handler
	handler=$(sed -n 's/^handler: //p' "$SOURCE_DIR/contrib/kubernetes/runtimeclass.yaml")
	grep -qxF "[crio.runtime.runtimes.$handler]" "$SOURCE_DIR/contrib/crio/50-rt.conf"
	grep -qxF "[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.$handler]" \
		"$SOURCE_DIR/contrib/containerd/config.toml"
}
