/* SPDX-License-Identifier: Apache-2.0 */
#include "run/init_image.h"

/*
 * A section of its own, aligned to a page: writing it to the memfd touches the pages of the image and no others.
 * The file name is relative to the build directory, where the compiler runs; the Makefile makes this object depend
 * on it.
 */
__asm__(".pushsection .rodata.init_image, \"a\", %progbits\n"
	".balign 4096\n"
	".globl init_image_start\n"
	".hidden init_image_start\n"
	".type init_image_start, %object\n"
	"init_image_start:\n"
	".incbin \"rt-init\"\n"
	".globl init_image_end\n"
	".hidden init_image_end\n"
	".type init_image_end, %object\n"
	"init_image_end:\n"
	".byte 0\n"
	".popsection\n");
