/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_PROCFS_H
#define RT_INIT_PROCFS_H

#include "init/inside.h"

/*
 * procfs as the kernel made it, not as a container sees it: nothing can be mounted over its files and no link in it
 * leads out.  Labels and sysctls are written through it (a /proc that the container prepared could swallow them), and
 * descriptors are named through it.
 */

/* Whether a later step of this plan goes through it: most containers have neither labels nor sysctls, and a mount
 * attached nowhere waits for a grace period of the kernel when it is closed. */
bool procfs_is_needed(const struct inside *in);

/* Step: IN->proc_fd, a mount of its own. */
int procfs_open(struct inside *in, struct err *e);

/* Step, exec: the procfs of the host that rt itself uses, before the namespaces are joined.  This process stays in the
 * host's pid namespace until it needs none, so that it is there as "self". */
int procfs_open_existing(struct inside *in, struct err *e);

/* Step: nobody needs it any more, and this process may wait for `start` for long: those who share its pid namespace and
 * may trace it must not find an unmasked procfs in its hands. */
int procfs_close(struct inside *in, struct err *e);

/* Opens PATH below the procfs, mount points and magic links refused.  -1 with errno and without a text. */
int procfs_try_open_file(const struct inside *in, const char *path, int flags);

/* Writes VALUE to PATH in one write(2). */
int procfs_write(const struct inside *in, const char *path, const char *value, struct err *e);

/* Makes the procfs the working directory and NAME ("self/fd/N") a path of FD from there, for mount(2), which takes no
 * descriptors. */
int procfs_name_fd(const struct inside *in, int fd, char name[static 32], struct err *e);

#endif
