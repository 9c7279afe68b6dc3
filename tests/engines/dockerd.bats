#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# dockerd: the runtime is the daemon's default one.
# shellcheck disable=SC2016 # expanded in the container

load helpers
load docker

setup_file() {
	require_guest
	load helpers
	load docker
	make_image /tmp/bb.tar
	start_containerd
	configure_dockerd
	# Bridges have a list of their own: docker-bridge.bats.
	start_dockerd --bridge=none --iptables=false --ip6tables=false
	timeout "$LIMIT" docker import /tmp/bb.tar bb >/dev/null
}

teardown_file() {
	is_guest || return 0
	stop_daemon dockerd
	stop_daemon containerd
}

setup() {
	require_guest
}

teardown() {
	docker_teardown
}

@test "docker info shows the runtime" {
	ok docker info -f '{{json .Runtimes}}'
	has '"rt"'
	ok docker info -f '{{.DefaultRuntime}}'
	[[ $RUNTIME != rt ]] || is rt
}

# bats test_tags=smoke
@test "run: output and exit status" {
	drun bb echo hello
	is hello
	gives 3 docker run --rm --network=none bb sh -c 'exit 3'
	gives 137 docker run --rm --network=none --init bb sh -c 'kill -KILL $$'
	printf 'from stdin' >/tmp/stdin
	ok sh -c 'docker run --rm -i --network=none bb cat </tmp/stdin'
	is 'from stdin'
}

@test "run: a program that is not there is 127, one that can not be executed 126" {
	gives 127 docker run --rm --network=none bb no-such-program
	stderr_has 'executable file not found'
	gives 126 docker run --rm --network=none bb /etc/passwd
	stderr_has 'permission denied'
}

# bats test_tags=smoke
@test "run -d, exec, top, stats, stop" {
	up bb sh -c 'trap "exit 7" TERM; while :; do sleep 0.1; done'
	ok docker exec box sh -c 'echo inside; exit 0'
	is inside
	gives 5 docker exec box sh -c 'exit 5'
	gives 127 docker exec box no-such-program
	ok docker exec -u 1000:1000 -w /home/user -e A=b box sh -c 'echo $(id -u) $(id -g) $PWD $A'
	is '1000 1000 /home/user b'
	ok docker top box
	has 'trap'
	ok docker stats --no-stream --format '{{.MemUsage}} {{.PIDs}}' box
	lacks '^0B'
	ok docker stop box
	equal "$(inspect '{{.State.Status}} {{.State.ExitCode}}')" 'exited 7'
}

# bats test_tags=smoke
@test "run -it: a terminal" {
	ok script -qec "docker run --rm -it --network=none bb sh -c 'tty; test -t 0 && test -t 1 && echo both'" /dev/null
	has '/dev/pts/0'
	has 'both'
}

@test "exec -it: a terminal" {
	up bb sleep 1000
	ok script -qec "docker exec -it box sh -c 'tty; test -t 2 && echo three'" /dev/null
	has '/dev/pts/[01]'
	has 'three'
}

@test "logs" {
	up bb sh -c 'echo out; echo error >&2'
	wait_until is_value '{{.State.Status}}' exited
	ok docker logs box
	is out
	equal "$stderr" error
}

# bats test_tags=smoke
@test "kill, and a signal that the program handles" {
	up bb sh -c 'trap "echo usr1" USR1; while :; do sleep 0.1; done'
	ok docker exec box true
	ok docker kill -s USR1 box
	has_logged() { timeout "$LIMIT" docker logs box | grep -q usr1; }
	wait_until has_logged
	ok docker kill box
	wait_until is_value '{{.State.ExitCode}}' 137
}

# bats test_tags=smoke
@test "pause, unpause" {
	up bb sleep 1000
	ok docker pause box
	equal "$(inspect '{{.State.Status}}')" paused
	equal "$(cgroup_file cgroup.freeze)" 1
	gives 1 docker exec box true
	stderr_has 'paused'
	ok docker unpause box
	equal "$(inspect '{{.State.Status}}')" running
	ok docker exec box true
}

# bats test_tags=smoke
@test "update" {
	up bb sleep 1000
	ok docker update --memory 64m --memory-swap 128m --pids-limit 50 --cpus 0.5 --cpu-shares 512 box
	equal "$(cgroup_file memory.max)" 67108864
	equal "$(cgroup_file memory.swap.max)" 67108864
	equal "$(cgroup_file pids.max)" 50
	equal "$(cgroup_file cpu.max)" '50000 100000'
	ok docker update --pids-limit -1 box
	equal "$(cgroup_file pids.max)" max
}

@test "restart policy, restart" {
	up --restart on-failure:2 bb sh -c 'exit 3'
	wait_until is_value '{{.RestartCount}} {{.State.Status}}' '2 exited'
	ok docker rm box
	up bb sleep 1000
	local pid
	pid=$(inspect '{{.State.Pid}}')
	ok docker restart -t 0 box
	[[ $(inspect '{{.State.Pid}}') != "$pid" ]]
	equal "$(inspect '{{.State.Status}}')" running
}

@test "--init" {
	drun --init bb sh -c 'cat /proc/1/comm'
	is docker-init
}

@test "--read-only, --tmpfs" {
	drun --read-only --tmpfs /tmp:size=1m,mode=1777 bb \
		sh -c 'touch /x 2>/dev/null || echo refused; touch /tmp/x && grep -c " /tmp tmpfs.*size=1024k" /proc/mounts'
	is $'refused\n1'
}

# bats test_tags=smoke
@test "-v: rw, ro, rslave, volume-nocopy" {
	mkdir -p /tmp/volume
	echo host >/tmp/volume/file
	drun -v /tmp/volume:/mnt bb sh -c 'cat /mnt/file; echo new >/mnt/new'
	is host
	equal "$(</tmp/volume/new)" new
	drun -v /tmp/volume:/mnt:ro bb sh -c 'touch /mnt/x 2>&1 || :'
	has 'Read-only'
	mountpoint -q /tmp/volume || { mount --bind /tmp/volume /tmp/volume && mount --make-shared /tmp/volume; }
	drun -v /tmp/volume:/mnt:rslave bb grep ' /mnt ' /proc/self/mountinfo
	has 'master:'
	umount /tmp/volume
	drun --mount type=volume,src=copied,dst=/home/user bb cat /home/user/file
	is 'of the image'
	drun --mount type=volume,src=empty,dst=/home/user,volume-nocopy bb ls /home/user
	is ''
	ok docker volume rm copied empty
}

@test "-v: a read-only bind is read-only below" {
	mkdir -p /tmp/outer
	mount -t tmpfs tmpfs /tmp/outer
	mkdir /tmp/outer/inner
	mount -t tmpfs tmpfs /tmp/outer/inner
	drun -v /tmp/outer:/mnt:ro bb sh -c 'touch /mnt/inner/x 2>&1 || :'
	has 'Read-only'
	umount -R /tmp/outer
}

# bats test_tags=smoke
@test "--device, and devices that were not given" {
	drun --device /dev/zero:/dev/given:r bb sh -c 'head -c 3 /dev/given | od -An -tx1'
	has '00 00 00'
	drun --device /dev/kmsg:/dev/given:rw bb sh -c ': >/dev/given'
	call docker run --rm --network=none --device /dev/kmsg:/dev/given:r bb sh -c ': >/dev/given'
	[[ $status -ne 0 ]]
	stderr_has 'not permitted'
	call docker run --rm --network=none bb sh -c 'mknod /tmp/disk b 7 0 && head -c 1 /tmp/disk'
	[[ $status -ne 0 ]]
	stderr_has 'not permitted'
}

@test "--cap-add, --cap-drop" {
	drun bb grep CapEff /proc/self/status
	has 'CapEff:[[:space:]]00000000a80425fb'
	drun --cap-drop ALL --cap-add NET_ADMIN bb grep CapEff /proc/self/status
	has 'CapEff:[[:space:]]0000000000001000'
	drun --cap-drop ALL --cap-add NET_ADMIN --user 1000 bb grep Cap /proc/self/status
	has 'CapBnd:[[:space:]]0000000000001000'
	has 'CapEff:[[:space:]]0000000000000000'
}

# bats test_tags=smoke
@test "--security-opt: no-new-privileges, seccomp" {
	drun --security-opt no-new-privileges bb grep -E 'NoNewPrivs|Seccomp:' /proc/self/status
	has 'NoNewPrivs:[[:space:]]1'
	has 'Seccomp:[[:space:]]2'
	drun --security-opt seccomp=unconfined bb grep Seccomp: /proc/self/status
	has 'Seccomp:[[:space:]]0'
	jq -n '{ defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 28 }] }' >/tmp/profile.json
	gives 1 docker run --rm --network=none --security-opt seccomp=/tmp/profile.json bb mkdir /tmp/x
	stderr_has 'No space left'
}

@test "--ulimit, --memory, --cpus, --pids-limit, --oom-score-adj" {
	up --ulimit nofile=100:200 --memory 32m --cpus 0.25 --pids-limit 20 --oom-score-adj 100 bb sleep 1000
	ok docker exec box sh -c 'ulimit -Sn; ulimit -Hn; cat /proc/1/oom_score_adj'
	is $'100\n200\n100'
	equal "$(cgroup_file memory.max)" 33554432
	equal "$(cgroup_file cpu.max)" '25000 100000'
	equal "$(cgroup_file pids.max)" 20
}

@test "a container that is out of memory is reported" {
	# Its first process lives on for a moment: what the kernel says of a cgroup that ends is easily lost.
	up --memory 16m --memory-swap 16m bb sh -c 'tail /dev/zero; sleep 2; exit 9'
	wait_until is_value '{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}}' 'exited 9 true'
}

@test "--user, --group-add, --workdir, --env, --hostname" {
	drun --user 1000:1000 --group-add 44 --workdir /tmp --env A=b --hostname box bb \
		sh -c 'id -u; id -G; pwd; echo $A; hostname; echo $HOME'
	is $'1000\n1000 44\n/tmp\nb\nbox\n/home/user'
}

@test "--pid, --ipc and --network of another container, --userns=host" {
	up --ipc shareable bb sleep 1000
	drun --pid container:box bb cat /proc/1/cmdline
	has sleep
	local name
	for name in pid ipc net; do
		ok docker exec box readlink /proc/1/ns/$name
		equal "$output" "$(readlink "/proc/$(inspect '{{.State.Pid}}')/ns/$name")"
	done
	ok docker exec box readlink /proc/1/ns/ipc
	local ipc=$output
	drun --ipc container:box bb readlink /proc/self/ns/ipc
	is "$ipc"
	ok docker exec box readlink /proc/1/ns/net
	local net=$output
	ok docker run --rm --network container:box bb readlink /proc/self/ns/net
	is "$net"
	drun --userns=host --pid=host bb readlink /proc/self/ns/user
	is "$(readlink /proc/self/ns/user)"
	drun --pid=host bb readlink /proc/self/ns/pid
	is "$(readlink /proc/self/ns/pid)"
}

# bats test_tags=smoke
@test "--privileged" {
	drun --privileged bb \
		sh -c 'grep CapEff /proc/self/status; mount -t tmpfs tmpfs /mnt && echo mounted; ls /dev/loop-control'
	has 'mounted'
	has '/dev/loop-control'
	has "$(grep CapBnd /proc/self/status | tr -d '[:space:]' | sed 's/CapBnd:/CapEff:[[:space:]]/')"
}

@test "--cgroupns" {
	drun --cgroupns=private bb cat /proc/self/cgroup
	is '0::/'
	drun --cgroupns=host bb cat /proc/self/cgroup
	has '^0::/system.slice/docker-.*\.scope$'
	drun --cgroup-parent mine.slice --cgroupns=host bb cat /proc/self/cgroup
	has '^0::/mine.slice/docker-.*\.scope$'
}

@test "--sysctl, --shm-size" {
	drun --sysctl net.ipv4.ip_forward=1 --sysctl kernel.msgmax=4096 --shm-size 2m bb \
		sh -c 'cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax; grep -c " /dev/shm tmpfs.*size=2048k" /proc/mounts'
	is $'1\n4096\n1'
}

@test "masked and read-only paths" {
	drun bb sh -c 'wc -c </proc/timer_list'
	is 0
	call docker run --rm --network=none bb sh -c 'echo b >/proc/sysrq-trigger'
	[[ $status -ne 0 ]]
	stderr_has 'Read-only|denied'
	drun bb sh -c 'ls -A /proc/acpi /sys/firmware 2>/dev/null | grep -v : | wc -w'
	is 0
}

@test "healthcheck" {
	up --health-cmd 'test -e /tmp/well' --health-interval 1s --health-retries 1 --health-start-period 0s bb sleep 1000
	wait_until is_value '{{.State.Health.Status}}' unhealthy
	ok docker exec box touch /tmp/well
	wait_until is_value '{{.State.Health.Status}}' healthy
}

@test "live-restore: a container outlives the daemon, and is the daemon's again" {
	up bb sh -c 'while :; do sleep 0.1; [ -e /tmp/end ] && exit 9; done'
	local pid
	pid=$(inspect '{{.State.Pid}}')
	stop_daemon dockerd
	[[ -e /proc/$pid ]]
	start_dockerd --bridge=none --iptables=false --ip6tables=false
	equal "$(inspect '{{.State.Pid}} {{.State.Status}}')" "$pid running"
	ok docker exec box touch /tmp/end
	wait_until is_value '{{.State.Status}} {{.State.ExitCode}}' 'exited 9'
}

@test "create, start, cp, commit, wait, rename, rm" {
	ok docker create --name box --network=none bb sh -c 'cat /tmp/given; echo made >/tmp/made; exit 4'
	echo given >/tmp/given
	ok docker cp /tmp/given box:/tmp/given
	gives 4 docker start -a box
	is given
	ok docker wait box
	is 4
	ok docker cp box:/tmp/made -
	ok docker commit box committed
	drun committed cat /tmp/made
	is made
	ok docker rename box other
	ok docker rm other
	ok docker rmi committed
}

@test "docker build, the classic builder" {
	write_dockerfile
	ok env DOCKER_BUILDKIT=0 docker build --network=none -q -t built /tmp/build
	drun built
	is $'built\n0\n1000'
	ok docker rmi -f built
}

@test "docker build, BuildKit" {
	write_dockerfile
	ok docker build --network=none -t built /tmp/build
	drun built
	is $'built\n0\n1000'
	# The runtime keeps the program's terminal-less output, its status, and what has been mounted for one RUN alone.
	printf '%s\n' 'FROM bb' 'RUN --mount=type=tmpfs,target=/scratch touch /scratch/x && df /scratch | grep -q tmpfs' \
		'RUN --mount=type=secret,id=word cat /run/secrets/word >/word' 'RUN ls -A /scratch >/left; cat /word; exit 7' \
		>/tmp/build/Dockerfile
	echo open >/tmp/build/word
	call docker build --progress=plain --network=none --secret id=word,src=/tmp/build/word /tmp/build
	[[ $status -ne 0 ]]
	stderr_has ' open$'
	stderr_has 'exit code: 7'
	ok docker rmi -f built
}

runtime() {
	if [[ $RUNTIME == rt ]]; then
		"$RT" "$@"
	else
		runc "$@"
	fi
}

has_no_container() {
	[[ -z $(runtime list -q) ]]
}

is_ended() {
	! pgrep -f '^sleep 987654$'
}

# A build that waits.  Sets CLIENT, the pid of docker, and CALLER, that of the runtime.
begin_build() {
	mkdir -p /tmp/build
	printf '%s\n' 'FROM bb' 'RUN sleep 987654' >/tmp/build/Dockerfile
	docker build --network=none /tmp/build >/tmp/build.log 2>&1 3>&- &
	CLIENT=$!
	wait_until pgrep -f '^sleep 987654$'
	# It is the runtime under test that BuildKit has called, in the foreground.
	CALLER=$(ps -o ppid= -p "$(pgrep -f '^sleep 987654$')" | tr -d ' ')
	if [[ $RUNTIME == rt ]]; then
		equal "$(readlink "/proc/$CALLER/exe")" "$(readlink -f "$RT")"
	else
		equal "$(cat "/proc/$CALLER/comm")" runc
	fi
}

@test "docker build, BuildKit: a build that is given up leaves nothing" {
	begin_build
	kill -INT "$CLIENT"
	wait_until is_ended
	wait_until has_no_container
}

@test "docker build, BuildKit: dockerd is killed: its runtime ends, the container can be deleted, builds work again" {
	begin_build
	local daemon container
	daemon=$(</tmp/dockerd.pid)
	kill -KILL "$daemon"
	wait_until is_gone "$daemon"
	wait_until is_gone "$CALLER"
	# Nobody could tell the container: it goes on, and whoever cleans up finds it.
	container=$(runtime list -q)
	equal "$(runtime state "$container" | jq -r .status)" running
	ok pgrep -f '^sleep 987654$'
	runtime delete --force "$container"
	is_ended
	has_no_container
	equal "$(find /sys/fs/cgroup -name "*$container*")" ''
	start_dockerd --bridge=none --iptables=false --ip6tables=false
	write_dockerfile
	ok docker build --network=none -t built /tmp/build
	drun built
	is $'built\n0\n1000'
	ok docker rmi -f built
}
