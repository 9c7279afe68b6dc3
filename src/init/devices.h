/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_DEVICES_H
#define RT_INIT_DEVICES_H

#include <sys/types.h>

#include "init/inside.h"

/* Before the mounts: the root's /dev, made if it is missing, as IN->dev_fd.  What is mounted on it takes its place. */
int devices_note_dev(struct inside *in, struct err *e);

/* Step: device nodes and links of /dev; IN->dev_fd. */
int devices_make(struct inside *in, struct err *e);

/* Opens (O_PATH) the container's /dev/null and makes sure that it is the null device.  -1 with an error; errno ENOENT
 * if there is none. */
int devices_open_null(const struct inside *in, struct err *e);

#endif
