/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_CREDENTIALS_H
#define RT_INIT_CREDENTIALS_H

#include "init/inside.h"

/* Step: the bounding set, while this process still has all its rights. */
int credentials_drop_bounding(struct inside *in, struct err *e);

/* Step: groups, gid, uid. */
int credentials_set_identity(struct inside *in, struct err *e);

/* Step: effective, permitted, inheritable and ambient sets. */
int credentials_set_capabilities(struct inside *in, struct err *e);

/* Step: no_new_privs. */
int credentials_set_no_new_privs(struct inside *in, struct err *e);

#endif
