# SPDX-License-Identifier: Apache-2.0
ocispec_sources = \
	libocispec/codec.c \
	libocispec/codec.h \
	libocispec/decode.c \
	libocispec/decode.h \
	libocispec/decode_scalar.c \
	libocispec/decoder.c \
	libocispec/decoder.h \
	libocispec/encode.c \
	libocispec/findings.c \
	libocispec/findings.h \
	libocispec/locate.c \
	libocispec/names.c \
	libocispec/names.h \
	libocispec/oci.h \
	libocispec/syntax.c \
	libocispec/table.c \
	libocispec/table.h \
	libocispec/tables_config.c \
	libocispec/tables_linux.c \
	libocispec/tables_process.c \
	libocispec/tables_resources.c \
	libocispec/tables_runtime.c \
	libocispec/text.c \
	libocispec/text.h
