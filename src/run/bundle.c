/* SPDX-License-Identifier: Apache-2.0 */
#include "run/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/path.h"
#include "base/sys.h"
#include "host/explain.h"
#include "state/state.h"

#define CONFIG_NAME "config.json"

/* What is not there is a mistake in the request, told in the words that engines look for, and still ENOENT. */
static int mark_missing(struct err *e)
{
	e->errnum = ENOENT;
	return -1;
}

int bundle_read(const struct request *req, struct arena *a, struct bundle *ret, struct err *e)
{
	const char *given = req->bundle != NULL ? req->bundle : ".";
	const char *name = req->config != NULL ? req->config : CONFIG_NAME;
	_cleanup_fd_ int dir_fd = sys_openat(AT_FDCWD, given, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	char path[PATH_MAX];

	if (dir_fd < 0 && errno == ENOENT) {
		(void)err_set(e, ERR_CONFIG, "bundle: chdir %s: no such file or directory", given);
		return mark_missing(e);
	}
	if (dir_fd < 0) {
		(void)err_errno(e, errno, "bundle %s: open", given);
		explain_unreachable("", given, e);
		return -1;
	}
	if (realpath(given, path) == NULL)
		return err_errno(e, errno, "bundle %s: find its absolute path", given);
	if (io_read_document_at(dir_fd, name, STATE_CONFIG_MAX, a, &ret->config, &ret->config_len, e) < 0) {
		if (e->errnum == ENOENT) {
			(void)err_set(e, ERR_CONFIG,
				      "JSON specification file %s not found: open %s: no such file or directory", name,
				      name);
			return mark_missing(e);
		}
		return err_prefix(e, "bundle %s", path);
	}
	ret->path = arena_strdup(a, path);
	ret->name = name;
	return arena_check(a, e);
}

int bundle_check_rootfs(const char *path, struct err *e)
{
	struct stat st;

	if (fstatat(AT_FDCWD, path, &st, 0) < 0) {
		if (errno == ENOENT) {
			(void)err_set(e, ERR_CONFIG, "invalid rootfs: stat %s: no such file or directory", path);
			return mark_missing(e);
		}
		(void)err_errno(e, errno, "invalid rootfs: stat %s", path);
		explain_unreachable("", path, e);
		return -1;
	}
	if (!S_ISDIR(st.st_mode))
		return err_set(e, ERR_CONFIG, "invalid rootfs: %s is not a directory", path);
	return 0;
}
