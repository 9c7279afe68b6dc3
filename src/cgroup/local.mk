# SPDX-License-Identifier: Apache-2.0
cgroup_sources = \
	src/cgroup/cgroup.h \
	src/cgroup/device_attach.c \
	src/cgroup/device_program.c \
	src/cgroup/device_program.h \
	src/cgroup/driver.c \
	src/cgroup/driver.h \
	src/cgroup/events.c \
	src/cgroup/events.h \
	src/cgroup/none.c \
	src/cgroup/present.h \
	src/cgroup/record.c \
	src/cgroup/stats.c \
	src/cgroup/stats.h \
	src/cgroup/stats_parse.c \
	src/cgroup/stats_parse.h \
	src/cgroup/systemd.c \
	src/cgroup/systemd_manager.c \
	src/cgroup/systemd_manager.h \
	src/cgroup/v2.c \
	src/cgroup/v2.h \
	src/cgroup/v2_dir.c \
	src/cgroup/v2_dir.h \
	src/cgroup/v2_former.c \
	src/cgroup/v2_former.h \
	src/cgroup/v2_limits.c \
	src/cgroup/v2_limits.h \
	src/cgroup/v2_make.c \
	src/cgroup/v2_present.c \
	src/cgroup/v2_remove.c \
	src/cgroup/v2_update.c
