/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_MASKS_H
#define RT_INIT_MASKS_H

#include "init/inside.h"

/* Step: linux.readonlyPaths; missing ones are passed over. */
int masks_make_readonly(struct inside *in, struct err *e);

/* Step: linux.maskedPaths: files by the container's null device, directories by one empty read-only tmpfs. */
int masks_hide(struct inside *in, struct err *e);

#endif
