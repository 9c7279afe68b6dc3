/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/container_cgroup.h"

bool container_has_cgroup(const struct container *c)
{
	return c->state.cgroup.driver != CGROUP_DRIVER_NONE && c->state.cgroup.path[0] != '\0';
}

int container_open_cgroup(const struct container *c, struct err *e)
{
	int fd;

	if (!container_has_cgroup(c)) {
		(void)err_set(e, ERR_UNSUPPORTED,
			      "container \"%s\" has no cgroup of its own, so what it uses is not known", c->state.id);
		return err_hint(e, "create it with a cgroup manager other than \"disabled\"");
	}
	fd = cgroup_driver_get(c->state.cgroup.driver)->open(&c->state.cgroup, e);
	return fd < 0 ? err_prefix(e, "container \"%s\"", c->state.id) : fd;
}

bool container_is_live(const struct container *c)
{
	return c->status == STATUS_CREATED || c->status == STATUS_RUNNING || c->status == STATUS_PAUSED;
}

int container_check_live(const struct container *c, struct err *e)
{
	if (container_is_live(c))
		return 0;
	return err_set(e, ERR_STATE, "container \"%s\": container not running (%s)", c->state.id,
		       state_status_name(c->status));
}
