# SPDX-License-Identifier: Apache-2.0
load helpers

setup() {
	common_setup
}

VERBS="create start state kill delete run exec list ps events stats spec features plan check help"

# Completes the words given, the last one being typed; one candidate a line.
complete_words() {
	# shellcheck disable=SC2016 # expanded by the inner shell
	capture bash -c '
		PATH=$1:$PATH
		source "$2"
		shift 2
		compopt() { :; }
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_rt
		printf "%s\n" "${COMPREPLY[@]}"' - "$(dirname "$RT")" "$T/rt.bash" rt "$@"
	assert_success
}

@test "there are completions for bash, zsh and fish, and no others" {
	local shell verb
	for shell in bash zsh fish; do
		run_rt completions $shell
		assert_success
		for verb in $VERBS; do
			assert_match "$verb"
		done
		assert_match 'console-socket'
		assert_match 'no-new-privs'
	done
	run_rt completions csh
	assert_failure 1
	assert_stderr csh
}

@test "the scripts are good syntax" {
	run_rt completions bash
	printf '%s\n' "$output" >"$T/rt.bash"
	bash -n "$T/rt.bash"
	if command -v shellcheck >/dev/null; then
		shellcheck "$T/rt.bash"
	fi
	if command -v zsh >/dev/null; then
		run_rt completions zsh
		printf '%s\n' "$output" >"$T/_rt"
		zsh -n "$T/_rt"
	fi
	if command -v fish >/dev/null; then
		run_rt completions fish
		printf '%s\n' "$output" >"$T/rt.fish"
		fish --no-execute "$T/rt.fish"
	fi
}

@test "bash completes verbs, options, words and paths" {
	run_rt completions bash
	printf '%s\n' "$output" >"$T/rt.bash"
	complete_words cr
	assert_output create
	complete_words comp
	assert_output ''
	complete_words --log-fo
	assert_output --log-format
	complete_words --log-format ''
	assert_output $'text\njson'
	complete_words --root /x --debug create --no-p
	assert_output --no-pivot
	complete_words list --format j
	assert_output json
	complete_words help fea
	assert_output features
	mkdir "$T/a-directory"
	touch "$T/a-file"
	complete_words create -b "$T/a-"
	assert_output "$T/a-directory"
	complete_words exec --process "$T/a-f"
	assert_output "$T/a-file"
}
