/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CMD_USAGE_H
#define RT_CMD_USAGE_H

#include <stdio.h>

#include "cmd/args.h"

/* Help texts, printed from the verb and option tables. */

/* `rt --help` */
void usage_print(FILE *out);

/* `rt VERB --help` */
void usage_print_verb(const struct verb *verb, FILE *out);

#endif
