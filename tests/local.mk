# SPDX-License-Identifier: Apache-2.0

# Programs that use cmocka: tests/unit/test_NAME is made from tests/unit/test_NAME.c and linked with every layer.
unit_tests = \
	tests/unit/test_base_arena \
	tests/unit/test_base_err \
	tests/unit/test_base_io \
	tests/unit/test_base_json \
	tests/unit/test_base_num \
	tests/unit/test_base_path

# libFuzzer targets: tests/fuzz/fuzz_NAME is made from tests/fuzz/fuzz_NAME.c, its corpus is tests/fuzz/corpus/NAME.
# Each is built in every build, with tests/fuzz/replay.c where there is no libFuzzer.
fuzz_targets =

# Scripts that speak TAP (tests/tap.sh).
script_tests = \
	tests/checks/check-source \
	tests/checks/check-layers \
	tests/checks/check-purity \
	tests/checks/check-init-symbols \
	tests/checks/check-needed \
	tests/fuzz/check-corpus

# bats files, run last: the whole program.
bats_tests =

# What the tests read besides.
tests_data = \
	tests/checks/init-symbols.allow \
	tests/checks/plan-symbols.allow \
	tests/no-cmocka \
	tests/run-tests \
	tests/tap.sh \
	tests/unit/test.h
