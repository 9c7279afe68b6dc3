# SPDX-License-Identifier: Apache-2.0
load helpers

setup() {
	common_setup
}

VERBS="create start state kill delete run exec list ps spec features plan check"

@test "--version says what engines read" {
	local option
	for option in --version -v; do
		run_rt $option
		assert_success
		assert_match '^rt version [0-9]+\.[0-9]+'
		assert_equal "$(head -n 1 <<<"$output" | cut -d' ' -f1-2)" 'rt version'
		assert_match '^commit: '
		assert_match '^spec: 1\.3\.0$'
	done
}

@test "--version claims no more than features does" {
	run_rt features
	local systemd
	systemd=$(jq -r .linux.cgroup.systemd <<<"$output")
	run_rt --version
	if [[ $systemd == true ]]; then
		assert_match '[+]SYSTEMD'
	else
		assert_match '-SYSTEMD'
	fi
	assert_match '-CRIU'
	run_rt checkpoint --help
	assert_failure 1
}

@test "--help, -h and help print every verb and global option" {
	local call verb option
	for call in --help -h help; do
		run_rt $call
		assert_success
		for verb in $VERBS; do
			assert_match "(^| )$verb( |$)"
		done
		for option in --root --log --log-format --log-level --debug --systemd-cgroup --cgroup-manager --rootless \
			--version; do
			assert_match "$option"
		done
	done
}

@test "help VERB and VERB --help print the verb's options" {
	local verb
	for verb in $VERBS; do
		run_rt help "$verb"
		assert_success
		assert_match "$verb"
		local text=$output
		run_rt "$verb" --help
		assert_success
		assert_output "$text"
	done
	run_rt help create
	assert_match -- '--pid-file'
	assert_match -- '--console-socket'
}

@test "no verb, an unknown verb, help of an unknown verb" {
	run_rt
	assert_failure 1
	run_rt frobnicate
	assert_failure 1
	assert_stderr frobnicate
	run_rt help frobnicate
	assert_failure 1
}

@test "an unknown option names the nearest one" {
	run_rt create --bundel x y
	assert_failure 1
	assert_stderr 'bundel'
	assert_stderr '--bundle'
	run_rt --rot x list
	assert_failure 1
	assert_stderr '--root'
}

@test "an option without its value, and a flag with one, are errors" {
	run_rt create --bundle
	assert_failure 1
	assert_stderr bundle
	run_rt delete --force=maybe x
	assert_failure 1
}

@test "global options take both forms and come before the verb" {
	run_rt "--log-format=text" --log-level error --rootless auto --cgroup-manager cgroupfs list
	assert_success
	run_rt -log-format text list
	assert_success
	run_rt --rootless=false --debug list
	assert_success
}

@test "global options refuse unknown values" {
	run_rt --log-format xml list
	assert_failure 1
	assert_stderr 'xml'
	run_rt --log-level loud list
	assert_failure 1
	run_rt --cgroup-manager none list
	assert_failure 1
	run_rt --rootless perhaps list
	assert_failure 1
}

@test "what needs no state makes none" {
	run_rt --version
	run_rt help
	run_rt features
	run_rt state nothing
	run_rt list
	[[ ! -e $STATE ]]
}

@test "rt refuses / as its state root" {
	run_rt --root / list
	assert_failure 1
}
