/* SPDX-License-Identifier: Apache-2.0 */
#include "run/namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/num.h"
#include "base/span.h"
#include "base/sys.h"

#define MAP_FILE_MAX 16384 /* 340 lines of three numbers of at most 11 columns: user_namespaces(7) */

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

/* The next number of a line as the kernel shows it: blanks, digits.  Moves *P behind it. */
static int parse_number(char **p, uint32_t *ret)
{
	char *number = *p + span_of(*p, " ");
	char *end = number + span_until(number, " \n");
	const bool is_last = *end == '\0';

	*end = '\0';
	*p = is_last ? end : end + 1;
	return num_parse_u32(number, ret);
}

static bool has_map(const struct plan_id_map *maps, unsigned n, const struct plan_id_map *row)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		if (maps[i].container_id == row->container_id && maps[i].host_id == row->host_id &&
		    maps[i].size == row->size)
			return true;
	}
	return false;
}

/* TEXT is a uid_map: user_namespaces(7).  Its rows do not overlap, nor do MAPS: as many, each of them found, is all. */
static bool is_map_of(char *text, const struct plan_id_map *maps, unsigned n)
{
	unsigned rows = 0;

	while (*text != '\0') {
		struct plan_id_map row;

		if (parse_number(&text, &row.container_id) < 0 || parse_number(&text, &row.host_id) < 0 ||
		    parse_number(&text, &row.size) < 0 || !has_map(maps, n, &row))
			return false;
		rows++;
	}
	return rows == n;
}

static int compare_map(pid_t pid, const char *file, const char *property, const struct plan_id_map *maps, unsigned n,
		       struct err *e)
{
	char path[sizeof("/proc//uid_map") + 11];
	char *text = NULL;
	size_t len;
	bool is_same;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file); /* fits by construction */
	/* Opened by rt: it shows ids as they are in the user namespace of who opens it. */
	if (io_read_file_at(AT_FDCWD, path, MAP_FILE_MAX, &text, &len, e) < 0)
		return -1;
	is_same = is_map_of(text, maps, n);
	free(text);
	if (is_same)
		return 0;
	(void)err_set(e, ERR_CONFIG, "user namespace: linux.%s differs from the mappings of the one that is joined",
		      property);
	return err_hint(e, "leave out uidMappings and gidMappings beside the path of a user namespace");
}

int namespace_compare_maps(const struct plan_ns *ns, pid_t pid, struct err *e)
{
	if (compare_map(pid, "uid_map", "uidMappings", ns->uid_maps, ns->n_uid_maps, e) < 0)
		return -1;
	return compare_map(pid, "gid_map", "gidMappings", ns->gid_maps, ns->n_gid_maps, e);
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
