/* SPDX-License-Identifier: Apache-2.0 */
#include "run/handover.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/sys.h"
#include "run/init_image.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define FILTER_ALIGN 16
#define INIT_PATH RT_LIBEXECDIR "/rt-init"

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

/* A memfd; FLAGS are those that came with Linux 6.3, left out where the kernel is older. */
static int make_memfd(const char *name, unsigned flags)
{
	int fd = sys_memfd_create(name, K_MFD_CLOEXEC | K_MFD_ALLOW_SEALING | flags);

	if (fd < 0 && errno == EINVAL)
		fd = sys_memfd_create(name, K_MFD_CLOEXEC | K_MFD_ALLOW_SEALING);
	return fd;
}

static int seal(int fd, const char *what, struct err *e)
{
	if (sys_fcntl(fd, K_F_ADD_SEALS, K_F_SEAL_SEAL | K_F_SEAL_SHRINK | K_F_SEAL_GROW | K_F_SEAL_WRITE) < 0)
		return err_errno(e, errno, "seal %s", what);
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
	fd = make_memfd("rt-plan", K_MFD_NOEXEC_SEAL);
	if (fd < 0)
		return err_errno(e, errno, "memfd_create for the plan");
	/* Behind what is used the arena has zeros: the gap to the filter comes with it. */
	if (io_write_all(fd, m->base, filter_offset, "the plan", e) < 0)
		return -1;
	if (filter_len > 0 && io_write_all(fd, filter, filter_len * sizeof(*filter), "the seccomp filter", e) < 0)
		return -1;
	if (seal(fd, "the plan", e) < 0)
		return -1;
	*ret_hello = (struct message_hello){
		.plan_version = PLAN_VERSION,
		.plan_size = size,
		.filter_offset = filter_offset,
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
	const struct k_mount_attr attr = { .attr_set = K_MOUNT_ATTR_RDONLY };
	_cleanup_fd_ int fd = sys_open_tree(AT_FDCWD, INIT_PATH, K_OPEN_TREE_CLONE | K_OPEN_TREE_CLOEXEC);

	if (fd >= 0 && sys_mount_setattr(fd, "", AT_EMPTY_PATH, &attr) == 0)
		return fd_take(&fd);
	(void)err_errno(e, errno, "memfds can not be executed here, and %s can not be cloned read-only", INIT_PATH);
	return err_hint(e, "sysctl vm.memfd_noexec=1, or install rt and run it with CAP_SYS_ADMIN");
}

/* Where init's image is in the file of a loaded object: told by dl_iterate_phdr(3) of the program itself first. */
static int find_image(struct dl_phdr_info *info, size_t size, void *ret_offset)
{
	const uintptr_t at = (uintptr_t)init_image_start - info->dlpi_addr;
	unsigned i;

	(void)size;
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];

		if (p->p_type == PT_LOAD && at >= p->p_vaddr && at - p->p_vaddr < p->p_filesz)
			*(int64_t *)ret_offset = (int64_t)(p->p_offset + (at - p->p_vaddr));
	}
	return 1; /* the other objects do not have it */
}

/*
 * Our own file, and where the image is in it.  Copied from there by the kernel, the image costs no page of our memory.
 * Negative where this can not be done: the dynamic loader was called by name (no AT_BASE), so that /proc/self/exe is
 * not rt, or rt may be executed but not read.
 */
static int open_own_image(int64_t *ret_offset)
{
	int64_t offset = -1;

	if (getauxval(AT_BASE) == 0)
		return -EBADF;
	(void)dl_iterate_phdr(find_image, &offset); /* gives what the callback does */
	if (offset < 0)
		return -EBADF;
	*ret_offset = offset;
	return sys_openat(AT_FDCWD, "/proc/self/exe", O_RDONLY | O_CLOEXEC, 0);
}

static int copy_image(int fd, struct err *e)
{
	size_t left = (size_t)(init_image_end - init_image_start);
	int64_t offset = 0;
	_cleanup_fd_ int own = open_own_image(&offset);

	if (own < 0)
		return io_write_all(fd, init_image_start, left, "init", e);
	while (left > 0) {
		ssize_t n = sys_sendfile(fd, own, &offset, left);

		if (n <= 0)
			return err_errno(e, n < 0 ? errno : EIO, "copy init");
		left -= (size_t)n;
	}
	return 0;
}

int handover_open_init(struct err *e)
{
	_cleanup_fd_ int fd = make_memfd("rt-init", K_MFD_EXEC);

	if (fd < 0 && errno == EACCES)
		return open_installed_init(e);
	if (fd < 0)
		return err_errno(e, errno, "memfd_create for init");
	if (copy_image(fd, e) < 0 || seal(fd, "init", e) < 0)
		return -1;
	return fd_take(&fd);
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
