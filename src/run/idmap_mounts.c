/* SPDX-License-Identifier: Apache-2.0 */
#include "run/idmap_mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/num.h"
#include "base/process.h"
#include "base/span.h"
#include "base/sys.h"
#include "run/idmap.h"
#include "run/namespaces.h"

#define MOUNTINFO_MAX ((size_t)16 << 20)
#define TYPE_SIZE 64

void idmap_mounts_init(struct idmap_mounts *im, const struct plan *plan)
{
	im->plan = plan;
	for (unsigned i = 0; i < plan->n_idmaps; i++)
		im->fds[i] = -EBADF;
}

void idmap_mounts_release(struct idmap_mounts *im)
{
	for (unsigned i = 0; i < im->plan->n_idmaps; i++)
		fd_close(&im->fds[i]);
}

/* What keeps the namespace alive while its maps are written: a child that does nothing.  Its read ends if we die. */
static int make_child(int *ret_pipe, struct process *ret_child, struct err *e)
{
	int pidfd = -EBADF;
	const struct k_clone_args args = {
		.flags = K_CLONE_NEWUSER | K_CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	int fds[2];
	pid_t pid;
	char byte;

	if (sys_pipe2(fds, O_CLOEXEC) < 0)
		return err_errno(e, errno, "make a pipe");
	pid = sys_clone3(&args);
	if (pid == 0) {
		fd_close(&fds[1]);
		_exit(sys_read(fds[0], &byte, 1) == 0 ? 0 : 1);
	}
	if (pid < 0)
		(void)err_errno(e, errno, "clone a process into a user namespace");
	fd_close(&fds[0]);
	if (pid < 0) {
		fd_close(&fds[1]);
		if (e->errnum == ENOSPC || e->errnum == EUSERS)
			(void)err_hint(e, "the limit /proc/sys/user/max_user_namespaces is reached");
		return -1;
	}
	*ret_pipe = fds[1];
	*ret_child = (struct process){ .pid = pid, .pidfd = pidfd };
	return 0;
}

static int open_mapped(const struct plan_idmap *map, pid_t pid, struct err *e)
{
	const struct plan_ns ns = {
		.uid_maps = map->uid_maps,
		.gid_maps = map->gid_maps,
		.n_uid_maps = map->n_uid_maps,
		.n_gid_maps = map->n_gid_maps,
	};
	char path[sizeof("/proc//ns/user") + 11];
	int fd;

	if (idmap_write(&ns, pid, e) < 0) {
		if (e->errnum == EPERM)
			(void)err_hint(e, "the host's ids must exist in the user namespace that rt runs in");
		return -1;
	}
	(void)snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid); /* fits by construction */
	fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	return fd < 0 ? err_errno(e, errno, "open %s", path) : fd;
}

static int make_namespace(const struct plan_idmap *map, struct err *e)
{
	_cleanup_fd_ int keep = -EBADF;
	_cleanup_fd_ int fd = -EBADF;
	struct process child = PROCESS_INIT;
	struct err kill_error = ERR_INIT;

	if (make_child(&keep, &child, e) < 0)
		return -1;
	fd = open_mapped(map, child.pid, e);
	/* The descriptor holds the namespace from here on. */
	if (process_kill(&child, &kill_error) < 0 && fd >= 0) {
		*e = kill_error;
		return -1;
	}
	return fd_take(&fd);
}

/* The type of the file system that PATH lies on, as mountinfo names it: proc_pid_mountinfo(5). */
static void find_type(const char *path, int flags, char type[static TYPE_SIZE])
{
	struct err ignored = ERR_INIT;
	char *text = NULL;
	char id[22] = "";
	struct statx st;
	const char *line;
	size_t len;

	(void)snprintf(type, TYPE_SIZE, "unknown");
	if (syscall(SYS_statx, AT_FDCWD, path, flags, STATX_MNT_ID, &st) < 0 ||
	    io_read_file_at(AT_FDCWD, "/proc/self/mountinfo", MOUNTINFO_MAX, &text, &len, &ignored) < 0)
		return;
	(void)num_format_u64(st.stx_mnt_id, id); /* gives ID */
	len = strlen(id);
	for (line = text; line != NULL && *line != '\0'; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		const char *dash = strncmp(line, id, len) == 0 && line[len] == ' ' ? strstr(line, " - ") : NULL;

		if (dash == NULL)
			continue;
		(void)snprintf(type, TYPE_SIZE, "%.*s", (int)span_until(dash + 3, " \n"), dash + 3);
		break;
	}
	free(text);
}

static int explain(const struct plan_mount *m, int errnum, struct err *e)
{
	char type[TYPE_SIZE];

	find_type(m->source, m->source_nofollow || m->copy_symlink ? AT_SYMLINK_NOFOLLOW : 0, type);
	if (errnum == EINVAL) {
		(void)err_set(e, ERR_UNSUPPORTED, "%s can not be id-mapped: its file system (%s)%s does not allow it",
			      m->source, type, m->idmap_recursive ? ", or that of a mount below it," : "");
		e->errnum = errnum;
		return err_hint(e, "which file systems can depends on the kernel: ext4, xfs, btrfs, overlay and tmpfs "
				   "of newer ones can");
	}
	(void)err_errno(e, errnum, "map the ids of %s (%s)", m->source, type);
	if (errnum == EPERM)
		return err_hint(e, "it has a mapping already, or belongs to another user namespace");
	return -1;
}

int idmap_mounts_apply(struct idmap_mounts *im, const struct plan_mount *m, int tree_fd, struct err *e)
{
	struct k_mount_attr attr = { .attr_set = K_MOUNT_ATTR_IDMAP };
	int *fd;

	if (m->idmap == NULL)
		return 0;
	fd = &im->fds[m->idmap - im->plan->idmaps];
	if (*fd < 0)
		*fd = m->idmap->joined ? namespace_open(im->plan, NS_USER, e) : make_namespace(m->idmap, e);
	if (*fd < 0)
		return err_prefix(e, "id mapping");
	attr.userns_fd = (uint64_t)*fd;
	if (sys_mount_setattr(tree_fd, "", AT_EMPTY_PATH | (m->idmap_recursive ? K_AT_RECURSIVE : 0), &attr) < 0)
		return explain(m, errno, e);
	return 0;
}
