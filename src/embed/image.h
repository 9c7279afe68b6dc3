/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_EMBED_IMAGE_H
#define RT_EMBED_IMAGE_H

#include "base/err.h"

/*
 * The programs that are embedded in rt, as stripped ELF files, so that rt is one file.  They are installed beside it
 * too, for hosts where a memfd can not be executed (vm.memfd_noexec=2).
 */
enum image {
	IMAGE_INIT, /* rt-init: static, runs inside the container */
	IMAGE_LIBS, /* rt-libs: dynamic, opens libraries of the host */
};

/* The file's name. */
const char *image_name(enum image image);

/* Where `make install` puts it. */
const char *image_installed_path(enum image image);

/* A sealed memfd with the program, for execveat(2).  errnum EACCES: memfds can not be executed here. */
int image_open(enum image image, struct err *e);

#endif
