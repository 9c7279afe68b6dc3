# SPDX-License-Identifier: Apache-2.0

# Programs that use cmocka: tests/unit/test_NAME is made from tests/unit/test_NAME.c and linked with every layer.
unit_tests = \
	tests/unit/test_base_arena \
	tests/unit/test_base_err \
	tests/unit/test_base_io \
	tests/unit/test_base_json \
	tests/unit/test_base_num \
	tests/unit/test_base_path

# Scripts that speak TAP (tests/tap.sh).
script_tests =

# bats files.
bats_tests =
