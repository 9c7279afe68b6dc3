/* SPDX-License-Identifier: Apache-2.0 */
#include "run/netdev_namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/message.h"
#include "base/process.h"
#include "base/sys.h"

#define CHILD_TIMEOUT_MS 10000

int netdev_namespace_of(int socket, struct err *e)
{
	struct stat own, its;
	/* Linux 4.9; O_CLOEXEC from its birth. */
	_cleanup_fd_ int fd = sys_ioctl(socket, SIOCGSKNS, NULL);

	if (fd < 0)
		return err_errno(e, errno, "open the container's network namespace");
	if (fstat(fd, &its) < 0 || fstatat(AT_FDCWD, "/proc/self/ns/net", &own, 0) < 0)
		return err_errno(e, errno, "compare the container's network namespace with the host's");
	if (own.st_ino == its.st_ino && own.st_dev == its.st_dev)
		return err_set(e, ERR_CONFIG, "the container's network namespace is the host's");
	return fd_take(&fd);
}

static int open_netlink(void)
{
	return sys_socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
}

/* The child: its exit status is an errno value. */
static _Noreturn void connect_and_send(int ns_fd, int sock)
{
	struct err ignored = ERR_INIT;
	int fd;

	if (sys_setns(ns_fd, K_CLONE_NEWNET) < 0)
		_exit(errno);
	fd = open_netlink();
	if (fd < 0)
		_exit(errno);
	/* The status says it. */
	_exit(message_send(sock, MESSAGE_NETDEV, NULL, 0, &fd, 1, &ignored) < 0 ? EIO : 0);
}

static int explain_child(const struct process_end *end, struct err *e)
{
	(void)err_errno(e, end->code == CLD_EXITED ? end->status : EIO, "enter the container's network namespace");
	return end->status == EPERM ? err_hint(e, "to move network devices takes root's rights on the host") : -1;
}

static int receive_socket(int sock, int *ret, struct err *e)
{
	_cleanup_message_ struct message m;
	int r;

	m.n_fds = 0; /* the rest is filled by what is received */
	r = message_recv(sock, &m, e);
	if (r < 0)
		return -1;
	if (r == 0 || m.n_fds != 1)
		return err_set(e, ERR_INTERNAL, "the child in the network namespace sent no socket");
	*ret = fd_take(&m.fds[0]);
	return 0;
}

/* A socket that a child of ours has made in the namespace behind NS_FD. */
static int open_netlink_in(int ns_fd, struct err *e)
{
	_cleanup_fd_ int ours = -EBADF;
	_cleanup_fd_ int childs = -EBADF;
	struct process child = PROCESS_INIT;
	/* No signal at its end: a `run` in the foreground takes SIGCHLD for its container's. */
	const struct k_clone_args args = { .flags = K_CLONE_PIDFD, .pidfd = (uint64_t)(uintptr_t)&child.pidfd };
	struct process_end end;
	int pair[2];
	int fd = -EBADF;

	if (sys_socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_errno(e, errno, "make a socket pair");
	ours = pair[0];
	childs = pair[1];
	child.pid = sys_clone3(&args);
	if (child.pid < 0)
		return err_errno(e, errno, "clone3");
	if (child.pid == 0)
		connect_and_send(ns_fd, childs);
	fd_close(&childs);
	if (process_reap(&child, CHILD_TIMEOUT_MS, &end, e) < 0) {
		fd_close(&child.pidfd);
		return -1;
	}
	if (end.code != CLD_EXITED || end.status != 0)
		return explain_child(&end, e);
	return receive_socket(ours, &fd, e) < 0 ? -1 : fd;
}

int netdev_namespace_connect(int ns_fd, struct netlink *ret, struct err *e)
{
	_cleanup_fd_ int fd = ns_fd < 0 ? open_netlink() : open_netlink_in(ns_fd, e);

	if (fd < 0)
		return ns_fd < 0 ? err_errno(e, errno, "open a netlink socket") : -1;
	if (netlink_prepare(fd, e) < 0)
		return -1;
	*ret = (struct netlink){ .fd = fd_take(&fd) };
	return 0;
}
