/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys.h"
#include "init/mount_ops.h"
#include "init/mounts.h"
#include "init/namespaces.h"

#define LOG_LINE_MAX 200

/* The kernel explains a refusal in the descriptor of the file system context: "e text", "w text", "i text". */
static int fs_error(int fs, int errnum, const char *what, struct err *e)
{
	char line[LOG_LINE_MAX];
	ssize_t n = fs >= 0 ? sys_read(fs, line, sizeof(line) - 1) : -1;

	if (n > 2 && line[0] == 'e') {
		line[n - (line[n - 1] == '\n')] = '\0';
		return err_errno(e, errnum, "%s: %s", what, line + 2);
	}
	return err_errno(e, errnum, "%s", what);
}

static int set_string(int fs, const char *key, const char *value, struct err *e)
{
	char what[128];
	int r;

	if (value != NULL)
		r = sys_fsconfig(fs, K_FSCONFIG_SET_STRING, key, value, 0);
	else
		r = sys_fsconfig(fs, K_FSCONFIG_SET_FLAG, key, NULL, 0);
	if (r == 0)
		return 0;
	r = errno;
	(void)snprintf(what, sizeof(what), "option %s%s%s", key, value != NULL ? "=" : "", value != NULL ? value : "");
	return fs_error(fs, r, what, e); /* a long option is cut in the text alone */
}

static int set_superblock_flags(int fs, const struct plan_mount *m, struct err *e)
{
	static const struct {
		uint64_t flag;
		char key[12];
	} map[] = {
		{ MS_SYNCHRONOUS, "sync" }, { MS_DIRSYNC, "dirsync" }, { K_MS_LAZYTIME, "lazytime" },
		{ MS_MANDLOCK, "mand" },    { MS_RDONLY, "ro" },
	};
	unsigned i;

	/* `silent` is about the kernel's log alone; the new calls have no word for it.  Nor for iversion, which goes
	 * the old way. */
	for (i = 0; i < sizeof(map) / sizeof(map[0]); i++) {
		if ((m->sb_flags & map[i].flag) == 0 || (m->seal && map[i].flag == MS_RDONLY))
			continue;
		if (set_string(fs, map[i].key, NULL, e) < 0)
			return -1;
	}
	return 0;
}

/* tmpfs without mode=: what the image says about the directory (the sticky bit of /tmp) is to hold. */
static int keep_mode(int fs, int dest_fd, struct err *e)
{
	char mode[8];
	struct stat st;

	if (fstat(dest_fd, &st) < 0)
		return err_errno(e, errno, "look at the destination");
	(void)snprintf(mode, sizeof(mode), "%o", (unsigned)(st.st_mode & 07777)); /* at most four digits */
	return set_string(fs, "mode", mode, e);
}

/* A pid namespace that is joined only after the root is in place: procfs is told which one is meant. */
static int set_pid_namespace(const struct inside *in, int fs, struct err *e)
{
	int ns = inside_find_fd(in, PLAN_FD_NS, NS_PID);

	if (!namespaces_is_late_left(in) || ns < 0)
		return 0;
	if (sys_fsconfig(fs, K_FSCONFIG_SET_FD, "pidns", NULL, ns) < 0)
		return fs_error(fs, errno, "option pidns", e);
	return 0;
}

static int configure(const struct inside *in, const struct plan_mount *m, int fs, int dest_fd, struct err *e)
{
	unsigned i;

	if (m->source != NULL && set_string(fs, "source", m->source, e) < 0)
		return -1;
	for (i = 0; i < m->n_options; i++)
		if (set_string(fs, m->options[i].key, m->options[i].value, e) < 0)
			return -1;
	if (set_superblock_flags(fs, m, e) < 0)
		return -1;
	if (m->keep_mode && keep_mode(fs, dest_fd, e) < 0)
		return -1;
	if (strcmp(m->type, "proc") == 0 && set_pid_namespace(in, fs, e) < 0)
		return -1;
	if (sys_fsconfig(fs, K_FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return fs_error(fs, errno, "make the file system", e);
	return 0;
}

static int make(const struct inside *in, const struct plan_mount *m, int dest_fd, struct err *e)
{
	_cleanup_fd_ int fs = sys_fsopen(m->type, K_FSOPEN_CLOEXEC);
	/* A tmpfs that is filled first can not be read-only yet. */
	uint64_t attr = mounts_first_attr(m) & ~(m->tmpcopyup ? K_MOUNT_ATTR_RDONLY : 0);
	int tree;

	if (fs < 0) {
		(void)err_errno(e, errno, "file system %s", m->type);
		if (e->errnum == ENODEV)
			(void)err_hint(e, "this kernel has no file system \"%s\" (a module to load?)", m->type);
		return -1;
	}
	if (configure(in, m, fs, dest_fd, e) < 0)
		return -1;
	tree = sys_fsmount(fs, K_FSMOUNT_CLOEXEC, (unsigned)attr);
	if (tree >= 0)
		return tree;
	(void)fs_error(fs, errno, "mount the file system", e);
	if (e->errnum == EPERM && strcmp(m->type, "proc") == 0)
		(void)err_hint(e, "parts of /proc are covered where rt runs, as in a container: the kernel mounts no "
				  "whole one in a user namespace then; bind /proc instead");
	return -1;
}

static int fill(const struct plan_mount *m, int tree_fd, int dest_fd, struct err *e)
{
	if (tmpcopyup_copy(dest_fd, tree_fd, e) < 0)
		return err_prefix(e, "tmpcopyup");
	return mount_ops_set_attr(tree_fd, mounts_first_attr(m) & K_MOUNT_ATTR_RDONLY, 0, false, e);
}

int mount_fs_make(const struct inside *in, const struct plan_mount *m, int dest_fd, struct err *e)
{
	_cleanup_fd_ int tree = make(in, m, dest_fd, e);

	if (tree < 0) {
		/* sysfs shows the network namespace: its owner alone may mount it.  The host's is shown instead, as a
		 * whole with these attributes, so that nothing of it is writable where sysfs was to be read-only. */
		if (!m->fallback_bind_sys || (e->errnum != EPERM && e->errnum != EACCES))
			return -1;
		err_clear(e);
		tree = mount_ops_clone(AT_FDCWD, "/sys", AT_RECURSIVE_TREE);
		if (tree < 0)
			return err_errno(e, errno, "clone the host's /sys");
		if (mount_ops_set_attr(tree, mounts_first_attr(m), 0, true, e) < 0)
			return -1;
		return fd_take(&tree);
	}
	if (m->tmpcopyup && fill(m, tree, dest_fd, e) < 0)
		return -1;
	if (mount_ops_set_attr(tree, m->rec_attr_set, m->rec_attr_clr, true, e) < 0)
		return -1;
	return fd_take(&tree);
}
