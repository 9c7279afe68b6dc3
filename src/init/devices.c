/* SPDX-License-Identifier: Apache-2.0 */
#include "init/devices.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/sys.h"
#include "init/mount_ops.h"
#include "init/namespaces.h"

/* A /dev that is a link could send what is made here anywhere in the root; it must be what it is for. */
static int open_dev(const struct inside *in, struct err *e)
{
	const struct k_open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
		.resolve = K_RESOLVE_IN_ROOT | K_RESOLVE_NO_MAGICLINKS | K_RESOLVE_NO_SYMLINKS,
	};
	int fd = sys_openat2(in->root_fd, "/dev", &how);

	if (fd < 0 && errno == ENOENT) {
		if (sys_mkdirat(in->root_fd, "dev", 0755) < 0)
			return err_errno(e, errno, "make /dev");
		fd = sys_openat2(in->root_fd, "/dev", &how);
	}
	if (fd < 0 && (errno == ELOOP || errno == ENOTDIR))
		return err_set(e, ERR_CONFIG, "/dev of the root file system must be a directory and no symbolic link");
	if (fd < 0)
		return err_errno(e, errno, "open /dev of the root file system");
	return fd;
}

int devices_note_dev(struct inside *in, struct err *e)
{
	in->dev_fd = open_dev(in, e);
	return in->dev_fd < 0 ? -1 : 0;
}

/* A volume whose destination is a link of the image to /dev lies there now: nodes and links would be made on the
 * host. */
static int check_dev(const struct inside *in, struct err *e)
{
	_cleanup_fd_ int now = open_dev(in, e);
	int r = now < 0 ? -1 : mount_ops_is_same(now, in->dev_fd);

	if (now < 0)
		return -1;
	if (r < 0)
		return err_errno(e, errno, "look at /dev");
	return r > 0 ? 0 : err_set(e, ERR_CONFIG, "/dev is covered by a mount whose destination is a link to it");
}

/*
 * PARENT is where PATH leads.  What is no mount of the configuration's own choice is the root file system or /dev; in
 * another one the node may only be made if PATH says so itself, and no link of the image has led there: it may be a
 * volume, a directory of the host.
 */
static int check_parent(const struct inside *in, const char *path, int parent, struct err *e)
{
	const struct k_open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = K_RESOLVE_IN_ROOT | K_RESOLVE_NO_MAGICLINKS | K_RESOLVE_NO_SYMLINKS,
	};
	_cleanup_fd_ int plain = -EBADF;
	char directory[PATH_MAX];
	const char *slash = strrchr(path, '/');
	const size_t len = (size_t)(slash - path);
	struct file_id id, root, dev;
	int r;

	if (mount_ops_get_id(parent, &id) < 0 || mount_ops_get_id(in->root_fd, &root) < 0 ||
	    mount_ops_get_id(in->dev_fd, &dev) < 0)
		return err_errno(e, errno, "look at its directory");
	if (id.mount == root.mount || id.mount == dev.mount)
		return 0;
	if (len + 2 > sizeof(directory))
		return err_errno(e, ENAMETOOLONG, "look at its directory");
	memcpy(directory, path, len);
	memcpy(directory + len, "/", 2);
	plain = sys_openat2(in->root_fd, directory, &how);
	r = plain < 0 ? 0 : mount_ops_is_same(plain, parent);
	if (r < 0)
		return err_errno(e, errno, "look at its directory");
	return r > 0 ? 0 : err_set(e, ERR_CONFIG, "a link of the root file system leads its path into another mount");
}

/*
 * The directory that PATH's last component is to be made in, borrowed from IN or put into *OWNED, and that component.
 * Nearly all are direct children of /dev.
 */
static int open_parent(const struct inside *in, const char *path, char name[static NAME_MAX + 1], int *owned,
		       struct err *e)
{
	const char *rest = path + 5;

	if (strncmp(path, "/dev/", 5) == 0 && rest[0] != '\0' && strchr(rest, '/') == NULL &&
	    strlen(rest) <= NAME_MAX) {
		memcpy(name, rest, strlen(rest) + 1);
		return in->dev_fd;
	}
	*owned = path_open_parent_in_root(in->root_fd, path, name, NAME_MAX + 1, e);
	if (*owned < 0 || check_parent(in, path, *owned, e) < 0)
		return -1;
	return *owned;
}

static bool is_same_device(const struct stat *st, const struct plan_device *d)
{
	if ((st->st_mode & S_IFMT) != (d->mode & S_IFMT))
		return false;
	return S_ISFIFO(d->mode) || st->st_rdev == makedev(d->major, d->minor);
}

static int make_node(const struct plan_device *d, int parent, const char *name, struct err *e)
{
	struct stat st;

	if (sys_mknodat(parent, name, d->mode, makedev(d->major, d->minor)) == 0) {
		if ((d->uid != 0 || d->gid != 0) && sys_fchownat(parent, name, d->uid, d->gid, AT_SYMLINK_NOFOLLOW) < 0)
			return err_errno(e, errno, "change its owner to %u:%u", d->uid, d->gid);
		return 0;
	}
	if (errno != EEXIST)
		return err_errno(e, errno, "make the node");
	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_errno(e, errno, "look at what exists");
	if (!is_same_device(&st, d))
		return err_set(e, ERR_CONFIG, "exists and is something else");
	return 0;
}

/* The host's node: a detached tree from rt, else where this process still reaches it. */
static int open_host_node(struct inside *in, const struct plan_device *d, bool *ret_is_tree, struct err *e)
{
	int fd = inside_take_fd(in, PLAN_FD_DEVICE, (unsigned)(d - in->plan->devices));

	*ret_is_tree = fd >= 0;
	if (fd < 0)
		fd = sys_openat(AT_FDCWD, d->path, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
	return fd < 0 ? err_errno(e, errno, "open the host's node") : fd;
}

static int bind_node(struct inside *in, const struct plan_device *d, int parent, const char *name, struct err *e)
{
	_cleanup_fd_ int node = -EBADF;
	_cleanup_fd_ int dest = -EBADF;
	bool is_tree = false;
	struct stat st;

	if (sys_mknodat(parent, name, S_IFREG | 0644, 0) < 0 && errno != EEXIST)
		return err_errno(e, errno, "make a file to bind to");
	dest = sys_openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
	if (dest < 0 || fstat(dest, &st) < 0)
		return err_errno(e, errno, "open the file to bind to");
	if (is_same_device(&st, d))
		return 0;
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_CONFIG, "exists and is something else");
	node = open_host_node(in, d, &is_tree, e);
	if (node < 0)
		return -1;
	if (fstat(node, &st) < 0 || !is_same_device(&st, d))
		return err_set(e, ERR_CONFIG, "the host's node is not device %u:%u", d->major, d->minor);
	return is_tree ? mount_ops_attach(node, dest, e) : mount_ops_bind(in, node, dest, e);
}

static int make_device(struct inside *in, const struct plan_device *d, struct err *e)
{
	char name[NAME_MAX + 1];
	_cleanup_fd_ int owned = -EBADF;
	int parent = open_parent(in, d->path, name, &owned, e);

	if (parent < 0)
		return -1;
	return d->bind ? bind_node(in, d, parent, name, e) : make_node(d, parent, name, e);
}

/* PREVIOUS was wanted just now, or is NULL. */
static bool is_link_wanted(const struct inside *in, const struct plan_link *l, const struct plan_link *previous)
{
	_cleanup_fd_ int fd = -EBADF;

	/* /proc/self of a pid namespace that this process is not in yet leads nowhere. */
	if (l->only_if_exists == NULL || namespaces_is_late_left(in))
		return true;
	if (previous != NULL && previous->only_if_exists != NULL &&
	    strcmp(previous->only_if_exists, l->only_if_exists) == 0)
		return true;
	fd = path_try_open_in_root(in->root_fd, l->only_if_exists, O_PATH | O_NOFOLLOW, 0);
	return fd >= 0;
}

/* What is in the link's place already stays: an image without a mount on /dev may bring its own.  A stale ptmx would
 * open the wrong devpts and is replaced. */
static int keep_or_replace(struct inside *in, const struct plan_link *l, int parent, const char *name, struct err *e)
{
	char target[64];
	ssize_t n = readlinkat(parent, name, target, sizeof(target));

	if (n >= 0 && (size_t)n == strlen(l->target) && memcmp(target, l->target, (size_t)n) == 0)
		return 0;
	if (strcmp(l->path, "/dev/ptmx") != 0) {
		inside_warn(in, "%s exists and is no link to %s: it stays as it is", l->path, l->target);
		return 0;
	}
	if (sys_unlinkat(parent, name, 0) < 0)
		return err_errno(e, errno, "remove what exists");
	if (sys_symlinkat(l->target, parent, name) < 0)
		return err_errno(e, errno, "make the link to %s", l->target);
	return 0;
}

static int make_link(struct inside *in, const struct plan_link *l, struct err *e)
{
	char name[NAME_MAX + 1];
	_cleanup_fd_ int owned = -EBADF;
	int parent = open_parent(in, l->path, name, &owned, e);

	if (parent < 0)
		return -1;
	if (sys_symlinkat(l->target, parent, name) == 0)
		return 0;
	if (errno != EEXIST)
		return err_errno(e, errno, "make the link to %s", l->target);
	return keep_or_replace(in, l, parent, name, e);
}

int devices_make(struct inside *in, struct err *e)
{
	const struct plan_link *previous = NULL;
	unsigned i;

	/* Without mounts it is opened here. */
	if ((in->dev_fd < 0 ? devices_note_dev(in, e) : check_dev(in, e)) < 0)
		return -1;
	for (i = 0; i < in->plan->n_devices; i++)
		if (make_device(in, &in->plan->devices[i], e) < 0)
			return err_prefix(e, "%s", in->plan->devices[i].path);
	for (i = 0; i < in->plan->n_links; i++) {
		const struct plan_link *l = &in->plan->links[i];

		if (!is_link_wanted(in, l, previous))
			continue;
		if (make_link(in, l, e) < 0)
			return err_prefix(e, "%s", l->path);
		previous = l;
	}
	return 0;
}

int devices_open_null(const struct inside *in, struct err *e)
{
	_cleanup_fd_ int fd = path_open_in_root(in->root_fd, "/dev/null", O_PATH | O_NOFOLLOW, 0, e);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0)
		return err_errno(e, errno, "look at /dev/null");
	errno = 0;
	if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3))
		return err_set(e, ERR_CONFIG, "/dev/null of the container is not the null device (character 1:3)");
	return fd_take(&fd);
}
