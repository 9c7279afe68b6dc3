/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_EXPLAIN_H
#define RT_RUN_EXPLAIN_H

#include "base/err.h"
#include "plan/plan.h"

/* Init has failed with E: what on this host has denied it something gets into the hint.  Looked at only then. */
void explain_init(const struct plan *plan, struct err *e);

#endif
