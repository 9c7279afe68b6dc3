/* SPDX-License-Identifier: Apache-2.0 */
#include "init/cwd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/sys.h"

/*
 * A directory that was reached through a descriptor of the host (/proc/self/fd/N) has no path in the container: the
 * kernel then says "(unreachable)".
 */
static int check_inside(struct err *e)
{
	char path[PATH_MAX];

	if (syscall(SYS_getcwd, path, sizeof(path)) < 0)
		return err_errno(e, errno, "getcwd");
	if (path[0] != '/')
		return err_set(e, ERR_CONFIG,
			       "current working directory is outside of container mount namespace root -- "
			       "possible container breakout detected");
	return 0;
}

/* Magic links are refused: /proc/self/fd/N could be any directory that this process still holds. */
int cwd_enter(struct inside *in, struct err *e)
{
	const char *cwd = in->plan->process.cwd;
	_cleanup_fd_ int fd = -EBADF;

	if (strcmp(cwd, "/") == 0) /* needs no lookup and can not be outside */
		return sys_chdir("/") < 0 ? err_errno(e, errno, "chdir to /") : 0;
	fd = path_try_open_in_root(in->root_fd, cwd, O_PATH | O_DIRECTORY, 0);
	if (fd >= 0 && sys_fchdir(fd) == 0)
		return check_inside(e);
	if (errno == EACCES || errno == EPERM) {
		/* A network file system that maps root to nobody, for one. */
		in->cwd_denied = true;
		return 0;
	}
	return err_errno(e, errno, "chdir to cwd (\"%s\") set in config.json failed", cwd);
}

/* By name, not by openat2: this may run under the container's filter. */
int cwd_enter_again(struct inside *in, struct err *e)
{
	const char *cwd = in->plan->process.cwd;

	if (!in->cwd_denied)
		return 0;
	if (sys_chdir(cwd) < 0)
		return err_errno(e, errno, "chdir to cwd (\"%s\") set in config.json failed", cwd);
	return check_inside(e);
}
