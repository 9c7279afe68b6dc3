/* SPDX-License-Identifier: Apache-2.0 */
#include "state/state.h"

#include "cmd/container.h"
#include "cmd/output.h"
#include "cmd/verbs.h"

int cmd_state(const struct args *args, struct err *e)
{
	_cleanup_json_ struct json j = JSON_INIT(2);
	struct container c;

	if (container_load(args->req.root, args->req.id, args->req.arena, &c, e) < 0)
		return -1;
	/* The owner's name would cost a lookup in the user database; as in runc it is for `list` alone. */
	state_print(&c.state, c.status, "", &j);
	return output_json(&j, e);
}
