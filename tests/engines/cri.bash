# SPDX-License-Identifier: Apache-2.0
# A client of the Container Runtime Interface: what the kubelet says to containerd, by curl and protoc.  Messages are
# written and read in protobuf's text format; cri.proto has those that are used.
# shellcheck shell=bash

CRI_SOCKET=/run/containerd/containerd.sock
CRI_IMAGE=docker.io/library/bb:latest

cri_message() {
	protoc -I "$SOURCE_DIR/tests/engines" "$1=runtime.v1.$2" cri.proto
}

# cri METHOD [REQUEST]: sets status (that of gRPC), output (the answer) and stderr (gRPC's message).
cri() {
	local service=RuntimeService directory length
	[[ $1 != Image* ]] || service=ImageService
	directory=$(mktemp -d "$BATS_TEST_TMPDIR/cri.XXXXXX")
	CALL="$1 ${2-}"
	printf '%s' "${2-}" | cri_message --encode "$1Request" >"$directory/message"
	# A frame: not compressed, four bytes of length.
	length=$(printf '%08x' "$(stat -c %s "$directory/message")")
	{
		printf '%b' "\\x00\\x${length:0:2}\\x${length:2:2}\\x${length:4:2}\\x${length:6:2}"
		cat "$directory/message"
	} >"$directory/frame"
	curl --silent --show-error --max-time "$LIMIT" --http2-prior-knowledge --unix-socket "$CRI_SOCKET" \
		--header 'content-type: application/grpc' --header 'te: trailers' --data-binary "@$directory/frame" \
		--dump-header "$directory/headers" --output "$directory/answer" \
		"http://localhost/runtime.v1.$service/$1" 2>"$directory/curl" 3>&-
	stderr=$(sed -n 's/^grpc-message: *//p' "$directory/headers" | tr -d '\r')$(<"$directory/curl")
	status=$(sed -n 's/^grpc-status: *\([0-9]*\).*/\1/p' "$directory/headers" | tail -n 1)
	status=${status:-1}
	output=
	[[ $status -ne 0 ]] || output=$(tail -c +6 "$directory/answer" | cri_message --decode "$1Response")
	rm -rf "$directory"
}

# It must succeed.
cri_ok() {
	cri "$@"
	[[ $status -eq 0 ]] || { show_call; fail 'expected success'; }
}

# field NAME: the first of that name in the last answer, a string as it was.
field() {
	local value
	value=$(sed -n "s/^ *$1: *//p" <<<"$output" | head -n 1)
	value=${value#\"} value=${value%\"}
	# What the text format escapes, printf understands.
	# shellcheck disable=SC2059
	printf -- "${value//%/%%}"
}

# quoted NAME VALUE...: a field of that name for each value.
quoted() {
	local name=$1 value
	shift
	for value; do
		value=${value//\\/\\\\}
		value=${value//\"/\\\"}
		printf ' %s: "%s"' "$name" "${value//$'\n'/\\n}"
	done
}

# pod NAME [LINUX]: a sandbox; sets POD and POD_CONFIG.  LINUX goes to the configuration's part for Linux.
pod() {
	local hostname="hostname: \"$1\""
	# The kubelet gives no name to who has the node's network: it has the node's name too.
	[[ ${2-} != *'network: NODE'* ]] || hostname=
	POD_CONFIG="metadata { name: \"$1\" uid: \"uid-$1\" namespace: \"default\" } $hostname
		log_directory: \"$BATS_TEST_TMPDIR/$1\" linux { cgroup_parent: \"kubepods-$1.slice\" ${2-} }"
	mkdir -p "$BATS_TEST_TMPDIR/$1"
	cri_ok RunPodSandbox "config { $POD_CONFIG } runtime_handler: \"$HANDLER\""
	POD=$(field pod_sandbox_id)
}

# box_create NAME CONFIG: a container in the pod; sets BOX.
box_create() {
	cri_ok CreateContainer "pod_sandbox_id: \"$POD\" sandbox_config { $POD_CONFIG } config {
		metadata { name: \"$1\" } image { image: \"$CRI_IMAGE\" } log_path: \"$1.log\" $2 }"
	BOX=$(field container_id)
}

# box NAME CONFIG: the same, and it is started.
box() {
	box_create "$@"
	cri_ok StartContainer "container_id: \"$BOX\""
}

# inside COMMAND...: in the container; sets status, output and stderr to the command's.
inside() {
	cri_ok ExecSync "container_id: \"$BOX\" timeout: $LIMIT $(quoted cmd "$@")"
	local out errors
	status=$(field exit_code)
	status=${status:-0}
	out=$(field stdout)
	errors=$(field stderr)
	output=$out stderr=$errors
}

# box_is TEXT: in what is said of the container.
box_is() {
	cri ContainerStatus "container_id: \"$BOX\""
	grep -qE -- "$1" <<<"$output"
}

scope() {
	echo "/sys/fs/cgroup/kubepods.slice/kubepods-$1.slice/cri-containerd-$2.scope"
}

cri_teardown() {
	local id
	cri ListPodSandbox
	# shellcheck disable=SC2013 # words are meant
	for id in $(sed -n 's/^ *id: "\(.*\)"$/\1/p' <<<"$output"); do
		cri_ok StopPodSandbox "pod_sandbox_id: \"$id\""
		cri_ok RemovePodSandbox "pod_sandbox_id: \"$id\""
	done
}
