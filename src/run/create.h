/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_CREATE_H
#define RT_RUN_CREATE_H

#include "run/launch.h"

/* Everything of create and run up to GO, which the caller says.  On failure all is undone; on success L->undo is still
 * armed, for what the caller does next.  DETACHED: rt returns while the container runs. */
int create_container(struct launch *l, bool detached, struct err *e);

#endif
