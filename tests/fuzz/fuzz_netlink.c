/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a datagram of rtnetlink: addresses are read from its messages as for devices that are moved.  The kernel
 * is trusted, its formats grow: nothing may be read behind the datagram.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/netdev_address.h"
#include "run/netlink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* That of the corpus. */
#define SEQUENCE 7

static void require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

static int take(void *context, const struct netlink_answer *a, struct err *e)
{
	struct netdev_address address = { .has = 0 };
	unsigned *n = context;
	char name[IFNAMSIZ];
	int r = netdev_address_read(a, &address, e);

	(*n)++;
	if (r > 0) {
		require(memchr(address.label, '\0', sizeof(address.label)) != NULL, "a label ends");
		(void)(netdev_address_is_kept(&address) && netdev_address_is_restored(&address)); /* any answer is one */
	}
	if (netlink_find_string(a, sizeof(struct ifinfomsg), IFLA_IFNAME, name, sizeof(name)) == 0)
		require(memchr(name, '\0', sizeof(name)) != NULL, "a name ends");
	return r < 0 ? -1 : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = ERR_INIT;
	unsigned n = 0;
	int r;

	r = netlink_read_datagram((const char *)data, size, SEQUENCE, take, &n, "ask", &e);
	require(n <= size / NLMSG_HDRLEN, "each message has a header of its own");
	require((r < 0) == (e.kind != ERR_NONE), "a failure has an error, and nothing else has");
	return 0;
}
