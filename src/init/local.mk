# SPDX-License-Identifier: Apache-2.0
# The files of init; how they are compiled is in the top Makefile.am.
init_sources =
