/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "base/num.h"
#include "init/handover.h"
#include "init/handshake.h"
#include "init/steps.h"

/* argv: name, number of the socket to rt.  rt alone starts this program; read init.c. */
int main(int argc, char **argv)
{
	struct inside in = { .sock = -EBADF, .proc_fd = -EBADF, .root_fd = -EBADF, .dev_fd = -EBADF,
			     .container_proc_fd = -EBADF, .offsets_fd = -EBADF };
	struct err e = ERR_INIT;
	struct sigaction action;
	int result;

	if (argc != 2 || num_parse_int(argv[1], &in.sock) < 0)
		return 127;
	memset(&action, 0, sizeof(action));
	action.sa_handler = SIG_IGN;
	/* A reader that has gone is an error, not an end; valid signals can not fail. */
	(void)sigaction(SIGPIPE, &action, NULL);
	(void)fcntl(in.sock, F_SETFD, FD_CLOEXEC); /* a bad number fails in the handover */
	(void)umask(0); /* modes of what is made are exact; the program's umask is set in the limits step */

	result = handover_receive(&in, &e);
	if (result == 0)
		result = init_run_steps(&in, &e);
	if (result == INSIDE_DONE)
		return 0;
	handshake_report(&in, &e);
	return 1;
}
