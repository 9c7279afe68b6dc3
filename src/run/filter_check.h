/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_FILTER_CHECK_H
#define RT_RUN_FILTER_CHECK_H

#include <linux/filter.h>

#include "base/err.h"

/* Would the kernel take these instructions as a seccomp filter?  ERR_CONFIG with the number of the first that it would
 * not.  Source: seccomp(2); bpf_check_classic() and seccomp_check_filter() of the kernel. */
int filter_check(const struct sock_filter *insns, unsigned len, struct err *e);

#endif
