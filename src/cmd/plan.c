/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/container_options.h"
#include "cmd/dry_run.h"
#include "cmd/output.h"
#include "cmd/verbs.h"
#include "plan/dump.h"

const struct option_row *const plan_options[] = { bundle_rows, stdio_rows, container_rows, NULL };

int cmd_plan(const struct args *args, struct err *e)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	_cleanup_json_ struct json j = JSON_INIT(2);
	struct findings findings = FINDINGS_INIT(&a);
	struct request req = args->req;
	struct bundle bundle;
	const struct plan *plan;

	req.id = args->n_operands > 0 ? args->operands[0] : "ID"; /* any will do: nothing is made */
	if (bundle_read(&req, &a, &bundle, e) < 0)
		return -1;
	if (dry_run(&req, &bundle, false, &a, &findings, &plan, e) < 0)
		return -1;
	plan_dump(plan, &j);
	return output_json(&j, e);
}
