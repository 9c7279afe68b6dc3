/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/kernel.h"
#include "base/span.h"
#include "host/explain.h"

#define FILE_MAX ((size_t)1 << 20)

/* The file at ROOT/PATH, malloc'ed, or NULL. */
static char *read_file(const char *root, const char *path)
{
	_cleanup_fd_ int fd = -EBADF;
	struct err ignored = ERR_INIT; /* what can not be read explains nothing */
	char full[PATH_MAX];
	char *text;
	ssize_t n;

	if ((size_t)snprintf(full, sizeof(full), "%s%s", root, path) >= sizeof(full))
		return NULL;
	fd = open(full, O_RDONLY | O_CLOEXEC);
	text = fd < 0 ? NULL : malloc(FILE_MAX + 1);
	n = text == NULL ? -1 : io_read_all(fd, text, FILE_MAX, full, &ignored);
	if (n < 0) {
		free(text);
		return NULL;
	}
	text[n] = '\0';
	return text;
}

/* Whether the first word in the file is WORD. */
static bool has_value(const char *root, const char *path, const char *word)
{
	char *text = read_file(root, path);
	bool r = text != NULL && span_until(text, " \n") == strlen(word) && strncmp(text, word, strlen(word)) == 0;

	free(text);
	return r;
}

static bool is_clone_off(const char *root)
{
	return has_value(root, "/proc/sys/kernel/unprivileged_userns_clone", "0");
}

static bool is_restricted_by_apparmor(const char *root)
{
	return has_value(root, "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1");
}

/* The kernel shows mount points as seen from the caller's root: one that is no mount point has no line for "/". */
static bool is_chrooted(const char *root)
{
	char *text = read_file(root, "/proc/self/mountinfo");
	bool found = text == NULL;

	for (const char *line = text; line != NULL && *line != '\0' && !found;) {
		const char *field = line;

		for (unsigned i = 0; i < 4; i++) {
			field += span_until(field, " \n");
			field += *field == ' ';
		}
		found = strncmp(field, "/ ", 2) == 0;
		line += span_until(line, "\n");
		line += *line == '\n';
	}
	free(text);
	return !found;
}

static bool is_filtered(const char *root)
{
	char *text = read_file(root, "/proc/self/status");
	bool r = text != NULL && strstr(text, "\nSeccomp:\t2") != NULL;

	free(text);
	return r;
}

static bool is_in(int errnum, const int errnums[static 2])
{
	return errnum != 0 && (errnum == errnums[0] || errnum == errnums[1]);
}

/* The first that applies is told. */
static const struct {
	int errnums[2];
	bool (*is_so)(const char *root);
	const char *hint;
} causes[] = {
	{ { EPERM, EACCES },
	  is_clone_off,
	  "this host keeps user namespaces from ordinary users; as root: sysctl kernel.unprivileged_userns_clone=1" },
	{ { EPERM, EACCES },
	  is_restricted_by_apparmor,
	  "AppArmor restricts user namespaces here: rt needs a profile with \"userns,\" in /etc/apparmor.d, or as "
	  "root: sysctl kernel.apparmor_restrict_unprivileged_userns=0" },
	{ { EPERM, 0 },
	  is_chrooted,
	  "rt runs in a chroot, where the kernel makes no user namespaces: use pivot_root(2) instead" },
	{ { EPERM, EACCES },
	  is_filtered,
	  "rt runs under a seccomp filter, as in a container, that may refuse new namespaces" },
};

static const struct {
	uint64_t flag;
	const char *name;
} limits[] = {
	{ K_CLONE_NEWUSER, "user" }, { K_CLONE_NEWNS, "mnt" },        { K_CLONE_NEWPID, "pid" },
	{ K_CLONE_NEWNET, "net" },   { K_CLONE_NEWIPC, "ipc" },       { K_CLONE_NEWUTS, "uts" },
	{ K_CLONE_NEWTIME, "time" }, { K_CLONE_NEWCGROUP, "cgroup" },
};

/* ENOSPC (EUSERS before Linux 4.9): the limits of a user namespace and of those around it, or 32 of them nested. */
static void explain_limit(const char *root, uint64_t flags, struct err *e)
{
	char path[64];

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		(void)snprintf(path, sizeof(path), "/proc/sys/user/max_%s_namespaces", limits[i].name); /* fits */
		if ((flags & limits[i].flag) != 0 && has_value(root, path, "0")) {
			(void)err_hint(e, "sysctl user.max_%s_namespaces is 0, so that none can be made; as root: "
					  "sysctl user.max_%s_namespaces=10000", limits[i].name, limits[i].name);
			return;
		}
	}
	(void)err_hint(e, "a limit on the number of namespaces is reached: sysctl user.max_*_namespaces, here or in a "
			  "user namespace around it, or 32 user namespaces in each other");
}

void explain_namespaces(const char *root, uint64_t flags, struct err *e)
{
	if (e->hint[0] != '\0')
		return;
	if (e->errnum == ENOSPC || e->errnum == EUSERS) {
		explain_limit(root, flags, e);
		return;
	}
	for (size_t i = 0; (flags & K_CLONE_NEWUSER) != 0 && i < sizeof(causes) / sizeof(causes[0]); i++) {
		if (is_in(e->errnum, causes[i].errnums) && causes[i].is_so(root)) {
			(void)err_hint(e, "%s", causes[i].hint);
			return;
		}
	}
}

void explain_denied_inside(const char *root, struct err *e)
{
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (causes[i].is_so == is_restricted_by_apparmor && is_in(e->errnum, causes[i].errnums) &&
		    is_restricted_by_apparmor(root))
			(void)err_hint(e, "%s", causes[i].hint);
}
