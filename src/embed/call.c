/* SPDX-License-Identifier: Apache-2.0 */
#include "embed/call.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/dlopen-note.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/num.h"
#include "base/process.h"
#include "base/sys.h"
#include "embed/image.h"
#include "embed/request.h"

/* rt-libs has them too; packagers' tools look at rt. */
#ifdef HAVE_SECCOMP
DLOPEN_NOTE(seccomp, "compiles seccomp profiles", "recommended", "libseccomp.so.2");
#endif
#ifdef HAVE_SYSTEMD
DLOPEN_NOTE(systemd, "the cgroup manager systemd", "recommended", "libsystemd.so.0");
#endif

/* After its answer: it has nothing left to do but to unload. */
#define EXIT_TIMEOUT_MS 5000

/*
 * Where the libraries are, and what libsystemd reads to find a bus.  LD_LIBRARY_PATH, because hosts without a global
 * directory of libraries say so where they are; LD_PRELOAD and the rest are not for this program.
 */
static const char variables[][32] = {
	"LD_LIBRARY_PATH",
	"DBUS_SYSTEM_BUS_ADDRESS",
	"DBUS_SESSION_BUS_ADDRESS",
	"XDG_RUNTIME_DIR",
};
#define N_VARIABLES (sizeof(variables) / sizeof(variables[0]))

struct environment {
	char *list[N_VARIABLES + 1];
};

/* What the child needs between clone and exec. */
struct child {
	int program;
	int request;
	int sock;
	char *const *envp;
	pid_t parent;
};

static void environment_release(struct environment *env)
{
	for (size_t i = 0; i < N_VARIABLES; i++)
		free(env->list[i]);
}

static int environment_make(struct environment *env, struct err *e)
{
	size_t n = 0;

	for (size_t i = 0; i < N_VARIABLES; i++) {
		const char *value = getenv(variables[i]);
		size_t size;

		if (value == NULL)
			continue;
		size = strlen(variables[i]) + 1 + strlen(value) + 1;
		env->list[n] = malloc(size);
		if (env->list[n] == NULL)
			return err_errno(e, ENOMEM, "environment of rt-libs");
		(void)snprintf(env->list[n++], size, "%s=%s", variables[i], value); /* fits by construction */
	}
	return 0;
}

/* Where memfds can not be executed: the installed copy. */
static int open_program(struct err *e)
{
	const char *path = image_installed_path(IMAGE_LIBS);
	int fd = image_open(IMAGE_LIBS, e);

	if (fd >= 0 || e->errnum != EACCES)
		return fd;
	err_clear(e);
	fd = sys_openat(AT_FDCWD, path, O_PATH | O_CLOEXEC, 0);
	if (fd >= 0)
		return fd;
	(void)err_errno(e, errno, "memfds can not be executed here, and open %s", path);
	return err_hint(e, "sysctl vm.memfd_noexec=1, or install rt");
}

static int become(const struct child *c, struct err *e)
{
	char name[] = "rt-libs";
	char request[21], sock[21];
	char *const argv[] = { name, request, sock, NULL };
	_cleanup_fd_ int null = -EBADF;

	if (sys_prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return err_errno(e, errno, "die with rt");
	if (getppid() != c->parent) /* it is gone already, and nobody listens */
		_exit(1);
	null = sys_openat(AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC, 0);
	if (null < 0)
		return err_errno(e, errno, "open /dev/null");
	/* Standard output is for what rt prints: what a library says there goes to standard error. */
	if (sys_dup3(null, STDIN_FILENO, 0) < 0 || sys_dup3(STDERR_FILENO, STDOUT_FILENO, 0) < 0)
		return err_errno(e, errno, "standard streams of rt-libs");
	if (sys_close_range(3, ~0U, K_CLOSE_RANGE_CLOEXEC) < 0)
		return err_errno(e, errno, "close_range");
	/* After close_range(), which would set the flag again. */
	if (sys_fcntl(c->request, F_SETFD, 0) < 0 || sys_fcntl(c->sock, F_SETFD, 0) < 0)
		return err_errno(e, errno, "keep descriptors over the exec");
	(void)num_format_u64((uint64_t)c->request, request); /* gives REQUEST */
	(void)num_format_u64((uint64_t)c->sock, sock);       /* gives SOCK */
	(void)sys_execveat(c->program, "", argv, c->envp, AT_EMPTY_PATH); /* returns only with an error */
	(void)err_errno(e, errno, "exec rt-libs");
	if (e->errnum == ENOENT)
		return err_hint(e, "the dynamic loader that rt was built for is not installed here");
	return -1;
}

static _Noreturn void run_child(const struct child *c)
{
	struct libs_done done;

	memset(&done, 0, sizeof(done));
	done.record = LIBS_DONE;
	(void)become(c, &done.err); /* returns only with an error */
	(void)sys_write(c->sock, &done, sizeof(done)); /* else the parent sees the end-of-file */
	_exit(1);
}

static int start(struct child *c, struct process *ret, struct err *e)
{
	const struct k_clone_args args = {
		.flags = K_CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&ret->pidfd,
		.exit_signal = SIGCHLD,
	};

	c->parent = getpid();
	ret->pid = sys_clone3(&args);
	if (ret->pid == 0)
		run_child(c);
	return ret->pid < 0 ? err_errno(e, errno, "clone to run rt-libs") : 0;
}

/* It has no more to say: it ends, or it is ended. */
static void finish(struct process *p)
{
	struct process_end end = { .code = 0 };
	struct err e = ERR_INIT, kill_error = ERR_INIT;
	char how[64];

	if (process_reap(p, EXIT_TIMEOUT_MS, &end, &e) == 0) {
		if (process_exit_status(&end) != 0)
			log_warning("rt-libs, after its answer: %s", process_describe_end(&end, how, sizeof(how)));
		return;
	}
	log_warning("rt-libs, after its answer: %s", e.msg);
	if (process_kill(p, &kill_error) < 0)
		log_warning("rt-libs: %s", kill_error.msg);
}

/* It has closed the socket without an answer: it has crashed, or is about to be gone. */
static int explain_end(struct process *p, struct err *e)
{
	struct process_end end = { .code = 0 };
	char how[64];

	if (process_reap(p, EXIT_TIMEOUT_MS, &end, e) < 0)
		return -1;
	return err_set(e, ERR_SYSTEM, "rt-libs ended without an answer: %s",
		       process_describe_end(&end, how, sizeof(how)));
}

static int serve(struct process *p, int sock, unsigned timeout_ms, struct answer *ret, struct err *e)
{
	struct err kill_error = ERR_INIT;
	int r = answer_receive(sock, timeout_ms, ret, e);

	if (r > 0) {
		finish(p);
		if (ret->err.kind == ERR_NONE)
			return 0;
		*e = ret->err;
		return -1;
	}
	if (r == 0)
		(void)explain_end(p, e); /* gives -1, as we do */
	if (process_kill(p, &kill_error) < 0) /* nothing to do where it was reaped */
		log_warning("rt-libs: %s", kill_error.msg);
	return -1;
}

static int run(const struct libs_request *request, char *const envp[], unsigned timeout_ms, struct answer *ret,
	       struct err *e)
{
	struct process process = PROCESS_INIT;
	struct child child = { .envp = envp };
	_cleanup_fd_ int request_fd = request_make(request, e);
	_cleanup_fd_ int program = -EBADF;
	_cleanup_fd_ int ours = -EBADF;
	_cleanup_fd_ int theirs = -EBADF;
	int pair[2];

	if (request_fd < 0)
		return -1;
	program = open_program(e);
	if (program < 0)
		return -1;
	if (sys_socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_errno(e, errno, "make a socket pair");
	ours = pair[0];
	theirs = pair[1];
	child.program = program;
	child.request = request_fd;
	child.sock = theirs;
	if (start(&child, &process, e) < 0)
		return -1;
	/* Our copy of its end: with it there would be no end-of-file. */
	fd_close(&theirs);
	/* From here on, until it says no. */
	ret->unit_may_be_ours = request->operation == LIBS_START_UNIT;
	return serve(&process, ours, timeout_ms, ret, e);
}

int libs_call(const struct libs_request *request, unsigned timeout_ms, struct answer *ret, struct err *e)
{
	struct environment env = { .list = { NULL } };
	int r = -1;

	*ret = (struct answer){ .unit_may_be_ours = false };
	if (environment_make(&env, e) == 0)
		r = run(request, env.list, timeout_ms, ret, e);
	environment_release(&env);
	return r;
}
