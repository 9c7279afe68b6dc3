# SPDX-License-Identifier: Apache-2.0
plan_sources = \
	src/plan/build.h \
	src/plan/dump.h \
	src/plan/findings.h \
	src/plan/plan.h \
	src/plan/request.h
