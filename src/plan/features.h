/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_PLAN_FEATURES_H
#define RT_PLAN_FEATURES_H

/* The oldest and the newest version of the specification that are read, and the version of what rt writes. */
#define FEATURES_OCI_VERSION_MIN "1.0.0"
#define FEATURES_OCI_VERSION "1.3.0"

#endif
