# SPDX-License-Identifier: Apache-2.0
# What the static rt has besides: what a dynamic loader and glibc do for the dynamic one.
static_sources = \
	src/static/glibc_checks.c \
	src/static/relro.c
