# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += \
	.ci/run \
	contrib/check \
	contrib/deps.sh \
	contrib/lib.sh \
	contrib/quickstart

include contrib/completions/local.mk
