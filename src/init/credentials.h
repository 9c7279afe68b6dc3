/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_CREDENTIALS_H
#define RT_INIT_CREDENTIALS_H

#include "init/inside.h"

/* Step: the bounding set, while this process still has all its rights. */
int credentials_drop_bounding(struct inside *in, struct err *e);

/* Step: groups, gid, uid. */
int credentials_set_identity(struct inside *in, struct err *e);

/*
 * Step: effective, permitted, inheritable and ambient sets.  Where a filter is to be loaded without no_new_privs,
 * CAP_SYS_ADMIN stays permitted, not effective, until credentials_settle(): so that the filter can come last.  Nothing
 * is gained by it: this process can not be traced (it is not dumpable, and who has fewer capabilities may not), and an
 * exec gives what the bounding and ambient sets say.
 */
int credentials_set_capabilities(struct inside *in, struct err *e);

/* Around the load of the filter: makes CAP_SYS_ADMIN effective, and takes it away.  Nothing, where it is the program's
 * own or not needed.  credentials_settle() runs under the filter, by capset(2). */
int credentials_raise_filter_right(struct inside *in, struct err *e);
int credentials_settle(struct inside *in, struct err *e);

/* Step: no_new_privs. */
int credentials_set_no_new_privs(struct inside *in, struct err *e);

#endif
