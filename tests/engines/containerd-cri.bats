#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# containerd's CRI plugin, as the kubelet drives it: pods with a runtime class, with systemd's cgroup driver.
# shellcheck disable=SC2016 # expanded in the container

load helpers
load cri

# As the kubelet has it; what is left out is what is the pod's.
OWN_PID='security_context { namespace_options { pid: CONTAINER } }'
SLEEP='command: "sleep" args: "1000"'
USERNS='userns_options { mode: POD uids { host_id: 200000 length: 65536 } gids { host_id: 300000 length: 65536 } }'

# The file of contrib with the path of this build, the same for runc, and what a node has besides: an image for pods,
# and a network.
configure_containerd() {
	{
		sed "s|'/usr/bin/rt'|'$RT'|" "$SOURCE_DIR/contrib/containerd/config.toml"
		cat <<-'TOML'
			[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
			runtime_type = 'io.containerd.runc.v2'
			[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
			SystemdCgroup = true
			[plugins.'io.containerd.cri.v1.runtime'.cni]
			bin_dirs = ['/usr/lib/cni']
			conf_dir = '/tmp/cni'
			[plugins.'io.containerd.cri.v1.images'.pinned_images]
			sandbox = 'docker.io/library/bb:latest'
		TOML
	} >/tmp/containerd.toml
	mkdir -p /tmp/cni
	jq -n '{ cniVersion: "1.0.0", name: "net", plugins: [{ type: "bridge", bridge: "cni0", isGateway: true,
		ipam: { type: "host-local", ranges: [[{ subnet: "10.79.0.0/24" }]] } }] }' >/tmp/cni/net.conflist
}

setup_file() {
	require_guest
	load helpers
	load cri
	# For pods the image has a program that stays.
	make_image /tmp/bb.tar
	timeout "$LIMIT" podman import --change 'CMD ["sleep","100000"]' --change ENV=PATH=/bin /tmp/bb.tar "$CRI_IMAGE"
	timeout "$LIMIT" podman save --format oci-archive -o /tmp/bb.oci "$CRI_IMAGE"
	configure_containerd
	start_containerd --config /tmp/containerd.toml
	timeout "$LIMIT" ctr -n k8s.io image import /tmp/bb.oci >/dev/null
	BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
	wait_until has_image
}

has_image() {
	cri ImageStatus "image { image: \"$CRI_IMAGE\" }"
	[[ -n $(field id) ]]
}

teardown_file() {
	is_guest || return 0
	stop_daemon containerd
}

setup() {
	require_guest
	HANDLER=rt
	[[ $RUNTIME == rt ]] || HANDLER=runc
}

teardown() {
	is_guest || return 0
	cri_teardown
}

@test "the runtime is ready, and announces user namespaces and recursive read-only mounts" {
	cri_ok Status
	has 'type: "RuntimeReady"'
	handler=$(sed -n "/^  name: \"$HANDLER\"/,/^}/p" <<<"$output")
	grep -q 'recursive_read_only_mounts: true' <<<"$handler"
	grep -q 'user_namespaces: true' <<<"$handler"
}

# bats test_tags=smoke
@test "a pod and a container: run, create, start, exec, logs, stop, remove" {
	pod one
	cri_ok PodSandboxStatus "pod_sandbox_id: \"$POD\""
	has "runtime_handler: \"$HANDLER\""
	has 'ip: "10.79.0.'
	box box "$(quoted command sh -c 'trap "exit 7" TERM; echo out; echo error >&2; while :; do sleep 0.1; done')
		envs { key: \"A\" value: \"b\" } working_dir: \"/tmp\""
	inside sh -c 'hostname; echo $A; pwd; exit 4'
	equal "$status $output" $'4 one\nb\n/tmp'
	cri ExecSync "container_id: \"$BOX\" cmd: \"no-such-program\""
	[[ $status -ne 0 ]]
	stderr_has 'executable file not found'
	wait_until grep -q ' stdout F out$' "$BATS_TEST_TMPDIR/one/box.log"
	wait_until grep -q ' stderr F error$' "$BATS_TEST_TMPDIR/one/box.log"
	cri_ok StopContainer "container_id: \"$BOX\" timeout: $LIMIT"
	box_is 'state: CONTAINER_EXITED'
	box_is 'exit_code: 7'
	cri_ok RemoveContainer "container_id: \"$BOX\""
	cri_ok StopPodSandbox "pod_sandbox_id: \"$POD\""
	cri_ok RemovePodSandbox "pod_sandbox_id: \"$POD\""
	[[ ! -e $(scope one "$BOX") && ! -e $(scope one "$POD") ]]
}

@test "a program that is not there" {
	pod one
	box_create box 'command: "no-such-program"'
	cri StartContainer "container_id: \"$BOX\""
	[[ $status -ne 0 ]]
	stderr_has 'executable file not found'
	box_is 'exit_code: 128'
	box_is 'reason: "StartError"'
}

@test "a grace period that is over" {
	pod one
	box box "$(quoted command sh -c 'trap "" TERM; while :; do sleep 0.1; done')"
	cri_ok StopContainer "container_id: \"$BOX\" timeout: 1"
	box_is 'exit_code: 137'
}

@test "containers of a pod share its namespaces" {
	pod one 'security_context { namespace_options { pid: POD } }'
	local shared='linux { security_context { namespace_options { pid: POD } } }' first kind
	box first "command: \"sleep\" args: \"987654\" $shared"
	first=$BOX
	box second "$SLEEP $shared"
	inside ps
	has 'sleep 100000'
	has 'sleep 987654'
	for kind in ipc net uts pid; do
		inside readlink /proc/1/ns/$kind /proc/self/ns/$kind
		equal "$(sort -u <<<"$output" | wc -l)" 1
	done
	inside readlink /proc/self/ns/mnt
	local second=$output
	BOX=$first
	inside readlink /proc/self/ns/mnt
	[[ $output != "$second" ]]
}

@test "the host's namespaces" {
	local host='namespace_options { network: NODE pid: NODE ipc: NODE }' kind
	pod one "security_context { $host }"
	box box "$SLEEP linux { security_context { $host } }"
	for kind in net pid ipc; do
		inside readlink /proc/self/ns/$kind
		is "$(readlink /proc/self/ns/$kind)"
	done
}

@test "systemd's cgroup, limits, update, stats" {
	pod one
	box box "$SLEEP linux { $OWN_PID resources { memory_limit_in_bytes: 67108864 cpu_quota: 20000 cpu_period: 100000
		cpu_shares: 512 oom_score_adj: 100 unified { key: \"pids.max\" value: \"50\" } } }"
	local cgroup
	cgroup=$(scope one "$BOX")
	equal "$(cat "$cgroup"/{memory.max,cpu.max,pids.max} | tr '\n' ' ')" '67108864 20000 100000 50 '
	equal "$(systemctl show -p MemoryMax "${cgroup##*/}")" MemoryMax=67108864
	inside cat /proc/1/oom_score_adj /proc/self/cgroup
	is $'100\n0::/'
	cri_ok UpdateContainerResources "container_id: \"$BOX\" linux { memory_limit_in_bytes: 134217728 cpu_quota: 30000
		cpu_period: 100000 }"
	equal "$(cat "$cgroup"/{memory.max,cpu.max} | tr '\n' ' ')" '134217728 30000 100000 '
	cri_ok ContainerStats "container_id: \"$BOX\""
	has 'usage_core_nano_seconds \{'
	has 'value: [1-9]'
}

@test "a container that is out of memory" {
	pod one
	box box "$(quoted command sh -c 'tail /dev/zero; sleep 2; exit 9') linux { resources {
		memory_limit_in_bytes: 16777216 memory_swap_limit_in_bytes: 16777216 } }"
	wait_until box_is 'state: CONTAINER_EXITED'
	box_is 'reason: "OOMKilled"'
}

# bats test_tags=smoke
@test "a pod with a user namespace, and a volume with its ids" {
	mkdir -p /srv/volume
	chmod 777 /srv/volume
	pod one "security_context { namespace_options { $USERNS } }"
	box box "$SLEEP linux { security_context { namespace_options { $USERNS } } }
		mounts { container_path: \"/mnt\" host_path: \"/srv/volume\"
			uidMappings { host_id: 200000 length: 65536 } gidMappings { host_id: 300000 length: 65536 } }"
	inside sh -c 'cat /proc/self/uid_map /proc/self/gid_map | tr -s " "; stat -c "%u %g" /home/user/file
		touch /mnt/made && stat -c "%u %g" /mnt/made; touch /new && echo written'
	equal "$output" $' 0 200000 65536\n 0 300000 65536\n0 0\n0 0\nwritten'
	equal "$(stat -c '%u %g' /srv/volume/made)" '0 0'
	rm /srv/volume/made
	local pid
	pid=$(timeout "$LIMIT" ctr -n k8s.io task ls | awk -v id="$BOX" '$1 == id { print $2 }')
	equal "$(stat -c '%u %g' "/proc/$pid")" '200000 300000'
}

# bats test_tags=smoke
@test "recursive read-only mounts" {
	mkdir -p /tmp/outer
	mount -t tmpfs tmpfs /tmp/outer
	mkdir /tmp/outer/inner
	mount -t tmpfs tmpfs /tmp/outer/inner
	pod one
	box box "$SLEEP mounts { container_path: \"/mnt\" host_path: \"/tmp/outer\" readonly: true recursive_read_only: true }
		mounts { container_path: \"/home\" host_path: \"/tmp/outer\" readonly: true }"
	inside sh -c 'touch /mnt/x; touch /mnt/inner/x; touch /home/x; touch /home/inner/y && echo written'
	is written
	equal "$(grep -c 'Read-only' <<<"$stderr")" 3
	umount -R /tmp/outer
}

@test "mounts of the host reach the container" {
	mkdir -p /tmp/shared
	mount -t tmpfs tmpfs /tmp/shared
	mount --make-shared /tmp/shared
	mkdir /tmp/shared/later
	pod one
	box box "$SLEEP mounts { container_path: \"/mnt\" host_path: \"/tmp/shared\"
		propagation: PROPAGATION_HOST_TO_CONTAINER }"
	mount -t tmpfs tmpfs /tmp/shared/later
	echo late >/tmp/shared/later/file
	inside cat /mnt/later/file
	is late
	umount -R /tmp/shared
}

@test "security contexts: ids, capabilities, no new privileges, seccomp, a read-only root" {
	pod one
	box box "$SLEEP linux { security_context { run_as_user { value: 1000 } run_as_group { value: 1000 }
		supplemental_groups: 44 no_new_privs: true readonly_rootfs: true seccomp { profile_type: RuntimeDefault }
		capabilities { add_capabilities: \"NET_ADMIN\" drop_capabilities: \"ALL\" }
		masked_paths: \"/proc/timer_list\" readonly_paths: \"/proc/sys\" } }"
	inside sh -c 'id -u; id -G; grep -E "CapBnd|NoNewPrivs|Seccomp:" /proc/self/status | tr -s "\t" " "
		touch /x; wc -c </proc/timer_list'
	is $'1000\n1000 44\nCapBnd: 0000000000001000\nNoNewPrivs: 1\nSeccomp: 2\n0'
	stderr_has 'Read-only'
}

@test "privileged" {
	pod one 'security_context { privileged: true }'
	box box "$SLEEP linux { security_context { privileged: true } }"
	inside sh -c 'grep CapEff /proc/self/status; mount -t tmpfs tmpfs /mnt && echo mounted; ls /dev/loop-control'
	has mounted
	has '/dev/loop-control'
	has "$(grep CapBnd /proc/self/status | tr -d '[:space:]' | sed 's/CapBnd:/CapEff:[[:space:]]/')"
}

@test "devices, sysctls, a terminal" {
	pod one 'sysctls { key: "net.ipv4.ip_unprivileged_port_start" value: "80" }'
	box box "$SLEEP tty: true linux { $OWN_PID }
		devices { container_path: \"/dev/given\" host_path: \"/dev/zero\" permissions: \"r\" }"
	inside sh -c 'head -c 3 /dev/given | od -An -tx1; cat /proc/sys/net/ipv4/ip_unprivileged_port_start
		readlink /proc/1/fd/0'
	is $' 00 00 00\n80\n/dev/pts/0'
}

@test "containerd is restarted: the pod goes on" {
	pod one
	box box "$(quoted command sh -c 'until [ -e /tmp/end ]; do sleep 0.1; done; exit 9')"
	stop_daemon containerd
	start_containerd --config /tmp/containerd.toml
	wait_until box_is 'state: CONTAINER_RUNNING'
	inside touch /tmp/end
	equal "$status" 0
	wait_until box_is 'exit_code: 9'
}
