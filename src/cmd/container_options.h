/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CMD_CONTAINER_OPTIONS_H
#define RT_CMD_CONTAINER_OPTIONS_H

#include "cmd/args.h"

/* Option tables that several verbs share. */

extern const struct option_row bundle_rows[];    /* which configuration: create, run, plan, check */
extern const struct option_row container_rows[]; /* how it is made: create, run, plan */
extern const struct option_row trace_rows[];     /* create, run, exec */
extern const struct option_row stdio_rows[];     /* terminal, pid file, descriptors: create, run, exec */
extern const struct option_row format_rows[];    /* table or json: list, ps */

#endif
