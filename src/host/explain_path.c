/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/span.h"
#include "host/explain.h"

/* What a hint has room for beside its words. */
#define SHOWN_MAX 100

/* ROOT and PATH in BUF; the length of ROOT's part, or -1 where they do not fit. */
static int join(const char *root, const char *path, char buf[static PATH_MAX])
{
	int n = snprintf(buf, PATH_MAX, "%s%s", root, path);

	return n < 0 || n >= PATH_MAX ? -1 : (int)strlen(root);
}

static bool is_denied(const char *path, int mode)
{
	return faccessat(AT_FDCWD, path, mode, AT_EACCESS) < 0 && errno == EACCES;
}

void explain_unreachable(const char *root, const char *path, struct err *e)
{
	char full[PATH_MAX];
	int start = join(root, path, full);
	size_t at;

	if (e->errnum != EACCES || path[0] != '/' || start < 0)
		return;
	/* The first that denies the search is the one that lacks it. */
	for (at = (size_t)start + 1; full[at] != '\0'; at++) {
		at += span_until(full + at, "/");
		if (full[at] == '\0')
			return;
		full[at] = '\0';
		if (is_denied(full, X_OK)) {
			(void)err_hint(e, "uid %u may not enter %.*s (no x permission there)", (unsigned)geteuid(),
				       SHOWN_MAX, full + start);
			return;
		}
		full[at] = '/';
	}
}

/* The deepest directory of PATH that is there. */
static void find_existing(char *path)
{
	struct stat st;

	for (size_t len = strlen(path); len > 1 && stat(path, &st) < 0; path[len] = '\0') {
		while (len > 1 && path[len - 1] != '/')
			len--;
		while (len > 1 && path[len - 1] == '/')
			len--;
	}
}

void explain_state_root(const char *path, const char *runtime_dir, struct err *e)
{
	char existing[PATH_MAX];
	struct stat st;

	if (e->errnum != EACCES && e->errnum != EROFS && e->errnum != EPERM)
		return;
	if (strcmp(path, HOST_STATE_ROOT) == 0 && (runtime_dir == NULL || runtime_dir[0] == '\0')) {
		(void)err_hint(e, "XDG_RUNTIME_DIR is not set: log in, or as root `loginctl enable-linger`, makes "
				  "/run/user/%u; or give --root", (unsigned)geteuid());
		return;
	}
	if (runtime_dir != NULL && runtime_dir[0] == '/' && strncmp(path, runtime_dir, strlen(runtime_dir)) == 0 &&
	    stat(runtime_dir, &st) < 0 && errno == ENOENT) {
		(void)err_hint(e, "XDG_RUNTIME_DIR=%.*s is not there: log in, or as root `loginctl enable-linger`, "
				  "makes it; or give --root", SHOWN_MAX, runtime_dir);
		return;
	}
	explain_unreachable("", path, e);
	if (e->hint[0] != '\0' || join("", path, existing) < 0)
		return;
	find_existing(existing);
	(void)err_hint(e, "uid %u may not write to %.*s: give --root", (unsigned)geteuid(), SHOWN_MAX, existing);
}

void explain_no_rights(const char *root, const char *path, struct err *e)
{
	char full[PATH_MAX];
	struct statvfs fs;
	struct stat st;

	if (join(root, path, full) < 0 || stat(full, &st) < 0)
		return;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		(void)err_hint(e, "rt runs with no_new_privs, under which no program gets rights by its file");
	else if (((st.st_mode & S_ISUID) == 0 || st.st_uid != 0) &&
		 getxattr(full, "security.capability", NULL, 0) < 0)
		(void)err_hint(e, "%.*s has neither root's set-uid bit nor file capabilities: install its package anew",
			       SHOWN_MAX, path);
	else if (statvfs(full, &fs) == 0 && (fs.f_flag & ST_NOSUID) != 0)
		(void)err_hint(e, "%.*s lies on a file system that is mounted nosuid", SHOWN_MAX, path);
}
