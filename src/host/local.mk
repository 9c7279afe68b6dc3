# SPDX-License-Identifier: Apache-2.0
host_sources = \
	src/host/host.h \
	src/host/probe.c
