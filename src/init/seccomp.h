/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_SECCOMP_H
#define RT_INIT_SECCOMP_H

#include "init/inside.h"

/*
 * Step: loads the filter, and hands the notification descriptor to rt where there is a listener.
 *
 * What follows runs under it, and is kept to what can not be avoided:
 *  - execve; write and exit_group to tell of an error;
 *  - without no_new_privs, where the program has no CAP_SYS_ADMIN: capset, which gives up the right to load;
 *  - with a listener: write, read and close, to rt and on the FIFO of `start`; and whatever startContainer hooks need,
 *    which are started under it.
 * The manual says so to those who write profiles; a test holds it with a profile that allows nothing else.
 */
int seccomp_load(struct inside *in, struct err *e);

#endif
