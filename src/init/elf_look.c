/* SPDX-License-Identifier: Apache-2.0 */
#include "init/elf_look.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys.h"

/* Headers and loader's name lie at the very start of what linkers make; the kernel reads 256 bytes of a script. */
#define HEAD_SIZE 1024
#define SCRIPT_SIZE 256

#if __SIZEOF_POINTER__ == 8
typedef Elf64_Ehdr elf_header;
typedef Elf64_Phdr elf_program_header;
#define NATIVE_CLASS ELFCLASS64
#else
typedef Elf32_Ehdr elf_header;
typedef Elf32_Phdr elf_program_header;
#define NATIVE_CLASS ELFCLASS32
#endif

#if __BYTE_ORDER == __LITTLE_ENDIAN
#define NATIVE_DATA ELFDATA2LSB
#else
#define NATIVE_DATA ELFDATA2MSB
#endif

#if defined(__x86_64__)
#define NATIVE_MACHINE EM_X86_64
#elif defined(__i386__)
#define NATIVE_MACHINE EM_386
#elif defined(__aarch64__)
#define NATIVE_MACHINE EM_AARCH64
#elif defined(__arm__)
#define NATIVE_MACHINE EM_ARM
#elif defined(__riscv)
#define NATIVE_MACHINE EM_RISCV
#elif defined(__powerpc64__)
#define NATIVE_MACHINE EM_PPC64
#elif defined(__s390x__)
#define NATIVE_MACHINE EM_S390
#else
#define NATIVE_MACHINE EM_NONE /* not known: nothing is called foreign */
#endif

static void look_at_script(const char *head, size_t len, char *interpreter)
{
	const char *p = head + 2;
	const char *limit = head + (len < SCRIPT_SIZE ? len : SCRIPT_SIZE);
	size_t n = 0;

	while (p < limit && (*p == ' ' || *p == '\t'))
		p++;
	while (p + n < limit && strchr(" \t\n", p[n]) == NULL)
		n++;
	memcpy(interpreter, p, n); /* fewer than PATH_MAX */
	interpreter[n] = '\0';
}

static void look_at_elf(const char *head, size_t len, struct program_facts *f, char *interpreter)
{
	elf_header h;
	unsigned i;

	f->is_elf = true;
	if (len < sizeof(h))
		return;
	memcpy(&h, head, sizeof(h));
	if (NATIVE_MACHINE != EM_NONE && h.e_machine != NATIVE_MACHINE)
		f->is_foreign = true;
	/* A 32-bit program of the same family runs where the kernel is built so, and its headers differ: no word on
	 * it. */
	if (h.e_ident[EI_CLASS] != NATIVE_CLASS || h.e_ident[EI_DATA] != NATIVE_DATA ||
	    h.e_phentsize != sizeof(elf_program_header))
		return;
	for (i = 0; i < h.e_phnum; i++) {
		elf_program_header ph;
		size_t at = (size_t)h.e_phoff + i * sizeof(ph);

		if (at > len || len - at < sizeof(ph))
			return;
		memcpy(&ph, head + at, sizeof(ph));
		if (ph.p_type != PT_INTERP)
			continue;
		if (ph.p_filesz == 0 || ph.p_filesz >= HEAD_SIZE || ph.p_offset > len ||
		    ph.p_filesz > len - ph.p_offset)
			return;
		memcpy(interpreter, head + ph.p_offset, (size_t)ph.p_filesz);
		interpreter[ph.p_filesz] = '\0';
		return;
	}
}

void elf_look(const char *path, struct program_facts *ret, char *interpreter)
{
	_cleanup_fd_ int fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
	struct program_facts f = { .is_noexec = false };
	char head[HEAD_SIZE];
	struct statfs fs;
	struct stat st;
	ssize_t n;

	interpreter[0] = '\0';
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	f.is_noexec = fstatfs(fd, &fs) == 0 && ((unsigned long)fs.f_flags & ST_NOEXEC) != 0;
	n = sys_read(fd, head, sizeof(head));
	if (n > 2 && memcmp(head, "#!", 2) == 0) {
		f.is_script = true;
		look_at_script(head, (size_t)n, interpreter);
	} else if (n > SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0) {
		look_at_elf(head, (size_t)n, &f, interpreter);
	}
	f.is_interpreter_missing = interpreter[0] != '\0' && access(interpreter, F_OK) < 0 && errno == ENOENT;
	*ret = f;
}
