/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/sys.h"
#include "cgroup/device_program.h"

/* Enough for the last words of the verifier; a longer log is cut by the kernel with ENOSPC, which is no verdict. */
#define VERIFIER_LOG_SIZE ((size_t)1 << 20)

/* By which ours is told apart from those of others: at most 15 letters. */
#define PROGRAM_NAME "rt_devices"
#define ATTACHED_MAX 64 /* the kernel's own bound: BPF_CGROUP_MAX_PROGS */

/*
 * The kernel writes back into what it takes to be its own bpf_attr: Linux 6.17 to 7.2 did so past the end of a shorter
 * one.  So it is always passed whole, and larger than any kernel's.
 */
union attr {
	union bpf_attr bpf;
	unsigned char room[512];
};

/* NOLINTNEXTLINE(readability-non-const-parameter): the kernel writes the log */
static int load(const struct bpf_insn *insns, size_t n, char *log, size_t log_size)
{
	static const char license[] = "Apache-2.0"; /* no helper of the kernel is called, so none asks for more */
	union attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.bpf.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attr.bpf.insns = (uint64_t)(uintptr_t)insns;
	attr.bpf.insn_cnt = (uint32_t)n;
	attr.bpf.license = (uint64_t)(uintptr_t)license;
	attr.bpf.log_level = log != NULL ? 1 : 0;
	attr.bpf.log_buf = (uint64_t)(uintptr_t)log;
	attr.bpf.log_size = (uint32_t)log_size;
	(void)snprintf(attr.bpf.prog_name, sizeof(attr.bpf.prog_name), PROGRAM_NAME);
	return sys_bpf(BPF_PROG_LOAD, &attr, sizeof(attr));
}

/*
 * Before Linux 5.11 programs count against RLIMIT_MEMLOCK of the user, and 64 kB hold some twenty: EPERM, although we
 * may.  The limit is ours again before anything is cloned.
 */
static int load_unlimited(const struct bpf_insn *insns, size_t n)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	struct rlimit old;
	int fd;
	int saved;

	if (sys_prlimit(0, RLIMIT_MEMLOCK, &unlimited, &old) < 0) {
		errno = EPERM; /* of the load */
		return -1;
	}
	log_debug("device program: loading it without RLIMIT_MEMLOCK");
	fd = load(insns, n, NULL, 0);
	saved = errno;
	if (sys_prlimit(0, RLIMIT_MEMLOCK, &old, NULL) < 0) { /* never the container's limit */
		saved = errno;
		fd_close(&fd);
	}
	errno = saved;
	return fd;
}

/* The verifier's last line but the counters is the reason. */
static int explain_refusal(const struct bpf_insn *insns, size_t n, int errnum, struct err *e)
{
	char *log = malloc(VERIFIER_LOG_SIZE);
	const char *reason = "";
	size_t len;
	int fd;

	if (log == NULL)
		return err_errno(e, errnum, "load device program of %zu instructions", n);
	log[0] = '\0';
	fd = load(insns, n, log, VERIFIER_LOG_SIZE);
	fd_close(&fd); /* loaded this time: the first answer stands, there is nothing to explain */
	log[VERIFIER_LOG_SIZE - 1] = '\0';
	len = strlen(log);
	while (len > 0) {
		char *line;

		while (len > 0 && log[len - 1] == '\n')
			log[--len] = '\0';
		line = strrchr(log, '\n');
		reason = line != NULL ? line + 1 : log;
		if (strncmp(reason, "processed ", 10) != 0 || line == NULL)
			break;
		len = (size_t)(line - log) + 1;
	}
	(void)err_errno(e, errnum, "load device program of %zu instructions: verifier: %.200s", n, reason);
	free(log);
	return -1;
}

static int load_or_explain(const struct bpf_insn *insns, size_t n, struct err *e)
{
	int fd = load(insns, n, NULL, 0);

	if (fd < 0 && errno == EPERM)
		fd = load_unlimited(insns, n);
	if (fd >= 0)
		return fd;
	switch (errno) {
	case EPERM:
		(void)err_errno(e, EPERM, "load device program");
		return err_hint(e, "device rules need CAP_BPF or CAP_SYS_ADMIN in the initial user namespace");
	case ENOSYS:
		(void)err_errno(e, ENOSYS, "load device program");
		return err_hint(e, "the kernel needs CONFIG_BPF_SYSCALL, and no seccomp filter around rt that "
				   "refuses bpf(2)");
	case EACCES:
	case EINVAL:
	case E2BIG:
		return explain_refusal(insns, n, errno, e);
	default:
		return err_errno(e, errno, "load device program of %zu instructions", n);
	}
}

/* The name and the tag (a digest of the instructions) of a loaded program. */
static int get_info(int program_fd, struct bpf_prog_info *ret)
{
	struct bpf_prog_info info;
	union attr attr;

	memset(&info, 0, sizeof(info));
	memset(&attr, 0, sizeof(attr));
	attr.bpf.info.bpf_fd = (uint32_t)program_fd;
	attr.bpf.info.info_len = sizeof(info);
	attr.bpf.info.info = (uint64_t)(uintptr_t)&info;
	if (sys_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr)) < 0)
		return -1;
	*ret = info;
	return 0;
}

static int open_by_id(uint32_t id)
{
	union attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.bpf.prog_id = id;
	return sys_bpf(BPF_PROG_GET_FD_BY_ID, &attr, sizeof(attr));
}

/* The ids of the device programs of this very cgroup.  Their number, or -1 with errno. */
/* NOLINTNEXTLINE(readability-non-const-parameter): the kernel writes them */
static int query(int cgroup_fd, uint32_t ids[static ATTACHED_MAX])
{
	union attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.bpf.query.target_fd = (uint32_t)cgroup_fd;
	attr.bpf.query.attach_type = BPF_CGROUP_DEVICE;
	attr.bpf.query.prog_ids = (uint64_t)(uintptr_t)ids;
	attr.bpf.query.prog_cnt = ATTACHED_MAX;
	if (sys_bpf(BPF_PROG_QUERY, &attr, sizeof(attr)) < 0)
		return -1;
	return attr.bpf.query.prog_cnt <= ATTACHED_MAX ? (int)attr.bpf.query.prog_cnt : ATTACHED_MAX;
}

struct attached {
	int own_fd;                   /* rt's program, or -EBADF */
	struct bpf_prog_info own;
	bool has_other;               /* somebody else's */
};

static int find_attached(int cgroup_fd, struct attached *ret, struct err *e)
{
	uint32_t ids[ATTACHED_MAX] = { 0 };
	int n = query(cgroup_fd, ids);

	if (n < 0)
		return err_errno(e, errno, "query the device programs of the cgroup");
	for (int i = 0; i < n; i++) {
		_cleanup_fd_ int fd = open_by_id(ids[i]);
		struct bpf_prog_info info;

		if (fd < 0 && errno == ENOENT) /* replaced meanwhile */
			continue;
		if (fd < 0 || get_info(fd, &info) < 0)
			return err_errno(e, errno, "look at device program %u of the cgroup", ids[i]);
		if (strncmp(info.name, PROGRAM_NAME, sizeof(info.name)) != 0) {
			ret->has_other = true;
		} else if (ret->own_fd < 0) {
			ret->own = info;
			ret->own_fd = fd_take(&fd);
		}
	}
	return 0;
}

/* REPLACED_FD is the program whose place it takes, negative for none. */
static int attach(int program_fd, int replaced_fd, int cgroup_fd, struct err *e)
{
	union attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.bpf.target_fd = (uint32_t)cgroup_fd;
	attr.bpf.attach_bpf_fd = (uint32_t)program_fd;
	attr.bpf.attach_type = BPF_CGROUP_DEVICE;
	attr.bpf.attach_flags = BPF_F_ALLOW_MULTI;
	if (replaced_fd >= 0) {
		attr.bpf.attach_flags |= BPF_F_REPLACE;
		attr.bpf.replace_bpf_fd = (uint32_t)replaced_fd;
	}
	if (sys_bpf(BPF_PROG_ATTACH, &attr, sizeof(attr)) == 0)
		return 0;
	(void)err_errno(e, errno, "%s device program", replaced_fd >= 0 ? "replace" : "attach");
	if (e->errnum == EINVAL)
		(void)err_hint(e, "the kernel needs CONFIG_CGROUP_BPF%s",
			       replaced_fd >= 0 ? ", and Linux 5.6 to replace one" : "");
	if (e->errnum == EPERM)
		(void)err_hint(e, "a parent cgroup has a device program that allows no other below it");
	return -1;
}

/* Somebody else's program is where rt's should be. */
static int leave_other(const struct plan_cgroup *plan, struct err *e)
{
	if (plan->devices_as_created) {
		log_debug("device program: another one is in the place of rt's and stays");
		return 0;
	}
	(void)err_set(e, ERR_STATE, "the device program of the cgroup is not rt's any more");
	return err_hint(e, "another tool has put its own in the place of it; device rules can not be changed then");
}

static int replace(const struct plan_cgroup *plan, int program_fd, int cgroup_fd, enum device_program_place place,
		   struct err *e)
{
	struct attached attached = { .own_fd = -EBADF };
	struct bpf_prog_info info;
	int r;

	if (find_attached(cgroup_fd, &attached, e) < 0)
		r = -1;
	else if (attached.own_fd < 0 && attached.has_other && place == DEVICE_PROGRAM_UPDATE)
		r = leave_other(plan, e);
	else if (attached.own_fd >= 0 && get_info(program_fd, &info) == 0 &&
		 memcmp(info.tag, attached.own.tag, sizeof(info.tag)) == 0)
		r = 0; /* the very same one */
	else
		r = attach(program_fd, attached.own_fd, cgroup_fd, e);
	fd_close(&attached.own_fd);
	return r;
}

int device_program_apply(const struct plan_cgroup *plan, int cgroup_fd, enum device_program_place place,
			 struct err *e)
{
	struct bpf_insn *insns = calloc(8u + (size_t)plan->n_devices * DEVICE_RULE_INSNS_MAX, sizeof(*insns));
	_cleanup_fd_ int program_fd = -EBADF;
	size_t n = 0;
	int r = -1;

	if (insns == NULL)
		return err_errno(e, ENOMEM, "device program");
	if (device_program_generate(plan->devices, plan->n_devices, insns, &n, e) == 0) {
		program_fd = load_or_explain(insns, n, e);
		if (program_fd >= 0)
			r = place == DEVICE_PROGRAM_NEW ? attach(program_fd, -EBADF, cgroup_fd, e) :
							  replace(plan, program_fd, cgroup_fd, place, e);
	}
	free(insns);
	return r;
}
