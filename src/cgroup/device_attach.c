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
	(void)snprintf(attr.bpf.prog_name, sizeof(attr.bpf.prog_name), "rt_devices");
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

static int attach(int program_fd, int cgroup_fd, struct err *e)
{
	union attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.bpf.target_fd = (uint32_t)cgroup_fd;
	attr.bpf.attach_bpf_fd = (uint32_t)program_fd;
	attr.bpf.attach_type = BPF_CGROUP_DEVICE;
	attr.bpf.attach_flags = BPF_F_ALLOW_MULTI;
	if (sys_bpf(BPF_PROG_ATTACH, &attr, sizeof(attr)) == 0)
		return 0;
	(void)err_errno(e, errno, "attach device program");
	if (e->errnum == EINVAL)
		(void)err_hint(e, "the kernel needs CONFIG_CGROUP_BPF");
	if (e->errnum == EPERM)
		(void)err_hint(e, "a parent cgroup has a device program that allows no other below it");
	return -1;
}

int device_program_apply(const struct plan_cgroup_device *rules, unsigned n_rules, int cgroup_fd, struct err *e)
{
	struct bpf_insn *insns = calloc(8u + (size_t)n_rules * DEVICE_RULE_INSNS_MAX, sizeof(*insns));
	_cleanup_fd_ int program_fd = -EBADF;
	size_t n = 0;
	int r = -1;

	if (insns == NULL)
		return err_errno(e, ENOMEM, "device program");
	if (device_program_generate(rules, n_rules, insns, &n, e) == 0) {
		program_fd = load_or_explain(insns, n, e);
		if (program_fd >= 0)
			r = attach(program_fd, cgroup_fd, e);
	}
	free(insns);
	return r;
}
