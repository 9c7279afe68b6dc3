/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_EMBED_REQUEST_H
#define RT_EMBED_REQUEST_H

#include "base/err.h"
#include "libs/libs.h"

/*
 * A sealed memfd with a copy of REQUEST and of all that it points at, made at LIBS_ADDRESS.
 *
 * A copy, not the pages of the plan: rt-libs gets what it needs and no environment or argument of a container; strings
 * of the plan may lie in the file of rt; and not every request has a plan.
 */
int request_make(const struct libs_request *request, struct err *e);

#endif
