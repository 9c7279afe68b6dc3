# SPDX-License-Identifier: Apache-2.0
criu_sources =
