/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys.h"
#include "cmd/container.h"
#include "cmd/container_options.h"
#include "cmd/output.h"
#include "cmd/ps_filter.h"
#include "cmd/verbs.h"

const struct option_row *const ps_options[] = { format_rows, NULL };

static int print_json(const struct pid_set *pids, struct err *e)
{
	_cleanup_json_ struct json j = JSON_INIT(0);
	size_t i;

	json_begin_array(&j);
	for (i = 0; i < pids->n; i++)
		json_i64(&j, pids->items[i]);
	json_end_array(&j);
	return output_json(&j, e);
}

/* Starts ps(1) with its output in a pipe.  Returns the reading end. */
static int spawn_ps(char *const argv[], pid_t *ret_pid, struct err *e)
{
	posix_spawn_file_actions_t actions;
	_cleanup_fd_ int read_fd = -EBADF;
	_cleanup_fd_ int write_fd = -EBADF;
	int fds[2];
	int r;

	if (sys_pipe2(fds, O_CLOEXEC) < 0)
		return err_errno(e, errno, "pipe for ps");
	read_fd = fds[0];
	write_fd = fds[1];
	r = posix_spawn_file_actions_init(&actions);
	if (r == 0) {
		r = posix_spawn_file_actions_adddup2(&actions, write_fd, STDOUT_FILENO);
		if (r == 0)
			r = posix_spawnp(ret_pid, argv[0], &actions, NULL, argv, environ);
		(void)posix_spawn_file_actions_destroy(&actions); /* frees memory */
	}
	if (r != 0)
		return err_errno(e, r, "execute ps");
	return fd_take(&read_fd);
}

static int filter_output(int fd, const struct pid_set *pids, struct err *e)
{
	FILE *in = fdopen(fd, "r");
	int r;

	if (in == NULL) {
		(void)err_errno(e, errno, "read output of ps");
		fd_close(&fd);
		return -1;
	}
	r = ps_filter(in, stdout, pids, e);
	(void)fclose(in); /* it was only read */
	return r;
}

/* The arguments for ps(1): those behind the id, or the usual ones. */
static const char **make_argv(const struct args *args, struct arena *a)
{
	unsigned n = args->n_operands - 1;
	const char **argv = arena_new_array(a, const char *, (size_t)n + 3);
	unsigned i;

	if (argv == NULL)
		return NULL;
	argv[0] = "ps";
	if (n == 0)
		argv[1] = "-ef";
	for (i = 0; i < n; i++)
		argv[i + 1] = args->operands[i + 1];
	return argv;
}

/* The table is ps(1)'s own, without the lines of other processes. */
static int print_table(const struct args *args, const struct pid_set *pids, struct arena *a, struct err *e)
{
	const char **argv = make_argv(args, a);
	siginfo_t info = { .si_signo = 0 };
	pid_t pid = 0;
	int fd, r;

	if (argv == NULL)
		return arena_check(a, e);
	fd = spawn_ps((char *const *)argv, &pid, e); /* posix_spawn() writes to none of them */
	if (fd < 0)
		return -1;
	r = filter_output(fd, pids, e);
	if (sys_waitid(P_PID, pid, &info, WEXITED) < 0)
		return r < 0 ? -1 : err_errno(e, errno, "wait for ps");
	/* Its status comes first: an error of ps explains the output that was not understood. */
	if (info.si_code != CLD_EXITED || info.si_status != 0)
		return err_set(e, ERR_SYSTEM, "ps failed with %s %d",
			       info.si_code == CLD_EXITED ? "status" : "signal", info.si_status);
	return r;
}

int cmd_ps(const struct args *args, struct err *e)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct pid_set pids = { .n = 0 };
	struct container c;
	int r = 0;

	if (container_load(args->req.root, args->req.id, &a, &c, e) < 0)
		return -1;
	if (c.status != STATUS_STOPPED)
		r = cgroup_driver_get(c.state.cgroup.driver)->pids(&c.state.cgroup, &pids.items, &pids.n, e);
	if (r == 0)
		r = args->format == FORMAT_JSON ? print_json(&pids, e) : print_table(args, &pids, &a, e);
	free(pids.items);
	return r;
}
