# SPDX-License-Identifier: Apache-2.0
# The files of rt-libs; how they are compiled is in the top Makefile.am.
libs_sources = \
	src/libs/filter_arguments.c \
	src/libs/filter_arguments.h \
	src/libs/filter_compile.c \
	src/libs/filter_compile.h \
	src/libs/filter_library.h \
	src/libs/filter_program.c \
	src/libs/filter_program.h \
	src/libs/filter_prologue.c \
	src/libs/filter_prologue.h \
	src/libs/filter_ranges.c \
	src/libs/filter_ranges.h \
	src/libs/filter_resolve.c \
	src/libs/filter_resolve.h \
	src/libs/library.c \
	src/libs/library.h \
	src/libs/libs.h \
	src/libs/main.c \
	src/libs/report.c \
	src/libs/report.h \
	src/libs/systemd_bus.c \
	src/libs/systemd_bus.h \
	src/libs/systemd_call.h \
	src/libs/systemd_unit.c
