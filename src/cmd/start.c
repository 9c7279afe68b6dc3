/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/verbs.h"
#include "run/run.h"

int cmd_start(const struct args *args, struct err *e)
{
	return run_start(&args->req, e);
}
