/* SPDX-License-Identifier: Apache-2.0 */
#include "run/init_image.h"

/*
 * A section of its own, away from what rt reads: around a page that is touched the kernel maps up to 16 more of the
 * file, aligned to their size, and the image would be resident in every rt (run/handover.c copies it by descriptor).
 * The file name is relative to the build directory, where the compiler runs; the Makefile makes this object depend
 * on it.
 */
__asm__(".pushsection .init_image, \"a\", %progbits\n"
	".balign 65536\n"
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
