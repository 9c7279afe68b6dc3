/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_HOOKS_H
#define RT_INIT_HOOKS_H

#include "init/inside.h"

/*
 * Hooks that run inside.  Each gets the container's state on its standard input, the environment that its entry names
 * and nothing else, and no descriptor but 0-2.  The first that fails ends the list.  Source: config.md, POSIX-platform
 * Hooks; runtime.md, Lifecycle.
 */

/* Step: createContainer: programs of the host, in the container's namespaces, before the root is switched. */
int hooks_run_create_container(struct inside *in, struct err *e);

/* Step: startContainer: programs of the container, with the program's own identity, after `start`. */
int hooks_run_start_container(struct inside *in, struct err *e);

#endif
