/* SPDX-License-Identifier: Apache-2.0 */
#include "run/handover.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/memfd.h"
#include "base/sys.h"
#include "embed/image.h"
#include "run/signals.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define FILTER_ALIGN 16

static size_t round_up(size_t n, size_t unit)
{
	return (n + unit - 1) / unit * unit;
}

int plan_memory_map(struct plan_memory *m, struct err *e)
{
	/* NORESERVE: the range is as large as a plan may get, what is touched is a few pages. */
	void *base = mmap(PLAN_ADDRESS, PLAN_SIZE_MAX, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

	if (base == MAP_FAILED)
		return err_errno(e, errno, "map the plan's memory");
	m->base = base;
	arena_init_fixed(&m->arena, base, PLAN_SIZE_MAX);
	return 0;
}

int plan_memory_protect(const struct plan_memory *m, struct err *e)
{
	if (mprotect(m->base, PLAN_SIZE_MAX, PROT_READ) < 0)
		return err_errno(e, errno, "protect the plan's memory");
	return 0;
}

int handover_make_plan(const struct plan_memory *m, const struct sock_filter *filter, unsigned filter_len,
		       struct message_hello *ret_hello, struct err *e)
{
	const size_t used = (size_t)(m->arena.next - (const char *)m->base);
	const size_t filter_offset = round_up(used, FILTER_ALIGN);
	const size_t size = filter_offset + filter_len * sizeof(*filter);
	_cleanup_fd_ int fd = -EBADF;

	if (size > PLAN_SIZE_MAX)
		return err_errno(e, E2BIG, "plan and seccomp filter");
	fd = memfd_make("rt-plan", K_MFD_NOEXEC_SEAL);
	if (fd < 0)
		return err_errno(e, errno, "memfd_create for the plan");
	/* Behind what is used the arena has zeros: the gap to the filter comes with it. */
	if (io_write_all(fd, m->base, filter_offset, "the plan", e) < 0)
		return -1;
	if (filter_len > 0 && io_write_all(fd, filter, filter_len * sizeof(*filter), "the seccomp filter", e) < 0)
		return -1;
	if (memfd_seal(fd, "the plan", e) < 0)
		return -1;
	*ret_hello = (struct message_hello){
		.plan_version = PLAN_VERSION,
		.plan_size = size,
		.filter_offset = filter_offset,
		.ignored_signals = signals_read_ignored(),
		.filter_len = filter_len,
	};
	return fd_take(&fd);
}

/*
 * Where memfds can not be executed (vm.memfd_noexec=2): the installed copy, through a private clone of its mount that
 * is read-only.  Its one descriptor closes at exec, so that nobody inside can clear that flag.
 */
static int open_installed_init(struct err *e)
{
	const char *path = image_installed_path(IMAGE_INIT);
	const struct k_mount_attr attr = { .attr_set = K_MOUNT_ATTR_RDONLY };
	_cleanup_fd_ int fd = sys_open_tree(AT_FDCWD, path, K_OPEN_TREE_CLONE | K_OPEN_TREE_CLOEXEC);

	if (fd >= 0 && sys_mount_setattr(fd, "", AT_EMPTY_PATH, &attr) == 0)
		return fd_take(&fd);
	(void)err_errno(e, errno, "memfds can not be executed here, and %s can not be cloned read-only", path);
	return err_hint(e, "sysctl vm.memfd_noexec=1, or install rt and run it with CAP_SYS_ADMIN");
}

int handover_open_init(struct err *e)
{
	int fd = image_open(IMAGE_INIT, e);

	if (fd >= 0 || e->errnum != EACCES)
		return fd;
	err_clear(e);
	return open_installed_init(e);
}

int handover_send(int sock, const struct message_hello *hello, int plan_fd, const int *fds, unsigned n_fds,
		  struct err *e)
{
	struct message_hello h = *hello;
	int first[MESSAGE_FDS_MAX] = { plan_fd };
	unsigned n = n_fds < MESSAGE_FDS_MAX - 1 ? n_fds : MESSAGE_FDS_MAX - 1;
	unsigned sent;

	h.n_fds = n_fds;
	if (n > 0)
		memcpy(first + 1, fds, n * sizeof(*fds));
	if (message_send(sock, MESSAGE_HELLO, &h, sizeof(h), first, n + 1, e) < 0)
		return -1;
	for (sent = n; sent < n_fds; sent += n) {
		n = n_fds - sent < MESSAGE_FDS_MAX ? n_fds - sent : MESSAGE_FDS_MAX;
		if (message_send(sock, MESSAGE_FDS, NULL, 0, fds + sent, n, e) < 0)
			return -1;
	}
	return 0;
}
