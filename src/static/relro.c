/* SPDX-License-Identifier: Apache-2.0 */
#include <link.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * Tables with pointers are written once, when the program is relocated, and shall be read-only after it (PT_GNU_RELRO).
 * In a dynamic program the loader does that; the start of a static musl program does not.
 */

/* The begin of our ELF file in memory: the linker's symbol, with a loadable segment from offset 0 of the file. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

static void protect(void) __attribute__((constructor));
static void protect(void)
{
	const uintptr_t start = (uintptr_t)&__ehdr_start;
	const ElfW(Phdr) *phdr = (const void *)(start + __ehdr_start.e_phoff);
	const uintptr_t page_mask = ~((uintptr_t)sysconf(_SC_PAGESIZE) - 1);
	uintptr_t bias = 0;
	unsigned i;

	for (i = 0; i < __ehdr_start.e_phnum; i++) {
		if (phdr[i].p_type == PT_LOAD && phdr[i].p_offset == 0)
			bias = start - phdr[i].p_vaddr;
	}
	for (i = 0; i < __ehdr_start.e_phnum; i++) {
		const uintptr_t from = (bias + phdr[i].p_vaddr) & page_mask;
		const uintptr_t to = (bias + phdr[i].p_vaddr + phdr[i].p_memsz) & page_mask;

		if (phdr[i].p_type != PT_GNU_RELRO || from == to)
			continue;
		/* As with the loader, no program without it. */
		if (mprotect((void *)from, to - from, PROT_READ) < 0)
			__builtin_trap();
	}
}
