/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_LABELS_H
#define RT_INIT_LABELS_H

#include "init/inside.h"

/* Step: AppArmor profile and SELinux label of the program that is executed next. */
int labels_set(struct inside *in, struct err *e);

/* Step: a session keyring of the container's own, with the SELinux label of its program. */
int labels_join_keyring(struct inside *in, struct err *e);

#endif
