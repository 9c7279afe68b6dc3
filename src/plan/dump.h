/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_PLAN_DUMP_H
#define RT_PLAN_DUMP_H

#include "base/json.h"
#include "plan/plan.h"

/* Writes the plan as stable JSON: flags by name, lists in order, what is not asked for left out.  `rt plan` prints it
 * and the golden tests compare it. */
void plan_dump(const struct plan *plan, struct json *j);

#endif
