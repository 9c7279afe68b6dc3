/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/num.h"

static int fill_address(const char *path, struct sockaddr_un *ret)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path, path, strlen(path));
	*ret = address;
	return 0;
}

int probe_notify(int argc, char **argv)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)argc; /* main checked that there is one */
	if (path == NULL) {
		puts("no NOTIFY_SOCKET");
		return 1;
	}
	if (fd < 0 || fill_address(path, &address) < 0 ||
	    sendto(fd, argv[1], strlen(argv[1]), 0, (struct sockaddr *)&address, sizeof(address)) < 0)
		return probe_fail(path);
	return 0;
}

int probe_notify_listen(int argc, char **argv)
{
	struct sockaddr_un address;
	uint32_t n;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)argc; /* main checked that there are two */
	if (num_parse_u32(argv[2], &n) < 0)
		return probe_fail(argv[2]);
	if (fd < 0 || fill_address(argv[1], &address) < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return probe_fail(argv[1]);
	while (n-- > 0) {
		char text[4096];
		ssize_t len = recv(fd, text, sizeof(text) - 1, 0);

		if (len < 0)
			return probe_fail("recv");
		text[len] = '\0';
		puts(text);
	}
	return 0;
}
