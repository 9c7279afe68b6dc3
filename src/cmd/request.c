/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/request.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/num.h"
#include "base/path.h"
#include "host/explain.h"

/* Inode of the initial user namespace in /proc/PID/ns/user: PROC_USER_INIT_INO, the same on every boot. */
#define INITIAL_USER_NS_INODE 0xEFFFFFFDU

static const char *get_nonempty(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

/* Not by the id map: a user namespace may have an identity map (systemd 260 makes such ones). */
static bool is_in_user_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/user", &st) == 0 && st.st_ino != INITIAL_USER_NS_INODE;
}

/* Root in a user namespace has a user's runtime directory, unless it is a login as root in there (USER). */
static bool has_user_runtime_dir(void)
{
	const char *user;

	if (geteuid() != 0)
		return true;
	user = get_nonempty("USER");
	return (user == NULL || strcmp(user, "root") != 0) && is_in_user_namespace();
}

static int complete_root(struct request *req, struct arena *arena, struct err *e)
{
	const char *runtime_dir = get_nonempty("XDG_RUNTIME_DIR");
	char cwd[PATH_MAX];
	char *root;

	if (req->root == NULL) {
		if (runtime_dir == NULL || !path_is_absolute(runtime_dir) || !has_user_runtime_dir()) {
			req->root = HOST_STATE_ROOT;
			return 0;
		}
		req->root = arena_printf(arena, "%s/rt", runtime_dir);
		return req->root != NULL ? 0 : arena_check(arena, e);
	}
	if (req->root[0] == '\0')
		return err_set(e, ERR_USAGE, "option --root: empty");
	if (path_is_absolute(req->root)) {
		root = arena_strdup(arena, req->root);
	} else {
		if (getcwd(cwd, sizeof(cwd)) == NULL)
			return err_errno(e, errno, "current directory");
		root = arena_printf(arena, "%s/%s", cwd, req->root);
	}
	if (root == NULL)
		return arena_check(arena, e);
	path_clean(root);
	if (strcmp(root, "/") == 0)
		return err_set(e, ERR_USAGE, "option --root: / can not hold the state of containers");
	req->root = root;
	return 0;
}

/* sd_listen_fds(3): descriptors from 3 on, if they are for this process. */
static int complete_listen_fds(struct request *req, struct err *e)
{
	const char *fds = get_nonempty("LISTEN_FDS");
	const char *pid = get_nonempty("LISTEN_PID");
	uint32_t n;
	uint32_t owner;

	if (fds == NULL)
		return 0;
	if (pid != NULL) {
		if (num_parse_u32(pid, &owner) < 0)
			return err_set(e, ERR_USAGE, "LISTEN_PID: \"%s\" is not a process id", pid);
		if (owner != (uint32_t)getpid())
			return 0;
	}
	if (num_parse_u32(fds, &n) < 0 || n > INT_MAX)
		return err_set(e, ERR_USAGE, "LISTEN_FDS: \"%s\" is not a number of descriptors", fds);
	req->listen_fds = n;
	req->listen_fdnames = getenv("LISTEN_FDNAMES");
	return 0;
}

int request_complete(struct request *req, struct arena *arena, struct err *e)
{
	if (complete_root(req, arena, e) < 0)
		return -1;
	req->notify_socket = get_nonempty("NOTIFY_SOCKET");
	req->seccomp_receiver = get_nonempty("RUN_OCI_SECCOMP_RECEIVER");
	if (complete_listen_fds(req, e) < 0)
		return -1;
	if (req->preserve_fds > INT_MAX - req->listen_fds)
		return err_set(e, ERR_USAGE, "option --preserve-fds: no process has %u descriptors", req->preserve_fds);
	return 0;
}
