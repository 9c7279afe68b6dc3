/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_TERMINAL_H
#define RT_INIT_TERMINAL_H

#include "init/inside.h"

/* Step: a session of its own. */
int terminal_make_session(struct inside *in, struct err *e);

/* Step: a pseudoterminal of the container's devpts: the slave becomes the controlling terminal, descriptors 0-2 and, at
 * create, /dev/console; the master goes to rt. */
int terminal_make(struct inside *in, struct err *e);

/* Step: the session of a process that was forked into a joined pid namespace, and the terminal on 0-2 as its own. */
int terminal_make_late_session(struct inside *in, struct err *e);

#endif
