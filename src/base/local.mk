# SPDX-License-Identifier: Apache-2.0
# What the host's binary is made of, and the freestanding part of it that init shares.
base_inside_sources = \
	src/base/clock.h \
	src/base/err.c \
	src/base/err.h \
	src/base/fd.c \
	src/base/fd.h \
	src/base/io.c \
	src/base/io.h \
	src/base/kernel.h \
	src/base/message.c \
	src/base/message.h \
	src/base/num.c \
	src/base/num.h \
	src/base/path.c \
	src/base/path.h \
	src/base/span.h \
	src/base/sys.c \
	src/base/sys.h \
	src/base/trace.h

base_sources = \
	$(base_inside_sources) \
	src/base/arena.c \
	src/base/arena.h \
	src/base/dlopen-note.h \
	src/base/duration.c \
	src/base/duration.h \
	src/base/io_host.c \
	src/base/json.c \
	src/base/json.h \
	src/base/log.c \
	src/base/log.h \
	src/base/memfd.c \
	src/base/memfd.h \
	src/base/own_elf.h \
	src/base/process.c \
	src/base/process.h \
	src/base/sha256.c \
	src/base/sha256.h \
	src/base/signals.c \
	src/base/signals.h \
	src/base/timestamp.c \
	src/base/timestamp.h
