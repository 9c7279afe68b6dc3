/* SPDX-License-Identifier: Apache-2.0 */
#include "run/startup.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/num.h"
#include "base/sys.h"
#include "run/fault.h"

/* A descriptor 0-2 that is closed would be given to the next file that is opened, and a message for standard error
 * would end in it. */
static int open_standard_fds(struct err *e)
{
	struct pollfd p[3] = { { .fd = 0 }, { .fd = 1 }, { .fd = 2 } };
	int fd;

	/* One look at all three. */
	if (poll(p, 3, 0) < 0)
		return err_errno(e, errno, "look at descriptors 0 to 2");
	for (fd = 0; fd <= 2; fd++) {
		/* To poll(2) one opened with O_PATH is closed too: ask. */
		if ((p[fd].revents & POLLNVAL) == 0 || fcntl(fd, F_GETFD) >= 0)
			continue;
		/* The lowest free number is FD itself: the ones below are open. Not O_CLOEXEC: the container gets
		 * it. */
		if (sys_openat(AT_FDCWD, "/dev/null", O_RDWR, 0) != fd)
			return err_errno(e, errno, "open /dev/null as descriptor %d", fd);
	}
	return 0;
}

int startup_process(struct err *e)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	if (open_standard_fds(e) < 0)
		return -1;
	/* A write to a closed pipe or socket is an error where it happens. */
	if (sigaction(SIGPIPE, &ignore, NULL) < 0)
		return err_errno(e, errno, "ignore SIGPIPE");
	return fault_arm_self(e);
}

int startup_check_fds(unsigned n, struct err *e)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		if (fcntl((int)(3 + i), F_GETFD) < 0)
			return err_set(e, ERR_USAGE, "cannot preserve %u descriptors: descriptor %u is not open", n,
				       3 + i);
	}
	return 0;
}
