/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_ROOT_H
#define RT_INIT_ROOT_H

#include "init/inside.h"

/* Step: propagation of the new mount namespace, and the root file system as a mount of its own: IN->root_fd. */
int root_prepare(struct inside *in, struct err *e);

/* Step, exec: IN->root_fd is the root directory of the namespace that was joined (or the container's directory, where
 * the container has no mount namespace). */
int root_open(struct inside *in, struct err *e);

/* Step: the root file system becomes "/": pivot_root, or a move and chroot, or chroot alone. */
int root_switch(struct inside *in, struct err *e);

/* Steps, last of all that concerns mounts. */
int root_set_readonly(struct inside *in, struct err *e);
int root_set_propagation(struct inside *in, struct err *e);

#endif
