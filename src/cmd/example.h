/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CMD_EXAMPLE_H
#define RT_CMD_EXAMPLE_H

#include <stdint.h>

#include "base/json.h"

/* The configuration that `rt spec` writes: a shell on a terminal in ./rootfs, as isolated as is usual. */
void example_encode(struct json *j);

/* The same for a caller who may make nothing but a user namespace, in which UID and GID become root. */
void example_encode_rootless(uint32_t uid, uint32_t gid, struct json *j);

#endif
