# SPDX-License-Identifier: Apache-2.0
state_sources = \
	src/state/lock.c \
	src/state/print.c \
	src/state/reader.c \
	src/state/reader.h \
	src/state/record.c \
	src/state/state.c \
	src/state/state.h \
	src/state/status.c
