/* SPDX-License-Identifier: Apache-2.0 */
#include "init/seccomp.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys.h"
#include "init/credentials.h"
#include "init/trace.h"

#ifndef SECCOMP_FILTER_FLAG_NEW_LISTENER
#define SECCOMP_FILTER_FLAG_NEW_LISTENER (1UL << 3)
#endif

/* rt takes the descriptor out of this process (pidfd_getfd): the filter may not allow sendmsg. */
static int hand_over(struct inside *in, int fd, struct err *e)
{
	uint32_t number = (uint32_t)fd;

	return inside_stop(in, MESSAGE_NOTIFY, &number, sizeof(number), e);
}

int seccomp_load(struct inside *in, struct err *e)
{
	const struct sock_fprog program = {
		.len = (unsigned short)in->filter_len,
		.filter = (struct sock_filter *)(uintptr_t)in->filter, /* the kernel reads it only */
	};
	const bool has_listener = in->plan->seccomp.listener_path != NULL;
	unsigned long flags = (unsigned long)in->plan->seccomp.flags;
	_cleanup_fd_ int listener = -EBADF;
	int r;

	/* One thread: there is nothing to synchronise, and both flags together are refused by the kernel. */
	if (has_listener)
		flags = (flags | SECCOMP_FILTER_FLAG_NEW_LISTENER) & ~(unsigned long)SECCOMP_FILTER_FLAG_TSYNC;
	/* Where the vDSO has no clock, to read it is a system call, which the profile may kill. */
	trace_stop(in);
	if (credentials_raise_filter_right(in, e) < 0)
		return -1;
	r = sys_seccomp(SECCOMP_SET_MODE_FILTER, (unsigned)flags, &program);
	if (r < 0) {
		(void)err_errno(e, errno, "load the filter (%u instructions)", in->filter_len);
		if (e->errnum == EACCES)
			(void)err_hint(e, "without noNewPrivileges this needs CAP_SYS_ADMIN in the container's "
					  "user namespace");
		return -1;
	}
	if (has_listener) { /* else R is 0, no descriptor */
		listener = r;
		/* Before anything else: what the profile notifies of can not go on without the agent. */
		if (hand_over(in, listener, e) < 0)
			return -1;
	}
	return credentials_settle(in, e);
}
