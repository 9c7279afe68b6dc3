/* SPDX-License-Identifier: Apache-2.0 */
#include "init/network.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/sys.h"

int network_receive_devices(struct inside *in, struct err *e)
{
	/* Any socket: the kernel tells rt which namespace it belongs to. */
	_cleanup_fd_ int fd = sys_socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return err_errno(e, errno, "open a socket");
	if (message_send(in->sock, MESSAGE_NETDEV, NULL, 0, &fd, 1, e) < 0)
		return -1;
	return inside_wait(in, MESSAGE_CONTINUE, e);
}

int network_bring_up_loopback(struct inside *in, struct err *e)
{
	/* Any socket takes the interface ioctls (netdevice(7)); this kind needs neither IPv4 nor IPv6. */
	_cleanup_fd_ int fd = sys_socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request;

	(void)in;
	if (fd < 0)
		return err_errno(e, errno, "open a socket");
	memset(&request, 0, sizeof(request));
	memcpy(request.ifr_name, "lo", 3);
	request.ifr_flags = IFF_UP;
	if (sys_ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		return err_errno(e, errno, "bring up the loopback device");
	return 0;
}
