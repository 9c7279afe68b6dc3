/* SPDX-License-Identifier: Apache-2.0 */
#include "init/trace.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>

#include "base/fd.h"
#include "base/trace.h"

int trace_map(struct inside *in, struct err *e)
{
	_cleanup_fd_ int fd = inside_take_fd(in, PLAN_FD_TRACE, 0);
	void *page;

	if (fd < 0)
		return 0;
	/* Shared also by the children that go on in this process's place. */
	page = mmap(NULL, sizeof(struct trace_page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED)
		return err_errno(e, errno, "map the page of the trace");
	in->trace = page;
	return 0;
}

void trace_begin(struct inside *in, const char *name)
{
	struct trace_page *page = in->trace;
	uint64_t now;

	if (page == NULL || page->n >= TRACE_STEPS_MAX)
		return;
	now = trace_now();
	if (page->n > 0)
		page->steps[page->n - 1].end_ns = now;
	(void)snprintf(page->steps[page->n].name, TRACE_NAME_SIZE, "%s", name); /* may be cut */
	page->steps[page->n].begin_ns = now;
	page->n++;
}

void trace_stop(struct inside *in)
{
	in->trace = NULL;
}
