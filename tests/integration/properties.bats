# SPDX-License-Identifier: Apache-2.0
# The properties of config.json: which must be there, and of what type they are.  full.json has every one of the
# specification's that concern Linux; nothing is run.
load helpers

setup() {
	common_setup
	require_root
	make_bundle
}

# edit FILTER [JQ OPTIONS]: full.json, changed, becomes the configuration.
edit() {
	local filter=$1
	shift
	jq -c "def path_of: split(\"/\")[1:] | map(tonumber? // .); $filter" "$@" \
		"$BATS_TEST_DIRNAME/full.json" >"$BUNDLE/config.json"
}

@test "every property of the specification is known, and nothing is wrong with types" {
	edit .
	run_rt check --bundle "$BUNDLE"
	# What this host has not is told; what is no property, or of another type, would be too.
	refute_match 'unknown property|expected|required property'
	# The other way round: the word for what is unknown is this one.
	edit '.linux.seccomp.syscalls[0].args[0].unheardOf = 1'
	run_rt check --bundle "$BUNDLE"
	assert_match 'warning: /linux/seccomp/syscalls/0/args/0/unheardOf: unknown property'
}

@test "each REQUIRED property that is missing is an error with its name" {
	local pointer
	while read -r pointer; do
		edit 'delpaths([$p | path_of])' --arg p "$pointer"
		refute cmp -s "$BUNDLE/config.json" <(jq -c . "$BATS_TEST_DIRNAME/full.json")
		run_rt create --bundle "$BUNDLE" "$ID"
		assert_refused "config.json:[0-9]+:[0-9]+: $pointer: required property is missing"
		# null is as good as nothing.
		edit 'setpath($p | path_of; null)' --arg p "$pointer"
		run_rt create --bundle "$BUNDLE" "$ID"
		assert_refused "config.json:[0-9]+:[0-9]+: $pointer: required property is missing"
	done <<-'END'
		/ociVersion
		/root/path
		/mounts/0/destination
		/mounts/1/uidMappings/0/containerID
		/mounts/1/uidMappings/0/hostID
		/mounts/1/uidMappings/0/size
		/mounts/1/gidMappings/0/containerID
		/mounts/1/gidMappings/0/hostID
		/mounts/1/gidMappings/0/size
		/process/consoleSize/height
		/process/consoleSize/width
		/process/cwd
		/process/rlimits/0/type
		/process/rlimits/0/soft
		/process/rlimits/0/hard
		/process/scheduler/policy
		/process/ioPriority/class
		/hooks/prestart/0/path
		/hooks/createRuntime/0/path
		/hooks/createContainer/0/path
		/hooks/startContainer/0/path
		/hooks/poststart/0/path
		/hooks/poststop/0/path
		/linux/namespaces/0/type
		/linux/uidMappings/0/containerID
		/linux/uidMappings/0/hostID
		/linux/uidMappings/0/size
		/linux/gidMappings/0/containerID
		/linux/gidMappings/0/hostID
		/linux/gidMappings/0/size
		/linux/devices/0/type
		/linux/devices/0/path
		/linux/resources/devices/0/allow
		/linux/resources/blockIO/weightDevice/0/major
		/linux/resources/blockIO/weightDevice/0/minor
		/linux/resources/blockIO/throttleReadBpsDevice/0/major
		/linux/resources/blockIO/throttleReadBpsDevice/0/minor
		/linux/resources/blockIO/throttleReadBpsDevice/0/rate
		/linux/resources/blockIO/throttleWriteBpsDevice/0/rate
		/linux/resources/blockIO/throttleReadIOPSDevice/0/rate
		/linux/resources/blockIO/throttleWriteIOPSDevice/0/rate
		/linux/resources/hugepageLimits/0/pageSize
		/linux/resources/hugepageLimits/0/limit
		/linux/resources/network/priorities/0/name
		/linux/resources/network/priorities/0/priority
		/linux/memoryPolicy/mode
		/linux/seccomp/defaultAction
		/linux/seccomp/syscalls/0/names
		/linux/seccomp/syscalls/0/action
		/linux/seccomp/syscalls/0/args/0/index
		/linux/seccomp/syscalls/0/args/0/value
		/linux/seccomp/syscalls/0/args/0/op
		/linux/personality/domain
	END
}

# The text and its schema differ on these; every runtime takes the zero.
@test "properties that the text alone calls REQUIRED are 0 where they are missing" {
	update_config 'del(.process.user)'
	run_script 'id -u; id -g'
	assert_success
	assert_output $'0\n0'
	update_config '.process.user = { gid: 7 }'
	run_script 'id -u; id -g'
	assert_output $'0\n7'
	update_config '.process.user = {} | .process.ioPriority = { class: "IOPRIO_CLASS_BE" } | .process.args = ["probe", "sched"]'
	run_bundle
	assert_success
	assert_line "ioprio=$((2 << 13))"
}

@test "the root, what a device needs, and the lists that can not be empty" {
	local filter words
	while IFS='|' read -r words filter; do
		make_fresh
		update_config "$filter"
		run_bundle
		assert_refused "$words"
	done <<-'END'
		root|del(.root)
		/process/args|.process.args = []
		/process/args|del(.process.args)
		/linux/devices/0: major is missing|.linux.devices = [{ path: "/dev/x", type: "c", minor: 3 }]
		/linux/devices/0: minor is missing|.linux.devices = [{ path: "/dev/x", type: "b", major: 7 }]
		names: at least one name is required|.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: [], action: "SCMP_ACT_ERRNO" }] }
		neither weight nor leafWeight|.linux.resources.blockIO.weightDevice = [{ major: 8, minor: 0 }]
		neither hcaHandles nor hcaObjects|.linux.resources.rdma = { mlx5_1: {} }
		/annotations: a key is empty|.annotations = { "": "value" }
	END
	# A FIFO has no number.
	make_fresh
	update_config '.linux.devices = [{ path: "/dev/pipe", type: "p" }]'
	run_script '[ -p /dev/pipe ]'
	assert_success
}

make_fresh() {
	cp "$BATS_TEST_DIRNAME/config.json" "$BUNDLE/config.json"
}

@test "each property of another type is an error with its place" {
	local pointer value n=0
	# Of every path a value that it can not have: objects and arrays in turn, numbers for strings, strings for the rest.
	jq -r 'def wrong: if type == "object" then "[]" elif type == "array" then "{}" elif type == "string" then "5"
			elif type == "number" then "\"1\"" else "\"true\"" end;
		paths as $p | getpath($p) as $v | "/" + ($p | map(tostring | gsub("~"; "~0") | gsub("/"; "~1")) | join("/"))
			+ "\t" + ($v | wrong) + "\t" + (setpath($p; $v | wrong | fromjson) | tojson)' \
		"$BATS_TEST_DIRNAME/full.json" >"$T/cases"
	while IFS=$'\t' read -r pointer value config; do
		printf '%s\n' "$config" >"$BUNDLE/config.json"
		run_rt create --bundle "$BUNDLE" "$ID"
		assert_refused "config.json:1:[0-9]+: $pointer: expected "
		n=$((n + 1))
	done <"$T/cases"
	[[ $n -gt 250 ]] || fail "only $n"
}

@test "numbers that are none of their type are errors with their place" {
	local pointer value
	while read -r pointer value; do
		edit 'setpath($p | path_of; "here")' --arg p "$pointer"
		# As it is: jq would round some of them.
		sed -i "s/\"here\"/$value/" "$BUNDLE/config.json"
		run_rt create --bundle "$BUNDLE" "$ID"
		assert_refused "$pointer: expected an integer"
	done <<-'END'
		/process/user/uid -1
		/process/user/uid 4294967296
		/process/user/uid 1.5
		/process/user/uid 1e1
		/process/user/additionalGids/0 4294967296
		/process/rlimits/0/soft -1
		/process/rlimits/0/hard 18446744073709551616
		/process/consoleSize/height -1
		/linux/uidMappings/0/size 4294967296
		/linux/devices/0/major 9223372036854775808
		/linux/resources/memory/limit 9223372036854775808
		/linux/resources/cpu/shares -1
		/linux/resources/blockIO/weight 65536
		/linux/resources/hugepageLimits/0/limit -1
		/linux/seccomp/syscalls/0/args/0/value 18446744073709551616
		/linux/timeOffsets/monotonic/nanosecs 4294967296
	END
}

@test "paths that must be absolute" {
	local filter pointer
	while IFS='|' read -r pointer filter; do
		make_fresh
		update_config "$filter"
		run_bundle
		assert_refused "$pointer: .*(is not|is no) absolute"
	done <<-'END'
		/process/cwd|.process.cwd = "tmp"
		/linux/namespaces/2/path|.linux.namespaces[2].path = "ns/ipc"
		/linux/devices/0/path|.linux.devices = [{ path: "dev/x", type: "p" }]
		/linux/maskedPaths/0|.linux.maskedPaths = ["proc/kcore"]
		/linux/readonlyPaths/0|.linux.readonlyPaths = ["proc/sys"]
		/hooks/prestart/0/path|.hooks.prestart = [{ path: "bin/true" }]
		/hooks/createRuntime/0/path|.hooks.createRuntime = [{ path: "true" }]
		/hooks/createContainer/0/path|.hooks.createContainer = [{ path: "./true" }]
		/hooks/startContainer/0/path|.hooks.startContainer = [{ path: "bin/true" }]
		/hooks/poststart/0/path|.hooks.poststart = [{ path: "../true" }]
		/hooks/poststop/0/path|.hooks.poststop = [{ path: "bin/true" }]
	END
}

@test "the timeout of a hook is greater than zero, in every list" {
	local kind seconds
	for kind in prestart createRuntime createContainer startContainer poststart poststop; do
		for seconds in 0 -1; do
			make_fresh
			update_config '.hooks = { ($k): [{ path: "/bin/true", timeout: $s }] }' --arg k $kind --argjson s $seconds
			run_bundle
			assert_refused "/hooks/$kind/0/timeout: $seconds is not in 1"
		done
	done
}

@test "every version from 1.0.0 to 1.3.0 is accepted, with suffixes, and no other" {
	local version
	for version in 1.0.0 1.0.0-rc5 1.0.2 1.0.2-dev 1.1.0 1.1.0+dev 1.2.1+build.7 1.3.0-rc.1 1.3.0-rc.1+x.7 1.3.0 \
		1.3.99; do
		make_fresh
		update_config '.ociVersion = $v' --arg v $version
		run_bundle
		assert_success
	done
	for version in '' 1 1.3 v1.3.0 01.0.0 1.00.0 1.3.0- 1.3.0+ 1.3.0. 1.3.0-a..b 0.9.0 0.0.0 2.0.0 '1.3.0 ' ' 1.3.0' \
		1.3.0.1 1.-1.0 1,3,0 1.3.x 4294967297.0.0; do
		make_fresh
		update_config '.ociVersion = $v' --arg v "$version"
		run_bundle
		assert_refused '/ociVersion: '
	done
}

@test "values that a property can not have are errors with their place" {
	local filter words
	while IFS='|' read -r words filter; do
		make_fresh
		update_config "$filter"
		run_bundle
		assert_refused "config.json:[0-9]+:[0-9]+: $words"
	done <<-'END'
		/linux/personality/domain: .*"BSD"|.linux.personality = { domain: "BSD" }
		/linux/personality/flags: |.linux.personality = { domain: "LINUX", flags: ["ADDR_NO_RANDOMIZE"] }
		/linux/timeOffsets/realtime: |.linux.namespaces += [{ type: "time" }] | .linux.timeOffsets = { realtime: { secs: 1 } }
		/linux/timeOffsets/boottime: nanosecs|.linux.namespaces += [{ type: "time" }] | .linux.timeOffsets = { boottime: { nanosecs: 1000000000 } }
		/linux/rootfsPropagation: .*"rlave"|.linux.rootfsPropagation = "rlave"
		/linux/devices/0/major: |.linux.devices = [{ path: "/dev/x", type: "c", major: 4096, minor: 0 }]
		/linux/devices/0/minor: |.linux.devices = [{ path: "/dev/x", type: "b", major: 7, minor: 1048576 }]
		/linux/devices/0: .*id|.linux.devices = [{ path: "/dev/x", type: "p", uid: 3000000000 }]
		/linux/maskedPaths/0: .*root|.linux.maskedPaths = ["/"]
		/linux/readonlyPaths/0: .*root|.linux.readonlyPaths = ["/../"]
		/linux/cgroupsPath: .*root|.linux.cgroupsPath = "/"
		/process/user/umask: |.process.user.umask = 512
		/process/user/additionalGids/1: |.process.user.additionalGids = [1, 3000000000]
		/process/consoleSize: |.process.terminal = true | .process.consoleSize = { height: 1, width: 65536 }
		/process/env/0: .*"="|.process.env = ["NOTHING"]
		/process/env/1: .*name|.process.env = ["A=b", "=c"]
		/hostname: .*64|.hostname = ("h" * 65)
		/domainname: .*64|.domainname = ("d" * 65)
		/mounts/6/destination: .*empty|.mounts += [{ destination: "", type: "tmpfs" }]
		/mounts/6: .*type|.mounts += [{ destination: "/mnt" }]
		/mounts/6.*source|.mounts += [{ destination: "/mnt", type: "bind" }]
		/mounts/6/options: .*tmpcopyup|.mounts += [{ destination: "/mnt", type: "proc", options: ["tmpcopyup"] }]
		/linux/sysctl/\.\.: |.linux.sysctl = { "..": "1" }
		/linux/sysctl/kernel.hostname: .*conflicts|.linux.sysctl = { "kernel.hostname": "x" }
		/linux/resources/cpu/idle: |.linux.resources.cpu = { idle: 2 }
		/linux/resources/cpu/burst: .*above|.linux.resources.cpu = { quota: 10, burst: 20 }
		/linux/resources/blockIO/weight: |.linux.resources.blockIO = { weight: 5 }
		/linux/resources/hugepageLimits/0/pageSize: |.linux.resources.hugepageLimits = [{ pageSize: "2mb", limit: 1 }]
		/linux/resources/devices/0/type: |.linux.resources.devices = [{ allow: true, type: "x" }]
		/linux/resources/devices/0/major: |.linux.resources.devices = [{ allow: true, type: "c", major: -5 }]
		/linux/resources/unified/a~1b: |.linux.resources.unified = { "a/b": "1" }
		/linux/resources/unified/cgroup.procs: |.linux.resources.unified = { "cgroup.procs": "1" }
	END
}
