/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_CLONE_RUN_H
#define RT_RUN_CLONE_RUN_H

#include <sys/types.h>

#include "base/kernel.h"

/* What the child does.  It ends in an exec or in _exit(2). */
typedef void clone_child(const void *arg);

/*
 * clone3(2) of a child that calls CHILD(ARG).  The pid, or -1 with errno.
 *
 * The child runs in the memory of this process where that can be done, as vfork(2) has it: no page table is copied, and
 * no page is twice there because both sides go on writing.  This process sleeps until the child has executed its
 * program or has ended.  So CHILD
 *   - waits for nothing that this process does;
 *   - changes nothing that is in memory but its own variables, and errno;
 *   - asks for nothing that the kernel keeps with the memory and not with the process, like PR_SET_DUMPABLE.
 * Descriptors, signal handlers, working directory and identity are its own as after a fork.
 */
pid_t clone_run(const struct k_clone_args *args, clone_child *child, const void *arg);

/* The same with a copy of the memory: a child that waits, or that changes what belongs to the memory. */
pid_t clone_run_copy(const struct k_clone_args *args, clone_child *child, const void *arg);

#endif
