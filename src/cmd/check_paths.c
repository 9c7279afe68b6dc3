/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/check_paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/span.h"
#include "base/sys.h"

struct checker {
	const struct plan_document *doc;
	const struct plan *plan;
	struct findings *findings;
};

/* clang-format off */
static const struct {
	const char *type;
	int flag;
} namespaces[NS_COUNT] = {
	[NS_USER] = { "user", K_CLONE_NEWUSER },  [NS_MOUNT] = { "mount", K_CLONE_NEWNS },
	[NS_PID] = { "pid", K_CLONE_NEWPID },     [NS_NET] = { "network", K_CLONE_NEWNET },
	[NS_IPC] = { "ipc", K_CLONE_NEWIPC },     [NS_UTS] = { "uts", K_CLONE_NEWUTS },
	[NS_CGROUP] = { "cgroup", K_CLONE_NEWCGROUP }, [NS_TIME] = { "time", K_CLONE_NEWTIME },
};

static const char *const hook_names[HOOK_KIND_COUNT] = {
	[HOOK_PRESTART] = "prestart",                 [HOOK_CREATE_RUNTIME] = "createRuntime",
	[HOOK_CREATE_CONTAINER] = "createContainer",  [HOOK_START_CONTAINER] = "startContainer",
	[HOOK_POSTSTART] = "poststart",               [HOOK_POSTSTOP] = "poststop",
};
/* clang-format on */

static void report(struct checker *c, const char *section, const char *pointer, const char *path, const char *what)
{
	findings_add(c->findings, FINDING_ERROR, ERR_CONFIG, section, pointer, "%s: %s", path, what);
	plan_document_locate_last(c->doc, c->findings);
}

static void report_errno(struct checker *c, const char *section, const char *pointer, const char *path, int errnum)
{
	char buf[24];

	report(c, section, pointer, path, err_errno_text(errnum, buf));
}

static void check_root(struct checker *c)
{
	const char *path = c->plan->root.path;
	struct stat st;

	if (!path)
		return;
	if (stat(path, &st) < 0)
		report_errno(c, "config.md#root", "/root/path", path, errno);
	else if (!S_ISDIR(st.st_mode))
		report_errno(c, "config.md#root", "/root/path", path, ENOTDIR);
}

/* Entries keep no index in the plan: the pointer is that of the list. */
static void check_namespace(struct checker *c, enum ns_kind kind)
{
	const char *section = "config-linux.md#namespaces";
	const char *path = c->plan->ns.path[kind];
	_cleanup_fd_ int fd = -EBADF;
	char what[64];

	if (c->plan->ns.mode[kind] != NS_MODE_JOIN || !path)
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		report_errno(c, section, "/linux/namespaces", path, errno);
		return;
	}
	if (sys_ioctl(fd, K_NS_GET_NSTYPE, NULL) == namespaces[kind].flag)
		return;
	(void)snprintf(what, sizeof(what), "this is no %s namespace", namespaces[kind].type);
	report(c, section, "/linux/namespaces", path, what);
}

static void check_hook(struct checker *c, enum hook_kind kind, const struct plan_hook *hook)
{
	const char *section = "config.md#posix-platform-hooks";
	const char *pointer = arena_printf(c->findings->arena, "/hooks/%s/%u/path", hook_names[kind], hook->index);
	struct stat st;

	if (!hook->path || !path_is_absolute(hook->path))
		return; /* reported already */
	if (stat(hook->path, &st) < 0 || (S_ISREG(st.st_mode) && access(hook->path, X_OK) < 0))
		report_errno(c, section, pointer, hook->path, errno);
	else if (!S_ISREG(st.st_mode))
		report(c, section, pointer, hook->path, "not a regular file");
}

static void check_hooks(struct checker *c)
{
	for (unsigned kind = 0; kind < HOOK_KIND_COUNT; kind++) {
		if (kind == HOOK_START_CONTAINER)
			continue; /* its path is one of the container */
		for (unsigned i = 0; i < c->plan->hooks.n[kind]; i++)
			check_hook(c, (enum hook_kind)kind, &c->plan->hooks.hooks[kind][i]);
	}
}

static void check_sources(struct checker *c)
{
	for (unsigned i = 0; i < c->plan->n_mounts; i++) {
		const struct plan_mount *m = &c->plan->mounts[i];
		struct stat st;

		if (m->how == MOUNT_BIND && m->source && lstat(m->source, &st) < 0)
			report_errno(c, "config.md#mounts",
				     arena_printf(c->findings->arena, "/mounts/%u/source", m->index), m->source, errno);
	}
}

/* A mount may bring what the root does not have; and so may a hook, before the program is looked up. */
static bool may_be_covered(const struct plan *plan, const char *path)
{
	for (unsigned i = 0; i < plan->n_mounts; i++) {
		if (plan->mounts[i].destination && path_is_below(path, plan->mounts[i].destination))
			return true;
	}
	return plan->hooks.n[HOOK_PRESTART] + plan->hooks.n[HOOK_CREATE_RUNTIME] +
		       plan->hooks.n[HOOK_CREATE_CONTAINER] > 0;
}

enum found { FOUND, NOT_FOUND, NOT_EXECUTABLE, UNKNOWN };

static enum found look(const struct plan *plan, int root_fd, char *path)
{
	_cleanup_fd_ int fd = -EBADF;
	struct stat st;

	path_clean(path);
	if (may_be_covered(plan, path))
		return UNKNOWN;
	fd = path_try_open_in_root(root_fd, path, O_PATH, 0);
	if (fd < 0)
		return errno == EACCES ? UNKNOWN : NOT_FOUND;
	if (fstat(fd, &st) < 0)
		return UNKNOWN;
	return S_ISREG(st.st_mode) && (st.st_mode & 0111) ? FOUND : NOT_EXECUTABLE;
}

static const char *find_path_variable(const struct plan_process *p)
{
	for (unsigned i = 0; p->envp && i < p->n_env; i++) {
		if (p->envp[i] && strncmp(p->envp[i], "PATH=", 5) == 0)
			return p->envp[i] + 5;
	}
	return "";
}

/* The directories of PATH in turn, as execvp(3) does. */
static enum found search(const struct plan *plan, int root_fd, const char *name)
{
	enum found best = NOT_FOUND;
	const char *dir = find_path_variable(&plan->process);

	while (*dir) {
		size_t len = span_until(dir, ":");
		char path[4096];
		int n = snprintf(path, sizeof(path), "/%.*s/%s", (int)len, dir, name);
		enum found found = n < (int)sizeof(path) ? look(plan, root_fd, path) : UNKNOWN;

		if (found == FOUND || found == UNKNOWN)
			return found;
		if (found == NOT_EXECUTABLE)
			best = found;
		dir += len + (dir[len] == ':');
	}
	return best;
}

static void check_program(struct checker *c)
{
	const struct plan_process *p = &c->plan->process;
	const char *pointer = "/process/args/0";
	_cleanup_fd_ int root_fd = -EBADF;
	enum found found;
	char path[4096];

	if (!p->present || !p->argv || !p->argv[0] || p->argv[0][0] == '\0' || !p->cwd || !c->plan->root.path)
		return;
	root_fd = open(c->plan->root.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root_fd < 0)
		return; /* reported already */
	if (!strchr(p->argv[0], '/')) {
		found = search(c->plan, root_fd, p->argv[0]);
	} else {
		(void)snprintf(path, sizeof(path), "%s/%s", p->argv[0][0] == '/' ? "" : p->cwd, p->argv[0]);
		found = look(c->plan, root_fd, path);
	}
	if (found == NOT_FOUND)
		report(c, "config.md#process", pointer, p->argv[0],
		       strchr(p->argv[0], '/') ? "no such file in the root" : "not found in the PATH of the container");
	else if (found == NOT_EXECUTABLE)
		report(c, "config.md#process", pointer, p->argv[0], "not an executable file");
}

void check_paths(const struct plan_document *doc, const struct plan *plan, struct findings *findings)
{
	struct checker c = { .doc = doc, .plan = plan, .findings = findings };

	check_root(&c);
	for (unsigned kind = 0; kind < NS_COUNT; kind++)
		check_namespace(&c, (enum ns_kind)kind);
	check_hooks(&c);
	check_sources(&c);
	check_program(&c);
}
