# SPDX-License-Identifier: Apache-2.0
run_sources = \
	src/run/init_image.c \
	src/run/init_image.h \
	src/run/run.h
