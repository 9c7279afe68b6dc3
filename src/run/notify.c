/* SPDX-License-Identifier: Apache-2.0 */
#include "run/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/span.h"
#include "base/sys.h"
#include "run/sendfd.h"

#define DATAGRAM_MAX 4096
#define BARRIER_TIMEOUT_MS 30000

int notify_make_directory(int dir_fd, struct err *e)
{
	/* Seen from inside by whatever user the program is. */
	if (sys_mkdirat(dir_fd, NOTIFY_DIRECTORY, 0755) < 0 || sys_fchmodat(dir_fd, NOTIFY_DIRECTORY, 0755) < 0)
		return err_errno(e, errno, "make the directory of the notify socket");
	return 0;
}

int notify_bind(int dir_fd, struct err *e)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	_cleanup_fd_ int notify_fd = -EBADF;
	_cleanup_fd_ int sock = -EBADF;

	notify_fd = sys_openat(dir_fd, NOTIFY_DIRECTORY, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	if (notify_fd < 0)
		return errno == ENOENT ? -1 : err_errno(e, errno, "open the directory of the notify socket");
	sock = sys_socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (sock < 0)
		return err_errno(e, errno, "make the notify socket");
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/" NOTIFY_NAME, notify_fd);
	if (sys_unlinkat(notify_fd, NOTIFY_NAME, 0) < 0 && errno != ENOENT)
		return err_errno(e, errno, "remove the old notify socket");
	if (sys_bind(sock, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
	    sys_fchmodat(notify_fd, NOTIFY_NAME, 0777) < 0)
		return err_errno(e, errno, "bind the notify socket");
	return fd_take(&sock);
}

static int connect_host(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t len = strlen(path);
	_cleanup_fd_ int sock = sys_socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (len >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, path, len);
	if (path[0] == '@') /* the abstract name space: unix(7) */
		address.sun_path[0] = '\0';
	if (sock < 0 || sendfd_limit_time(sock) < 0 ||
	    sys_connect(sock, (const struct sockaddr *)&address,
			(socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) < 0)
		return -1;
	return fd_take(&sock);
}

/* BARRIER=1 with the writing end of a pipe, which its receiver closes once it has read what came before. */
static int send_barrier(int sock)
{
	static const char text[] = "BARRIER=1";
	struct pollfd p = { .events = 0 }; /* POLLHUP is always told */
	_cleanup_fd_ int read_fd = -EBADF;
	_cleanup_fd_ int write_fd = -EBADF;
	int fds[2];

	if (sys_pipe2(fds, O_CLOEXEC) < 0)
		return -1;
	read_fd = fds[0];
	write_fd = fds[1];
	if (sendfd_send(sock, write_fd, text, sizeof(text) - 1) < 0)
		return -1;
	fd_close(&write_fd);
	p.fd = read_fd;
	(void)poll(&p, 1, BARRIER_TIMEOUT_MS); /* without an answer there is nothing to do but to go on */
	return 0;
}

static void tell_host(const char *host_socket, pid_t pid)
{
	_cleanup_fd_ int sock = connect_host(host_socket);
	char text[64];
	int len = snprintf(text, sizeof(text), "READY=1\nMAINPID=%d\n", (int)pid);

	/* The barrier: rt may exit right after, and the receiver looks up who the sender was. */
	if (sock < 0 || sys_write(sock, text, (size_t)len) < 0 || send_barrier(sock) < 0) {
		char why[24];

		log_warning("notify socket %s: %s", host_socket, err_errno_text(errno, why));
	}
}

/* Is READY=1 one of the lines of TEXT? */
static bool says_ready(const char *text)
{
	const char *line = text;

	for (;;) {
		size_t len = span_until(line, "\n");

		if (len == sizeof("READY=1") - 1 && memcmp(line, "READY=1", len) == 0)
			return true;
		if (line[len] == '\0')
			return false;
		line += len + 1;
	}
}

bool notify_take(int sock, const char *host_socket, pid_t pid)
{
	char text[DATAGRAM_MAX + 1];
	ssize_t n = sys_read(sock, text, DATAGRAM_MAX);

	if (n <= 0)
		return false;
	text[n] = '\0';
	if (!says_ready(text))
		return false;
	tell_host(host_socket, pid);
	return true;
}

int notify_wait(int sock, const char *host_socket, pid_t pid, int pidfd, struct err *e)
{
	for (;;) {
		struct pollfd p[] = {
			{ .fd = sock, .events = POLLIN },
			{ .fd = pidfd, .events = POLLIN },
		};

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return err_errno(e, errno, "wait for the notify socket");
		if (p[0].revents != 0 && notify_take(sock, host_socket, pid))
			return 0;
		if (p[0].revents == 0 && p[1].revents != 0)
			return 0;
	}
}
