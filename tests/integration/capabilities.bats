# SPDX-License-Identifier: Apache-2.0
load helpers

SHOW='grep ^Cap /proc/self/status'

caps() { # INHERITABLE PERMITTED EFFECTIVE BOUNDING AMBIENT, as hexadecimal digits without leading zeros
	local name value
	for name in Inh Prm Eff Bnd Amb; do
		value=$(printf '%016x' "0x$1")
		assert_line "$(printf 'Cap%s:\t%s' $name "$value")"
		shift
	done
}

@test "the sets are exactly those of the list" {
	run_script "$SHOW"
	assert_success
	caps 0 20000420 20000420 20000420 0
}

@test "five different sets" {
	update_config '.process.capabilities = {
		bounding: ["CAP_CHOWN", "CAP_KILL", "CAP_SETUID", "CAP_NET_RAW"],
		permitted: ["CAP_CHOWN", "CAP_KILL", "CAP_SETUID"],
		inheritable: ["CAP_CHOWN", "CAP_SETUID"],
		effective: ["CAP_KILL"],
		ambient: ["CAP_CHOWN"] } | .process.user = { uid: 1000, gid: 1000 }'
	# What execve leaves to an ordinary user is what is ambient.
	run_script "$SHOW"
	assert_success
	caps 81 1 1 20a1 1
}

@test "empty sets drop everything" {
	update_config '.process.capabilities = { bounding: [], permitted: [], effective: [], inheritable: [], ambient: [] }'
	run_script "$SHOW"
	caps 0 0 0 0 0
}

@test "no capabilities in the configuration: none" {
	update_config 'del(.process.capabilities)'
	run_script "$SHOW; hostname other"
	assert_failure
}

@test "an ordinary user has none in effect, the bounding set stays" {
	update_config '.process.user = { uid: 1000, gid: 1000 }'
	run_script "$SHOW"
	caps 0 0 0 20000420 0
}

@test "ambient capabilities reach an ordinary user's programs" {
	update_config '.process.user = { uid: 1000, gid: 1000 } | .process.capabilities |= (.inheritable = ["CAP_NET_BIND_SERVICE"]
		| .ambient = ["CAP_NET_BIND_SERVICE"])'
	run_script "$SHOW"
	caps 400 400 400 20000420 400
}

@test "an unknown capability warns, and the container runs" {
	update_config '.process.capabilities.bounding += ["CAP_NO_SUCH_THING"]'
	run_script "$SHOW"
	assert_success
	caps 0 20000420 20000420 20000420 0
	assert_stderr 'CAP_NO_SUCH_THING'
}

@test "a capability that can not be granted warns, and the container runs" {
	local last
	last=$(awk '/^CapBnd/ { print $2 }' /proc/self/status)
	((0x$last >> 24 & 1)) && skip_because "no capability is missing here"
	update_config '.process.capabilities.bounding += ["CAP_SYS_RESOURCE"]'
	run_script "$SHOW"
	assert_success
	assert_stderr 'CAP_SYS_RESOURCE'
	caps 0 20000420 20000420 20000420 0
}

@test "ambient without inheritable warns and is left out" {
	update_config '.process.capabilities.ambient = ["CAP_KILL"]'
	run_script "$SHOW"
	assert_success
	caps 0 20000420 20000420 20000420 0
	assert_stderr 'CAP_KILL|mbient'
}

@test "what a capability allows works, what it does not is refused" {
	run_script 'chown 5 /tmp'
	assert_failure
	update_config '.process.capabilities |= (.bounding += ["CAP_CHOWN"] | .effective += ["CAP_CHOWN"] | .permitted += ["CAP_CHOWN"])'
	run_script 'chown 5 /tmp && stat -c %u /tmp'
	assert_success
	assert_output 5
}
