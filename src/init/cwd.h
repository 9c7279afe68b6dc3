/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_CWD_H
#define RT_INIT_CWD_H

#include "init/inside.h"

/* Step: process.cwd, as root of the container.  A refusal by rights is left to the second try. */
int cwd_enter(struct inside *in, struct err *e);

/* Step: the same with the program's own identity. */
int cwd_enter_again(struct inside *in, struct err *e);

#endif
