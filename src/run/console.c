/* SPDX-License-Identifier: Apache-2.0 */
#include "run/console.h"

#include "run/sendfd.h"

/* The payload is a name for the descriptor; its receiver must look at what it is all the same. */
#define MASTER_NAME "/dev/ptmx"

int console_check(const struct request *req, bool terminal, bool detached, struct err *e)
{
	if (terminal && detached && req->console_socket == NULL)
		return err_set(e, ERR_USAGE, "cannot allocate tty if rt will detach without setting console socket");
	if (req->console_socket != NULL && !(terminal && detached))
		return err_set(e, ERR_USAGE, "cannot use console socket if rt will not detach or allocate tty");
	return 0;
}

int console_send(const char *path, int master_fd, struct err *e)
{
	if (sendfd_to_path(path, master_fd, MASTER_NAME, sizeof(MASTER_NAME) - 1, e) < 0)
		return err_prefix(e, "console socket");
	return 0;
}
