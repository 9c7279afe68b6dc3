/* SPDX-License-Identifier: Apache-2.0 */
#include "run/namespaces.h"

#include <errno.h>
#include <fcntl.h>

#include "base/fd.h"
#include "base/sys.h"

static const struct {
	uint64_t flag;
	char name[8];
} kinds[NS_COUNT] = {
	[NS_USER] = { K_CLONE_NEWUSER, "user" },       [NS_MOUNT] = { K_CLONE_NEWNS, "mount" },
	[NS_PID] = { K_CLONE_NEWPID, "pid" },          [NS_NET] = { K_CLONE_NEWNET, "network" },
	[NS_IPC] = { K_CLONE_NEWIPC, "ipc" },          [NS_UTS] = { K_CLONE_NEWUTS, "uts" },
	[NS_CGROUP] = { K_CLONE_NEWCGROUP, "cgroup" }, [NS_TIME] = { K_CLONE_NEWTIME, "time" },
};

int namespace_open(const struct plan *plan, enum ns_kind kind, struct err *e)
{
	const char *path = plan->ns.path[kind];
	_cleanup_fd_ int fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
	int type;

	if (fd < 0)
		return err_errno(e, errno, "%s namespace: open %s", kinds[kind].name, path);
	type = sys_ioctl(fd, K_NS_GET_NSTYPE, NULL);
	if (type < 0)
		return err_set(e, ERR_CONFIG, "%s namespace: %s is no namespace", kinds[kind].name, path);
	if ((uint64_t)type != kinds[kind].flag)
		return err_set(e, ERR_CONFIG, "%s namespace: %s is a namespace of another type", kinds[kind].name, path);
	return fd_take(&fd);
}

uint64_t namespaces_flags(const struct plan_ns *ns)
{
	uint64_t flags = 0;
	unsigned i;

	for (i = 0; i < NS_COUNT; i++) {
		if (ns->mode[i] != NS_MODE_HOST)
			flags |= kinds[i].flag;
	}
	return flags;
}
