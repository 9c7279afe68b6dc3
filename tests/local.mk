# SPDX-License-Identifier: Apache-2.0

# Programs that use cmocka: tests/unit/test_NAME is made from tests/unit/test_NAME.c and linked with every layer.
unit_tests = \
	tests/unit/test_base_arena \
	tests/unit/test_base_duration \
	tests/unit/test_base_err \
	tests/unit/test_base_io \
	tests/unit/test_base_json \
	tests/unit/test_base_log \
	tests/unit/test_base_num \
	tests/unit/test_base_path \
	tests/unit/test_base_sha256 \
	tests/unit/test_base_signals \
	tests/unit/test_cgroup_device_program \
	tests/unit/test_cgroup_stats \
	tests/unit/test_cgroup_systemd \
	tests/unit/test_cgroup_v2 \
	tests/unit/test_embed_answer \
	tests/unit/test_init_home \
	tests/unit/test_init_steps \
	tests/unit/test_libs_filter_ranges \
	tests/unit/test_ocispec_errors \
	tests/unit/test_ocispec_limits \
	tests/unit/test_ocispec_locate \
	tests/unit/test_ocispec_roundtrip \
	tests/unit/test_options \
	tests/unit/test_ps_filter \
	tests/unit/test_host_explain \
	tests/unit/test_host_probe \
	tests/unit/test_plan_cgroup_convert \
	tests/unit/test_plan_mount_options \
	tests/unit/test_plan_ns \
	tests/unit/test_plan_update \
	tests/unit/test_run_filter \
	tests/unit/test_run_filter_cache \
	tests/unit/test_run_clone \
	tests/unit/test_run_command \
	tests/unit/test_run_files \
	tests/unit/test_run_idmap_explain \
	tests/unit/test_run_netlink \
	tests/unit/test_run_network_stats \
	tests/unit/test_run_rdt \
	tests/unit/test_run_serve \
	tests/unit/test_run_trace \
	tests/unit/test_run_undo \
	tests/unit/test_state_dir \
	tests/unit/test_state_record

# libFuzzer targets: tests/fuzz/fuzz_NAME is made from tests/fuzz/fuzz_NAME.c, its corpus is tests/fuzz/corpus/NAME.
# Each is built in every build, with tests/fuzz/replay.c where there is no libFuzzer.
fuzz_targets = \
	tests/fuzz/fuzz_config \
	tests/fuzz/fuzz_message \
	tests/fuzz/fuzz_netlink \
	tests/fuzz/fuzz_plan \
	tests/fuzz/fuzz_state \
	tests/fuzz/fuzz_unit_text

# Scripts that speak TAP (tests/tap.sh).
script_tests = \
	tests/checks/check-source \
	tests/checks/check-driver \
	tests/checks/check-layers \
	tests/checks/check-purity \
	tests/checks/check-init-symbols \
	tests/checks/check-needed \
	tests/checks/check-docs \
	tests/checks/check-spec \
	tests/budget/check-budget \
	tests/fault/fault-loop \
	tests/fuzz/check-corpus \
	tests/golden/check-golden

# Prints the plans that tests/golden/check-golden compares.
golden_programs = tests/golden/plan-golden
golden_sources = \
	tests/golden/hosts.c \
	tests/golden/hosts.h
tests_fuzz_fuzz_plan_SOURCES = tests/fuzz/fuzz_plan.c $(golden_sources)
tests_unit_test_libs_filter_ranges_SOURCES = tests/unit/test_libs_filter_ranges.c $(golden_sources)
tests_golden_plan_golden_SOURCES = tests/golden/plan-golden.c $(golden_sources)

# The program that looks around inside a container for the bats tests: static, as init is.
probe_sources = \
	src/base/num.c \
	tests/probe/agent.c \
	tests/probe/attack.c \
	tests/probe/attack_binary.c \
	tests/probe/attack_race.c \
	tests/probe/dump.c \
	tests/probe/hunt.c \
	tests/probe/file.c \
	tests/probe/mount.c \
	tests/probe/notify.c \
	tests/probe/probe.c \
	tests/probe/probe.h \
	tests/probe/process.c \
	tests/probe/tty.c

# bats files, run last: the whole program.  All that are there.
bats_tests = $(patsubst $(srcdir)/%,%,$(sort $(wildcard $(srcdir)/tests/integration/*.bats)))

# bats files for dockerd, containerd and podman, in guests: make check-engines.
engine_tests = $(patsubst $(srcdir)/%,%,$(sort $(wildcard $(srcdir)/tests/engines/*.bats)))
# Those of them that have scenarios with the tag smoke.
engine_smoke_tests = tests/engines/containerd.bats tests/engines/containerd-cri.bats tests/engines/dockerd.bats \
	tests/engines/podman.bats

# What the tests read besides.
tests_data = \
	$(patsubst $(srcdir)/%,%,$(sort $(wildcard $(srcdir)/tests/fuzz/corpus/*/*))) \
	$(patsubst $(srcdir)/%,%,$(sort $(wildcard $(srcdir)/tests/golden/*/*))) \
	tests/allowed-skips \
	tests/budget/budget \
	tests/engines/.shellcheckrc \
	tests/engines/README.md \
	tests/engines/cri.bash \
	tests/engines/cri.proto \
	tests/engines/docker.bash \
	tests/engines/helpers.bash \
	tests/engines/podman.bash \
	tests/engines/run \
	tests/engines/table \
	tests/checks/init-symbols.allow \
	tests/checks/plan-symbols.allow \
	tests/golden/cases \
	tests/integration/.shellcheckrc \
	tests/integration/config.json \
	tests/integration/full.json \
	tests/integration/helpers.bash \
	tests/integration/fake-libseccomp.c \
	tests/integration/resctrl.c \
	tests/integration/peers.bash \
	tests/integration/rootless.bash \
	tests/interop/README.md \
	tests/interop/differential \
	tests/interop/differential.cases \
	tests/interop/differential.known \
	tests/interop/oci-validation \
	tests/interop/oci-validation-table \
	tests/interop/oci-validation.known \
	tests/no-cmocka \
	tests/run-tests \
	tests/spec/requirements.tsv \
	tests/spec/statements \
	tests/tap.sh \
	tests/unit/bpf.h \
	tests/unit/ocispec.h \
	tests/unit/test.h \
	tests/vm/build \
	tests/vm/check \
	tests/vm/guest-boot \
	tests/vm/guest-job \
	tests/vm/guest-setup \
	tests/vm/packages \
	tests/vm/run
