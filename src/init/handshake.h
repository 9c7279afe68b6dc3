/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_HANDSHAKE_H
#define RT_INIT_HANDSHAKE_H

#include "init/inside.h"

/* Steps that are nothing but a stop: rt does something, then init goes on. */
int handshake_hooks(struct inside *in, struct err *e);

/* Step: READY, then GO.  After it the container is recorded and outlives rt. */
int handshake_ready(struct inside *in, struct err *e);

/* Step: waits for `start`. */
int handshake_wait_start(struct inside *in, struct err *e);

/* Tells whoever waits for this process that it has failed; nobody may be left to hear it. */
void handshake_report(struct inside *in, const struct err *e);

#endif
