# SPDX-License-Identifier: Apache-2.0
state_sources = \
	src/state/state.h
