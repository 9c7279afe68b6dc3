/* SPDX-License-Identifier: Apache-2.0 */
#include "base/message.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/fd.h"
#include "base/sys.h"

/* What every datagram starts with. */
struct header {
	uint32_t type;
	uint32_t n_fds;
	uint32_t len;
};

/* Room for the descriptors, aligned as the kernel wants it. */
union control {
	struct cmsghdr align;
	char space[CMSG_SPACE(sizeof(int) * MESSAGE_FDS_MAX)];
};

static const char type_name[MESSAGE_TYPE_COUNT][12] = {
	[MESSAGE_HELLO] = "hello",
	[MESSAGE_FDS] = "fds",
	[MESSAGE_CONTINUE] = "continue",
	[MESSAGE_GO] = "go",
	[MESSAGE_CHILD] = "child",
	[MESSAGE_MAPS] = "maps",
	[MESSAGE_NETDEV] = "netdev",
	[MESSAGE_HOOKS] = "hooks",
	[MESSAGE_CONSOLE] = "console",
	[MESSAGE_NOTIFY] = "notify",
	[MESSAGE_READY] = "ready",
	[MESSAGE_WARNING] = "warning",
	[MESSAGE_ERROR] = "error",
};

const char *message_type_name(enum message_type type)
{
	if ((unsigned)type >= MESSAGE_TYPE_COUNT)
		return "unknown";
	return type_name[type];
}

void message_release(struct message *m)
{
	unsigned i;

	for (i = 0; i < m->n_fds; i++)
		fd_close(&m->fds[i]);
	m->n_fds = 0;
}

static ssize_t send_with_fds(int sock, void *datagram, size_t size, const int *fds, unsigned n_fds)
{
	/* Zeroed as a whole: the C library's structures have padding that the kernel reads as part of a length. */
	union control control;
	struct iovec iov = { .iov_base = datagram, .iov_len = size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;

	memset(&control, 0, sizeof(control));
	msg.msg_control = control.space;
	msg.msg_controllen = CMSG_SPACE(sizeof(int) * n_fds);
	c = CMSG_FIRSTHDR(&msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int) * n_fds);
	memcpy(CMSG_DATA(c), fds, sizeof(int) * n_fds);
	return sys_sendmsg(sock, &msg, 0);
}

int message_send(int sock, enum message_type type, const void *payload, size_t len, const int *fds, unsigned n_fds,
		 struct err *e)
{
	struct {
		struct header header;
		char payload[MESSAGE_PAYLOAD_MAX];
	} datagram;
	size_t size = sizeof(datagram.header) + len;
	ssize_t n;

	if (len > sizeof(datagram.payload) || n_fds > MESSAGE_FDS_MAX)
		return err_set(e, ERR_INTERNAL, "message \"%s\" is too large: %zu bytes, %u descriptors",
			       message_type_name(type), len, n_fds);
	datagram.header = (struct header){ .type = type, .n_fds = n_fds, .len = (uint32_t)len };
	if (len > 0)
		memcpy(datagram.payload, payload, len);
	if (n_fds > 0)
		n = send_with_fds(sock, &datagram, size, fds, n_fds);
	else
		n = sys_write(sock, &datagram, size);
	if (n < 0)
		return err_errno(e, errno, "send message \"%s\"", message_type_name(type));
	if ((size_t)n != size)
		return err_set(e, ERR_INTERNAL, "message \"%s\" was sent in part", message_type_name(type));
	return 0;
}

/* Moves the descriptors of MSG's control data to M.  All of them, whatever is wrong, so that they can be closed. */
static int take_fds(struct msghdr *msg, struct message *m)
{
	struct cmsghdr *c;
	int result = 0;

	for (c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		size_t n;
		size_t i;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) {
			result = -1;
			continue;
		}
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (m->n_fds < MESSAGE_FDS_MAX) {
				m->fds[m->n_fds++] = fd;
			} else {
				fd_close(&fd);
				result = -1;
			}
		}
	}
	return result;
}

static int refuse(struct message *m, const char *why, struct err *e)
{
	message_release(m);
	return err_set(e, ERR_INTERNAL, "malformed message: %s", why);
}

int message_recv(int sock, struct message *m, struct err *e)
{
	union control control;
	struct header header;
	struct iovec iov[2] = {
		{ .iov_base = &header, .iov_len = sizeof(header) },
		{ .iov_base = m->payload, .iov_len = sizeof(m->payload) },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	ssize_t n;

	m->n_fds = 0;
	m->len = 0;
	memset(&control, 0, sizeof(control));
	msg.msg_control = control.space;
	msg.msg_controllen = sizeof(control.space);
	n = sys_recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
	if (n < 0)
		return err_errno(e, errno, "receive message");
	if (take_fds(&msg, m) < 0)
		return refuse(m, "unexpected control data", e);
	if (n == 0 && m->n_fds == 0) /* nothing sends an empty datagram */
		return 0;
	if ((msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
		return refuse(m, "truncated", e);
	if ((size_t)n < sizeof(header) || header.type >= MESSAGE_TYPE_COUNT)
		return refuse(m, "bad header", e);
	if (header.len != (size_t)n - sizeof(header) || header.n_fds != m->n_fds)
		return refuse(m, "length or number of descriptors differs from the header", e);
	m->type = (enum message_type)header.type;
	m->len = header.len;
	return 1;
}

int message_recv_plain(int sock, enum message_type *ret_type, struct err *e)
{
	/* A byte more than a header, so that a longer datagram shows. */
	struct {
		struct header header;
		char more;
	} datagram;
	ssize_t n = sys_read(sock, &datagram, sizeof(datagram));

	if (n < 0)
		return err_errno(e, errno, "receive message");
	if (n == 0)
		return 0;
	if ((size_t)n != sizeof(datagram.header) || datagram.header.type >= MESSAGE_TYPE_COUNT ||
	    datagram.header.len != 0 || datagram.header.n_fds != 0)
		return err_set(e, ERR_INTERNAL, "malformed message: expected one without payload");
	*ret_type = (enum message_type)datagram.header.type;
	return 1;
}
