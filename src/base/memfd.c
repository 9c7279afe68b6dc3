/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memfd.h"

#include <errno.h>

#include "base/sys.h"

int memfd_make(const char *name, unsigned flags)
{
	int fd = sys_memfd_create(name, K_MFD_CLOEXEC | K_MFD_ALLOW_SEALING | flags);

	if (fd < 0 && errno == EINVAL)
		fd = sys_memfd_create(name, K_MFD_CLOEXEC | K_MFD_ALLOW_SEALING);
	return fd;
}

int memfd_seal(int fd, const char *what, struct err *e)
{
	if (sys_fcntl(fd, K_F_ADD_SEALS, K_F_SEAL_SEAL | K_F_SEAL_SHRINK | K_F_SEAL_GROW | K_F_SEAL_WRITE) < 0)
		return err_errno(e, errno, "seal %s", what);
	return 0;
}
