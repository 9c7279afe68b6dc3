/* SPDX-License-Identifier: Apache-2.0 */
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/io.h"
#include "base/num.h"
#include "base/signals.h"
#include "base/sys.h"

/* SIGKILL works at once, but a process may sit in the kernel, and a pid namespace dies with all that is in it. */
#define KILL_TIMEOUT_MS 10000

int process_poll(int pidfd, int timeout_ms, struct err *e)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	int64_t end = clock_now_ms() + timeout_ms;
	int left = timeout_ms;

	for (;;) {
		int r = poll(&p, 1, left);

		if (r >= 0)
			return r;
		if (errno != EINTR)
			return err_errno(e, errno, "wait for process");
		if (timeout_ms >= 0)
			left = end > clock_now_ms() ? (int)(end - clock_now_ms()) : 0;
	}
}

int process_reap(struct process *p, int timeout_ms, struct process_end *ret, struct err *e)
{
	siginfo_t info;

	if (timeout_ms >= 0) {
		int r = process_poll(p->pidfd, timeout_ms, e);

		if (r < 0)
			return -1;
		if (r == 0)
			return err_errno(e, ETIMEDOUT, "wait for process %d", (int)p->pid);
	}
	memset(&info, 0, sizeof(info));
	if (sys_waitid(K_P_PIDFD, p->pidfd, &info, WEXITED | __WALL) < 0)
		return err_errno(e, errno, "wait for process %d", (int)p->pid);
	fd_close(&p->pidfd);
	ret->code = info.si_code;
	ret->status = info.si_status;
	return 0;
}

int process_kill(struct process *p, struct err *e)
{
	struct process_end end;

	if (p->pidfd < 0)
		return 0;
	if (sys_pidfd_send_signal(p->pidfd, SIGKILL, NULL, 0) < 0 && errno != ESRCH)
		return err_errno(e, errno, "kill process %d", (int)p->pid);
	return process_reap(p, KILL_TIMEOUT_MS, &end, e);
}

/* By the descriptor alone: 1, 0 where this kernel can not (before Linux 6.13), -1. */
static int read_pidfd_info(int pidfd, int *ret, struct err *e)
{
	struct k_pidfd_info info = { .mask = 0 };
	struct statfs fs;

	/* What it is comes first: the same number may mean something to a device. */
	if (fstatfs(pidfd, &fs) < 0)
		return err_errno(e, errno, "stat pidfd");
	if ((unsigned long)fs.f_type != K_PIDFS_MAGIC)
		return 0;
	if (sys_ioctl(pidfd, K_PIDFD_GET_INFO, &info) < 0) {
		if (errno != ESRCH)
			return 0;
		info.pid = 0;
	}
	*ret = (int)info.pid;
	return 1;
}

/* From procfs. */
static int read_fdinfo(int pidfd, int *ret, struct err *e)
{
	char path[sizeof("/proc/self/fdinfo/") + 11];
	char text[1024];
	_cleanup_fd_ int fd = -EBADF;
	char *line;

	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd); /* fits by construction */
	fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return err_errno(e, errno, "open %s", path);
	if (io_read_text(fd, text, sizeof(text), path, e) < 0)
		return -1;
	line = strstr(text, "\nPid:");
	if (line == NULL)
		return err_set(e, ERR_INTERNAL, "descriptor %d is no pidfd", pidfd);
	line += sizeof("\nPid:") - 1;
	line += strspn(line, " \t");
	line[strcspn(line, "\n")] = '\0';
	if (num_parse_int(line, ret) < 0)
		return err_set(e, ERR_INTERNAL, "descriptor %d has a pid that is no number", pidfd);
	return 0;
}

int process_pid_of(int pidfd, pid_t *ret, struct err *e)
{
	int pid = -1;
	int r = read_pidfd_info(pidfd, &pid, e);

	if (r < 0 || (r == 0 && read_fdinfo(pidfd, &pid, e) < 0))
		return -1;
	/* -1: terminated; 0: not in our pid namespace. */
	if (pid <= 0)
		return err_set(e, ERR_SYSTEM, "the process behind the pidfd is gone");
	*ret = pid;
	return 0;
}

int process_exit_status(const struct process_end *end)
{
	return end->code == CLD_EXITED ? end->status : 128 + end->status;
}

const char *process_describe_end(const struct process_end *end, char *buf, size_t size)
{
	const char *name;

	if (end->code == CLD_EXITED) {
		(void)snprintf(buf, size, "exit status %d", end->status); /* may be cut: text for people */
		return buf;
	}
	name = signal_name(end->status);
	if (name != NULL)
		(void)snprintf(buf, size, "signal: %s", name); /* may be cut */
	else
		(void)snprintf(buf, size, "signal: %d", end->status); /* may be cut */
	return buf;
}
