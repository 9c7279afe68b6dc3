# SPDX-License-Identifier: Apache-2.0
cgroup_sources = \
	src/cgroup/cgroup.h
