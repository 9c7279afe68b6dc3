/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_LIBS_FILTER_LIBRARY_H
#define RT_LIBS_FILTER_LIBRARY_H

#include <seccomp.h>

/* What is used of libseccomp.  Only where there is its header. */
struct libseccomp {
	__typeof__(&seccomp_init) init;
	__typeof__(&seccomp_release) release;
	__typeof__(&seccomp_attr_set) attr_set;
	__typeof__(&seccomp_arch_resolve_name) arch_resolve_name;
	__typeof__(&seccomp_arch_native) arch_native;
	__typeof__(&seccomp_arch_add) arch_add;
	__typeof__(&seccomp_syscall_resolve_name_arch) resolve_name_arch;
	__typeof__(&seccomp_syscall_resolve_name_rewrite) resolve_name_rewrite;
	__typeof__(&seccomp_syscall_resolve_num_arch) resolve_num_arch;
	__typeof__(&seccomp_rule_add_array) rule_add_array;
	__typeof__(&seccomp_export_bpf) export_bpf;
};

#endif
