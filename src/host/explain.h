/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_HOST_EXPLAIN_H
#define RT_HOST_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/*
 * What a host has done to a caller without privileges, in words that say what to do about it.  Looked at after
 * something has failed and never before.  Each function takes an error with its errnum and sets the hint where it
 * finds the cause; an error that has a hint keeps it.
 *
 * ROOT stands in front of the paths of the host that are looked at: "" but in tests.
 */

/* Namespaces (FLAGS: CLONE_NEW*) were refused: sysctls, AppArmor, a chroot, a seccomp filter.  Sources:
 * user_namespaces(7), namespaces(7), clone(2); the first two sysctls are of Debian and of AppArmor. */
void explain_namespaces(const char *root, uint64_t flags, struct err *e);

/* Something was denied inside a user namespace that is there: AppArmor may have taken its capabilities away. */
void explain_denied_inside(const char *root, struct err *e);

/* The absolute PATH, with ROOT in front, can not be reached by the caller: names the directory that denies it. */
void explain_unreachable(const char *root, const char *path, struct err *e);

/* The state root unless --root or XDG_RUNTIME_DIR says another. */
#define HOST_STATE_ROOT "/run/rt"

/* The state root PATH can not be made or opened; RUNTIME_DIR: XDG_RUNTIME_DIR, or NULL. */
void explain_state_root(const char *path, const char *runtime_dir, struct err *e);

/* The program at the absolute PATH should have had rights by its set-uid bit or by file capabilities. */
void explain_no_rights(const char *root, const char *path, struct err *e);

#endif
