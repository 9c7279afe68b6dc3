/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/num.h"
#include "base/span.h"
#include "base/sys.h"
#include "host/host.h"

#define SMALL_MAX 4096
#define INITIAL_USERNS 0xEFFFFFFDU /* PROC_USER_INIT_INO, include/linux/proc_ns.h */

#define CGROUP_UNIFIED "/sys/fs/cgroup"
#define CGROUP_HYBRID "/sys/fs/cgroup/unified"

/* Reads a small file of procfs or sysfs whole, with a NUL behind it.  The length, or -1 where it can not be read,
 * which is a fact and no error. */
static ssize_t read_fact(const char *path, char *buf, size_t size)
{
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct err ignored = ERR_INIT;
	ssize_t n;

	if (fd < 0)
		return -1;
	n = io_read_text(fd, buf, size, path, &ignored);
	if (n < 0)
		buf[0] = '\0';
	return n;
}

/* Linux 5.9 has 40; what is newer is found by asking (capabilities(7), PR_CAPBSET_READ). */
static unsigned last_capability(void)
{
	unsigned last = 40;

	while (last < 63 && sys_prctl(PR_CAPBSET_READ, last + 1, 0, 0, 0) >= 0)
		last++;
	return last;
}

/*
 * Of the effective capabilities, those that the bounding set has; what is not effective can not be granted anyhow.
 * What the execve(2) of rt gave comes from the bounding set or was inheritable (capabilities(7), Transformation), so
 * that there is a doubt about the inheritable ones alone.
 */
static int read_bounding_set(struct host *h, uint64_t inheritable, struct err *e)
{
	static const char key[] = "\nCapBnd:\t";
	static char text[SMALL_MAX];
	uint64_t set;
	char *line;

	h->caps_bounding = h->caps_effective;
	if ((h->caps_effective & inheritable) == 0)
		return 0;
	line = read_fact("/proc/self/status", text, sizeof(text)) > 0 ? strstr(text, key) : NULL;
	if (line != NULL) {
		line += sizeof(key) - 1;
		line[span_until(line, "\n")] = '\0';
	}
	if (line == NULL || num_parse_mask(line, &set) < 0)
		return err_set(e, ERR_SYSTEM, "/proc/self/status does not show the bounding set");
	h->caps_bounding &= set;
	return 0;
}

/* NS_GET_USERNS gives the owner of a namespace unless that one is outside of our user namespace (ioctl_ns(2)). */
static bool has_mounts_of_outside(void)
{
	_cleanup_fd_ int ns = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	_cleanup_fd_ int owner = ns < 0 ? -EBADF : ioctl(ns, NS_GET_USERNS);

	return owner < 0;
}

static int probe_identity(struct host *h, struct err *e)
{
	struct {
		uint32_t version;
		int pid;
	} header = { K_CAPABILITY_VERSION_3, 0 };
	struct {
		uint32_t effective, permitted, inheritable;
	} data[2] = { { 0, 0, 0 }, { 0, 0, 0 } };
	char word[16];
	struct stat st;

	h->euid = geteuid();
	h->egid = getegid();
	if (syscall(SYS_capget, &header, data) < 0)
		return err_errno(e, errno, "capget");
	h->caps_effective = (uint64_t)data[1].effective << 32 | data[0].effective;
	h->cap_last = last_capability();
	if (read_bounding_set(h, (uint64_t)data[1].inheritable << 32 | data[0].inheritable, e) < 0)
		return -1;
	if (stat("/proc/self/ns/user", &st) < 0)
		return err_errno(e, errno, "/proc/self/ns/user");
	h->in_userns = st.st_ino != INITIAL_USERNS;
	if (h->in_userns && read_fact("/proc/self/setgroups", word, sizeof(word)) > 0)
		h->setgroups_denied = strncmp(word, "deny", 4) == 0;
	h->mounts_of_outside = h->in_userns && has_mounts_of_outside();
	return 0;
}

static bool is_at_least(const struct host *h, unsigned major, unsigned minor)
{
	return h->kernel_major > major || (h->kernel_major == major && h->kernel_minor >= minor);
}

/* "6.1.0-18-amd64" */
static int parse_release(const char *release, struct host *h)
{
	char part[16];
	size_t len = span_of(release, "0123456789");

	if (len == 0 || len >= sizeof(part) || release[len] != '.')
		return -1;
	memcpy(part, release, len);
	part[len] = '\0';
	if (num_parse_u32(part, &h->kernel_major) < 0)
		return -1;
	release += len + 1;
	len = span_of(release, "0123456789");
	if (len == 0 || len >= sizeof(part))
		return -1;
	memcpy(part, release, len);
	part[len] = '\0';
	return num_parse_u32(part, &h->kernel_minor);
}

/*
 * Calls are asked with flags that no kernel knows, which is looked at before rights: EINVAL means that the call is
 * there, anything else (ENOSYS; EPERM of a filter around us) that it is not.
 */
static bool has_open_tree(void)
{
	return sys_open_tree(-1, "", ~0U) < 0 && errno == EINVAL;
}

static bool has_mount_setattr(void)
{
	const struct k_mount_attr attr = { .attr_set = 0 };

	return sys_mount_setattr(-1, "", ~0U, &attr) < 0 && errno == EINVAL;
}

static int probe_kernel(struct host *h, struct err *e)
{
	static struct utsname name; /* its machine is given out */

	if (uname(&name) < 0)
		return err_errno(e, errno, "uname");
	if (parse_release(name.release, h) < 0)
		return err_set(e, ERR_UNSUPPORTED, "the kernel's release \"%s\" is no version", name.release);
	h->machine = name.machine;
	h->has_mount_api = has_open_tree();
	h->has_mount_setattr = h->has_mount_api && has_mount_setattr();
	h->has_idmapped_mounts = h->has_mount_setattr;
	h->has_procfs_pidns_option = is_at_least(h, 6, 17);
	h->has_nosymfollow = is_at_least(h, 5, 14);
	return 0;
}

static bool is_cgroup2(const char *path)
{
	struct statfs sfs;

	return statfs(path, &sfs) == 0 && (unsigned long)sfs.f_type == K_CGROUP2_SUPER_MAGIC;
}

static void probe_cgroup(struct host *h)
{
	h->cgroup_layout = HOST_CGROUP_NONE;
	if (is_cgroup2(CGROUP_UNIFIED)) {
		h->cgroup_layout = HOST_CGROUP_UNIFIED;
		h->cgroup_mount = CGROUP_UNIFIED;
	} else if (is_cgroup2(CGROUP_HYBRID)) {
		h->cgroup_layout = HOST_CGROUP_HYBRID;
		h->cgroup_mount = CGROUP_HYBRID;
	}
	h->cgroup_writable = h->cgroup_mount && access(h->cgroup_mount, W_OK) == 0;
	/* Cgroups have namespaces since Linux 4.6, wherever there are cgroups. */
	h->has_cgroup_ns = h->cgroup_mount || access("/proc/self/ns/cgroup", F_OK) == 0;
}

static bool can_write_cgroup(const char *mount, int len, const char *path, const char *file)
{
	char full[SMALL_MAX + 64];
	int n = snprintf(full, sizeof(full), "%s%.*s%s", mount, len, path, file);

	return n > 0 && (size_t)n < sizeof(full) && access(full, W_OK) == 0;
}

/* Delegated is what can be written: the directory, and the file that takes processes (cgroups(7), Delegation). */
static bool is_own_cgroup_only(const struct host *h)
{
	const char *slash = strrchr(h->cgroup_own, '/');
	const int parent = (int)(slash - h->cgroup_own);
	const int own = (int)strlen(h->cgroup_own);

	return can_write_cgroup(h->cgroup_mount, own, h->cgroup_own, "") &&
	       can_write_cgroup(h->cgroup_mount, own, h->cgroup_own, "/cgroup.procs") &&
	       !can_write_cgroup(h->cgroup_mount, parent, h->cgroup_own, "/cgroup.procs");
}

/* "0::/user.slice/..." among the lines of /proc/self/cgroup: cgroups(7). */
static void probe_cgroup_own(struct host *h)
{
	static char buf[SMALL_MAX];
	const char *line = buf;
	char *end;

	h->cgroup_own = "/";
	if (read_fact("/proc/self/cgroup", buf, sizeof(buf)) < 0)
		return;
	while (line && strncmp(line, "0::/", 4) != 0) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	if (!line)
		return;
	end = strchr(line, '\n');
	if (end)
		*end = '\0';
	h->cgroup_own = line + strlen("0::");
	h->cgroup_own_only = h->cgroup_mount && !h->cgroup_writable && is_own_cgroup_only(h);
}

/* "4:cpu,cpuacct:/path" among the lines of /proc/self/cgroup; those of cgroup2 and of named ones have no controller. */
static void probe_cgroup_v1_controllers(struct host *h)
{
	static char words[SMALL_MAX];
	char buf[SMALL_MAX];
	size_t len = 0;

	if (read_fact("/proc/self/cgroup", buf, sizeof(buf)) < 0)
		return;
	for (const char *line = buf; *line != '\0';) {
		const char *list = line + span_until(line, ":\n");
		size_t n = *list == ':' ? span_until(++list, ":\n") : 0;

		if (n > 0 && strncmp(list, "name=", 5) != 0 && len + n + 2 < sizeof(words)) {
			for (size_t i = 0; i < n; i++)
				words[len++] = (char)(list[i] == ',' ? ' ' : list[i]);
			words[len++] = ' ';
		}
		line += span_until(line, "\n");
		line += *line == '\n';
	}
	words[len] = '\0';
	h->cgroup_v1_controllers = words;
}

static void probe_cgroup_controllers(struct host *h)
{
	static char buf[SMALL_MAX];
	char path[64];

	h->cgroup_controllers = "";
	if (h->cgroup_layout != HOST_CGROUP_UNIFIED)
		probe_cgroup_v1_controllers(h);
	if (!h->cgroup_mount)
		return;
	(void)snprintf(path, sizeof(path), "%s/cgroup.controllers", h->cgroup_mount);
	if (read_fact(path, buf, sizeof(buf)) < 0)
		return;
	buf[span_until(buf, "\n")] = '\0';
	h->cgroup_controllers = buf;
}

/* Outside of our user namespace: the line of 0 in the map, "         0       1000          1". */
static uid_t read_outer_uid(uid_t euid)
{
	char text[SMALL_MAX];
	char *at = text;
	uint32_t fields[3];

	if (read_fact("/proc/self/uid_map", text, sizeof(text)) <= 0)
		return euid;
	for (;;) {
		for (unsigned i = 0; i < 3; i++) {
			char *end;

			at += span_of(at, " \n");
			end = at + span_until(at, " \n");
			if (end == at)
				return euid;
			if (*end != '\0')
				*end++ = '\0';
			if (num_parse_u32(at, &fields[i]) < 0)
				return euid;
			at = end;
		}
		if (euid >= fields[0] && euid - fields[0] < fields[2])
			return fields[1] + (euid - fields[0]);
	}
}

/* In a user namespace, the root of a system container has a systemd of its own; in that of an ordinary user, the files
 * of systemd belong to somebody who is not there. */
static void probe_systemd(struct host *h)
{
	struct stat st;

	h->systemd_running = lstat("/run/systemd/system", &st) == 0 && S_ISDIR(st.st_mode);
	h->systemd_user = geteuid() != 0 || (h->systemd_running && st.st_uid != 0);
	h->outer_uid = read_outer_uid(geteuid());
}

static void probe_lsm(struct host *h)
{
	char word[8], label[16];

	h->apparmor = read_fact("/sys/module/apparmor/parameters/enabled", word, sizeof(word)) > 0 && word[0] == 'Y';
	h->selinux = access("/sys/fs/selinux/enforce", F_OK) == 0;
	/* Until a policy is loaded everything has the label "kernel", and no other is taken. */
	if (h->selinux && read_fact("/proc/self/attr/current", label, sizeof(label)) > 0)
		h->selinux = strcmp(label, "kernel") != 0;
}

/* With no filter at all: EFAULT means that the flag is known, EINVAL that it is not (seccomp(2)). */
static void probe_seccomp(struct host *h)
{
	static const unsigned flags[] = { 1U << 0, 1U << 1, 1U << 2, 1U << 5 };

	h->seccomp = sys_seccomp(SECCOMP_SET_MODE_FILTER, 0, NULL) < 0 && errno == EFAULT;
	for (size_t i = 0; h->seccomp && i < sizeof(flags) / sizeof(flags[0]); i++) {
		/* WAIT_KILLABLE_RECV goes with a listener alone. */
		unsigned with = flags[i] == 1U << 5 ? 1U << 3 : 0;

		if (sys_seccomp(SECCOMP_SET_MODE_FILTER, flags[i] | with, NULL) < 0 && errno == EFAULT)
			h->seccomp_flags |= flags[i];
	}
}

int host_probe(uint32_t wanted, struct host *ret_host, struct err *e)
{
	struct host h = { .known = wanted };

	if (wanted & (HOST_CGROUP_OWN | HOST_CGROUP_CONTROLLERS))
		wanted |= HOST_CGROUP;
	if ((wanted & HOST_IDENTITY) && probe_identity(&h, e) < 0)
		return -1;
	if ((wanted & HOST_KERNEL) && probe_kernel(&h, e) < 0)
		return -1;
	if (wanted & HOST_TIME_NS)
		h.has_time_ns = access("/proc/self/ns/time", F_OK) == 0;
	if (wanted & HOST_CGROUP)
		probe_cgroup(&h);
	if (wanted & HOST_CGROUP_OWN)
		probe_cgroup_own(&h);
	if (wanted & HOST_CGROUP_CONTROLLERS)
		probe_cgroup_controllers(&h);
	if (wanted & HOST_SYSTEMD)
		probe_systemd(&h);
	if (wanted & HOST_LSM)
		probe_lsm(&h);
	if (wanted & HOST_SECCOMP)
		probe_seccomp(&h);
	h.known = wanted;
	*ret_host = h;
	return 0;
}
