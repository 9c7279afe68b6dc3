# SPDX-License-Identifier: Apache-2.0
# podman's scenarios as root and as an ordinary user.
# shellcheck shell=bash

# scenario DESCRIPTION COMMAND...: a test of the list that is being read.  smoke: one of those that CI runs.
scenario() {
	bats_test_function --description "$1" --tags "${TAGS-}" -- "${@:2}"
}

smoke() {
	TAGS=smoke scenario "$@"
}

# Those of both lists.
common_scenarios() {
	scenario 'podman info names the runtime' scenario_info
	smoke 'run: output, exit status, a program that is not there' scenario_run
	smoke 'run -d, exec, top, stop' scenario_exec
	scenario 'run -d, exec, top, stop, --cgroup-manager=cgroupfs' with_cgroupfs scenario_exec
	smoke 'terminals' scenario_terminal
	scenario 'stats' scenario_stats
	smoke 'limits, update' scenario_update
	scenario 'pause, unpause' scenario_pause
	scenario 'a pod with an infra container' scenario_pod
	smoke '--read-only, --user, --ulimit, capabilities, seccomp, --privileged' scenario_options
	scenario '--init' scenario_init
	scenario 'volumes' scenario_volumes
	scenario 'logs, wait, ps' scenario_logs
	scenario 'restart policy, restart' scenario_restart
	scenario 'healthcheck' scenario_health
	scenario '--cgroups=disabled' scenario_no_cgroup
	scenario 'build' scenario_build
	scenario '--userns=auto' scenario_uidmap --userns=auto
	scenario 'a network: two containers, by address and by name' scenario_network
}

with_cgroupfs() {
	MANAGER=cgroupfs "$@"
}

# p ARGUMENTS: podman with the runtime, which comes from the drop-in of contrib.
p() {
	ok podman --cgroup-manager="${MANAGER:-systemd}" "$@"
}

prun() {
	p run --rm --network=none "$@"
}

up() {
	p run -d --name box --network=none "$@"
}

inspect() {
	timeout "$LIMIT" podman inspect -f "$1" "${2:-box}"
}

is_value() {
	[[ $(inspect "$1") == "$2" ]]
}

cgroup_file() {
	cat "/sys/fs/cgroup$(inspect '{{.State.CgroupPath}}')/$1"
}

# The drop-in as a packager would install it, with the path of this build.
use_runtime() {
	rm -f "$1/50-rt.conf"
	[[ $RUNTIME == rt ]] || return 0
	mkdir -p "$1"
	sed "s|\"/usr/bin/rt\"|\"$RT\"|" "$SOURCE_DIR/contrib/containers/50-rt.conf" >"$1/50-rt.conf"
}

# use_network DIRECTORY: netavark without a firewall where the kernel has none, and for a user, who can not ask.  Bridges
# do without.
use_network() {
	nft add table inet probe 2>/dev/null && nft delete table inet probe && return
	mkdir -p "$1"
	printf '[network]\nfirewall_driver = "none"\n' >"$1/60-network.conf"
}

podman_teardown() {
	is_guest || return 0
	timeout "$LIMIT" podman pod rm -fa -t 0 >/dev/null
	timeout "$LIMIT" podman rm -fa -t 0 >/dev/null
}

scenario_info() {
	ok podman info -f '{{.Host.OCIRuntime.Name}}'
	[[ $RUNTIME != rt ]] || is rt
}

scenario_run() {
	prun bb echo hello
	is hello
	gives 3 podman run --rm --network=none bb sh -c 'exit 3'
	gives 127 podman run --rm --network=none bb no-such-program
	stderr_has 'no-such-program.*not found'
	gives 126 podman run --rm --network=none bb /etc/passwd
	stderr_has 'permission denied'
}

scenario_exec() {
	up bb sh -c 'trap "exit 7" TERM; while :; do sleep 0.1; done'
	p exec box sh -c 'echo inside'
	is inside
	gives 5 podman exec box sh -c 'exit 5'
	gives 127 podman exec box no-such-program
	p exec -u 1000 -w /home/user -e A=b box sh -c 'echo $(id -u) $PWD $A'
	is '1000 /home/user b'
	p top box
	has trap
	p stop -t 10 box
	equal "$(inspect '{{.State.Status}} {{.State.ExitCode}}')" 'exited 7'
}

scenario_terminal() {
	ok script -qec "podman run --rm -it --network=none bb sh -c 'tty; test -t 0 && echo stdin'" /dev/null
	has '/dev/pts/0'
	has stdin
	up bb sleep 1000
	ok script -qec 'podman exec -it box tty' /dev/null
	has '/dev/pts/[01]'
}

scenario_stats() {
	up bb sleep 1000
	p stats --no-stream --no-reset --format '{{.PIDs}} {{.MemUsage}}' box
	has '^1 '
	lacks '^1 0B'
}

scenario_update() {
	up --memory 64m --pids-limit 100 --cpus 0.5 bb sleep 1000
	equal "$(cgroup_file memory.max) $(cgroup_file pids.max) $(cgroup_file cpu.max)" '67108864 100 50000 100000'
	p update --memory 32m --pids-limit 50 --cpus 0.25 box
	equal "$(cgroup_file memory.max) $(cgroup_file pids.max) $(cgroup_file cpu.max)" '33554432 50 25000 100000'
}

scenario_pause() {
	up bb sleep 1000
	p pause box
	equal "$(inspect '{{.State.Status}}')" paused
	# crun has a cgroup below the scope.
	equal "$(cat "/sys/fs/cgroup$(cut -d : -f 3 "/proc/$(inspect '{{.State.Pid}}')/cgroup")/cgroup.freeze")" 1
	p unpause box
	equal "$(inspect '{{.State.Status}}')" running
	p exec box true
}

scenario_pod() {
	p pod create --name pod --network=none --share pid,ipc,net
	p run -d --pod pod --name one bb sleep 1001
	p run -d --pod pod --name two bb sleep 1002
	p exec one ps
	has '1 .*catatonit'
	has 'sleep 1002'
	local net
	p exec one readlink /proc/self/ns/net
	net=$output
	p exec two readlink /proc/self/ns/net
	is "$net"
	p pod pause pod
	p pod unpause pod
	p pod stop -t 0 pod
	p pod rm pod
}

scenario_options() {
	prun --read-only --tmpfs /tmp --user 1000 --workdir /tmp --env A=b --hostname box --ulimit nofile=100:200 \
		bb sh -c 'touch /x 2>/dev/null || echo refused; touch /tmp/x; id -u; pwd; echo $A; hostname; ulimit -n; ulimit -Hn'
	is $'refused\n1000\n/tmp\nb\nbox\n100\n200'
	prun --cap-drop all --security-opt no-new-privileges bb grep -E 'CapBnd|NoNewPrivs|Seccomp:' /proc/self/status
	has 'CapBnd:[[:space:]]0000000000000000'
	has 'NoNewPrivs:[[:space:]]1'
	has 'Seccomp:[[:space:]]2'
	prun --security-opt seccomp=unconfined bb grep Seccomp: /proc/self/status
	has 'Seccomp:[[:space:]]0'
	prun --cgroupns=host bb cat /proc/self/cgroup
	has 'libpod'
	prun --privileged bb sh -c 'mount -t tmpfs tmpfs /mnt && echo mounted'
	is mounted
}

scenario_init() {
	prun --init bb cat /proc/1/comm
	is podman-init
}

scenario_volumes() {
	mkdir -p "$HOME/volume"
	echo host >"$HOME/volume/file"
	prun -v "$HOME/volume:/mnt" bb sh -c 'cat /mnt/file; echo new >/mnt/new'
	is host
	equal "$(<"$HOME/volume/new")" new
	gives 1 podman run --rm --network=none -v "$HOME/volume:/mnt:ro" bb touch /mnt/x
	stderr_has 'read-only'
	prun -v copied:/home/user bb cat /home/user/file
	is 'of the image'
	p volume rm copied
}

scenario_no_cgroup() {
	local mine
	mine=$(</proc/self/cgroup)
	up --cgroups=disabled bb sleep 1000
	equal "$(<"/proc/$(inspect '{{.State.Pid}}')/cgroup")" "$mine"
	p exec box echo inside
	is inside
}

# Each RUN calls the runtime; buildah has its own way without one, so it is told.
scenario_build() {
	mkdir -p "$HOME/build"
	printf '%s\n' 'FROM localhost/bb' 'RUN echo built >/built && id -u >>/built' 'USER user' 'RUN id -u >/tmp/user' \
		'CMD ["cat", "/built", "/tmp/user"]' >"$HOME/build/Containerfile"
	p build --isolation=oci --network=none -q -t built "$HOME/build"
	prun built
	is $'built\n0\n1000'
	printf 'FROM localhost/bb\nRUN exit 7\n' >"$HOME/build/Containerfile"
	call podman build --isolation=oci --network=none -t failed "$HOME/build"
	[[ $status -ne 0 ]]
	stderr_has 'exit status 7'
	p rmi built
}

scenario_uidmap() {
	prun "$@" bb sh -c 'cat /proc/self/uid_map; id -u; touch /tmp/x && stat -c %u /tmp/x'
	has '^ +0 +[0-9]+ +[0-9]{4,}$'
	has '^0$'
}

scenario_health() {
	up --health-cmd 'test -e /tmp/well' --health-interval disable --health-retries 1 bb sleep 1000
	gives 1 podman healthcheck run box
	p exec box touch /tmp/well
	p healthcheck run box
	equal "$(inspect '{{.State.Health.Status}}')" healthy
}

scenario_restart() {
	up --restart on-failure:2 bb sh -c 'exit 3'
	wait_until is_value '{{.RestartCount}} {{.State.Status}}' '2 exited'
	p rm box
	up bb sleep 1000
	local pid
	pid=$(inspect '{{.State.Pid}}')
	p restart -t 0 box
	[[ $(inspect '{{.State.Pid}}') != "$pid" ]]
}

scenario_logs() {
	up --log-driver k8s-file bb sh -c 'echo out; echo error >&2; exit 2'
	p wait box
	is 2
	p logs box
	has out
	equal "$stderr" error
	p ps -a --format '{{.Names}} {{.Status}}'
	has '^box Exited \(2\)'
}

scenario_network() {
	p network create --subnet 10.80.0.0/24 net
	p run -d --name box --network net --ip 10.80.0.9 bb httpd -f -p 80 -h /home/user
	p exec box ip -o -4 addr show eth0
	has 'inet 10\.80\.0\.9/24'
	p run --rm --network net bb wget -qO- http://10.80.0.9/file
	is 'of the image'
	p run --rm --network net bb wget -qO- http://box/file
	is 'of the image'
	p rm -f -t 0 box
	p network rm net
}

# quadlet SYSTEMCTL DIRECTORY: a unit that podman's generator makes, with sd_notify of conmon.
scenario_quadlet() {
	mkdir -p "$2"
	# Without the default dependencies: a guest has no network to wait for.
	printf '%s\n' '[Container]' Image=localhost/bb:latest ContainerName=quadlet Network=none 'Exec=sleep 1000' \
		'[Quadlet]' DefaultDependencies=false >"$2/q.container"
	# shellcheck disable=SC2086 # words
	{
		ok $1 daemon-reload
		ok $1 start q.service
		ok $1 is-active q.service
		equal "$(inspect '{{.State.Status}}' quadlet)" running
		ok podman exec quadlet cat /proc/1/comm
		is sleep
		ok $1 stop q.service
		call podman container exists quadlet
		equal "$status" 1
	}
	rm "$2/q.container"
}
