/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BASE_OWN_ELF_H
#define RT_BASE_OWN_ELF_H

#include <link.h>
#include <stdint.h>

/* The begin of this program's ELF file in memory, as the linker names it: a loadable segment has the file's begin. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

/* Its __ehdr_start.e_phnum program headers. */
static inline const ElfW(Phdr) *own_elf_phdr(void)
{
	return (const void *)((uintptr_t)&__ehdr_start + __ehdr_start.e_phoff);
}

/* What is added to the file's addresses: 0 where it is not position-independent. */
static inline uintptr_t own_elf_bias(void)
{
	const ElfW(Phdr) *phdr = own_elf_phdr();

	for (unsigned i = 0; i < __ehdr_start.e_phnum; i++) {
		if (phdr[i].p_type == PT_LOAD && phdr[i].p_offset == 0)
			return (uintptr_t)&__ehdr_start - phdr[i].p_vaddr;
	}
	return 0;
}

#endif
