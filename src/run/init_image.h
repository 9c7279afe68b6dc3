/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_INIT_IMAGE_H
#define RT_RUN_INIT_IMAGE_H

/*
 * The program that runs inside, as a stripped static ELF file: what `make` built as rt-init, embedded in rt.
 * The bytes are [init_image_start, init_image_end), read-only, aligned to 64 KiB.
 */
extern const unsigned char init_image_start[];
extern const unsigned char init_image_end[];

#endif
