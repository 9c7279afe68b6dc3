/* SPDX-License-Identifier: Apache-2.0 */
#include "init/mounts.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/sys.h"
#include "init/devices.h"
#include "init/mount_ops.h"
#include "init/namespaces.h"

uint64_t mounts_first_attr(const struct plan_mount *m)
{
	return m->seal ? m->attr_set & ~K_MOUNT_ATTR_RDONLY : m->attr_set;
}

static int set_propagation(const struct plan_mount *m, int fd, struct err *e)
{
	unsigned i;

	for (i = 0; i < m->n_propagation; i++)
		if (mount_ops_set_propagation(fd, m->propagation[i], e) < 0)
			return -1;
	return 0;
}

static int note_dev(struct inside *in, const struct plan_mount *m, int *fd, struct err *e)
{
	struct file_id id;

	if (mount_ops_get_id(*fd, &id) < 0)
		return err_errno(e, errno, "look at the new /dev");
	in->dev_mount = id.mount;
	fd_close(&in->dev_fd);
	in->dev_fd = m->seal ? sys_fcntl(*fd, F_DUPFD_CLOEXEC, 3) : fd_take(fd);
	return in->dev_fd < 0 ? err_errno(e, errno, "keep the new /dev") : 0;
}

int mounts_note(struct inside *in, const struct plan_mount *m, int *fd, struct err *e)
{
	if (m->is_dev && note_dev(in, m, fd, e) < 0)
		return -1;
	if (m->seal)
		in->seal_fds[in->n_seal++] = fd_take(fd);
	return 0;
}

/* Attaches TREE, which this takes over, and keeps its descriptor where it is needed again. */
static int attach(struct inside *in, const struct plan_mount *m, int *tree_fd, int dest_fd, struct err *e)
{
	if (mount_ops_attach(*tree_fd, dest_fd, e) < 0)
		return -1;
	if (set_propagation(m, *tree_fd, e) < 0)
		return -1;
	return mounts_note(in, m, tree_fd, e);
}

/* No source or option of these is a path. */
static bool is_without_paths(const char *type)
{
	static const char types[][8] = { "proc", "tmpfs", "devpts", "mqueue", "sysfs", "cgroup2" };
	unsigned i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

/* One mount(2) says all of it, and nothing needs the mount's descriptor afterwards. */
static bool is_plain(const struct inside *in, const struct plan_mount *m)
{
	return !m->is_dev && !m->seal && !m->tmpcopyup && !m->keep_mode && m->n_propagation == 0 &&
	       (m->rec_attr_set | m->rec_attr_clr) == 0 && !namespaces_is_late_left(in);
}

/* mount(2) takes no descriptor, but a working directory has no name that could lead elsewhere.  -1 with errno. */
static int try_plain(const struct plan_mount *m, int dest_fd)
{
	return sys_fchdir(dest_fd) < 0 ? -1 : sys_mount(m->source, ".", m->type, (unsigned long)m->ms_flags, m->data);
}

static int mount_file_system(struct inside *in, const struct plan_mount *m, struct err *e)
{
	_cleanup_fd_ int dest = mount_dest_open(in, m, true, e);
	_cleanup_fd_ int tree = -EBADF;

	if (dest < 0 || mount_dest_check(in, m, dest, -EBADF, e) < 0)
		return -1;
	/* Two calls instead of about ten.  A refusal is tried again the long way, whose calls say what was wrong. */
	if (is_plain(in, m) && is_without_paths(m->type) && try_plain(m, dest) == 0)
		return 0;
	/* The working directory may be one of the image: a path in an option that is not absolute must not begin
	 * there. */
	if (!is_without_paths(m->type) && sys_chdir("/") < 0)
		return err_errno(e, errno, "enter the host's root");
	tree = mount_fs_make(in, m, dest, e);
	if (tree < 0)
		return -1;
	return attach(in, m, &tree, dest, e);
}

static int mount_bind(struct inside *in, const struct plan_mount *m, struct err *e)
{
	_cleanup_fd_ int tree = -EBADF;
	_cleanup_fd_ int dest = -EBADF;
	struct stat st;

	/* The source first: it says whether the destination is to be a file or a directory. */
	tree = mount_bind_open(in, m, e);
	if (tree < 0)
		return -1;
	if (fstat(tree, &st) < 0)
		return err_errno(e, errno, "look at the source");
	if (m->copy_symlink && S_ISLNK(st.st_mode))
		return mount_bind_copy_symlink(in, m, tree, e);
	dest = mount_dest_open(in, m, S_ISDIR(st.st_mode), e);
	if (dest < 0 || mount_dest_check(in, m, dest, tree, e) < 0)
		return -1;
	if (mount_bind_set_attrs(m, tree, e) < 0)
		return -1;
	return attach(in, m, &tree, dest, e);
}

static int make_row(struct inside *in, const struct plan_mount *m, struct err *e)
{
	if (m->how == MOUNT_REMOUNT)
		return mount_remount(in, m, e);
	if (in->plan->legacy_mount_api || (m->how == MOUNT_FS && (m->sb_flags & K_MS_I_VERSION) != 0))
		return mount_legacy_make(in, m, e);
	return m->how == MOUNT_FS ? mount_file_system(in, m, e) : mount_bind(in, m, e);
}

int mounts_make(struct inside *in, struct err *e)
{
	unsigned i;

	if (devices_note_dev(in, e) < 0)
		return -1;
	if (mount_ops_get_id(in->root_fd, &in->root_id) < 0)
		return err_errno(e, errno, "look at the root directory");
	for (i = 0; i < in->plan->n_mounts; i++) {
		const struct plan_mount *m = &in->plan->mounts[i];

		if (make_row(in, m, e) < 0)
			return err_prefix(e, "mounts[%u] (%s)", m->index, m->destination);
	}
	return 0;
}

int mounts_seal(struct inside *in, struct err *e)
{
	unsigned i;

	for (i = 0; i < in->n_seal; i++) {
		if (mount_ops_set_readonly(in, in->seal_fds[i], "a mount", e) < 0)
			return -1;
		fd_close(&in->seal_fds[i]);
	}
	return 0;
}

int mounts_make_cwd(struct inside *in, struct err *e)
{
	_cleanup_fd_ int fd = -EBADF;

	if (strcmp(in->plan->process.cwd, "/") == 0)
		return 0;
	fd = path_try_open_in_root(in->root_fd, in->plan->process.cwd, O_PATH | O_DIRECTORY, 0);
	/* Anything but "missing" is judged when it is entered, with the identity that enters it. */
	if (fd >= 0 || errno != ENOENT)
		return 0;
	fd = path_mkdirs_in_root(in->root_fd, in->plan->process.cwd, 0755, e);
	return fd < 0 ? err_prefix(e, "process.cwd") : 0;
}
