/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CMD_MATCH_H
#define RT_CMD_MATCH_H

#include "base/err.h"
#include "cmd/args.h"

/*
 * Calls ACTION for the container of the request, or with --regex for each whose id matches the POSIX extended regular
 * expression that stands in its place.  A failure does not stop the others; the first one is reported, those after it
 * are logged as warnings.
 */
typedef int match_action(const struct args *args, const struct request *req, struct err *e);
int match_containers(const struct args *args, match_action *action, struct err *e);

#endif
