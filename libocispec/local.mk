# SPDX-License-Identifier: Apache-2.0
ocispec_sources = \
	libocispec/oci.h
