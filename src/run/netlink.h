/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_NETLINK_H
#define RT_RUN_NETLINK_H

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * rtnetlink(7), as far as network devices need it: one request at a time, its answers checked, no allocation.
 */

struct netlink {
	int fd; /* owned */
	uint32_t sequence;
};

#define NETLINK_INIT { .fd = -EBADF }

#define NETLINK_REQUEST_MAX 512

struct netlink_request {
	size_t len;
	bool overflow; /* an attribute did not fit: it is not sent */
	_Alignas(NLMSG_ALIGNTO) char bytes[NETLINK_REQUEST_MAX];
};

/* Begins a request of TYPE (RTM_*) with its fixed part.  FLAGS: NLM_F_*; without NLM_F_DUMP the kernel is asked for an
 * acknowledgement. */
void netlink_begin(struct netlink_request *r, uint16_t type, uint16_t flags, const void *body, size_t len);
void netlink_put(struct netlink_request *r, uint16_t type, const void *data, size_t len);
void netlink_put_u32(struct netlink_request *r, uint16_t type, uint32_t value);
void netlink_put_string(struct netlink_request *r, uint16_t type, const char *value); /* with its NUL */

/* One message of an answer. */
struct netlink_answer {
	uint16_t type;
	const char *body; /* what follows the header, aligned */
	size_t len;
};

/* The attribute TYPE behind the fixed part of BODY_LEN bytes: a pointer to its *RET_LEN bytes, or NULL. */
const void *netlink_find(const struct netlink_answer *a, size_t body_len, uint16_t type, size_t *ret_len);

/* A name from an attribute into BUF (SIZE bytes).  -1 when it is absent, not ended or too long. */
int netlink_find_string(const struct netlink_answer *a, size_t body_len, uint16_t type, char *buf, size_t size);

typedef int netlink_take(void *context, const struct netlink_answer *a, struct err *e);

/* Options of a new socket: extended acknowledgements, a bound on the time that an answer may take. */
int netlink_prepare(int fd, struct err *e);

/* Sends R and calls TAKE (may be NULL: answers are not expected) for each message until the end of the answer.  A
 * refusal by the kernel is "WHAT: ..." with errnum and the kernel's own words where it has some. */
int netlink_call(struct netlink *n, struct netlink_request *r, netlink_take *take, void *context, const char *what,
		 struct err *e);

/* The messages of one datagram.  1: the answer goes on, 0: it has ended, -1.  What netlink_call() uses; apart for
 * tests. */
int netlink_read_datagram(const char *bytes, size_t len, uint32_t sequence, netlink_take *take, void *context,
			  const char *what, struct err *e);

#endif
