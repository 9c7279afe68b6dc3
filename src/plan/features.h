/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_PLAN_FEATURES_H
#define RT_PLAN_FEATURES_H

#include <stdint.h>

#include "base/json.h"

/* The oldest and the newest version of the specification that are read, and the version of what rt writes. */
#define FEATURES_OCI_VERSION_MIN "1.0.0"
#define FEATURES_OCI_VERSION "1.3.0"

/*
 * The features document (features.md, features-linux.md), from the tables by which the builders read a configuration:
 * what is announced is what is understood.  VERSION and COMMIT are rt's.  SECCOMP_FLAGS (SECCOMP_FILTER_FLAG_*) are
 * those that the kernel knows; nothing else depends on the host.
 */
void features_print(const char *version, const char *commit, uint64_t seccomp_flags, struct json *j);

#endif
