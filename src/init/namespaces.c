/* SPDX-License-Identifier: Apache-2.0 */
#include "init/namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys.h"

static const struct {
	uint64_t flag;
	char name[8];
} ns_kinds[NS_COUNT] = {
	[NS_USER] = { K_CLONE_NEWUSER, "user" },       [NS_MOUNT] = { K_CLONE_NEWNS, "mount" },
	[NS_PID] = { K_CLONE_NEWPID, "pid" },          [NS_NET] = { K_CLONE_NEWNET, "network" },
	[NS_IPC] = { K_CLONE_NEWIPC, "ipc" },          [NS_UTS] = { K_CLONE_NEWUTS, "uts" },
	[NS_CGROUP] = { K_CLONE_NEWCGROUP, "cgroup" }, [NS_TIME] = { K_CLONE_NEWTIME, "time" },
};

/*
 * A dumpable process can be traced by those who share its user and pid namespaces; a process that is not dumpable has
 * a /proc/PID that an unprivileged rt can not write maps to.  So: never dumpable where something is joined, else only
 * until the namespaces are complete.  A change of identity switches the flag off in the kernel.
 */
static int set_dumpable(bool dumpable, struct err *e)
{
	if (sys_prctl(PR_SET_DUMPABLE, dumpable, 0, 0, 0) < 0)
		return err_errno(e, errno, "set dumpable to %d", dumpable);
	return 0;
}

static int join_kind(const struct inside *in, const struct ns_step *s, struct err *e)
{
	int fd = inside_find_fd(in, PLAN_FD_NS, s->kind);

	if (fd < 0)
		return err_set(e, ERR_INTERNAL, "no descriptor for the %s namespace", ns_kinds[s->kind].name);
	if (sys_setns(fd, (int)ns_kinds[s->kind].flag) < 0)
		return err_errno(e, errno, "join the %s namespace %s", ns_kinds[s->kind].name,
				 in->plan->ns.path[s->kind]);
	return 0;
}

static int join_all(const struct inside *in, const struct ns_step *s, struct err *e)
{
	int fd = inside_find_fd(in, PLAN_FD_CONTAINER, 0);

	if (fd < 0)
		return err_set(e, ERR_INTERNAL, "no descriptor of the container's init");
	if (sys_setns(fd, (int)s->flags) < 0)
		return err_errno(e, errno, "join the container's namespaces");
	return 0;
}

static int unshare(uint64_t flags, struct err *e)
{
	if (sys_unshare((unsigned long)flags) == 0)
		return 0;
	(void)err_errno(e, errno, "unshare namespaces (flags %#llx)", (unsigned long long)flags);
	if (e->errnum == ENOSPC)
		(void)err_hint(e, "a limit below /proc/sys/user is reached (max_*_namespaces)");
	return -1;
}

/* The child's side of fork_on(): it waits until rt has heard of it. */
static int wait_for_word(int fd, struct err *e)
{
	char byte;

	if (sys_read(fd, &byte, 1) != 1)
		return err_set(e, ERR_SYSTEM, "rt could not be told of the process");
	return 0;
}

/*
 * The child goes on; this process tells rt of it and ends.  The child waits for that, so that rt hears of it before it
 * hears from it.  IS_LATE: with the older call, which takes no namespaces, because a profile may be in force.
 */
static int fork_on(const struct inside *in, uint64_t flags, bool is_late, struct err *e)
{
	int pipe_fds[2];
	_cleanup_fd_ int pidfd = -EBADF;
	const struct k_clone_args args = {
		.flags = flags | K_CLONE_PARENT | K_CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&pidfd,
		.exit_signal = 0, /* required with CLONE_PARENT: it is this process's own */
	};
	int64_t pid;
	int result = -1;

	if (sys_pipe2(pipe_fds, O_CLOEXEC) < 0)
		return err_errno(e, errno, "make a pipe");
	pid = is_late ? sys_clone((unsigned long)args.flags, &pidfd) : sys_clone3(&args);
	if (pid < 0) {
		(void)err_errno(e, errno, "clone a process into the namespaces");
	} else if (pid == 0) {
		pidfd = -EBADF; /* the parent's */
		fd_close(&pipe_fds[1]);
		result = wait_for_word(pipe_fds[0], e);
	} else if (message_send(in->sock, MESSAGE_CHILD, &pid, sizeof(pid), &pidfd, 1, e) == 0) {
		if (sys_write(pipe_fds[1], "", 1) == 1)
			result = INSIDE_DONE;
		else
			(void)err_errno(e, errno, "let the cloned process go on");
	}
	fd_close(&pipe_fds[0]);
	fd_close(&pipe_fds[1]);
	return result;
}

/* To be root of the user namespace that this process is in now.  Capabilities are complete since the entry. */
static int become_root(const struct inside *in, struct err *e)
{
	if (sys_setresgid(0, 0, 0) < 0)
		return err_errno(e, errno, "become group 0 of the user namespace");
	/* Before the uid, which decides nothing here but is the habit that survives changes. */
	if (in->plan->process.user.set_groups && sys_setgroups(0, NULL) < 0 && errno != EPERM)
		/* EPERM: denied in this namespace; they stay */
		return err_errno(e, errno, "drop supplementary groups");
	if (sys_setresuid(0, 0, 0) < 0)
		return err_errno(e, errno, "become user 0 of the user namespace");
	return set_dumpable(!in->plan->ns.non_dumpable_from_start, e);
}

/* Room for two lines "boottime -SECONDS NANOSECONDS". */
#define OFFSETS_SIZE 128

static bool has_offsets(const struct plan_ns *ns)
{
	return ns->monotonic.set || ns->boottime.set;
}

/*
 * The files of a process that is not dumpable belong to root of the user namespace in which it was executed, and the
 * kernel asks for the rights of who opened this one.  So it is opened as the first thing, and by a child again.
 */
static int open_offsets(struct inside *in, struct err *e)
{
	fd_close(&in->offsets_fd);
	in->offsets_fd = sys_openat(AT_FDCWD, "/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC, 0);
	return in->offsets_fd < 0 ? err_errno(e, errno, "open /proc/self/timens_offsets") : 0;
}

static int write_offsets(struct inside *in, struct err *e)
{
	const struct plan_ns *ns = &in->plan->ns;
	const struct {
		const struct plan_time_offset *offset;
		const char *clock;
	} rows[] = { { &ns->monotonic, "monotonic" }, { &ns->boottime, "boottime" } };
	char text[OFFSETS_SIZE];
	size_t len = 0;
	unsigned i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].offset->set)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s %lld %u\n", rows[i].clock,
						(long long)rows[i].offset->secs, rows[i].offset->nanosecs);
	if (len > 0 && sys_write(in->offsets_fd, text, len) != (ssize_t)len)
		return err_errno(e, errno, "write time offsets");
	fd_close(&in->offsets_fd);
	return 0;
}

/* unshare changes only what children get; the offsets can be set until somebody is in, then this process goes in. */
static int enter_time(struct inside *in, struct err *e)
{
	_cleanup_fd_ int ns = -EBADF;

	if (unshare(K_CLONE_NEWTIME, e) < 0 || write_offsets(in, e) < 0)
		return -1;
	ns = sys_openat(AT_FDCWD, "/proc/self/ns/time_for_children", O_RDONLY | O_CLOEXEC, 0);
	if (ns < 0)
		return err_errno(e, errno, "open /proc/self/ns/time_for_children");
	if (sys_setns(ns, (int)K_CLONE_NEWTIME) < 0)
		return err_errno(e, errno, "enter the time namespace");
	return 0;
}

/* NS_STEP_FORK, and what belongs to one process and not to another. */
static int fork_step(struct inside *in, uint64_t flags, struct err *e)
{
	int r = fork_on(in, flags, false, e);

	return r == 0 && in->offsets_fd >= 0 ? open_offsets(in, e) : r;
}

static int run_step(struct inside *in, const struct ns_step *s, struct err *e)
{
	switch (s->op) {
	case NS_STEP_JOIN:
		return join_kind(in, s, e);
	case NS_STEP_JOIN_ALL:
		return join_all(in, s, e);
	case NS_STEP_UNSHARE:
		return unshare(s->flags, e);
	case NS_STEP_FORK:
		return fork_step(in, s->flags, e);
	case NS_STEP_MAPS:
		return inside_stop(in, MESSAGE_MAPS, NULL, 0, e);
	case NS_STEP_ROOT:
		return become_root(in, e);
	case NS_STEP_TIME:
		return enter_time(in, e);
	case NS_STEP_CLONE:
	case NS_STEP_FORK_LATE:
		break;
	}
	return err_set(e, ERR_INTERNAL, "namespace step %d at the wrong place", (int)s->op);
}

int namespaces_enter(struct inside *in, struct err *e)
{
	const struct plan_ns *ns = &in->plan->ns;

	/* While the file is this process's own. */
	if (has_offsets(ns) && open_offsets(in, e) < 0)
		return -1;
	/* The exec of this program has made it dumpable. */
	if (ns->non_dumpable_from_start && set_dumpable(false, e) < 0)
		return -1;
	for (in->ns_next = plan_ns_first_inside_step(ns); in->ns_next < ns->n_steps; in->ns_next++) {
		int r;

		if (ns->steps[in->ns_next].op == NS_STEP_FORK_LATE)
			break;
		r = run_step(in, &ns->steps[in->ns_next], e);
		if (r != 0)
			return r;
	}
	/* The last thing that needs /proc/self to be ours is done. */
	return set_dumpable(false, e);
}

bool namespaces_is_late_left(const struct inside *in)
{
	return in->ns_next < in->plan->ns.n_steps;
}

/* All that rt has sent but the FIFOs of `start`: the child must have nothing that leads to the host. */
static void close_descriptors(struct inside *in)
{
	unsigned i;

	for (i = 0; i < in->plan->n_fds; i++)
		if (in->plan->fds[i].role != PLAN_FD_START && in->plan->fds[i].role != PLAN_FD_RESULT)
			fd_close(&in->fds[i]);
	fd_close(&in->dev_fd);
}

int namespaces_fork_late(struct inside *in, struct err *e)
{
	close_descriptors(in);
	/* The change of identity has made it what the sysctl fs.suid_dumpable says. */
	if (set_dumpable(false, e) < 0)
		return -1;
	in->ns_next++;
	return fork_on(in, 0, true, e);
}
