/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CMD_OUTPUT_H
#define RT_CMD_OUTPUT_H

#include "base/err.h"
#include "base/json.h"

/* Ends the document in J and writes it to standard output, with a newline behind it. */
int output_json(struct json *j, struct err *e);

#endif
