/* SPDX-License-Identifier: Apache-2.0 */
#include "run/sendfd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/sys.h"

/* A receiver that has not taken it by then hangs; create waits with the container's lock. */
#define TIMEOUT_S 10

int sendfd_make_address(const char *path, struct sockaddr_un *ret, int *ret_dir_fd, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char directory[PATH_MAX];
	int n;

	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) < sizeof(ret->sun_path)) {
		memcpy(ret->sun_path, path, strlen(path) + 1);
		return 0;
	}
	if (slash == NULL || (size_t)(slash - path) >= sizeof(directory))
		return err_errno(e, ENAMETOOLONG, "socket %s", path);
	memcpy(directory, path, (size_t)(slash - path));
	directory[slash - path] = '\0';
	*ret_dir_fd = sys_openat(AT_FDCWD, directory, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	if (*ret_dir_fd < 0)
		return err_errno(e, errno, "open %s", directory);
	n = snprintf(ret->sun_path, sizeof(ret->sun_path), "/proc/self/fd/%d%s", *ret_dir_fd, slash);
	if (n < 0 || (size_t)n >= sizeof(ret->sun_path))
		return err_errno(e, ENAMETOOLONG, "socket %s", path);
	return 0;
}

int sendfd_limit_time(int sock)
{
	const struct timeval timeout = { .tv_sec = TIMEOUT_S };

	/* unix(7): connect(2) waits for room in the backlog, and that wait is limited too. */
	return setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
}

ssize_t sendfd_send(int sock, int fd, const char *text, size_t len)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { .iov_base = (char *)text, .iov_len = len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.space };
	struct cmsghdr *c;

	memset(&control, 0, sizeof(control));
	msg.msg_controllen = sizeof(control.space);
	c = CMSG_FIRSTHDR(&msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	return sys_sendmsg(sock, &msg, MSG_NOSIGNAL);
}

/* EAGAIN is what the kernel says when the time is over. */
static int explain_timeout(struct err *e)
{
	if (e->errnum == EAGAIN)
		return err_hint(e, "its receiver has not answered for %d s", TIMEOUT_S);
	return -1;
}

static int connect_and_send(int sock, const char *path, int fd, const char *text, size_t len, struct err *e)
{
	_cleanup_fd_ int dir_fd = -EBADF;
	struct sockaddr_un address;
	ssize_t sent;

	if (sendfd_make_address(path, &address, &dir_fd, e) < 0)
		return -1;
	if (sys_connect(sock, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return err_errno(e, errno, "connect to %s", path);
	sent = sendfd_send(sock, fd, text, len);
	if (sent < 0)
		return err_errno(e, errno, "send a descriptor to %s", path);
	/* The descriptor went with the first byte; a long text may take more than one call. */
	return io_write_all(sock, text + sent, len - (size_t)sent, path, e);
}

int sendfd_to_path(const char *path, int fd, const char *text, size_t len, struct err *e)
{
	_cleanup_fd_ int sock = sys_socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (sock < 0 || sendfd_limit_time(sock) < 0)
		return err_errno(e, errno, "make a socket");
	return connect_and_send(sock, path, fd, text, len, e) == 0 ? 0 : explain_timeout(e);
}
