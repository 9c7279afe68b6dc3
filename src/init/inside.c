/* SPDX-License-Identifier: Apache-2.0 */
#include "init/inside.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"

static int *find_slot(const struct inside *in, enum plan_fd_role role, unsigned index)
{
	unsigned i;

	for (i = 0; i < in->plan->n_fds; i++)
		if (in->plan->fds[i].role == role && in->plan->fds[i].index == index)
			return &in->fds[i];
	return NULL;
}

int inside_find_fd(const struct inside *in, enum plan_fd_role role, unsigned index)
{
	const int *slot = find_slot(in, role, index);

	return slot != NULL ? *slot : -EBADF;
}

int inside_take_fd(struct inside *in, enum plan_fd_role role, unsigned index)
{
	int *slot = find_slot(in, role, index);

	return slot != NULL ? fd_take(slot) : -EBADF;
}

bool inside_has_stop(const struct inside *in, enum message_type type)
{
	unsigned i;

	for (i = 0; i < in->plan->n_stops; i++)
		if (in->plan->stops[i] == type)
			return true;
	return false;
}

int inside_wait(struct inside *in, enum message_type type, struct err *e)
{
	enum message_type got;
	int r = message_recv_plain(in->sock, &got, e);

	if (r < 0)
		return -1;
	if (r == 0)
		return err_set(e, ERR_STATE, "rt has gone away");
	if (got != type)
		return err_set(e, ERR_INTERNAL, "expected message \"%s\" from rt, got \"%s\"", message_type_name(type),
			       message_type_name(got));
	return 0;
}

int inside_stop(struct inside *in, enum message_type type, const void *payload, size_t len, struct err *e)
{
	if (message_send(in->sock, type, payload, len, NULL, 0, e) < 0)
		return -1;
	if (inside_wait(in, MESSAGE_CONTINUE, e) < 0)
		return err_prefix(e, "wait for the answer to \"%s\"", message_type_name(type));
	return 0;
}

void inside_warn(struct inside *in, const char *fmt, ...)
{
	char text[400];
	struct err ignored = ERR_INIT;
	va_list ap;
	int n;

	if (in->is_ready || in->n_warnings >= MESSAGE_WARNINGS_MAX)
		return;
	in->n_warnings++;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	/* A warning that does not arrive stops nothing; if rt has gone, the next stop says so. */
	(void)message_send(in->sock, MESSAGE_WARNING, text, strlen(text), NULL, 0, &ignored);
}
