/* SPDX-License-Identifier: Apache-2.0 */
#include "init/handshake.h"

#include <errno.h>
#include <limits.h>

#include "base/sys.h"
#include "init/trace.h"

_Static_assert(sizeof(struct err) <= MESSAGE_PAYLOAD_MAX, "an error is one message");
_Static_assert(sizeof(struct err) <= PIPE_BUF, "an error is one atomic write to the result FIFO");

int handshake_hooks(struct inside *in, struct err *e)
{
	return inside_stop(in, MESSAGE_HOOKS, NULL, 0, e);
}

int handshake_ready(struct inside *in, struct err *e)
{
	if (message_send(in->sock, MESSAGE_READY, NULL, 0, NULL, 0, e) < 0)
		return -1;
	in->is_ready = true;
	if (inside_wait(in, MESSAGE_GO, e) < 0)
		return err_prefix(e, "wait to be recorded");
	in->is_released = true;
	/* Of create, rt reads them now, and nobody later. */
	if (in->plan->wait_for_start)
		trace_stop(in);
	return 0;
}

int handshake_wait_start(struct inside *in, struct err *e)
{
	int fd = inside_find_fd(in, PLAN_FD_START, 0);
	char byte;

	if (fd < 0)
		return err_set(e, ERR_INTERNAL, "no start channel");
	/* It never ends: this process holds the writing side open too. */
	if (sys_read(fd, &byte, 1) != 1)
		return err_errno(e, errno, "read the start channel");
	if (!in->plan->process.present)
		return err_set(e, ERR_CONFIG, "the config has no process to start");
	return 0;
}

void handshake_report(struct inside *in, const struct err *e)
{
	struct err ignored = ERR_INIT;

	if (in->is_released && in->plan->wait_for_start)
		(void)sys_write(inside_find_fd(in, PLAN_FD_RESULT, 0), e, sizeof(*e)); /* `start` may have gone */
	else
		(void)message_send(in->sock, MESSAGE_ERROR, e, sizeof(*e), NULL, 0, &ignored); /* rt may have gone */
}
