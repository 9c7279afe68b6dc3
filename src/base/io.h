/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BASE_IO_H
#define RT_BASE_IO_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

struct arena;

/* Small complete transfers.  NAME is only for the error text.  Shared with init. */

/* Writes all of BUF; short writes and EINTR are carried on. */
int io_write_all(int fd, const void *buf, size_t len, const char *name, struct err *e);

/* Reads up to SIZE bytes until end of file into BUF.  Returns the count, or -1.  A file that holds more
 * than SIZE bytes is an error (EFBIG): nothing that a container controls is read without a bound. */
ssize_t io_read_all(int fd, void *buf, size_t size, const char *name, struct err *e);

/* Reads a small file of procfs, sysfs or cgroupfs, which gives all that it has in one read(2), into BUF and ends it
 * with a NUL. Returns the length, or -1; EFBIG if it does not fit. Not for lists without end like /proc/locks. */
ssize_t io_read_text(int fd, char *buf, size_t size, const char *name, struct err *e);

/* Writes VALUE in one write(2): a kernel file takes it whole or not at all. */
int io_write_value(int fd, const char *value, const char *name, struct err *e);

/* Opens PATH below DIR_FD, writes VALUE in one write(2), closes.  For procfs, sysfs and cgroup files, which
 * take a value whole or not at all. */
int io_write_file_at(int dir_fd, const char *path, const char *value, struct err *e);

/* Reads the regular file PATH below DIR_FD into a malloc'ed buffer with a NUL added behind it (not counted
 * in RET_LEN).  More than LIMIT bytes: ERR_CONFIG.  A FIFO or device is refused, and never waited for.
 * Host side only (allocates). */
int io_read_file_at(int dir_fd, const char *path, size_t limit, char **ret_buf, size_t *ret_len, struct err *e);

/* The same into arena A, for NAME in a directory that only rt writes: a symbolic link there is an error, ELOOP. */
int io_read_own_file_at(int dir_fd, const char *name, size_t limit, struct arena *a, const char **ret, size_t *ret_len,
			struct err *e);

/* The same of an open file, from its beginning. */
int io_read_whole(int fd, const char *name, size_t limit, struct arena *a, const char **ret, size_t *ret_len,
		  struct err *e);

/* io_read_file_at() into arena A: for a document, which refers to its bytes. */
int io_read_document_at(int dir_fd, const char *path, size_t limit, struct arena *a, const char **ret,
			size_t *ret_len, struct err *e);

/* Writes BUF to NAME in DIR_FD through a temporary name and rename(2): a reader sees the old bytes or the new.
 * MODE is exact (umask does not apply). Host side only. */
int io_replace_file_at(int dir_fd, const char *name, const void *buf, size_t len, mode_t mode, struct err *e);

#endif
