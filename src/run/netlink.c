/* SPDX-License-Identifier: Apache-2.0 */
#include "run/netlink.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/sys.h"

/* The kernel fills up to 32 KiB of a reader's buffer (netlink_dump() of net/netlink/af_netlink.c). */
#define DATAGRAM_MAX 32768
#define TIMEOUT_S 10
/* Datagrams that are not for us: late answers, or what another process has sent. */
#define STRAYS_MAX 1000

void netlink_begin(struct netlink_request *r, uint16_t type, uint16_t flags, const void *body, size_t len)
{
	const struct nlmsghdr header = {
		.nlmsg_type = type,
		.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | ((flags & NLM_F_DUMP) == NLM_F_DUMP ? 0 : NLM_F_ACK) | flags),
	};

	memset(r, 0, sizeof(*r));
	memcpy(r->bytes, &header, sizeof(header));
	memcpy(r->bytes + NLMSG_HDRLEN, body, len);
	r->len = NLMSG_HDRLEN + NLMSG_ALIGN(len);
}

void netlink_put(struct netlink_request *r, uint16_t type, const void *data, size_t len)
{
	struct rtattr head = { .rta_type = type };

	if (r->overflow || len > sizeof(r->bytes) || RTA_SPACE(len) > sizeof(r->bytes) - r->len) {
		r->overflow = true;
		return;
	}
	head.rta_len = (unsigned short)RTA_LENGTH(len);
	memcpy(r->bytes + r->len, &head, sizeof(head));
	memcpy(r->bytes + r->len + RTA_LENGTH(0), data, len);
	r->len += RTA_SPACE(len);
}

void netlink_put_u32(struct netlink_request *r, uint16_t type, uint32_t value)
{
	netlink_put(r, type, &value, sizeof(value));
}

void netlink_put_string(struct netlink_request *r, uint16_t type, const char *value)
{
	netlink_put(r, type, value, strlen(value) + 1);
}

/* The attribute TYPE among the LEN bytes at P. */
static const void *find_attribute(const char *p, size_t len, uint16_t type, size_t *ret_len)
{
	while (len >= sizeof(struct rtattr)) {
		struct rtattr head;
		size_t step;

		memcpy(&head, p, sizeof(head));
		if (head.rta_len < sizeof(head) || head.rta_len > len)
			return NULL;
		if ((head.rta_type & NLA_TYPE_MASK) == type) {
			*ret_len = head.rta_len - RTA_LENGTH(0);
			return p + RTA_LENGTH(0);
		}
		step = RTA_ALIGN(head.rta_len);
		if (step >= len)
			return NULL;
		p += step;
		len -= step;
	}
	return NULL;
}

const void *netlink_find(const struct netlink_answer *a, size_t body_len, uint16_t type, size_t *ret_len)
{
	const size_t skip = NLMSG_ALIGN(body_len);

	return skip < a->len ? find_attribute(a->body + skip, a->len - skip, type, ret_len) : NULL;
}

static int copy_string(const char *s, size_t len, char *buf, size_t size)
{
	const char *end = s != NULL ? memchr(s, '\0', len) : NULL;

	if (end == NULL || (size_t)(end - s) >= size)
		return -1;
	memcpy(buf, s, (size_t)(end - s) + 1);
	return 0;
}

int netlink_find_string(const struct netlink_answer *a, size_t body_len, uint16_t type, char *buf, size_t size)
{
	size_t len = 0;
	const char *s = netlink_find(a, body_len, type, &len);

	return copy_string(s, len, buf, size);
}

int netlink_prepare(int fd, struct err *e)
{
	const struct timeval timeout = { .tv_sec = TIMEOUT_S };
	const int on = 1;

	/* Only for better messages: kernels before 4.12 have neither. */
	(void)setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	(void)setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) < 0)
		return err_errno(e, errno, "bound the wait for netlink");
	return 0;
}

/* The kernel's own words in an acknowledgement, into BUF; "" where there are none. */
static void find_words(const struct nlmsghdr *header, const char *body, size_t len, char *buf, size_t size)
{
	struct nlmsgerr answer;
	size_t skip = sizeof(answer);
	size_t text_len = 0;
	const char *text;

	buf[0] = '\0';
	memcpy(&answer, body, sizeof(answer));
	if ((header->nlmsg_flags & NLM_F_ACK_TLVS) == 0)
		return;
	if ((header->nlmsg_flags & NLM_F_CAPPED) == 0 && answer.msg.nlmsg_len > NLMSG_HDRLEN)
		skip += NLMSG_ALIGN(answer.msg.nlmsg_len - NLMSG_HDRLEN);
	if (skip >= len)
		return;
	text = find_attribute(body + skip, len - skip, NLMSGERR_ATTR_MSG, &text_len);
	(void)copy_string(text, text_len, buf, size); /* BUF stays "" */
}

/* NLMSG_ERROR: 0 is an acknowledgement. */
static int take_acknowledgement(const struct nlmsghdr *header, const char *body, size_t len, const char *what,
				struct err *e)
{
	struct nlmsgerr answer;
	char words[160];

	if (len < sizeof(answer))
		return err_set(e, ERR_INTERNAL, "%s: netlink: short acknowledgement", what);
	memcpy(&answer, body, sizeof(answer));
	if (answer.error == 0)
		return 0;
	if (answer.error > 0 || answer.error < -4095)
		return err_set(e, ERR_INTERNAL, "%s: netlink: error number %d", what, answer.error);
	find_words(header, body, len, words, sizeof(words));
	if (words[0] != '\0')
		return err_errno(e, -answer.error, "%s: %s", what, words);
	return err_errno(e, -answer.error, "%s", what);
}

int netlink_read_datagram(const char *bytes, size_t len, uint32_t sequence, netlink_take *take, void *context,
			  const char *what, struct err *e)
{
	while (len > 0) {
		struct nlmsghdr header;
		struct netlink_answer a;
		size_t step;

		if (len < sizeof(header))
			return err_set(e, ERR_INTERNAL, "%s: netlink: short message", what);
		memcpy(&header, bytes, sizeof(header));
		if (header.nlmsg_len < NLMSG_HDRLEN || header.nlmsg_len > len)
			return err_set(e, ERR_INTERNAL, "%s: netlink: bad length %u", what, header.nlmsg_len);
		if (header.nlmsg_seq != sequence)
			return 1; /* the late answer to a request that was given up */
		a = (struct netlink_answer){ header.nlmsg_type, bytes + NLMSG_HDRLEN, header.nlmsg_len - NLMSG_HDRLEN };
		if (a.type == NLMSG_ERROR)
			return take_acknowledgement(&header, a.body, a.len, what, e);
		if ((header.nlmsg_flags & NLM_F_DUMP_INTR) != 0)
			return err_errno(e, EINTR, "%s: the list changed while it was read", what);
		if (a.type == NLMSG_DONE)
			return 0;
		if (take == NULL)
			return err_set(e, ERR_INTERNAL, "%s: netlink: unexpected answer %u", what, a.type);
		if (take(context, &a, e) < 0)
			return -1;
		step = NLMSG_ALIGN(header.nlmsg_len);
		if (step >= len)
			return 1;
		bytes += step;
		len -= step;
	}
	return 1;
}

static int send_request(struct netlink *n, struct netlink_request *r, const char *what, struct err *e)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct iovec iov = { .iov_base = r->bytes, .iov_len = r->len };
	const struct msghdr msg = {
		.msg_name = &kernel, .msg_namelen = sizeof(kernel), .msg_iov = &iov, .msg_iovlen = 1
	};
	struct nlmsghdr header;

	if (r->overflow)
		return err_set(e, ERR_INTERNAL, "%s: netlink: the request is too long", what);
	memcpy(&header, r->bytes, sizeof(header));
	header.nlmsg_len = (uint32_t)r->len;
	header.nlmsg_seq = ++n->sequence;
	memcpy(r->bytes, &header, sizeof(header));
	if (sys_sendmsg(n->fd, &msg, 0) != (ssize_t)r->len)
		return err_errno(e, errno, "%s: send to the kernel", what);
	return 0;
}

/* One datagram from the kernel: its length, 0 for one from somebody else, -1. */
static ssize_t receive(struct netlink *n, void *buf, size_t size, const char *what, struct err *e)
{
	struct sockaddr_nl sender = { .nl_family = AF_UNSPEC };
	struct iovec iov = { .iov_base = buf, .iov_len = size };
	struct msghdr msg = { .msg_name = &sender, .msg_namelen = sizeof(sender), .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t len = sys_recvmsg(n->fd, &msg, MSG_CMSG_CLOEXEC);

	if (len < 0)
		return err_errno(e, errno == EAGAIN ? ETIMEDOUT : errno, "%s: hear from the kernel", what);
	if (msg.msg_namelen != sizeof(sender) || sender.nl_pid != 0)
		return 0;
	if ((msg.msg_flags & MSG_TRUNC) != 0)
		return err_set(e, ERR_INTERNAL, "%s: netlink: the answer is too long", what);
	return len;
}

int netlink_call(struct netlink *n, struct netlink_request *r, netlink_take *take, void *context, const char *what,
		 struct err *e)
{
	_Alignas(NLMSG_ALIGNTO) char buf[DATAGRAM_MAX];
	unsigned strays = 0;

	if (send_request(n, r, what, e) < 0)
		return -1;
	for (;;) {
		ssize_t len = receive(n, buf, sizeof(buf), what, e);
		int more;

		if (len < 0)
			return -1;
		if (len == 0) {
			if (++strays > STRAYS_MAX)
				return err_set(e, ERR_SYSTEM, "%s: somebody disturbs the talk to the kernel", what);
			continue;
		}
		more = netlink_read_datagram(buf, (size_t)len, n->sequence, take, context, what, e);
		if (more <= 0)
			return more;
	}
}
