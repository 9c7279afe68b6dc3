/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_NETWORK_H
#define RT_INIT_NETWORK_H

#include "init/inside.h"

/* Step: a stop at which rt moves network devices into the namespace that this process is in. */
int network_receive_devices(struct inside *in, struct err *e);

/* Step: the loopback device of a new network namespace goes up; the kernel gives it its addresses. */
int network_bring_up_loopback(struct inside *in, struct err *e);

#endif
