/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel may answer, and what it may not. */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "run/netdev_address.h"
#include "run/netlink.h"

#define SEQUENCE 7

/* Datagrams under construction. */
struct datagram {
	size_t len;
	_Alignas(NLMSG_ALIGNTO) char bytes[1024];
};

static void add_message(struct datagram *d, uint16_t type, uint16_t flags, uint32_t sequence, const void *body,
			size_t len)
{
	const struct nlmsghdr header = {
		.nlmsg_len = (uint32_t)(NLMSG_HDRLEN + len),
		.nlmsg_type = type,
		.nlmsg_flags = flags,
		.nlmsg_seq = sequence,
	};

	memcpy(d->bytes + d->len, &header, sizeof(header));
	memcpy(d->bytes + d->len + NLMSG_HDRLEN, body, len);
	d->len += NLMSG_SPACE(len);
}

static int count(void *context, const struct netlink_answer *a, struct err *e)
{
	unsigned *n = context;

	(void)e;
	*n += a->type;
	return 0;
}

static int read_all(const struct datagram *d, unsigned *n, struct err *e)
{
	*n = 0;
	return netlink_read_datagram(d->bytes, d->len, SEQUENCE, count, n, "ask", e);
}

static void test_messages_until_the_end(void **state)
{
	struct datagram d = { .len = 0 };
	struct err e = ERR_INIT;
	unsigned n;

	(void)state;
	add_message(&d, 100, NLM_F_MULTI, SEQUENCE, "abc", 3);
	add_message(&d, 20, NLM_F_MULTI, SEQUENCE, "", 0);
	assert_int_equal(read_all(&d, &n, &e), 1); /* to be continued */
	assert_int_equal(n, 120);
	add_message(&d, NLMSG_DONE, NLM_F_MULTI, SEQUENCE, "\0\0\0\0", 4);
	assert_int_equal(read_all(&d, &n, &e), 0);
	assert_int_equal(n, 120);
}

static void test_late_answers_are_passed_over(void **state)
{
	struct datagram d = { .len = 0 };
	struct err e = ERR_INIT;
	unsigned n;

	(void)state;
	add_message(&d, NLMSG_DONE, 0, SEQUENCE - 1, "", 0);
	assert_int_equal(read_all(&d, &n, &e), 1);
	assert_int_equal(n, 0);
}

static void test_acknowledgements(void **state)
{
	struct {
		struct nlmsgerr answer;
		struct rtattr head;
		char words[8];
	} body = { .answer = { .error = 0 }, .head = { .rta_len = RTA_LENGTH(8), .rta_type = NLMSGERR_ATTR_MSG },
		   .words = "no way" };
	struct datagram d = { .len = 0 };
	struct err e = ERR_INIT;
	unsigned n;

	(void)state;
	add_message(&d, NLMSG_ERROR, NLM_F_CAPPED, SEQUENCE, &body.answer, sizeof(body.answer));
	assert_int_equal(read_all(&d, &n, &e), 0);

	d.len = 0;
	body.answer.error = -EEXIST;
	add_message(&d, NLMSG_ERROR, NLM_F_CAPPED, SEQUENCE, &body.answer, sizeof(body.answer));
	assert_fails_with(read_all(&d, &n, &e), &e, ERR_SYSTEM, "ask: File exists");
	assert_int_equal(e.errnum, EEXIST);

	d.len = 0;
	err_clear(&e);
	add_message(&d, NLMSG_ERROR, NLM_F_CAPPED | NLM_F_ACK_TLVS, SEQUENCE, &body, sizeof(body));
	assert_fails_with(read_all(&d, &n, &e), &e, ERR_SYSTEM, "ask: no way: File exists");

	d.len = 0;
	err_clear(&e);
	memset(body.words, 'x', sizeof(body.words)); /* not ended: no words */
	add_message(&d, NLMSG_ERROR, NLM_F_CAPPED | NLM_F_ACK_TLVS, SEQUENCE, &body, sizeof(body));
	assert_fails_with(read_all(&d, &n, &e), &e, ERR_SYSTEM, "ask: File exists");
}

static void test_malformed_answers(void **state)
{
	const int positive[] = { 5, 0, 0, 0, 0 };
	struct datagram d = { .len = 0 };
	struct nlmsghdr header;
	struct err e = ERR_INIT;
	unsigned n;

	(void)state;
	add_message(&d, NLMSG_ERROR, 0, SEQUENCE, "ab", 2);
	assert_fails_with(read_all(&d, &n, &e), &e, ERR_INTERNAL, "ask: netlink: short acknowledgement");

	d.len = 0;
	add_message(&d, NLMSG_ERROR, 0, SEQUENCE, positive, sizeof(positive));
	assert_fails_with(read_all(&d, &n, &e), &e, ERR_INTERNAL, "ask: netlink: error number 5");

	d.len = 0;
	add_message(&d, 100, 0, SEQUENCE, "abcd", 4);
	d.len -= 4; /* longer than the datagram */
	assert_fails_with(read_all(&d, &n, &e), &e, ERR_INTERNAL, "ask: netlink: bad length 20");
	memcpy(&header, d.bytes, sizeof(header));
	header.nlmsg_len = 3; /* it would never end */
	memcpy(d.bytes, &header, sizeof(header));
	assert_fails_with(read_all(&d, &n, &e), &e, ERR_INTERNAL, "ask: netlink: bad length 3");
	d.len = 10;
	assert_fails_with(read_all(&d, &n, &e), &e, ERR_INTERNAL, "ask: netlink: short message");

	d.len = 0;
	add_message(&d, 100, 0, SEQUENCE, "", 0);
	assert_fails_with(netlink_read_datagram(d.bytes, d.len, SEQUENCE, NULL, NULL, "ask", &e), &e, ERR_INTERNAL,
			  "ask: netlink: unexpected answer 100");
	d.len = 0;
	add_message(&d, NLMSG_DONE, NLM_F_DUMP_INTR, SEQUENCE, "", 0);
	assert_int_equal(read_all(&d, &n, &e), -1);
	assert_int_equal(e.errnum, EINTR);
}

static void test_attributes(void **state)
{
	const struct ifinfomsg head = { .ifi_index = 3 };
	struct netlink_request r;
	struct netlink_answer a;
	char name[4];
	size_t len = 0;

	(void)state;
	netlink_begin(&r, RTM_NEWLINK, 0, &head, sizeof(head));
	netlink_put_u32(&r, 1, 17);
	netlink_put_string(&r, 2, "abc");
	netlink_put_string(&r, 3, "abcd");
	netlink_put(&r, 4, "xy", 2);
	assert_false(r.overflow);
	a = (struct netlink_answer){ RTM_NEWLINK, r.bytes + NLMSG_HDRLEN, r.len - NLMSG_HDRLEN };
	assert_memory_equal(netlink_find(&a, sizeof(head), 1, &len), &(uint32_t){ 17 }, 4);
	assert_int_equal(len, 4);
	assert_int_equal(netlink_find_string(&a, sizeof(head), 2, name, sizeof(name)), 0);
	assert_string_equal(name, "abc");
	assert_int_equal(netlink_find_string(&a, sizeof(head), 3, name, sizeof(name)), -1); /* too long */
	assert_int_equal(netlink_find_string(&a, sizeof(head), 4, name, sizeof(name)), -1); /* not ended */
	assert_int_equal(netlink_find_string(&a, sizeof(head), 5, name, sizeof(name)), -1); /* absent */
	/* One that claims more than there is hides those behind it, and is not read. */
	a.len -= 3; /* and the padding */
	assert_null(netlink_find(&a, sizeof(head), 4, &len));
	a.len = sizeof(head);
	assert_null(netlink_find(&a, sizeof(head), 1, &len));
}

static void test_a_request_is_bounded(void **state)
{
	struct netlink_request r;
	unsigned i;

	(void)state;
	netlink_begin(&r, RTM_NEWLINK, 0, "", 0);
	for (i = 0; i < NETLINK_REQUEST_MAX; i++)
		netlink_put_u32(&r, 1, i);
	assert_true(r.overflow);
	assert_in_range(r.len, NETLINK_REQUEST_MAX - 8, NETLINK_REQUEST_MAX);
}

static void read_address(uint8_t family, uint8_t scope, uint32_t flags, struct netdev_address *ret)
{
	const struct ifaddrmsg head = { .ifa_family = family, .ifa_prefixlen = 24, .ifa_scope = scope, .ifa_index = 3 };
	const char bytes[16] = { 1, 2, 3, 4 };
	struct netlink_request r;
	struct netlink_answer a;
	struct err e = ERR_INIT;

	netlink_begin(&r, RTM_NEWADDR, 0, &head, sizeof(head));
	netlink_put(&r, IFA_ADDRESS, bytes, family == AF_INET ? 4 : 16);
	netlink_put_u32(&r, IFA_FLAGS, flags);
	a = (struct netlink_answer){ RTM_NEWADDR, r.bytes + NLMSG_HDRLEN, r.len - NLMSG_HDRLEN };
	assert_int_equal(netdev_address_read(&a, ret, &e), 1);
}

static void test_which_addresses_go_along(void **state)
{
	struct netdev_address a;

	(void)state;
	read_address(AF_INET, RT_SCOPE_UNIVERSE, IFA_F_PERMANENT, &a);
	assert_true(netdev_address_is_kept(&a) && netdev_address_is_restored(&a));
	read_address(AF_INET6, RT_SCOPE_UNIVERSE, IFA_F_PERMANENT | IFA_F_NODAD, &a);
	assert_true(netdev_address_is_kept(&a) && netdev_address_is_restored(&a));
	read_address(AF_INET, RT_SCOPE_UNIVERSE, 0, &a);
	assert_true(!netdev_address_is_kept(&a) && netdev_address_is_restored(&a));
	read_address(AF_INET, RT_SCOPE_LINK, IFA_F_PERMANENT, &a);
	assert_true(!netdev_address_is_kept(&a) && netdev_address_is_restored(&a));
	read_address(AF_INET6, RT_SCOPE_LINK, IFA_F_PERMANENT, &a);
	assert_false(netdev_address_is_kept(&a) || netdev_address_is_restored(&a));
	read_address(AF_INET6, RT_SCOPE_UNIVERSE, IFA_F_TEMPORARY, &a);
	assert_false(netdev_address_is_kept(&a) || netdev_address_is_restored(&a));
}

static void test_an_address_of_a_wrong_size(void **state)
{
	const struct ifaddrmsg head = { .ifa_family = AF_INET };
	struct netdev_address address;
	struct netlink_request r;
	struct netlink_answer a;
	struct err e = ERR_INIT;

	(void)state;
	netlink_begin(&r, RTM_NEWADDR, 0, &head, sizeof(head));
	netlink_put(&r, IFA_LOCAL, "0123456789abcdef", 16);
	a = (struct netlink_answer){ RTM_NEWADDR, r.bytes + NLMSG_HDRLEN, r.len - NLMSG_HDRLEN };
	assert_fails_with(netdev_address_read(&a, &address, &e), &e, ERR_INTERNAL,
			  "netlink: attribute 2 of an address has 16 bytes");
	a.type = RTM_NEWLINK;
	assert_fails_with(netdev_address_read(&a, &address, &e), &e, ERR_INTERNAL, "netlink: no address");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages_until_the_end),
		cmocka_unit_test(test_late_answers_are_passed_over),
		cmocka_unit_test(test_acknowledgements),
		cmocka_unit_test(test_malformed_answers),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_a_request_is_bounded),
		cmocka_unit_test(test_which_addresses_go_along),
		cmocka_unit_test(test_an_address_of_a_wrong_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
