# SPDX-License-Identifier: Apache-2.0
# How tests are built and run; which there are is in tests/local.mk.
#
#   make check                         all that can run here
#   make check TESTS_ONLY=mounts       only files whose name contains this (a shell pattern)
#   make check TEST_TIMEOUT=60         seconds for each file
#   make check TEST_JOBS=2             this many files at a time
#   make check-guest                   integration tests in guests with systemd and cgroup2 (tests/vm/check)
#   make check-guest GUEST=qemu        in QEMU alone; uml: in user-mode Linux alone
#   make check-differential            the same commands and configurations with rt, runc and crun (DIFFERENTIAL='--only exec')
#   make check-engines                 dockerd, containerd and podman in guests, with rt and with their own runtime
#                                      (GUEST and TESTS_ONLY as above; ENGINE_RUNTIMES=rt: with rt alone)
#   make check-engines-smoke           a few scenarios of each, with rt

EXTRA_DIST += $(script_tests) $(bats_tests) $(engine_tests) $(tests_data) $(probe_sources)

check_LIBRARIES += librt-fuzz-replay.a
librt_fuzz_replay_a_SOURCES = tests/fuzz/replay.c

AM_CPPFLAGS += $(CMOCKA_CFLAGS) -I$(top_srcdir)/tests

if FUZZING
# libFuzzer brings main(), so that unit tests can not be linked here.
LDADD = $(rt_libs) $(RT_FUZZ_LDFLAGS)
check_PROGRAMS += $(fuzz_targets)
built_unit_tests =
else
# A fuzz target has no main(): the first one that is found must not be init's.
LDADD = librt-fuzz-replay.a librt-init.a librt-libs.a $(rt_libs) $(CMOCKA_LIBS) $(RT_DLOPEN_LIBS)
check_PROGRAMS += $(fuzz_targets) $(golden_programs)
if CMOCKA
check_PROGRAMS += $(unit_tests)
built_unit_tests = $(unit_tests)
else
built_unit_tests = tests/no-cmocka
endif
endif

probe_objects = $(patsubst %.c,probe-objects/%.o,$(filter %.c,$(probe_sources)))
probe-objects/%.o: %.c config.h
	@$(MKDIR_P) $(@D)
	$(INIT_V_CC)$(init_compile) -MMD -MP -MF $(@:.o=.d) -c -o $@ $<
probe_program = tests/probe/probe
$(probe_program): $(probe_objects)
	@$(MKDIR_P) $(@D)
	$(INIT_V_LD)$(INIT_CC) $(RT_INIT_CFLAGS) $(INIT_CFLAGS) $(RT_INIT_LDFLAGS) -o $@ $(probe_objects)
-include $(probe_objects:.o=.d)
CLEANFILES += tests/probe/probe

# For tests/checks/check-source: what the fragments know of.
all_sources = \
	src/main.c $(base_sources) $(ocispec_sources) $(host_sources) $(plan_sources) $(libs_sources) $(embed_sources) $(cgroup_sources) $(state_sources) \
	$(criu_sources) $(run_sources) $(init_sources) $(cmd_sources) $(static_sources) \
	$(addsuffix .c,$(unit_tests) $(fuzz_targets) $(golden_programs)) $(golden_sources) tests/fuzz/replay.c $(bats_tests) $(probe_sources) $(tests_data) \
	$(engine_tests) $(bench_sources)

check_environment = \
	abs_top_srcdir='$(abs_top_srcdir)' \
	abs_top_builddir='$(abs_top_builddir)' \
	RT='$(abs_top_builddir)/rt' \
	CC='$(CC)' compiler='$(CC), $(CFLAGS)' NM='$(NM)' READELF='$(READELF)' \
	all_sources='$(all_sources)' \
	base_inside_sources='$(base_inside_sources)' \
	fuzz_targets='$(fuzz_targets)' \
	init_objects='$(init_objects)' \
	build_is_plain='$(build_is_plain)' \
	build_has_faults='$(build_has_faults)' \
	build_has_libfuzzer='$(build_has_libfuzzer)' \
	libc_alone='$(libc_alone)' \
	static_rt='$(static_rt)' \
	with_seccomp='$(with_seccomp)' \
	with_systemd='$(with_systemd)' \
	with_criu='$(with_criu)'

TEST_TIMEOUT = 600
TEST_JOBS = 1
check-local: $(probe_program) tests/bench/measure
	$(AM_V_at)$(check_environment) $(srcdir)/tests/run-tests --results test-results --timeout '$(TEST_TIMEOUT)' \
		--jobs '$(TEST_JOBS)' --only '$(TESTS_ONLY)' $(script_tests) $(built_unit_tests) $(bats_tests)

GUEST = all
check-guest: all $(probe_program)
	$(AM_V_at)$(check_environment) $(srcdir)/tests/vm/check --results guest-results --guest '$(GUEST)' \
		--timeout '$(TEST_TIMEOUT)' --only '$(TESTS_ONLY)' $(bats_tests)
.PHONY: check-guest

# Beside the runc and crun that are installed.
DIFFERENTIAL =
check-differential: all $(probe_program)
	$(AM_V_at)$(srcdir)/tests/interop/differential --rt ./rt --probe $(probe_program) $(DIFFERENTIAL)
.PHONY: check-differential

# The scenarios of each engine with rt, then with the engine's own default runtime, and the table of both.
check_engines = $(AM_V_at)$(check_environment) ENGINE_RUNTIMES='$(ENGINE_RUNTIMES)' ENGINE_TAGS='$(ENGINE_TAGS)' \
	$(srcdir)/tests/vm/check --runner tests/engines/run --timeout 1800 --only '$(TESTS_ONLY)'
ENGINE_RUNTIMES = rt default
check-engines: all
	$(check_engines) --results engine-results --guest '$(GUEST)' --report $(srcdir)/tests/engines/table $(engine_tests)
.PHONY: check-engines

# Those with the tag smoke, in user-mode Linux, with rt alone: some minutes.
check-engines-smoke: ENGINE_RUNTIMES = rt
check-engines-smoke: ENGINE_TAGS = smoke
check-engines-smoke: all
	$(check_engines) --results engine-smoke-results --guest uml $(engine_smoke_tests)
.PHONY: check-engines-smoke

# Made by tests/integration/debian.bats; kept by clean, for it takes a while.
distclean-local:
	rm -rf tests/debian-root
