/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/verbs.h"
#include "run/run.h"

int cmd_pause(const struct args *args, struct err *e)
{
	return run_pause(&args->req, e);
}

int cmd_resume(const struct args *args, struct err *e)
{
	return run_resume(&args->req, e);
}
