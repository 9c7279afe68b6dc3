/* SPDX-License-Identifier: Apache-2.0 */
#include "embed/image.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/auxv.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/memfd.h"
#include "base/sys.h"

/* image_bytes.c */
extern const unsigned char image_init_start[];
extern const unsigned char image_init_end[];
extern const unsigned char image_libs_start[];
extern const unsigned char image_libs_end[];

struct bytes {
	const unsigned char *start;
	size_t size;
};

/* Where an image is in the file of rt. */
struct place {
	const unsigned char *start;
	int64_t offset;       /* -1: not known */
	bool has_interpreter; /* rt is a dynamic program */
};

const char *image_name(enum image image)
{
	return image == IMAGE_INIT ? "rt-init" : "rt-libs";
}

const char *image_installed_path(enum image image)
{
	return image == IMAGE_INIT ? RT_LIBEXECDIR "/rt-init" : RT_LIBEXECDIR "/rt-libs";
}

/* No table: its pointers would be relocated at each start of rt. */
static struct bytes get_bytes(enum image image)
{
	if (image == IMAGE_INIT)
		return (struct bytes){ image_init_start, (size_t)(image_init_end - image_init_start) };
	return (struct bytes){ image_libs_start, (size_t)(image_libs_end - image_libs_start) };
}

/* In a loaded object: dl_iterate_phdr(3) tells of the program itself first. */
static int find_place(struct dl_phdr_info *info, size_t size, void *data)
{
	struct place *place = data;
	const uintptr_t at = (uintptr_t)place->start - info->dlpi_addr;
	unsigned i;

	(void)size;
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];

		if (p->p_type == PT_INTERP)
			place->has_interpreter = true;
		if (p->p_type == PT_LOAD && at >= p->p_vaddr && at - p->p_vaddr < p->p_filesz)
			place->offset = (int64_t)(p->p_offset + (at - p->p_vaddr));
	}
	return 1; /* the other objects do not have it */
}

/*
 * Our own file, and where the image is in it.  Copied from there by the kernel, the image costs no page of our memory.
 * Negative where this can not be done: the dynamic loader was called by name (no AT_BASE), so that /proc/self/exe is
 * not rt, or rt may be executed but not read.
 */
static int open_own_file(const unsigned char *start, int64_t *ret_offset)
{
	struct place place = { .start = start, .offset = -1 };

	(void)dl_iterate_phdr(find_place, &place); /* gives what the callback does */
	if (place.offset < 0 || (place.has_interpreter && getauxval(AT_BASE) == 0))
		return -EBADF;
	*ret_offset = place.offset;
	return sys_openat(AT_FDCWD, "/proc/self/exe", O_RDONLY | O_CLOEXEC, 0);
}

static int copy(int fd, enum image image, struct err *e)
{
	const struct bytes bytes = get_bytes(image);
	size_t left = bytes.size;
	int64_t offset = 0;
	_cleanup_fd_ int own = open_own_file(bytes.start, &offset);

	if (own < 0)
		return io_write_all(fd, bytes.start, left, image_name(image), e);
	while (left > 0) {
		ssize_t n = sys_sendfile(fd, own, &offset, left);

		if (n <= 0)
			return err_errno(e, n < 0 ? errno : EIO, "copy %s", image_name(image));
		left -= (size_t)n;
	}
	return 0;
}

int image_open(enum image image, struct err *e)
{
	_cleanup_fd_ int fd = memfd_make(image_name(image), K_MFD_EXEC);

	if (fd < 0)
		return err_errno(e, errno, "memfd_create for %s", image_name(image));
	if (copy(fd, image, e) < 0 || memfd_seal(fd, image_name(image), e) < 0)
		return -1;
	return fd_take(&fd);
}
