/* SPDX-License-Identifier: Apache-2.0 */
#include "run/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/message.h"
#include "base/num.h"
#include "base/sys.h"
#include "host/explain.h"
#include "run/clone_run.h"
#include "run/idmap.h"

/* What the child needs between clone and exec. */
struct child {
	const struct plan *plan;
	int init_fd;
	int sock;
	int go_fd;    /* becomes readable when this process may go on; negative: at once */
	int rt_go_fd; /* the end of it that rt writes to */
};

static uint64_t clone_flags(const struct plan *plan)
{
	/* plan_ns_schedule(): the first step is the clone. */
	return plan->ns.steps[0].flags;
}

/* The value for process PID, a number or "self".  Its children inherit it. */
static int write_oom_score_adj(const struct plan_process *process, const char *pid, struct err *e)
{
	char path[sizeof("/proc//oom_score_adj") + 21];
	char value[12];

	if (!process->oom_score_adj_set)
		return 0;
	(void)snprintf(path, sizeof(path), "/proc/%s/oom_score_adj", pid);  /* fits by construction */
	(void)snprintf(value, sizeof(value), "%d", process->oom_score_adj); /* fits: a 32-bit number */
	if (io_write_file_at(AT_FDCWD, path, value, e) == 0)
		return 0;
	if (e->errnum == EACCES)
		(void)err_hint(e, "less than the lowest value that was set with CAP_SYS_RESOURCE (proc(5)) takes that "
				  "capability: leave process.oomScoreAdj out, or raise it");
	return -1;
}

/* Waits for what rt does meanwhile: the id maps, a cgroup around this process. */
static int wait_for_go(const struct child *c, struct err *e)
{
	int rt_go_fd = c->rt_go_fd;
	char byte;
	ssize_t n;

	if (c->go_fd < 0)
		return 0;
	/* Our copy: if rt dies, the read ends. */
	fd_close(&rt_go_fd);
	n = sys_read(c->go_fd, &byte, 1);
	return n == 1 ? 0 : err_errno(e, n < 0 ? errno : EPIPE, "wait for rt");
}

/* In a new user namespace: becomes its root, before the exec, or its capabilities would be lost there. */
static int become_root(const struct child *c, struct err *e)
{
	if ((clone_flags(c->plan) & K_CLONE_NEWUSER) == 0) /* still the host's rights, and nobody to race with */
		return write_oom_score_adj(&c->plan->process, "self", e);
	if (sys_setresgid(0, 0, 0) < 0)
		return err_errno(e, errno, "become group 0 of the user namespace");
	if (sys_setresuid(0, 0, 0) < 0)
		return err_errno(e, errno, "become user 0 of the user namespace");
	return 0;
}

static int exec_init(const struct child *c, struct err *e)
{
	char name[] = "rt-init";
	char sock[21];
	char *const argv[] = { name, sock, NULL };
	char *const envp[] = { NULL };

	/*
	 * After the maps: those of a non-dumpable process can be written by nobody without privilege.  init does it
	 * again, because an exec makes a process dumpable.  A child that waits for nothing has the memory of rt itself,
	 * with rt's rights and in sight of nobody new: there is nothing to hide until the exec.
	 */
	if (c->go_fd >= 0 && sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return err_errno(e, errno, "become non-dumpable");
	/* Everything of rt's stays out; 3 .. 3 + preserve_fds - 1 are the caller's gift to the container. */
	if (sys_close_range(3 + c->plan->process.preserve_fds, ~0U, K_CLOSE_RANGE_CLOEXEC) < 0)
		return err_errno(e, errno, "close_range");
	/* After close_range(), which would set the flag again. */
	if (sys_fcntl(c->sock, F_SETFD, 0) < 0)
		return err_errno(e, errno, "keep the socket over the exec");
	(void)num_format_u64((uint64_t)c->sock, sock); /* gives SOCK */
	(void)sys_execveat(c->init_fd, "", argv, envp, AT_EMPTY_PATH); /* returns only with an error */
	return err_errno(e, errno, "exec init");
}

static _Noreturn void run_child(const void *child)
{
	const struct child *c = child;
	struct err e = ERR_INIT, ignored = ERR_INIT;

	if (wait_for_go(c, &e) == 0 && become_root(c, &e) == 0)
		(void)exec_init(c, &e); /* returns only with an error */
	/* If this fails too, the parent sees the end-of-file. */
	(void)message_send(c->sock, MESSAGE_ERROR, &e, sizeof(e), NULL, 0, &ignored);
	_exit(1);
}

static int explain_clone(int errnum, uint64_t flags, bool in_cgroup, struct err *e)
{
	(void)err_errno(e, errnum, in_cgroup ? "clone3 into the container's cgroup" : "clone3");
	explain_namespaces("", flags, e);
	if (errnum == ENOSYS)
		return err_hint(e, "Linux 5.10 is needed; a seccomp filter around rt may also refuse clone3");
	if (errnum == EPERM)
		return err_hint(e, "new namespaces need CAP_SYS_ADMIN, or a user namespace of the container's own");
	if (errnum == EACCES && in_cgroup)
		return err_hint(e, "no cgroup of this user holds both rt and the container's: run rt by "
				   "`systemd-run --user --scope -p Delegate=yes`");
	if (errnum == EAGAIN)
		return err_hint(e, "a limit on the number of processes is reached (RLIMIT_NPROC, pids.max, pid_max)");
	return -1;
}

/* What only the host may do to a process in a new user namespace. */
static int write_maps(const struct plan *plan, pid_t pid, struct err *e)
{
	char number[21];

	/* Lowering it takes CAP_SYS_RESOURCE in the initial user namespace. */
	if (write_oom_score_adj(&plan->process, num_format_u64((uint64_t)pid, number), e) < 0)
		return -1;
	return idmap_write(&plan->ns, pid, e);
}

int spawn_init(struct spawn *s, struct process *ret_process, struct err *e)
{
	const uint64_t flags = clone_flags(s->plan);
	const bool in_cgroup = s->cgroup_fd >= 0;
	_cleanup_fd_ int go_read = -EBADF;
	int pidfd = -EBADF;
	const struct k_clone_args args = {
		.flags = flags | K_CLONE_PIDFD | (in_cgroup ? K_CLONE_INTO_CGROUP : 0),
		.pidfd = (uint64_t)(uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
		.cgroup = in_cgroup ? (uint64_t)s->cgroup_fd : 0,
	};
	struct child child = { .plan = s->plan, .init_fd = s->init_fd, .sock = s->init_sock };
	pid_t pid;

	if (s->is_held || (flags & K_CLONE_NEWUSER) != 0) {
		int fds[2];

		if (sys_pipe2(fds, O_CLOEXEC) < 0)
			return err_errno(e, errno, "make a pipe for init");
		go_read = fds[0];
		s->go_fd = fds[1];
	}
	/* Who waits, for us or in a frozen cgroup, can not have our memory: we would sleep as long. */
	child.go_fd = go_read;
	child.rt_go_fd = s->go_fd;
	if (go_read >= 0 || s->may_freeze)
		pid = clone_run_copy(&args, run_child, &child);
	else
		pid = clone_run(&args, run_child, &child);
	if (pid < 0)
		return explain_clone(errno, flags, in_cgroup, e);
	*ret_process = (struct process){ .pid = pid, .pidfd = pidfd };
	return 0;
}

int spawn_release(struct spawn *s, const struct process *process, struct err *e)
{
	if (s->go_fd < 0)
		return 0;
	if ((clone_flags(s->plan) & K_CLONE_NEWUSER) != 0 && write_maps(s->plan, process->pid, e) < 0)
		return -1;
	if (io_write_all(s->go_fd, "", 1, "the child's pipe", e) < 0)
		return -1;
	fd_close(&s->go_fd);
	return 0;
}

void spawn_close(struct spawn *s)
{
	fd_close(&s->go_fd);
}
