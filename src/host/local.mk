# SPDX-License-Identifier: Apache-2.0
host_sources = \
	src/host/explain.h \
	src/host/explain_namespaces.c \
	src/host/explain_path.c \
	src/host/host.h \
	src/host/probe.c
