/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_HANDOVER_H
#define RT_INIT_HANDOVER_H

#include "init/inside.h"

/* Receives HELLO and FDS on IN->sock, maps the plan and fills IN.  What rt sends is trusted as far as one build
 * trusts itself: version, sizes and numbers are compared, so that a mixed installation is an error and no crash. */
int handover_receive(struct inside *in, struct err *e);

#endif
