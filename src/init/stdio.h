/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_STDIO_H
#define RT_INIT_STDIO_H

#include "init/inside.h"

/* Step: descriptors 0-2 are the container's: its own null device, owned by its user. */
int stdio_adopt(struct inside *in, struct err *e);

/* Step: whatever is open beyond 0-2 and the preserved ones ends at the exec. */
int stdio_close_others(struct inside *in, struct err *e);

#endif
