# SPDX-License-Identifier: Apache-2.0
embed_sources = \
	src/embed/answer.c \
	src/embed/answer.h \
	src/embed/call.c \
	src/embed/call.h \
	src/embed/image.c \
	src/embed/image.h \
	src/embed/image_bytes.c \
	src/embed/request.c \
	src/embed/request.h
