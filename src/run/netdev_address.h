/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_NETDEV_ADDRESS_H
#define RT_RUN_NETDEV_ADDRESS_H

#include <linux/if_addr.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "run/netlink.h"

/* An address of a network device, with what makes it that address again elsewhere. */
struct netdev_address {
	struct ifaddrmsg head;
	uint32_t flags;                 /* IFA_F_* as the kernel shows them */
	uint32_t has;                   /* bit N: the attribute N (IFA_*) was there */
	uint8_t address[16];            /* the peer's, where there is one */
	uint8_t local[16];
	uint8_t broadcast[4];
	uint32_t priority;              /* of its route */
	uint8_t protocol;
	struct ifa_cacheinfo lifetime;
	char label[IFNAMSIZ];
	struct netdev_address *next;    /* in the kernel's order: secondary addresses follow their primary */
};

/* Reads an RTM_NEWADDR.  1, or 0 where it is of a family that has no such addresses, or -1. */
int netdev_address_read(const struct netlink_answer *a, struct netdev_address *ret, struct err *e);

/* The specification's choice: permanent, and of global scope (config-linux.md, Network Devices). */
bool netdev_address_is_kept(const struct netdev_address *a);

/* What a device that comes back gets again: all that the kernel does not make by itself. */
bool netdev_address_is_restored(const struct netdev_address *a);

/* Gives A to the device INDEX.  OLD_NAME and NEW_NAME are its names: a label begins with it.  One that is there
 * already is success. */
int netdev_address_add(struct netlink *n, const struct netdev_address *a, int index, const char *old_name,
		       const char *new_name, struct err *e);

#endif
