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

@test "every parameter that belongs to a namespace, in both spellings" {
	local key value path
	while read -r key value; do
		path=/proc/sys/$(tr . / <<<"$key")
		[[ -e $path ]] || continue
		update_config '.linux.sysctl = { ($k): $v }' --arg k "$key" --arg v "$value"
		run_script "cat $path"
		assert_success
		assert_equal "$(xargs <<<"$output")" "$value"
		update_config '.linux.sysctl = { ($k): $v }' --arg k "$(tr . / <<<"$key")" --arg v "$value"
		run_bundle
		assert_success
		assert_equal "$(xargs <<<"$output")" "$value"
	done <<-'END'
		fs.mqueue.msg_max 7
		fs.mqueue.queues_max 11
		kernel.domainname of.sysctl
		kernel.msgmax 4096
		kernel.msgmnb 4097
		kernel.msgmni 99
		kernel.sem 100 2000 10 20
		kernel.shm_rmid_forced 1
		kernel.shmall 5000
		kernel.shmmax 65536
		kernel.shmmni 77
		net.core.somaxconn 33
		net.ipv4.ip_local_port_range 2000 3000
		net.ipv4.ip_unprivileged_port_start 0
		net.ipv6.conf.lo.forwarding 1
	END
}

@test "the first separator decides what a dot is" {
	require_command ip
	require_command nsenter
	unshare --net ip link add v0.5 type veth 2>/dev/null || skip_because "this kernel has no veth devices"
	# A hook makes a device, before sysctls are set.
	cat >"$T/hook" <<-'END'
		#!/bin/sh
		nsenter --net="/proc/$(jq .pid)/ns/net" ip link add v0.5 type veth
	END
	chmod 755 "$T/hook"
	update_config '.hooks.createRuntime = [{ path: $h, env: ["PATH=\($p)"] }]' --arg h "$T/hook" --arg p "$PATH"
	local key
	for key in net/ipv4/conf/v0.5/forwarding net.ipv4.conf.v0/5.forwarding; do
		update_config '.linux.sysctl = { ($k): "1" }' --arg k "$key"
		run_script 'cat /proc/sys/net/ipv4/conf/v0.5/forwarding'
		assert_success
		assert_output 1
	done
	update_config '.linux.sysctl = { "net.ipv4.conf.v0.5.forwarding": "1" }'
	run_bundle
	assert_refused 'No such file or directory'
}

@test "names that only look as if they belonged to a namespace are refused" {
	local key
	for key in net fs.mqueue netx.core fs.mqueues.msg_max kernel.msgmaxx kernel.msgmax.x kernel.sem.. user \
		kernel.shm_rmid_forced_ kernel.ns_last_pid net/../vm/swappiness net.ipv4..ip_forward /net/ipv4/ip_forward \
		.net.ipv4.ip_forward net/./ipv4/ip_forward ''; do
		update_config '.linux.sysctl = { ($k): "1" }' --arg k "$key"
		run_bundle
		assert_refused '/linux/sysctl'
	done
}

@test "names of the uts namespace that the configuration sets itself are refused as sysctls" {
	update_config '.linux.sysctl = { "kernel.hostname": "other" }'
	run_bundle
	assert_refused 'kernel.hostname.*conflicts with the property "hostname"'
	update_config 'del(.hostname)'
	run_bundle
	assert_refused 'kernel.hostname.*conflicts'
	update_config '.domainname = "one" | .linux.sysctl = { "kernel/domainname": "other" }'
	run_bundle
	assert_refused 'kernel/domainname.*conflicts with the property "domainname"'
}

@test "parameters of a user namespace" {
	update_config '.linux.sysctl = { "user.max_ipc_namespaces": "5" }'
	run_bundle
	assert_refused 'needs a user namespace'
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$T" "$BUNDLE"
	update_config '.linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]
		| .linux.gidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]'
	run_script 'cat /proc/sys/user/max_ipc_namespaces'
	assert_success
	assert_output 5
}

@test "a joined namespace that is the host's is not changed" {
	local kind key
	while read -r kind key; do
		update_config '.linux.sysctl = { ($k): "1" } | del(.hostname) | .mounts |= map(select(.type | IN("sysfs", "mqueue") | not))
			| .linux.namespaces |= map(if .type == $t then .path = "/proc/self/ns/" + ($t[:3]) else . end)' \
			--arg t "$kind" --arg k "$key"
		run_bundle
		assert_refused "$kind namespace: /proc/self/ns/.* is the host's"
		update_config '.linux.namespaces |= map(del(.path))'
	done <<-'END'
		network net.ipv4.ip_forward
		ipc kernel.msgmax
		uts kernel.domainname
	END
}

@test "values: as they are, and no more than the kernel takes" {
	update_config '.linux.sysctl = { "net.ipv4.ip_local_port_range": " 2000\t3000\n" }'
	run_script 'cat /proc/sys/net/ipv4/ip_local_port_range'
	assert_success
	assert_output $'2000\t3000'
	update_config '.linux.sysctl = { "net.ipv4.ip_forward": "" }'
	run_script 'cat /proc/sys/net/ipv4/ip_forward'
	assert_success
	assert_output "$(unshare --net cat /proc/sys/net/ipv4/ip_forward)"
	update_config '.linux.sysctl = { "net.ipv4.ip_forward": 1 }'
	run_bundle
	assert_refused 'ip_forward'
}
