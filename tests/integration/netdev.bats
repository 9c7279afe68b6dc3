# SPDX-License-Identifier: Apache-2.0
# Network devices.  The host here is a network namespace of the test's own, with pairs of veth devices; $DEVICE and
# $PEER are two ends of one.
load helpers

setup() {
	common_setup
	require_root
	require_command ip
	require_command nsenter
	require_command unshare
	make_bundle
	background unshare --net sleep 600
	HOST=$CHILD
	wait_until is_other_namespace
	make_pair dev0 peer0 || skip_because "this kernel has no veth devices"
}

is_other_namespace() {
	[[ $(readlink "/proc/$HOST/ns/net") != $(readlink /proc/self/ns/net) ]]
}

on_host() {
	nsenter --net="/proc/$HOST/ns/net" -- "$@"
}

inside() {
	nsenter --net="/proc/$INIT/ns/net" -- "$@"
}

# Everything that a test calls rt for happens on that host.
rt() {
	# shellcheck disable=SC2086 # RT_FLAGS is a list of words
	on_host timeout -k 5 "${RT_TIMEOUT:-30}" "$RT" --root "$STATE" $RT_FLAGS "$@"
}

make_pair() {
	on_host ip link add "$1" type veth peer name "$2"
}

# The addresses that are not of the link, from the output of a command.
addresses() {
	"$@" | jq -r '.[].addr_info[]? | select(.scope != "link")
		| "\(.local)/\(.prefixlen) \(.address // "-") \(.broadcast // "-") \(.label // "-")"' | sort
}

# What a failed create must not change: names, addresses, states of the host's devices.
host_state() {
	on_host ip -j addr | jq -S 'map({ ifname, master, up: (.flags | contains(["UP"])), mtu, address,
		addresses: [.addr_info[] | select(.scope != "link") | { local, prefixlen, address, broadcast, scope, name: .label }] })
		| sort_by(.ifname)'
}

assert_host_unchanged() {
	assert_equal "$(host_state)" "$BEFORE"
}

use_userns() {
	update_config '.linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]
		| .linux.gidMappings = [{ containerID: 0, hostID: 200000, size: 65536 }]'
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$T" "$BUNDLE"
}

@test "a device is moved, under its name, and is up" {
	update_config '.linux.netDevices = { dev0: {} }'
	run_script 'ip -o link show dev dev0; cat /sys/class/net/dev0/flags'
	assert_success
	assert_match 'dev0[@:].*[<,]UP[,>]'
	refute on_host ip link show dev dev0
	# It went with the container's namespace, and its peer with it.
	wait_until refute_device peer0
}

refute_device() {
	[[ -z $(on_host ip -j link show dev "$1" 2>/dev/null) ]]
}

@test "it gets a new name" {
	update_config '.linux.netDevices = { dev0: { name: "lan0" } }'
	start_waiting
	inside ip link show dev lan0
	refute inside ip link show dev dev0
	on_host ip link show dev peer0
}

@test "an empty name is the host's" {
	update_config '.linux.netDevices = { dev0: { name: "" } }'
	start_waiting
	inside ip link show dev dev0
}

@test "permanent global addresses go with it" {
	on_host ip addr add 192.0.2.5/24 brd + dev dev0
	on_host ip addr add 192.0.2.6/24 dev dev0
	on_host ip addr add 198.51.100.1 peer 198.51.100.2/32 dev dev0
	on_host ip addr add 203.0.113.7/25 dev dev0 label dev0:web
	on_host ip addr add 2001:db8::5/64 dev dev0 nodad noprefixroute
	update_config '.linux.netDevices = { dev0: { name: "lan0" } }'
	start_waiting
	assert_equal "$(addresses inside ip -j addr show dev lan0)" "$(sort <<-'EOF'
		192.0.2.5/24 - 192.0.2.255 lan0
		192.0.2.6/24 - - lan0
		198.51.100.1/32 198.51.100.2 - lan0
		203.0.113.7/25 - - lan0:web
		2001:db8::5/64 - - -
	EOF
	)"
	inside ip -6 -o addr show dev lan0 | grep -q "2001:db8::5.*noprefixroute"
	inside ip -4 route | grep -q '^192.0.2.0/24 dev lan0'
}

@test "others do not: of the link, with a lifetime" {
	on_host ip link set dev dev0 up
	on_host ip addr add 192.0.2.5/24 dev dev0 valid_lft 3600 preferred_lft 1800
	on_host ip addr add 169.254.3.4/16 dev dev0 scope link
	on_host ip addr add 2001:db8::7/64 dev dev0 valid_lft 3600 preferred_lft 1800
	on_host ip addr add 192.0.2.9/24 dev dev0
	update_config '.linux.netDevices = { dev0: {} }'
	start_waiting
	assert_equal "$(addresses inside ip -j addr show dev dev0)" "192.0.2.9/24 - - dev0"
}

@test "hardware address, MTU and queue length stay" {
	on_host ip link set dev dev0 address 02:00:00:00:12:34 mtu 1400 txqueuelen 321
	update_config '.linux.netDevices = { dev0: { name: "lan0" } }'
	run_script 'cat /sys/class/net/lan0/address /sys/class/net/lan0/mtu /sys/class/net/lan0/tx_queue_len'
	assert_success
	assert_output $'02:00:00:00:12:34\n1400\n321'
}

@test "both ends talk" {
	on_host ip addr add 192.0.2.1/24 dev peer0
	on_host ip link set dev peer0 up
	on_host ip addr add 192.0.2.2/24 dev dev0
	update_config '.linux.netDevices = { dev0: { name: "eth0" } }'
	start_waiting
	wait_until knows_neighbour
}

# What is sent makes the kernel ask for the hardware address, and the container's answers.
knows_neighbour() {
	on_host bash -c 'echo x >/dev/udp/192.0.2.2/9' || :
	on_host ip neigh show 192.0.2.2 | grep -q lladdr
}

@test "a template: the kernel chooses the number" {
	make_pair dev1 peer1
	update_config '.linux.netDevices = { dev0: { name: "lan%d" }, dev1: { name: "lan%d" } }'
	on_host ip addr add 203.0.113.7/25 dev dev1 label dev1:web
	start_waiting
	inside ip link show dev lan0
	inside ip link show dev lan1
	inside ip -o -4 addr | grep -qE 'lan1 .*203\.0\.113\.7.* lan1:web'
}

@test "several devices, and they change names" {
	make_pair dev1 peer1
	make_pair dev2 peer2
	on_host ip addr add 192.0.2.5/24 dev dev0
	on_host ip addr add 198.51.100.5/24 dev dev1
	update_config '.linux.netDevices = { dev0: { name: "dev1" }, dev1: { name: "dev0" }, dev2: {} }'
	start_waiting
	assert_equal "$(addresses inside ip -j addr show dev dev1)" "192.0.2.5/24 - - dev1"
	assert_equal "$(addresses inside ip -j addr show dev dev0)" "198.51.100.5/24 - - dev0"
	inside ip link show dev dev2
}

@test "its sysctls can be set, and hooks see it" {
	update_config '.linux.netDevices = { dev0: { name: "lan0" } }
		| .linux.sysctl = { "net.ipv4.conf.lan0.forwarding": "1" }
		| .hooks.createContainer = [{ path: "/bin/sh", args: ["sh", "-c", $hook] }]' \
		--arg hook "ip -o link show dev lan0 >$T/hook"
	run_script 'cat /proc/sys/net/ipv4/conf/lan0/forwarding'
	assert_success
	assert_output 1
	grep -q lan0 "$T/hook"
}

@test "with a user namespace" {
	use_userns
	on_host ip addr add 192.0.2.5/24 dev dev0
	on_host ip addr add 2001:db8::5/64 dev dev0
	update_config '.linux.netDevices = { dev0: { name: "lan0" } }'
	start_waiting
	assert_equal "$(addresses inside ip -j addr show dev lan0)" $'192.0.2.5/24 - - lan0\n2001:db8::5/64 - - -'
	inside ip -j link show dev lan0 | jq -e '.[0].flags | contains(["UP"])'
}

# A network namespace that is there before the container, held by a process.
make_pod() {
	background unshare --net sleep 600
	POD=$CHILD
	wait_until eval '[[ $(readlink /proc/$POD/ns/net) != $(readlink /proc/self/ns/net) ]]'
	update_config '(.linux.namespaces[] | select(.type == "network")).path = $path' --arg path "/proc/$POD/ns/net"
}

@test "into a joined network namespace; there it stays" {
	make_pod
	on_host ip addr add 192.0.2.5/24 dev dev0
	update_config '.linux.netDevices = { dev0: { name: "lan0" } }'
	run_script 'true'
	assert_success
	nsenter --net="/proc/$POD/ns/net" ip -o addr show dev lan0 | grep -qF 192.0.2.5/24
	refute on_host ip link show dev dev0
	refute on_host ip link show dev lan0
}

@test "into a joined network namespace, with a new user namespace" {
	make_pod
	use_userns
	update_config '.mounts |= map(select(.type != "sysfs"))'
	on_host ip addr add 192.0.2.5/24 dev dev0
	update_config '.linux.netDevices = { dev0: { name: "lan0" } }'
	run_script 'true'
	assert_success
	nsenter --net="/proc/$POD/ns/net" ip -o addr show dev lan0 | grep -qF 192.0.2.5/24
}

@test "refused: a name that is there, and nothing changes" {
	make_pod
	on_host ip addr add 192.0.2.5/24 dev dev0
	on_host ip link set dev dev0 up
	make_pair dev1 peer1
	nsenter --net="/proc/$POD/ns/net" ip link add lan0 type veth peer name lan9
	BEFORE=$(host_state)
	update_config '.linux.netDevices = { dev1: { name: "lan1" }, dev0: { name: "lan0" } }'
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused 'network device "dev0" \(in the container "lan0"\): rename: .*File exists'
	assert_host_unchanged
	assert_equal "$(nsenter --net="/proc/$POD/ns/net" ip -j link | jq -r '[.[].ifname] | sort | join(" ")')" "lan0 lan9 lo"
}

@test "a template passes by a name that is there; the host's name may clash" {
	make_pod
	nsenter --net="/proc/$POD/ns/net" ip link add lan0 type veth peer name dev0
	update_config '.linux.netDevices = { dev0: { name: "lan%d" } }'
	run_script 'true'
	assert_success
	nsenter --net="/proc/$POD/ns/net" ip link show dev lan1
}

@test "refused: a device that the host does not have" {
	BEFORE=$(host_state)
	update_config '.linux.netDevices = { dev0: {}, nothere: {} }'
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused 'network device "nothere": .*No such device'
	assert_host_unchanged
}

@test "refused: the host's network namespace" {
	BEFORE=$(host_state)
	update_config '.linux.netDevices = { dev0: {} } | .linux.namespaces |= map(select(.type != "network"))'
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused "/linux/netDevices: .*without a network namespace"
	update_config '.linux.namespaces += [{ type: "network", path: $path }]' --arg path "/proc/$HOST/ns/net"
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused "the container's network namespace is the host's"
	assert_host_unchanged
}

@test "refused: names that are none" {
	local name
	for name in lo . .. a/b a:b 'a b' abcdefghijklmnop 'a%s' 'a%d%d' '%'; do
		update_config '.linux.netDevices = { dev0: { name: $name } }' --arg name "$name"
		run_rt create --bundle "$BUNDLE" "$ID"
		assert_refused "/linux/netDevices/dev0/name: "
	done
	for name in lo '' a:b; do
		update_config '.linux.netDevices = { ($name): { name: "lan0" } }' --arg name "$name"
		run_rt create --bundle "$BUNDLE" "$ID"
		assert_refused "/linux/netDevices/"
	done
}

@test "refused: two devices of one name" {
	make_pair dev1 peer1
	update_config '.linux.netDevices = { dev0: { name: "dev1" }, dev1: {} }'
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused '"dev0" and "dev1" would both be "dev1"'
}

@test "a create that fails later gives everything back" {
	make_pair dev1 peer1
	on_host ip addr add 192.0.2.5/24 brd + dev dev0
	on_host ip addr add 192.0.2.6/24 dev dev0 label dev0:web
	on_host ip addr add 198.51.100.7/24 dev dev0 valid_lft 3600 preferred_lft 1800
	on_host ip addr add 2001:db8::5/64 dev dev0 nodad
	on_host ip link set dev dev0 up
	BEFORE=$(host_state)
	update_config '.linux.netDevices = { dev0: { name: "lan0" }, dev1: { name: "lan%d" } }
		| .hooks.createRuntime = [{ path: "/bin/false" }]'
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused createRuntime
	assert_host_unchanged
	run_bundle
	assert_refused createRuntime
	assert_host_unchanged
}

@test "what a hook has put in the place of a device is not taken back" {
	local namespace index
	make_pod
	namespace=/proc/$POD/ns/net
	index=4711
	on_host ip link add index "$index" name dev1 type veth peer name peer1
	cat >"$BUNDLE/hook" <<-END
		#!/bin/sh
		nsenter --net=$namespace ip link del dev lan1
		nsenter --net=$namespace ip link add index $index name other type veth peer name other2
		exit 1
	END
	chmod +x "$BUNDLE/hook"
	update_config '.linux.netDevices = { dev1: { name: "lan1" } } | .hooks.createRuntime = [{ path: $hook }]' \
		--arg hook "$BUNDLE/hook"
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_failure 1
	assert_stderr 'network device "dev1": "other" in the container is another device'
	assert_equal "$(nsenter --net="$namespace" ip -j link show dev other | jq '.[0].ifindex')" "$index"
	refute on_host ip link show dev dev1
	run_rt delete --force "$ID"
	assert_success
}

@test "a device that a hook has given another name comes back" {
	local namespace
	make_pod
	namespace=/proc/$POD/ns/net
	BEFORE=$(host_state)
	printf '#!/bin/sh\nnsenter --net=%s ip link set dev lan0 down name lan1\nexit 1\n' "$namespace" >"$BUNDLE/hook"
	chmod +x "$BUNDLE/hook"
	update_config '.linux.netDevices = { dev0: { name: "lan0" } } | .hooks.createRuntime = [{ path: $hook }]' \
		--arg hook "$BUNDLE/hook"
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused createRuntime
	assert_host_unchanged
}

@test "with a user namespace too" {
	use_userns
	on_host ip addr add 192.0.2.5/24 dev dev0
	on_host ip link set dev dev0 up
	BEFORE=$(host_state)
	update_config '.linux.netDevices = { dev0: { name: "lan0" } } | .process.args = ["/nothere"]'
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused nothere
	assert_host_unchanged
}

@test "a device of a bridge goes back to it" {
	on_host ip link add br0 type bridge || skip_because "this kernel has no bridges"
	on_host ip link set dev dev0 master br0 up
	BEFORE=$(host_state)
	update_config '.linux.netDevices = { dev0: { name: "lan0" } } | .process.args = ["/nothere"]'
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_refused nothere
	assert_host_unchanged
}

@test "after the start nothing is given back" {
	update_config '.linux.netDevices = { dev0: {} }'
	set_args probe wait
	run_rt create --bundle "$BUNDLE" "$ID"
	assert_success
	refute on_host ip link show dev dev0
	run_rt delete "$ID"
	assert_success
	refute on_host ip link show dev dev0
	wait_until refute_device peer0
}

@test "a run in the foreground does not keep the network namespace" {
	update_config '.linux.netDevices = { dev0: {} }
		| .hooks.poststop = [{ path: "/bin/sh", args: ["sh", "-c", $hook] }]' \
		--arg hook "for i in \$(seq 200); do ip link show dev peer0 >/dev/null 2>&1 || exec touch $T/gone; sleep 0.05; done"
	run_script 'true'
	assert_success
	[[ -e $T/gone ]]
}

@test "features says so" {
	run_rt features
	assert_json .linux.netDevices.enabled true
}
