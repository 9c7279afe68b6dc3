/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_NETDEV_NAMESPACE_H
#define RT_RUN_NETDEV_NAMESPACE_H

#include "base/err.h"
#include "run/netlink.h"

/* The network namespace that SOCKET belongs to, as a descriptor.  ERR_CONFIG if it is our own. */
int netdev_namespace_of(int socket, struct err *e);

/* A netlink socket in our own network namespace, or, where NS_FD is not negative, in that one. */
int netdev_namespace_connect(int ns_fd, struct netlink *ret, struct err *e);

#endif
