/* SPDX-License-Identifier: Apache-2.0 */
#include "run/netdev_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define IFA_PROTO_NUMBER 11 /* IFA_PROTO of <linux/if_addr.h>, Linux 5.18 */
#define BIT(type) (UINT32_C(1) << (type))

/* The flags that are a wish; the others are what the kernel has found out. */
#define WISHES (IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE | IFA_F_MCAUTOJOIN)

static size_t address_size(const struct netdev_address *a)
{
	return a->head.ifa_family == AF_INET ? 4 : 16;
}

/* An attribute of exactly SIZE bytes into AT, if it is there. */
static int take(const struct netlink_answer *answer, uint16_t type, void *at, size_t size, struct netdev_address *a,
		struct err *e)
{
	size_t len = 0;
	const void *data = netlink_find(answer, sizeof(a->head), type, &len);

	if (data == NULL)
		return 0;
	if (len != size)
		return err_set(e, ERR_INTERNAL, "netlink: attribute %u of an address has %zu bytes", type, len);
	memcpy(at, data, size);
	a->has |= BIT(type);
	return 0;
}

int netdev_address_read(const struct netlink_answer *answer, struct netdev_address *ret, struct err *e)
{
	struct netdev_address a = { .has = 0 };

	if (answer->type != RTM_NEWADDR || answer->len < sizeof(a.head))
		return err_set(e, ERR_INTERNAL, "netlink: no address");
	memcpy(&a.head, answer->body, sizeof(a.head));
	if (a.head.ifa_family != AF_INET && a.head.ifa_family != AF_INET6)
		return 0;
	a.flags = a.head.ifa_flags;
	if (take(answer, IFA_FLAGS, &a.flags, sizeof(a.flags), &a, e) < 0 ||
	    take(answer, IFA_ADDRESS, a.address, address_size(&a), &a, e) < 0 ||
	    take(answer, IFA_LOCAL, a.local, address_size(&a), &a, e) < 0 ||
	    take(answer, IFA_RT_PRIORITY, &a.priority, sizeof(a.priority), &a, e) < 0 ||
	    take(answer, IFA_PROTO_NUMBER, &a.protocol, sizeof(a.protocol), &a, e) < 0 ||
	    take(answer, IFA_CACHEINFO, &a.lifetime, sizeof(a.lifetime), &a, e) < 0)
		return -1;
	if (a.head.ifa_family == AF_INET && take(answer, IFA_BROADCAST, a.broadcast, sizeof(a.broadcast), &a, e) < 0)
		return -1;
	if (netlink_find_string(answer, sizeof(a.head), IFA_LABEL, a.label, sizeof(a.label)) < 0)
		a.label[0] = '\0'; /* IPv6 has none */
	*ret = a;
	return 1;
}

bool netdev_address_is_kept(const struct netdev_address *a)
{
	return (a->flags & IFA_F_PERMANENT) != 0 && a->head.ifa_scope == RT_SCOPE_UNIVERSE;
}

bool netdev_address_is_restored(const struct netdev_address *a)
{
	/* Those of the link and the temporary ones (RFC 8981) are made anew by the kernel. */
	return a->head.ifa_family == AF_INET ||
	       (a->head.ifa_scope != RT_SCOPE_LINK && (a->flags & IFA_F_TEMPORARY) == 0);
}

/* "eth0:web" of eth0 is "lan0:web" of lan0.  Without a label the kernel takes the device's name. */
static void put_label(struct netlink_request *r, const struct netdev_address *a, const char *old_name,
		      const char *new_name)
{
	const size_t len = strlen(old_name);
	char label[2 * IFNAMSIZ];

	if (strncmp(a->label, old_name, len) != 0 || a->label[len] != ':')
		return;
	(void)snprintf(label, sizeof(label), "%s%s", new_name, a->label + len); /* fits: two names */
	if (strlen(label) < IFNAMSIZ)
		netlink_put_string(r, IFA_LABEL, label);
}

int netdev_address_add(struct netlink *n, const struct netdev_address *a, int index, const char *old_name,
		       const char *new_name, struct err *e)
{
	const uint32_t flags = a->flags & WISHES;
	const struct ifaddrmsg head = {
		.ifa_family = a->head.ifa_family,
		.ifa_prefixlen = a->head.ifa_prefixlen,
		.ifa_flags = (uint8_t)flags,
		.ifa_scope = a->head.ifa_scope,
		.ifa_index = (uint32_t)index,
	};
	const uint8_t *own = (a->has & BIT(IFA_LOCAL)) != 0 ? a->local : a->address;
	struct netlink_request r;
	char text[INET6_ADDRSTRLEN] = "?";
	char what[INET6_ADDRSTRLEN + 40];

	netlink_begin(&r, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof(head));
	if ((a->has & BIT(IFA_LOCAL)) != 0)
		netlink_put(&r, IFA_LOCAL, a->local, address_size(a));
	if ((a->has & BIT(IFA_ADDRESS)) != 0)
		netlink_put(&r, IFA_ADDRESS, a->address, address_size(a));
	if ((a->has & BIT(IFA_BROADCAST)) != 0)
		netlink_put(&r, IFA_BROADCAST, a->broadcast, sizeof(a->broadcast));
	if ((a->has & BIT(IFA_RT_PRIORITY)) != 0)
		netlink_put_u32(&r, IFA_RT_PRIORITY, a->priority);
	if ((a->has & BIT(IFA_PROTO_NUMBER)) != 0)
		netlink_put(&r, IFA_PROTO_NUMBER, &a->protocol, sizeof(a->protocol));
	if ((a->has & BIT(IFA_CACHEINFO)) != 0)
		netlink_put(&r, IFA_CACHEINFO, &a->lifetime, sizeof(a->lifetime));
	netlink_put_u32(&r, IFA_FLAGS, flags);
	put_label(&r, a, old_name, new_name);
	(void)inet_ntop(a->head.ifa_family, own, text, sizeof(text)); /* for a message */
	(void)snprintf(what, sizeof(what), "add the address %s/%u", text, a->head.ifa_prefixlen); /* fits */
	if (netlink_call(n, &r, NULL, NULL, what, e) == 0)
		return 0;
	if (e->errnum != EEXIST)
		return -1;
	err_clear(e);
	return 0;
}
