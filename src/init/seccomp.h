/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_SECCOMP_H
#define RT_INIT_SECCOMP_H

#include "init/inside.h"

/*
 * Step: loads the filter, and hands the notification descriptor to rt where there is a listener.
 *
 * Right before exec (no_new_privs is set), what follows must do with read, write, close, execve and exit_group.  Before
 * the identity changes (without no_new_privs loading needs CAP_SYS_ADMIN), the steps that follow run under it, and so
 * do startContainer hooks: a profile without no_new_privs must allow what they need.
 */
int seccomp_load(struct inside *in, struct err *e);

#endif
