/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/verbs.h"
#include "run/run.h"

int cmd_start(const struct args *args, int *ret_status, struct err *e)
{
	(void)ret_status; /* success is all there is */
	return run_start(&args->req, e);
}
