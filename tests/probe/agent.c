/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <linux/seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/num.h"

#define FDS_MAX 8
#define DOCUMENT_MAX 65536

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path, path, strlen(path));
	return bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 4) < 0 ? -1 : fd;
}

/* What one sendmsg(2) has brought: -1, or the number of bytes.  Descriptors are added to FDS. */
static ssize_t receive(int sock, char *buf, size_t size, int fds[FDS_MAX], unsigned *n_fds)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int) * FDS_MAX)];
	} control;
	struct iovec iov = { .iov_base = buf, .iov_len = size };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control.space,
			      .msg_controllen = sizeof(control.space) };
	ssize_t n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
	struct cmsghdr *c = n < 0 ? NULL : CMSG_FIRSTHDR(&msg);

	if (c != NULL && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
		size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		memcpy(fds, CMSG_DATA(c), count * sizeof(int)); /* as many as there is room for in CONTROL */
		*n_fds = (unsigned)count;
	}
	return n;
}

/* Of a pidfd: which process it is of, as this process sees it. */
static void show_pid(int fd)
{
	char path[64];
	char line[128];
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, "Pid:\t", 5) == 0)
			printf("pidfd_of=%s", line + 5);
	}
	if (f != NULL)
		(void)fclose(f);
}

static void show_fd(int fd)
{
	char path[64];
	char target[128];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	printf("fd=%s\n", target);
	show_pid(fd);
}

/* Lets one system call return VALUE without being made; 0 when all processes under the filter have ended. */
static int answer(int listener, uint32_t value)
{
	struct seccomp_notif request;
	struct seccomp_notif_resp response;

	memset(&request, 0, sizeof(request));
	memset(&response, 0, sizeof(response));
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) < 0)
		return 0;
	response.id = request.id;
	response.val = value;
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) < 0 ? -1 : 1;
}

int probe_agent(int argc, char **argv)
{
	static char document[DOCUMENT_MAX + 1];
	unsigned n_fds = 0;
	size_t len = 0;
	uint32_t value;
	int fds[FDS_MAX];
	ssize_t n;
	int sock;
	int fd = listen_at(argv[1]);

	if (fd < 0)
		return probe_fail(argv[1]);
	puts("ready");
	(void)fflush(stdout);
	sock = accept(fd, NULL, NULL);
	if (sock < 0)
		return probe_fail("accept");
	n = receive(sock, document, DOCUMENT_MAX, fds, &n_fds);
	printf("fds_of_first_message=%u\n", n_fds);
	for (; n > 0 && len + (size_t)n < DOCUMENT_MAX; n = read(sock, document + len, DOCUMENT_MAX - len))
		len += (size_t)n;
	if (n != 0)
		return probe_fail("the connection was not closed");
	for (unsigned i = 0; i < n_fds; i++)
		show_fd(fds[i]);
	printf("document=%s\n", document);
	(void)fflush(stdout);
	if (argc < 3)
		return 0;
	if (n_fds == 0 || num_parse_u32(argv[2], &value) < 0)
		return probe_fail(argv[2]);
	while (answer(fds[0], value) > 0)
		;
	return 0;
}
