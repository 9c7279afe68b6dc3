/* SPDX-License-Identifier: Apache-2.0 */
#include "run/namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "base/fd.h"
#include "base/sys.h"

static const struct {
	uint64_t flag;
	char name[8];
	char file[7]; /* in /proc/PID/ns */
} kinds[NS_COUNT] = {
	[NS_USER] = { K_CLONE_NEWUSER, "user", "user" },
	[NS_MOUNT] = { K_CLONE_NEWNS, "mount", "mnt" },
	[NS_PID] = { K_CLONE_NEWPID, "pid", "pid" },
	[NS_NET] = { K_CLONE_NEWNET, "network", "net" },
	[NS_IPC] = { K_CLONE_NEWIPC, "ipc", "ipc" },
	[NS_UTS] = { K_CLONE_NEWUTS, "uts", "uts" },
	[NS_CGROUP] = { K_CLONE_NEWCGROUP, "cgroup", "cgroup" },
	[NS_TIME] = { K_CLONE_NEWTIME, "time", "time" },
};

/* Engines name the container of a pod on the host's network like the host: that changes nothing. */
static bool is_named_so(const char *name, const char *present)
{
	return name == NULL || strcmp(name, present) == 0;
}

static bool is_changed(const struct plan *plan, enum ns_kind kind)
{
	struct utsname now;

	if (plan->ns.has_sysctl[kind])
		return true;
	return kind == NS_UTS && (plan->hostname != NULL || plan->domainname != NULL) &&
	       !(uname(&now) == 0 && is_named_so(plan->hostname, now.nodename) &&
		 is_named_so(plan->domainname, now.domainname));
}

/* What the configuration changes must not be the host's: the plan sees that only where nothing is joined. */
static int check_not_own(int fd, enum ns_kind kind, const char *path, struct err *e)
{
	char own_path[32];
	struct stat own, joined;

	(void)snprintf(own_path, sizeof(own_path), "/proc/self/ns/%s", kinds[kind].file); /* fits by construction */
	if (fstat(fd, &joined) < 0 || fstatat(AT_FDCWD, own_path, &own, 0) < 0)
		return err_errno(e, errno, "%s namespace: compare %s with %s", kinds[kind].name, path, own_path);
	if (own.st_ino != joined.st_ino || own.st_dev != joined.st_dev)
		return 0;
	(void)err_set(e, ERR_CONFIG, "%s namespace: %s is the host's, which a name or sysctl would change",
		      kinds[kind].name, path);
	return err_hint(e, "leave out hostname, domainname and the sysctls of this namespace, or make a new one");
}

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
		return err_set(e, ERR_CONFIG, "%s namespace: %s is a namespace of another type", kinds[kind].name,
			       path);
	if (is_changed(plan, kind) && check_not_own(fd, kind, path, e) < 0)
		return -1;
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
