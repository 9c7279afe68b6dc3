/* SPDX-License-Identifier: Apache-2.0 */
#include "init/handover.h"

#include <errno.h>
#include <linux/filter.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys.h"
#include "init/trace.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000 /* Linux 4.17 */
#endif

#define SMALLEST_PAGE 4096u
#define FILTER_MAX 32768u /* far above BPF_MAXINSNS, which the kernel enforces */

static int check_hello(const struct message *m, const struct message_hello *hello, struct err *e)
{
	uint64_t filter_size = (uint64_t)hello->filter_len * sizeof(struct sock_filter);

	if (hello->plan_version != PLAN_VERSION)
		return err_set(e, ERR_INTERNAL, "rt speaks plan version %u, init speaks %d", hello->plan_version,
			       PLAN_VERSION);
	if (m->n_fds == 0 || hello->n_fds > PLAN_FDS_MAX || m->n_fds - 1 > hello->n_fds)
		return err_set(e, ERR_INTERNAL, "hello: %u descriptors announced, %u sent", hello->n_fds, m->n_fds);
	if (hello->plan_size < sizeof(struct plan) ||
	    hello->plan_size > PLAN_SIZE_MAX + FILTER_MAX * sizeof(struct sock_filter))
		return err_set(e, ERR_INTERNAL, "hello: plan of %llu bytes", (unsigned long long)hello->plan_size);
	if (hello->filter_len > FILTER_MAX || hello->filter_offset > hello->plan_size ||
	    filter_size > hello->plan_size - hello->filter_offset)
		return err_set(e, ERR_INTERNAL, "hello: filter of %u instructions", hello->filter_len);
	return 0;
}

static int map_plan(struct inside *in, int fd, const struct message_hello *hello, struct err *e)
{
	const struct plan *plan =
		mmap(PLAN_ADDRESS, hello->plan_size, PROT_READ, MAP_PRIVATE | MAP_FIXED_NOREPLACE, fd, 0);

	if (plan == MAP_FAILED)
		return err_errno(e, errno, "map the plan");
	if (plan != PLAN_ADDRESS)
		return err_set(e, ERR_INTERNAL, "map the plan: the kernel chose another address");
	if (plan->version != PLAN_VERSION || plan->n_fds != hello->n_fds)
		return err_set(e, ERR_INTERNAL,
			       "the plan (version %u, %u descriptors) is not the one that was announced", plan->version,
			       plan->n_fds);
	in->plan = plan;
	in->filter = (const char *)plan + hello->filter_offset;
	in->filter_len = hello->filter_len;
	in->ignored_signals = hello->ignored_signals;
	return 0;
}

static char *carve(char **next, size_t size)
{
	char *p = *next;

	*next += (size + 15) & ~(size_t)15;
	return p;
}

/*
 * The arrays of IN whose sizes the plan gives.  n_fds is bounded above; the others lie in the mapped plan.
 *
 * Right behind the plan, of END bytes, if the kernel takes the hint: mount(2) reads a page from where its options
 * begin, and faults twice where none follows.  What most containers touch lies in the first page.
 */
static int make_arrays(struct inside *in, uint64_t end, struct err *e)
{
	const struct plan *p = in->plan;
	size_t env = ((size_t)p->process.n_env + 1) * sizeof(char *);
	size_t size = (p->n_fds + (size_t)p->n_mounts) * sizeof(int) + env + 2 * (size_t)PATH_MAX + HOME_SIZE + 6 * 16;
	char *behind = (char *)PLAN_ADDRESS + ((end + SMALLEST_PAGE - 1) & ~(uint64_t)(SMALLEST_PAGE - 1));
	char *next = mmap(behind, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned i;

	if (next == MAP_FAILED)
		return err_errno(e, errno, "allocate %zu bytes", size);
	in->envp = (char **)(void *)carve(&next, env);
	in->fds = (int *)(void *)carve(&next, p->n_fds * sizeof(int));
	in->seal_fds = (int *)(void *)carve(&next, p->n_mounts * sizeof(int));
	in->home = carve(&next, HOME_SIZE);
	in->program = carve(&next, PATH_MAX);
	in->interpreter = carve(&next, PATH_MAX);
	in->envp[0] = NULL; /* the page is there from now on */
	for (i = 0; i < p->n_fds; i++)
		in->fds[i] = -EBADF;
	return 0;
}

static int receive_fds(struct inside *in, struct message *m, unsigned first, struct err *e)
{
	unsigned n = 0;
	unsigned i;

	for (i = first; i < m->n_fds; i++)
		in->fds[n++] = fd_take(&m->fds[i]);
	while (n < in->plan->n_fds) {
		int r;

		message_release(m);
		r = message_recv(in->sock, m, e);
		if (r < 0)
			return -1;
		if (r == 0 || m->type != MESSAGE_FDS || m->n_fds == 0 || m->n_fds > in->plan->n_fds - n)
			return err_set(e, ERR_INTERNAL, "rt announced %u descriptors and sent %u", in->plan->n_fds, n);
		for (i = 0; i < m->n_fds; i++)
			in->fds[n++] = fd_take(&m->fds[i]);
	}
	return 0;
}

int handover_receive(struct inside *in, struct err *e)
{
	struct message_hello hello;
	_cleanup_message_ struct message m;
	int r;

	m.n_fds = 0;
	r = message_recv(in->sock, &m, e);
	if (r < 0)
		return -1;
	if (r == 0 || m.type != MESSAGE_HELLO || m.len != sizeof(hello))
		return err_set(e, ERR_INTERNAL, "rt did not say hello");
	memcpy(&hello, m.payload, sizeof(hello));
	if (check_hello(&m, &hello, e) < 0 || map_plan(in, m.fds[0], &hello, e) < 0 ||
	    make_arrays(in, hello.plan_size, e) < 0)
		return -1;
	fd_close(&m.fds[0]); /* the mapping stays */
	if (receive_fds(in, &m, 1, e) < 0 || trace_map(in, e) < 0)
		return -1;
#ifdef RT_FAULT_INJECTION
	sys_fault_set(hello.fault, hello.fault_errno); /* last: rt's own calls are counted on its side */
#endif
	return 0;
}
