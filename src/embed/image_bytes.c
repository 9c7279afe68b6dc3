/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A section of its own, away from what rt reads: around a page that is touched the kernel maps up to 16 more of the
 * file, aligned to their size, and the images would be resident in every rt (image.c copies them by descriptor).
 * The file names are relative to the build directory, where the compiler runs; the Makefile makes this object depend
 * on them.
 */
#define IMAGE(name, file)                            \
	".globl image_" name "_start\n"              \
	".hidden image_" name "_start\n"             \
	".type image_" name "_start, %object\n"      \
	"image_" name "_start:\n"                    \
	".incbin \"" file "\"\n"                     \
	".globl image_" name "_end\n"                \
	".hidden image_" name "_end\n"               \
	".type image_" name "_end, %object\n"        \
	"image_" name "_end:\n"                      \
	".byte 0\n"

__asm__(".pushsection .images, \"a\", %progbits\n"
	".balign 65536\n"
	IMAGE("init", "rt-init")
	IMAGE("libs", "rt-libs")
	".popsection\n");
