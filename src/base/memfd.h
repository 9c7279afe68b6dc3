/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BASE_MEMFD_H
#define RT_BASE_MEMFD_H

#include "base/err.h"

/* A memfd that can be sealed, or -1 with errno.  FLAGS are those that came with Linux 6.3 (K_MFD_EXEC,
 * K_MFD_NOEXEC_SEAL); they are left out where the kernel is older. */
int memfd_make(const char *name, unsigned flags);

/* From here on nobody writes to it or changes its size. */
int memfd_seal(int fd, const char *what, struct err *e);

#endif
