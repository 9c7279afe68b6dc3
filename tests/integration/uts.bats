# SPDX-License-Identifier: Apache-2.0
load helpers

@test "hostname and domainname" {
	update_config '.hostname = "inside.example" | .domainname = "nis.example"'
	local before
	before=$(hostname)
	run_script 'hostname; cat /proc/sys/kernel/domainname'
	assert_success
	assert_output $'inside.example\nnis.example'
	assert_equal "$(hostname)" "$before"
}

@test "no hostname in the configuration: the new namespace has the host's" {
	update_config 'del(.hostname)'
	run_script hostname
	assert_output "$(hostname)"
}

@test "domainname without a uts namespace is an error" {
	update_config 'del(.hostname) | .domainname = "x" | .linux.namespaces |= map(select(.type != "uts"))'
	run_bundle
	assert_refused 'domainname'
}

@test "a hostname longer than the kernel takes is an error" {
	update_config '.hostname = ("x" * 65)'
	run_bundle
	assert_refused 'hostname'
}
