# SPDX-License-Identifier: Apache-2.0
# dockerd: the runtime is the daemon's default one.
# shellcheck shell=bash

# The file of contrib, with the path of this build.  BuildKit looks for a program named runc, whatever is configured, so
# there is one in front of the others.
configure_dockerd() {
	local default=$RUNTIME
	[[ $RUNTIME == rt ]] || default=runc
	mkdir -p /etc/docker /tmp/in-front
	jq --arg path "$RT" --arg default "$default" '.runtimes.rt.path = $path | ."default-runtime" = $default
		| ."live-restore" = true' "$SOURCE_DIR/contrib/docker/daemon.json" >/etc/docker/daemon.json
	rm -f /tmp/in-front/runc
	[[ $RUNTIME != rt ]] || ln -s "$RT" /tmp/in-front/runc
}

# start_dockerd OPTION...
start_dockerd() {
	start_daemon dockerd env "PATH=/tmp/in-front:$PATH" dockerd --containerd /run/containerd/containerd.sock "$@"
	wait_until timeout "$LIMIT" docker info
}

docker_teardown() {
	is_guest || return 0
	local left
	left=$(timeout "$LIMIT" docker ps -aq)
	# shellcheck disable=SC2086 # ids
	[[ -z $left ]] || timeout "$LIMIT" docker rm -f $left >/dev/null
}

# drun [OPTIONS] IMAGE [ARGUMENTS]: a container without network that is removed at its end.
drun() {
	ok docker run --rm --network=none "$@"
}

# One that stays: its name is box.
up() {
	ok docker run -d --name box --network=none "$@"
}

inspect() {
	timeout "$LIMIT" docker inspect -f "$1" "${2:-box}"
}

is_value() {
	[[ $(inspect "$1") == "$2" ]]
}

cgroup_file() {
	cat /sys/fs/cgroup/system.slice/docker-"$(inspect '{{.Id}}')".scope/"$1"
}

# write_dockerfile: what a build of it prints when it is run is "built", 0 and 1000.
write_dockerfile() {
	mkdir -p /tmp/build
	printf '%s\n' 'FROM bb' 'RUN echo built >/built && id -u >>/built' 'USER user' 'RUN id -u >/tmp/user' \
		'CMD ["cat", "/built", "/tmp/user"]' >/tmp/build/Dockerfile
}
