/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/own_elf.h"

/*
 * Tables with pointers are written once, when the program is relocated, and shall be read-only after it (PT_GNU_RELRO).
 * In a dynamic program the loader does that; the start of a static musl program does not.
 */

static void protect(void) __attribute__((constructor));
static void protect(void)
{
	const ElfW(Phdr) *phdr = own_elf_phdr();
	const uintptr_t bias = own_elf_bias();
	const uintptr_t page_mask = ~((uintptr_t)sysconf(_SC_PAGESIZE) - 1);

	for (unsigned i = 0; i < __ehdr_start.e_phnum; i++) {
		const uintptr_t from = (bias + phdr[i].p_vaddr) & page_mask;
		const uintptr_t to = (bias + phdr[i].p_vaddr + phdr[i].p_memsz) & page_mask;

		if (phdr[i].p_type != PT_GNU_RELRO || from == to)
			continue;
		/* As with the loader, no program without it. */
		if (mprotect((void *)from, to - from, PROT_READ) < 0)
			__builtin_trap();
	}
}
