#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# dockerd with its own networks, and with what user-mode Linux has not: NAT, which names in a network need, AppArmor,
# cpusets, limits for a disk.  These are left out there and run in QEMU.
# shellcheck disable=SC2016 # expanded in the container

load helpers
load docker

has_nat() {
	iptables -t nat -N probe 2>/dev/null && iptables -t nat -X probe
}

require_controller() {
	grep -qw "$1" /sys/fs/cgroup/cgroup.controllers || skip_because "cgroup2 has no $1 controller here"
}

setup_file() {
	require_guest
	load helpers
	load docker
	modprobe -q bridge || :
	ip link add name probe type bridge 2>/dev/null || skip_because 'this kernel has no bridges'
	ip link del probe
	make_image /tmp/bb.tar
	start_containerd
	configure_dockerd
	if has_nat; then
		start_dockerd
	else
		start_dockerd --iptables=false --ip6tables=false
	fi
	timeout "$LIMIT" docker import /tmp/bb.tar bb >/dev/null
}

teardown_file() {
	is_guest && [[ -e /tmp/dockerd.pid ]] || return 0
	stop_daemon dockerd
	stop_daemon containerd
}

setup() {
	require_guest
}

teardown() {
	docker_teardown
}

# serve NAME OPTION...: a web server with the image's file.
serve() {
	ok docker run -d --name "$1" "${@:2}" bb httpd -f -p 80 -h /home/user
}

@test "the default bridge, a port of the host" {
	serve box -p 8080:80
	ok docker exec box ip -o -4 addr show eth0
	has "inet $(inspect '{{.NetworkSettings.Networks.bridge.IPAddress}}')/"
	wait_until busybox wget -qO- "http://127.0.0.1:8080/file"
	equal "$(busybox wget -qO- http://127.0.0.1:8080/file)" 'of the image'
}

@test "a network of one's own, and a container that joins another network" {
	ok docker network create --subnet 10.77.0.0/24 net
	serve web --network net --ip 10.77.0.9
	ok docker run --rm --network net bb wget -qO- http://10.77.0.9/file
	is 'of the image'
	ok docker network connect bridge web
	ok docker exec web cat /sys/class/net/eth1/operstate
	is up
	ok docker rm -f web
	ok docker network rm net
}

@test "names in a network" {
	has_nat || skip_because 'this kernel has no NAT'
	ok docker network create net
	serve web --network net
	ok docker run --rm --network net bb wget -qO- http://web/file
	is 'of the image'
	ok docker rm -f web
	ok docker network rm net
}

@test "compose: two services on a bridge network" {
	mkdir -p /tmp/project
	cat >/tmp/project/compose.yaml <<-'YAML'
		services:
		  web:
		    image: bb
		    command: httpd -f -p 80 -h /home/user
		    mem_limit: 32m
		    networks: { net: { ipv4_address: 10.78.0.9 } }
		  client:
		    image: bb
		    depends_on: [web]
		    command: sh -c 'until wget -qO- http://10.78.0.9/file; do sleep 0.5; done; exec sleep 1000'
		    networks: [net]
		networks: { net: { ipam: { config: [{ subnet: 10.78.0.0/24 }] } } }
	YAML
	ok docker compose --progress quiet -f /tmp/project/compose.yaml up -d --pull never
	client_says() { timeout "$LIMIT" docker logs project-client-1 | grep -x 'of the image'; }
	wait_until client_says
	equal "$(inspect '{{.HostConfig.Memory}}' project-web-1)" 33554432
	ok docker compose -f /tmp/project/compose.yaml exec -T client hostname
	is "$(inspect '{{.Config.Hostname}}' project-client-1)"
	ok docker compose --progress quiet -f /tmp/project/compose.yaml down -t 0
	ok docker ps -aq
	is ''
}

@test "AppArmor: docker-default, and signals to what it confines" {
	[[ -e /sys/kernel/security/apparmor/profiles ]] || skip_because 'AppArmor is not enabled here'
	up bb sh -c 'trap "exit 7" TERM; while :; do sleep 0.1; done'
	ok docker exec box cat /proc/1/attr/current /proc/self/attr/current
	is $'docker-default (enforce)\ndocker-default (enforce)'
	ok docker stop box
	equal "$(inspect '{{.State.Status}} {{.State.ExitCode}}')" 'exited 7'
	ok docker start box
	ok docker kill box
	wait_until is_value '{{.State.ExitCode}}' 137
	call docker run --rm --network=none --cap-add SYS_ADMIN bb mount -t tmpfs tmpfs /mnt
	[[ $status -ne 0 ]]
	stderr_has 'permission denied'
	drun --security-opt apparmor=unconfined bb cat /proc/self/attr/current
	has '^unconfined'
}

@test "--cpuset-cpus, --cpuset-mems, update" {
	require_controller cpuset
	up --cpuset-cpus 1 --cpuset-mems 0 bb sleep 1000
	ok docker exec box grep -E 'Cpus_allowed_list|Mems_allowed_list' /proc/self/status
	is $'Cpus_allowed_list:\t1\nMems_allowed_list:\t0'
	ok docker update --cpuset-cpus 0 box
	ok docker exec box grep Cpus_allowed_list /proc/1/status
	is $'Cpus_allowed_list:\t0'
}

@test "--device-read-bps" {
	require_controller io
	local disk
	disk=$(find /dev -maxdepth 1 -name nvme0n1 -o -maxdepth 1 -name ubda)
	up --device-read-bps "$disk:1mb" bb sleep 1000
	equal "$(cgroup_file io.max)" "$(lsblk -dno MAJ:MIN "$disk" | tr -d ' ') rbps=1048576 wbps=max riops=max wiops=max"
}

@test "docker build, BuildKit, with a network" {
	mkdir -p /tmp/build
	printf '%s\n' 'FROM bb' 'RUN ip -o -4 addr show eth0 >/network' 'CMD ["cat", "/network"]' >/tmp/build/Dockerfile
	ok docker build -q -t built /tmp/build
	drun built
	has 'inet 172\.'
	ok docker rmi -f built
}
