# SPDX-License-Identifier: Apache-2.0
# `make bench`: rt beside the runtimes that are installed and beside the kernel's own floor.  Needs root and python3.
#
#   make bench                                     text, bench.json, bench.md, bench.svg
#   make bench BENCH='--rounds 10 --only exec'     see tests/bench/bench --help
#   make bench BENCH='--peer crun-new=/opt/crun'   beside those in PATH
#   make bench BENCH='--rounds 0 --calls'          what rt and the floor do, call by call
#   make bench-readme                              the tables and the plot of README.md

bench_sources = \
	tests/bench/bench \
	tests/bench/bench.svg \
	tests/bench/calls.py \
	tests/bench/floor.c \
	tests/bench/floor.h \
	tests/bench/floor_mounts.c \
	tests/bench/measure.c \
	tests/bench/plot.py \
	tests/bench/raw.h \
	tests/bench/report.py \
	tests/bench/scenarios.py \
	tests/bench/targets.py
EXTRA_DIST += $(bench_sources)

BENCH =

# The floor is nobody's library and nobody's hardening.
floor_cflags = -std=gnu17 -D_GNU_SOURCE -O2 -static -nostdlib -ffreestanding -fno-stack-protector -fno-pie \
	-no-pie

# A variable in the name keeps automake from reading these as rules of its own.
bench_dir = tests/bench
$(bench_dir)/floor: tests/bench/floor.c tests/bench/floor_mounts.c tests/bench/floor.h tests/bench/raw.h
	@$(MKDIR_P) $(@D)
	$(AM_V_CC)$(CC) $(floor_cflags) -o $@ $(srcdir)/tests/bench/floor.c $(srcdir)/tests/bench/floor_mounts.c
$(bench_dir)/measure: tests/bench/measure.c
	@$(MKDIR_P) $(@D)
	$(AM_V_CC)$(CC) -std=gnu17 -D_GNU_SOURCE $(RT_WARN_CFLAGS) -O2 -o $@ $(srcdir)/tests/bench/measure.c
CLEANFILES += tests/bench/floor tests/bench/measure

.PHONY: bench
bench: all $(bench_dir)/floor $(bench_dir)/measure
	$(srcdir)/tests/bench/bench --tools $(bench_dir) --rt ./rt --json bench.json --svg bench.svg \
		--markdown bench.md $(BENCH)
CLEANFILES += bench.json bench.md bench.svg

bench-readme: all $(bench_dir)/floor $(bench_dir)/measure
	$(srcdir)/tests/bench/bench --tools $(bench_dir) --rt ./rt --json bench.json --svg $(srcdir)/tests/bench/bench.svg \
		--readme $(srcdir)/README.md --calls $(BENCH)
.PHONY: bench-readme
