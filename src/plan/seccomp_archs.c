/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/seccomp_archs.h"

#include <stddef.h>
#include <string.h>

/* clang-format off */
const struct seccomp_arch seccomp_archs[] = {
	{ "SCMP_ARCH_AARCH64",     "aarch64" },
	{ "SCMP_ARCH_ARM",         "arm" },
	{ "SCMP_ARCH_LOONGARCH64", "loongarch64" },
	{ "SCMP_ARCH_M68K",        "m68k" },
	{ "SCMP_ARCH_MIPS",        "mips" },
	{ "SCMP_ARCH_MIPS64",      "mips64" },
	{ "SCMP_ARCH_MIPS64N32",   "mips64n32" },
	{ "SCMP_ARCH_MIPSEL",      "mipsel" },
	{ "SCMP_ARCH_MIPSEL64",    "mipsel64" },
	{ "SCMP_ARCH_MIPSEL64N32", "mipsel64n32" },
	{ "SCMP_ARCH_PARISC",      "parisc" },
	{ "SCMP_ARCH_PARISC64",    "parisc64" },
	{ "SCMP_ARCH_PPC",         "ppc" },
	{ "SCMP_ARCH_PPC64",       "ppc64" },
	{ "SCMP_ARCH_PPC64LE",     "ppc64le" },
	{ "SCMP_ARCH_RISCV64",     "riscv64" },
	{ "SCMP_ARCH_S390",        "s390" },
	{ "SCMP_ARCH_S390X",       "s390x" },
	{ "SCMP_ARCH_SH",          "sh" },
	{ "SCMP_ARCH_SHEB",        "sheb" },
	{ "SCMP_ARCH_X32",         "x32" },
	{ "SCMP_ARCH_X86",         "x86" },
	{ "SCMP_ARCH_X86_64",      "x86_64" },
	{ NULL, NULL },
};

/* Where uname(2) has another name than libseccomp; the rest is called the same. */
static const struct seccomp_arch machines[] = {
	{ "armv7l", "arm" },
	{ "armv8l", "arm" },
	{ "i386",   "x86" },
	{ "i486",   "x86" },
	{ "i586",   "x86" },
	{ "i686",   "x86" },
	{ NULL, NULL },
};
/* clang-format on */

const char *seccomp_arch_find(const char *word)
{
	for (const struct seccomp_arch *a = seccomp_archs; a->word; a++) {
		if (strcmp(a->word, word) == 0)
			return a->name;
	}
	return NULL;
}

const char *seccomp_arch_of_machine(const char *machine)
{
	for (const struct seccomp_arch *a = machines; a->word; a++) {
		if (strcmp(a->word, machine) == 0)
			return a->name;
	}
	for (const struct seccomp_arch *a = seccomp_archs; a->word; a++) {
		if (strcmp(a->name, machine) == 0)
			return a->name;
	}
	return NULL;
}
