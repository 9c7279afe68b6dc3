# SPDX-License-Identifier: Apache-2.0
load helpers

@test "sysctls of the container's namespaces" {
	update_config '.linux.sysctl = { "net.ipv4.ip_forward": "1", "kernel.msgmax": "12345",
		"fs.mqueue.msg_max": "7", "net/ipv4/conf/lo/forwarding": "1" }'
	local before
	before=$(cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax)
	run_script 'cd /proc/sys; cat net/ipv4/ip_forward kernel/msgmax fs/mqueue/msg_max net/ipv4/conf/lo/forwarding'
	assert_success
	assert_output $'1\n12345\n7\n1'
	assert_equal "$(cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax)" "$before"
}

@test "a sysctl of the host is refused" {
	local key
	for key in kernel.panic vm.swappiness fs.file-max kernel.core_pattern 'kernel/core_pattern' net.. '../sys/kernel/panic' \
		'kernel.hostname/../panic'; do
		update_config '.linux.sysctl = { ($k): "1" }' --arg k "$key"
		run_bundle
		assert_refused 'sysctl'
	done
}

@test "a sysctl of a namespace that is the host's is refused" {
	update_config '.linux.sysctl = { "net.ipv4.ip_forward": "1" } | .linux.namespaces |= map(select(.type != "network"))
		| .mounts |= map(select(.type != "sysfs"))'
	run_bundle
	assert_refused 'net.ipv4.ip_forward'
	update_config '.linux.sysctl = { "kernel.msgmax": "1" } | .linux.namespaces |= map(select(.type != "ipc"))
		| .mounts |= map(select(.type != "mqueue"))'
	run_bundle
	assert_refused 'kernel.msgmax'
}

@test "a value that the kernel refuses is an error that names the key" {
	update_config '.linux.sysctl = { "net.ipv4.ip_forward": "no number" }'
	run_bundle
	assert_refused 'ip_forward.*Invalid argument'
	update_config '.linux.sysctl = { "net.ipv4.no_such_key": "1" }'
	run_bundle
	assert_refused 'no_such_key.*No such file'
}

@test "kernel.domainname is the uts namespace's" {
	update_config '.linux.sysctl = { "kernel.domainname": "by.sysctl" }'
	run_script 'cat /proc/sys/kernel/domainname'
	assert_success
	assert_output by.sysctl
}
