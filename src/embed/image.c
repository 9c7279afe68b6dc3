/* SPDX-License-Identifier: Apache-2.0 */
#include "embed/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/memfd.h"
#include "base/own_elf.h"
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

/* Where START is in our ELF file; -1: not known. */
static int64_t find_offset(const unsigned char *start)
{
	const ElfW(Phdr) *phdr = own_elf_phdr();
	const uintptr_t at = (uintptr_t)start - own_elf_bias();

	for (unsigned i = 0; i < __ehdr_start.e_phnum; i++) {
		if (phdr[i].p_type == PT_LOAD && at >= phdr[i].p_vaddr && at - phdr[i].p_vaddr < phdr[i].p_filesz)
			return (int64_t)(phdr[i].p_offset + (at - phdr[i].p_vaddr));
	}
	return -1;
}

/* Has FD the headers that we have in memory?  Not if it is a dynamic loader that was called by name, with rt's. */
static bool is_own_file(int fd)
{
	const size_t size = __ehdr_start.e_phoff + (size_t)__ehdr_start.e_phnum * sizeof(ElfW(Phdr));
	char headers[1024];

	return size <= sizeof(headers) && sys_read(fd, headers, size) == (ssize_t)size &&
	       memcmp(headers, &__ehdr_start, size) == 0;
}

/*
 * Our own file, and where the image is in it.  Copied from there by the kernel, the image costs no page of our memory.
 * Negative where this can not be done: /proc/self/exe is not rt, or rt may be executed but not read.
 */
static int open_own_file(const unsigned char *start, int64_t *ret_offset)
{
	const int64_t offset = find_offset(start);
	_cleanup_fd_ int fd = -EBADF;

	if (offset < 0)
		return -EBADF;
	fd = sys_openat(AT_FDCWD, "/proc/self/exe", O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0 || !is_own_file(fd))
		return -EBADF;
	*ret_offset = offset;
	return fd_take(&fd);
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
