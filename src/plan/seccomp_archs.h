/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_PLAN_SECCOMP_ARCHS_H
#define RT_PLAN_SECCOMP_ARCHS_H

/* The specification's architectures and libseccomp's names for them (seccomp_arch_resolve_name(3)). */
struct seccomp_arch {
	const char *word; /* "SCMP_ARCH_X86_64" */
	const char *name; /* "x86_64" */
};

/* Ends with a NULL word. */
extern const struct seccomp_arch seccomp_archs[];

/* libseccomp's name, or NULL. */
const char *seccomp_arch_find(const char *word);

/* libseccomp's name for uname(2)'s machine, or NULL where it has none: then only listed architectures are filtered. */
const char *seccomp_arch_of_machine(const char *machine);

#endif
