/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_FAULT_H
#define RT_RUN_FAULT_H

#include "base/err.h"
#include "base/message.h"

/*
 * Fault injection (configure --enable-fault-injection): the tests let the N-th wrapped system call fail.
 * RT_FAULT=N[:ERRNO] is about rt, RT_FAULT_INIT=N[:ERRNO] about init; the number of the error defaults to EIO, and 0
 * ends the process there, as SIGKILL would.
 * In other builds neither variable is looked at.
 */

int fault_arm_self(struct err *e);

/* Fills the members of HELLO that carry init's. */
int fault_arm_init(struct message_hello *hello, struct err *e);

#endif
