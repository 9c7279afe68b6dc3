/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BASE_FD_H
#define RT_BASE_FD_H

/*
 * Ownership of descriptors.  A descriptor is declared `_cleanup_fd_ int fd = -EBADF`, is born with
 * O_CLOEXEC, and leaves its scope only through fd_take().  Shared with init.
 */

/* Closes *FD if it is not negative and sets it to -EBADF.  errno is kept. */
void fd_close(int *fd);
#define _cleanup_fd_ __attribute__((cleanup(fd_close)))

/* Gives *FD away: returns it and leaves -EBADF. */
int fd_take(int *fd);

#endif
