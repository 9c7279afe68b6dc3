/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_NETDEV_H
#define RT_RUN_NETDEV_H

#include "base/arena.h"
#include "base/err.h"
#include "plan/plan.h"

/*
 * The host's network devices that a container gets (config-linux.md, Network Devices).
 *
 * rt never enters a namespace: a child of a few system calls does, makes a netlink socket there, sends it and ends.
 * The socket is a child's, not init's, because the kernel looks at who made it: with a user namespace init's would
 * have no right to move a device back.
 */

struct netdevs;

/* Looks at PLAN's devices and their addresses, and opens the namespace that SOCKET, any one of init, belongs to.
 * Changes nothing.  What it gives lives in ARENA, and is closed by netdevs_release(); NULL on failure. */
struct netdevs *netdevs_prepare(const struct plan *plan, int socket, struct arena *arena, struct err *e);

/* Moves them, gives them their new names and their permanent global addresses, and sets them up. */
int netdevs_move(struct netdevs *devices, struct err *e);

/* Undo: those that have left get back to the host, with name, addresses, bridge and state.  What hangs on a device
 * besides (routes, neighbours) is gone with the move. */
int netdevs_move_back(struct netdevs *devices, struct err *e);

/* Closes what keeps the container's namespace alive.  NULL is fine. */
void netdevs_release(struct netdevs *devices);

#endif
