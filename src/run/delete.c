/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/fd.h"
#include "base/log.h"
#include "run/run.h"
#include "run/target.h"

/* What delete may end: what has stopped, what was never started, and with --force everything. */
static int check_status(const struct state *s, enum state_status status, bool force, struct err *e)
{
	if (force || status == STATUS_STOPPED || status == STATUS_CREATED)
		return 0;
	return err_set(e, ERR_STATE, "cannot delete container %s that is not stopped: %s", s->id,
		       state_status_name(status));
}

static int delete_known(struct target *t, bool force, struct err *e)
{
	_cleanup_fd_ int pidfd = -EBADF;
	enum state_status status = STATUS_STOPPED;
	char boot_id[STATE_BOOT_ID_SIZE];

	if (state_read_boot_id(boot_id, e) < 0)
		return -1;
	/* An intent whose lock could be had: the rt that wrote it is dead, and so is its init, or will be at once. */
	if (t->state.complete &&
	    state_get_status_of_boot(boot_id, t->dir_fd, &t->state, &status, &pidfd, e) < 0)
		return -1;
	if (check_status(&t->state, status, force, e) < 0)
		return -1;
	return target_destroy(t->root_fd, t->dir_fd, &t->state, boot_id, pidfd, e);
}

int run_delete(const struct request *req, bool force, struct err *e)
{
	_cleanup_target_ struct target t = TARGET_INIT(req);
	struct err unreadable = ERR_INIT;

	if (target_open(&t, req, e) < 0 || state_lock(t.root_fd, t.dir_fd, req->id, e) < 0) {
		if (!force || !state_is_missing(e))
			return -1;
		err_clear(e); /* to be gone is what was asked for */
		return t.root_fd < 0 ? 0 : state_remove_dead(t.root_fd, req->id, e);
	}
	if (state_read(t.dir_fd, req->id, t.arena, &t.state, &unreadable) == 0)
		return delete_known(&t, force, e);
	/* An error of the disk may pass; without the record the rest could not be found any more. */
	if (!force || unreadable.kind != ERR_STATE) {
		*e = unreadable;
		return -1;
	}
	/* Cut off between the reservation of the id and the intent, when nothing else was there yet; or damaged. */
	log_warning("%s: only its directory is removed", unreadable.msg);
	return state_remove(t.root_fd, t.dir_fd, req->id, e);
}
