/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/container.h"

#include <errno.h>

#include "base/fd.h"

int container_load_at(int root_fd, const char *id, const char *boot_id, struct arena *a, struct container *ret,
		      struct err *e)
{
	struct container c;

	if (state_read_below(root_fd, id, a, &c.state, e) < 0 ||
	    state_get_status_below(boot_id, root_fd, &c.state, &c.status, e) < 0)
		return -1;
	*ret = c;
	return 0;
}

int container_load(const char *root, const char *id, struct arena *a, struct container *ret, struct err *e)
{
	_cleanup_fd_ int root_fd = -EBADF;

	if (state_check_id(id, e) < 0)
		return -1;
	root_fd = state_open_root(root, false, e);
	if (root_fd < 0 && e->errnum == ENOENT)
		return state_set_missing(id, e);
	if (root_fd < 0)
		return -1;
	return container_load_at(root_fd, id, NULL, a, ret, e);
}
