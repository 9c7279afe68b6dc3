# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += \
	.ci/run \
	contrib/check \
	contrib/containerd/config.toml \
	contrib/containers/50-rt.conf \
	contrib/crio/50-rt.conf \
	contrib/deps.sh \
	contrib/docker/daemon.json \
	contrib/kubernetes/README.md \
	contrib/kubernetes/runtimeclass.yaml \
	contrib/lib.sh \
	contrib/quickstart

include contrib/completions/local.mk
