/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>

#include "base/fd.h"
#include "base/sys.h"
#include "run/run.h"
#include "run/target.h"

static int not_running(const char *id, struct err *e)
{
	return err_set(e, ERR_STATE, "container \"%s\": container not running", id);
}

/* Whether SIG goes to the cgroup.  Where init has no pid namespace of its own, its death does not take the others
 * along; where it has one and there is no cgroup, init is all that can be named, and enough. */
static bool is_for_cgroup(const struct state *s, int sig, bool all, bool is_alive)
{
	if (s->cgroup.path[0] == '\0')
		return all && !s->has_own_pid_ns;
	return all || (is_alive && sig == SIGKILL && !s->has_own_pid_ns);
}

static int kill_cgroup(const struct state *s, int sig, struct err *e)
{
	/* Without a path, the driver that says why there is nothing to kill. */
	enum cgroup_driver_kind kind = s->cgroup.path[0] == '\0' ? CGROUP_DRIVER_NONE : s->cgroup.driver;

	return cgroup_driver_get(kind)->kill(&s->cgroup, sig, e);
}

/* Takes no lock: a signal must get through while another command waits. */
int run_kill(const struct request *req, int sig, bool all, struct err *e)
{
	_cleanup_target_ struct target t = TARGET_INIT(req);
	_cleanup_fd_ int pidfd = -EBADF;
	const struct state *s = &t.state;
	int alive;

	if (target_open(&t, req, e) < 0 || state_read(t.dir_fd, req->id, t.arena, &t.state, e) < 0)
		return -1;
	alive = state_open_process(s, &pidfd, e);
	if (alive < 0)
		return -1;
	if (is_for_cgroup(s, sig, all, alive > 0) && (alive > 0 || !cgroup_is_of_others(&s->cgroup)))
		return kill_cgroup(s, sig, e);
	if (!alive)
		return not_running(req->id, e);
	/* The pidfd is of exactly the process that was looked at. */
	if (sys_pidfd_send_signal(pidfd, sig, NULL, 0) < 0)
		return errno == ESRCH ? not_running(req->id, e) :
					err_errno(e, errno, "send signal %d to \"%s\"", sig, req->id);
	return 0;
}
