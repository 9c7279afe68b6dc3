/* SPDX-License-Identifier: Apache-2.0 */
#include "run/netdev.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/sys.h"
#include "run/netdev_address.h"
#include "run/netdev_namespace.h"
#include "run/netlink.h"

#define ADDRESSES_MAX 4096 /* of all devices */
#define DUMP_ATTEMPTS 5
#define HARDWARE_SIZE 32 /* MAX_ADDR_LEN of <linux/netdevice.h>, which <net/if.h> does not get along with */

/* A device as a network namespace shows it. */
struct link {
	int index;
	unsigned flags;   /* IFF_* */
	uint32_t master;  /* index of the bridge it is a port of; 0 = none */
	char name[IFNAMSIZ];
	uint8_t address[HARDWARE_SIZE]; /* of the hardware */
	size_t address_len;             /* 0: it has none */
};

struct netdev {
	const struct plan_netdev *plan;
	struct link home;             /* on the host, before the move */
	struct netdev_address *addresses;
	struct netdev_address **last; /* where the next one goes */
	char temporary[IFNAMSIZ];     /* while it is on its way: nobody else has this name */
	bool is_sent;                 /* it may be in the container's namespace */
	struct link there;            /* in it, under its new name; index 0 = not known */
};

struct netdevs {
	struct arena *arena;
	struct netlink host;
	struct netlink container;
	int host_ns;
	int container_ns;
	struct netdev *items;
	unsigned n;
	unsigned n_addresses;
};

/* Links ---------------------------------------------------------------------------------------------------------- */

static int take_link(void *context, const struct netlink_answer *a, struct err *e)
{
	struct link *ret = context;
	struct ifinfomsg head;
	const void *master, *address;
	size_t len = 0;

	if (a->type != RTM_NEWLINK || a->len < sizeof(head))
		return err_set(e, ERR_INTERNAL, "netlink: no device");
	memcpy(&head, a->body, sizeof(head));
	if (head.ifi_index <= 0 || netlink_find_string(a, sizeof(head), IFLA_IFNAME, ret->name, sizeof(ret->name)) < 0)
		return err_set(e, ERR_INTERNAL, "netlink: a device without index or name");
	ret->index = head.ifi_index;
	ret->flags = head.ifi_flags;
	ret->master = 0;
	master = netlink_find(a, sizeof(head), IFLA_MASTER, &len);
	if (master != NULL && len == sizeof(ret->master))
		memcpy(&ret->master, master, sizeof(ret->master));
	address = netlink_find(a, sizeof(head), IFLA_ADDRESS, &len);
	ret->address_len = address != NULL && len <= sizeof(ret->address) ? len : 0;
	if (ret->address_len > 0)
		memcpy(ret->address, address, ret->address_len);
	return 0;
}

static bool has_same_address(const struct link *a, const struct link *b)
{
	return a->address_len > 0 && a->address_len == b->address_len &&
	       memcmp(a->address, b->address, a->address_len) == 0;
}

/* The device INDEX, or where that is 0, NAME.  ENODEV when there is none. */
static int find_link(struct netlink *n, int index, const char *name, struct link *ret, struct err *e)
{
	const struct ifinfomsg head = { .ifi_family = AF_UNSPEC, .ifi_index = index };
	struct netlink_request r;
	struct link found = { .index = 0 };

	netlink_begin(&r, RTM_GETLINK, 0, &head, sizeof(head));
	if (index == 0)
		netlink_put_string(&r, IFLA_IFNAME, name);
	if (netlink_call(n, &r, take_link, &found, "look for it", e) < 0)
		return -1;
	if (found.index == 0) {
		(void)err_set(e, ERR_INTERNAL, "netlink: an answer without the device");
		return -1;
	}
	*ret = found;
	return 0;
}

/* The same, where it need not be there: 1, 0, -1. */
static int find_link_if(struct netlink *n, const char *name, struct link *ret, struct err *e)
{
	if (find_link(n, 0, name, ret, e) == 0)
		return 1;
	if (e->errnum != ENODEV)
		return -1;
	err_clear(e);
	return 0;
}

/* To the namespace NS_FD, under NAME.  The kernel renames it there, after the move: either may fail. */
static int send_link(struct netlink *n, int index, int ns_fd, const char *name, const char *what, struct err *e)
{
	const struct ifinfomsg head = { .ifi_family = AF_UNSPEC, .ifi_index = index };
	struct netlink_request r;

	netlink_begin(&r, RTM_NEWLINK, 0, &head, sizeof(head));
	netlink_put_u32(&r, IFLA_NET_NS_FD, (uint32_t)ns_fd);
	netlink_put_string(&r, IFLA_IFNAME, name);
	return netlink_call(n, &r, NULL, NULL, what, e);
}

static int rename_link(struct netlink *n, int index, const char *name, struct err *e)
{
	const struct ifinfomsg head = { .ifi_family = AF_UNSPEC, .ifi_index = index };
	struct netlink_request r;

	netlink_begin(&r, RTM_NEWLINK, 0, &head, sizeof(head));
	netlink_put_string(&r, IFLA_IFNAME, name);
	return netlink_call(n, &r, NULL, NULL, "rename", e);
}

static int set_link_up(struct netlink *n, int index, struct err *e)
{
	const struct ifinfomsg head = {
		.ifi_family = AF_UNSPEC, .ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP
	};
	struct netlink_request r;

	netlink_begin(&r, RTM_NEWLINK, 0, &head, sizeof(head));
	return netlink_call(n, &r, NULL, NULL, "set up", e);
}

static int set_link_master(struct netlink *n, int index, uint32_t master, struct err *e)
{
	const struct ifinfomsg head = { .ifi_family = AF_UNSPEC, .ifi_index = index };
	struct netlink_request r;

	netlink_begin(&r, RTM_NEWLINK, 0, &head, sizeof(head));
	netlink_put_u32(&r, IFLA_MASTER, master);
	return netlink_call(n, &r, NULL, NULL, "give it back to its bridge", e);
}

/* Looking, before anything is changed ----------------------------------------------------------------------------- */

static int take_address(void *context, const struct netlink_answer *a, struct err *e)
{
	struct netdevs *d = context;
	struct netdev_address address;
	struct netdev_address *kept;
	int r = netdev_address_read(a, &address, e);
	unsigned i;

	if (r <= 0)
		return r;
	for (i = 0; i < d->n && (unsigned)d->items[i].home.index != address.head.ifa_index; i++)
		;
	if (i == d->n)
		return 0; /* of a device that stays */
	if (++d->n_addresses > ADDRESSES_MAX)
		return err_set(e, ERR_UNSUPPORTED, "more than %d addresses", ADDRESSES_MAX);
	kept = arena_new(d->arena, struct netdev_address);
	if (kept == NULL)
		return arena_check(d->arena, e);
	*kept = address;
	*d->items[i].last = kept;
	d->items[i].last = &kept->next;
	return 0;
}

/* The list may change while it is read: then again. */
static int read_addresses(struct netdevs *d, struct err *e)
{
	const struct ifaddrmsg head = { .ifa_family = AF_UNSPEC };
	struct netlink_request r;
	unsigned attempt;
	unsigned i;

	for (attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
		err_clear(e);
		d->n_addresses = 0;
		for (i = 0; i < d->n; i++) {
			d->items[i].addresses = NULL;
			d->items[i].last = &d->items[i].addresses;
		}
		netlink_begin(&r, RTM_GETADDR, NLM_F_DUMP, &head, sizeof(head));
		if (netlink_call(&d->host, &r, take_address, d, "read the addresses of network devices", e) == 0)
			return 0;
		if (e->errnum != EINTR)
			return -1;
	}
	return -1;
}

/* One name that no device has, here or there. */
static int make_temporary_name(char name[static IFNAMSIZ], struct err *e)
{
	uint8_t bytes[6];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return err_errno(e, errno, "get a random name");
	(void)snprintf(name, IFNAMSIZ, "rt%02x%02x%02x%02x%02x%02x", bytes[0], bytes[1], bytes[2], bytes[3], bytes[4],
		       bytes[5]); /* fits: 14 characters */
	return 0;
}

static int look_at(struct netdevs *d, struct netdev *dev, struct err *e)
{
	if (find_link(&d->host, 0, dev->plan->host_name, &dev->home, e) < 0) {
		if (e->errnum == ENODEV)
			(void)err_hint(e, "it must exist in the network namespace that rt is called in");
		return err_prefix(e, "network device \"%s\"", dev->plan->host_name);
	}
	return make_temporary_name(dev->temporary, e);
}

static int prepare(struct netdevs *d, int socket, struct err *e)
{
	unsigned i;

	d->container_ns = netdev_namespace_of(socket, e);
	if (d->container_ns < 0)
		return -1;
	d->host_ns = sys_openat(AT_FDCWD, "/proc/self/ns/net", O_RDONLY | O_CLOEXEC, 0);
	if (d->host_ns < 0)
		return err_errno(e, errno, "open /proc/self/ns/net");
	if (netdev_namespace_connect(-EBADF, &d->host, e) < 0 ||
	    netdev_namespace_connect(d->container_ns, &d->container, e) < 0)
		return -1;
	for (i = 0; i < d->n; i++) {
		if (look_at(d, &d->items[i], e) < 0)
			return -1;
	}
	return read_addresses(d, e);
}

struct netdevs *netdevs_prepare(const struct plan *plan, int socket, struct arena *arena, struct err *e)
{
	struct netdevs *d = arena_new(arena, struct netdevs);
	struct netdev *items = arena_new_array(arena, struct netdev, plan->n_netdevs);
	unsigned i;

	if (d == NULL || items == NULL) {
		(void)arena_check(arena, e); /* it says that there is no memory */
		return NULL;
	}
	*d = (struct netdevs){ .arena = arena, .host = NETLINK_INIT, .container = NETLINK_INIT, .host_ns = -EBADF,
			       .container_ns = -EBADF, .items = items, .n = plan->n_netdevs };
	for (i = 0; i < d->n; i++)
		items[i].plan = &plan->netdevs[i];
	if (prepare(d, socket, e) == 0)
		return d;
	netdevs_release(d);
	return NULL;
}

void netdevs_release(struct netdevs *d)
{
	if (d == NULL)
		return;
	fd_close(&d->host.fd);
	fd_close(&d->container.fd);
	fd_close(&d->host_ns);
	fd_close(&d->container_ns);
}

/* There ---------------------------------------------------------------------------------------------------------- */

/* In the container's namespace, under its temporary name: what makes it the container's device. */
static int settle(struct netdevs *d, struct netdev *dev, struct err *e)
{
	const struct netdev_address *a;

	if (find_link(&d->container, 0, dev->temporary, &dev->there, e) < 0)
		return -1;
	/* The kernel finds the number of a template, and refuses a name that is there. */
	if (rename_link(&d->container, dev->there.index, dev->plan->name, e) < 0) {
		if (e->errnum == EEXIST)
			(void)err_hint(e, "the container's network namespace has a device of that name");
		return -1;
	}
	if (find_link(&d->container, dev->there.index, NULL, &dev->there, e) < 0)
		return -1;
	/* Before it is up: nothing is received or sent with half of them. */
	for (a = dev->addresses; a != NULL; a = a->next) {
		if (netdev_address_is_kept(a) &&
		    netdev_address_add(&d->container, a, dev->there.index, dev->home.name, dev->there.name, e) < 0)
			return -1;
	}
	return set_link_up(&d->container, dev->there.index, e);
}

int netdevs_move(struct netdevs *d, struct err *e)
{
	unsigned i;

	for (i = 0; i < d->n; i++) {
		struct netdev *dev = &d->items[i];

		dev->is_sent = true;
		/* First a name that can clash with nothing: the kernel uses a new name only after the move. */
		if (send_link(&d->host, dev->home.index, d->container_ns, dev->temporary, "move it to the container",
			      e) < 0 ||
		    settle(d, dev, e) < 0)
			return err_prefix(e, "network device \"%s\" (in the container \"%s\")", dev->plan->host_name,
					  dev->plan->name);
	}
	return 0;
}

/* And back ------------------------------------------------------------------------------------------------------- */

/* Numbers and names are given again: what hooks or others have put in its place is not taken from them. */
static int refuse_another(const struct link *link, struct err *e)
{
	return err_set(e, ERR_SYSTEM, "\"%s\" in the container is another device, which stays there", link->name);
}

/* Finds where the device has got to: 1 and its index in the container's namespace, 0: it never left, -1. */
static int find_away(struct netdevs *d, const struct netdev *dev, int *ret, struct err *e)
{
	struct link link;
	int r;

	if (dev->there.index != 0) {
		if (find_link(&d->container, dev->there.index, NULL, &link, e) < 0)
			return -1;
		/* Hooks may have changed the one or the other. */
		if (strcmp(link.name, dev->there.name) != 0 && !has_same_address(&link, &dev->home))
			return refuse_another(&link, e);
		*ret = link.index;
		return 1;
	}
	r = find_link_if(&d->container, dev->temporary, &link, e);
	if (r == 0) {
		r = find_link_if(&d->host, dev->home.name, &link, e);
		if (r != 0)
			return r < 0 ? -1 : 0;
		/* Moved, but not renamed. */
		r = find_link(&d->container, 0, dev->home.name, &link, e) == 0 ? 1 : -1;
		if (r == 1 && !has_same_address(&link, &dev->home))
			return refuse_another(&link, e);
	}
	if (r == 1)
		*ret = link.index;
	return r;
}

static int move_back(struct netdevs *d, struct netdev *dev, struct err *e)
{
	const struct netdev_address *a;
	struct link link;
	int index = 0;
	int r = find_away(d, dev, &index, e);

	if (r <= 0)
		return r;
	if (send_link(&d->container, index, d->host_ns, dev->home.name, "move it back to the host", e) < 0 ||
	    find_link(&d->host, 0, dev->home.name, &link, e) < 0)
		return -1;
	dev->is_sent = false;
	if (dev->home.master != 0 && set_link_master(&d->host, link.index, dev->home.master, e) < 0)
		return -1;
	for (a = dev->addresses; a != NULL; a = a->next) {
		if (netdev_address_is_restored(a) &&
		    netdev_address_add(&d->host, a, link.index, dev->home.name, dev->home.name, e) < 0)
			return -1;
	}
	return (dev->home.flags & IFF_UP) != 0 ? set_link_up(&d->host, link.index, e) : 0;
}

int netdevs_move_back(struct netdevs *d, struct err *e)
{
	int result = 0;
	unsigned i;

	for (i = d->n; i-- > 0;) {
		struct err failure = ERR_INIT;

		if (!d->items[i].is_sent || move_back(d, &d->items[i], &failure) == 0)
			continue;
		if (result == 0) {
			*e = failure;
			(void)err_prefix(e, "network device \"%s\"", d->items[i].home.name); /* gives -1 */
		}
		result = -1;
	}
	return result;
}
