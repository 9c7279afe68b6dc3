/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_TRACE_H
#define RT_INIT_TRACE_H

#include "init/inside.h"

/* Maps the page of base/trace.h, if rt has sent one: IN->trace, NULL without --trace. */
int trace_map(struct inside *in, struct err *e);

/* The step NAME begins, the one before it has ended.  Nothing without a page. */
void trace_begin(struct inside *in, const char *name);

/* Nothing is written from here on.  The page stays mapped until the exec. */
void trace_stop(struct inside *in);

#endif
