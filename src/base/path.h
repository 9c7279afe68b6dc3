/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BASE_PATH_H
#define RT_BASE_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * Paths inside a container's root: only from a directory descriptor, with
 * openat2(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS), so that no link of the image and no rename in a shared
 * volume leads out.  EAGAIN (a rename or mount raced anywhere on the system) is retried for a bounded time,
 * then it is an error, never a weaker lookup.  Shared with init.  Source: openat2(2), Linux 5.6.
 */

/* Opens PATH (absolute or not: both start at the root) with FLAGS | O_CLOEXEC. -1 with errno and the error set. */
int path_open_in_root(int root_fd, const char *path, uint64_t flags, mode_t mode, struct err *e);

/* As above but without an error text: -1 with errno.  For lookups whose failure is an answer. */
int path_try_open_in_root(int root_fd, const char *path, uint64_t flags, mode_t mode);

/* Makes the missing directories of PATH with MODE and returns an O_PATH descriptor of the last one.  Each
 * component is made with mkdirat below a descriptor that was reached in the root. */
int path_mkdirs_in_root(int root_fd, const char *path, mode_t mode, struct err *e);

/* Opens (O_PATH) the parent of PATH's last component, made as by path_mkdirs_in_root when missing, and stores
 * the last component in NAME (NAME_SIZE bytes). A path that ends in "/", "." or ".." is refused. */
int path_open_parent_in_root(int root_fd, const char *path, char *name, size_t name_size, struct err *e);

/* Lexical helpers, no file system. */
bool path_is_absolute(const char *path);
bool path_has_dotdot(const char *path);

/* True if PATH is BASE or lies below it, compared by components ("/a/bc" is not below "/a/b"). Both cleaned. */
bool path_is_below(const char *path, const char *base);

/* Cleans PATH in place: "//" and "/./" and trailing "/" removed, ".." resolved lexically and stopped at "/". */
void path_clean(char *path);

#endif
