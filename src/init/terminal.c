/* SPDX-License-Identifier: Apache-2.0 */
#include "init/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/sys.h"
#include "init/mount_ops.h"
#include "init/namespaces.h"

int terminal_make_session(struct inside *in, struct err *e)
{
	(void)in;
	/* A new process is never a group leader, the only thing that could be refused. */
	return sys_setsid() < 0 ? err_errno(e, errno, "make a session") : 0;
}

/*
 * The multiplexer, by descriptor: its directory must be a devpts, in which only the kernel makes files, and nothing may
 * be mounted on it or linked from it.
 */
static int open_master(const struct inside *in, struct err *e)
{
	const struct k_open_how how = {
		.flags = O_RDWR | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC,
		.resolve = K_RESOLVE_BENEATH | K_RESOLVE_NO_XDEV | K_RESOLVE_NO_SYMLINKS,
	};
	_cleanup_fd_ int pts = path_open_in_root(in->root_fd, "/dev/pts", O_PATH | O_DIRECTORY | O_NOFOLLOW, 0, e);
	_cleanup_fd_ int master = -EBADF;
	struct statfs fs;
	struct stat st;

	if (pts < 0)
		return err_hint(e, "process.terminal needs a mount of type devpts at /dev/pts");
	if (fstatfs(pts, &fs) < 0)
		return err_errno(e, errno, "look at /dev/pts");
	if (fs.f_type != K_DEVPTS_SUPER_MAGIC) {
		(void)err_set(e, ERR_CONFIG, "/dev/pts is not a devpts");
		return err_hint(e, "process.terminal needs a mount of type devpts at /dev/pts");
	}
	master = sys_openat2(pts, "ptmx", &how);
	if (master < 0)
		return err_errno(e, errno, "open /dev/pts/ptmx");
	if (fstat(master, &st) < 0 || !S_ISCHR(st.st_mode) || st.st_rdev != makedev(5, 2))
		return err_set(e, ERR_CONFIG, "/dev/pts/ptmx is not the terminal multiplexer (character 5:2)");
	return fd_take(&master);
}

static int open_slave(int master, struct err *e)
{
	int unlock = 0;
	int slave;

	if (sys_ioctl(master, TIOCSPTLCK, &unlock) < 0)
		return err_errno(e, errno, "unlock the terminal");
	/* Not by name: names in /dev/pts are what somebody may have prepared. */
	slave = sys_ioctl(master, K_TIOCGPTPEER, (void *)(uintptr_t)(O_RDWR | O_NOCTTY | O_CLOEXEC));
	return slave < 0 ? err_errno(e, errno, "open the terminal's slave") : slave;
}

static int set_size(const struct inside *in, int fd, struct err *e)
{
	struct winsize size = { .ws_row = in->plan->process.terminal.height,
				.ws_col = in->plan->process.terminal.width };

	if (size.ws_row == 0 && size.ws_col == 0)
		return 0;
	if (sys_ioctl(fd, TIOCSWINSZ, &size) < 0)
		return err_errno(e, errno, "set the terminal's size");
	return 0;
}

/* /dev/console is the slave itself, bound by descriptor on a file that is no link. */
static int bind_console(const struct inside *in, int slave, struct err *e)
{
	_cleanup_fd_ int file = -EBADF;
	_cleanup_fd_ int dest = -EBADF;
	struct stat st;

	file = sys_openat(in->dev_fd, "console", O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, 0620);
	if (file < 0 && errno != EEXIST)
		return err_errno(e, errno, "make /dev/console");
	dest = sys_openat(in->dev_fd, "console", O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
	if (dest < 0 || fstat(dest, &st) < 0)
		return err_errno(e, errno, "open /dev/console");
	if (!S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode))
		return err_set(e, ERR_CONFIG, "/dev/console exists and is neither a file nor a device");
	return mount_ops_bind(in, slave, dest, e) < 0 ? err_prefix(e, "/dev/console") : 0;
}

static int make_controlling(int fd, struct err *e)
{
	if (sys_ioctl(fd, TIOCSCTTY, NULL) < 0)
		return err_errno(e, errno, "make it the controlling terminal");
	return 0;
}

int terminal_make_late_session(struct inside *in, struct err *e)
{
	if (terminal_make_session(in, e) < 0)
		return -1;
	return in->plan->process.terminal.enabled ? make_controlling(STDIN_FILENO, e) : 0;
}

int terminal_make(struct inside *in, struct err *e)
{
	_cleanup_fd_ int master = open_master(in, e);
	_cleanup_fd_ int slave = -EBADF;
	int fd;

	if (master < 0)
		return -1;
	slave = open_slave(master, e);
	if (slave < 0 || set_size(in, slave, e) < 0)
		return -1;
	if (in->plan->kind == PLAN_CREATE && !in->plan->root.chroot_only && bind_console(in, slave, e) < 0)
		return -1;
	/* The end of this process would take it away from the session, if another one goes on. */
	if (!namespaces_is_late_left(in) && make_controlling(slave, e) < 0)
		return -1;
	for (fd = 0; fd <= 2; fd++)
		if (sys_dup3(slave, fd, 0) < 0)
			return err_errno(e, errno, "make it descriptor %d", fd);
	return message_send(in->sock, MESSAGE_CONSOLE, NULL, 0, &master, 1, e);
}
